/* schema_system - tables of users, groups and systemd units. */
#include "config/schema_tables.h"

static const struct schema_field group_fields[] = {
	{ MEMBER("gid", "Gid", FIELD_INT, config_group, gid), .description = "Numeric id." },
	{ MEMBER("name", "Name", FIELD_STRING, config_group, name),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED, .description = "Name of the group." },
	{ MEMBER("passwordHash", "PasswordHash", FIELD_STRING, config_group, password_hash),
	  .flags = FIELD_SECRET, .description = "Password of the group as crypt(3) hashes it." },
	{ MEMBER("shouldExist", "ShouldExist", FIELD_BOOL, config_group, should_exist),
	  .since = SPEC_3_2, .description = "Whether the group exists; false deletes it." },
	{ MEMBER("system", "System", FIELD_BOOL, config_group, is_system),
	  .description = "Whether a new group takes an id of the system's range." },
};

static const struct schema group_schema = { SCHEMA("PasswdGroup", config_group, group_fields),
					    KEYED_BY(config_group, name) };

static const struct schema_field user_fields[] = {
	{ MEMBER("gecos", "Gecos", FIELD_STRING, config_user, gecos),
	  .description = "Full name and other comments." },
	{ MEMBER("groups", "Groups", FIELD_LIST, config_user, groups), .go_type = "[]types.Group",
	  .description = "Supplementary groups." },
	{ MEMBER("homeDir", "HomeDir", FIELD_STRING, config_user, home_dir),
	  .description = "Home directory." },
	{ MEMBER("name", "Name", FIELD_STRING, config_user, name),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED, .description = "Name of the user." },
	{ MEMBER("noCreateHome", "NoCreateHome", FIELD_BOOL, config_user, no_create_home),
	  .description = "Whether a new user gets no home directory." },
	{ MEMBER("noLogInit", "NoLogInit", FIELD_BOOL, config_user, no_log_init),
	  .description = "Whether a new user is left out of the lastlog and faillog files." },
	{ MEMBER("noUserGroup", "NoUserGroup", FIELD_BOOL, config_user, no_user_group),
	  .description = "Whether a new user gets no group of its own name." },
	{ MEMBER("passwordHash", "PasswordHash", FIELD_STRING, config_user, password_hash),
	  .flags = FIELD_SECRET, .description = "Password as crypt(3) hashes it." },
	{ MEMBER("primaryGroup", "PrimaryGroup", FIELD_STRING, config_user, primary_group),
	  .description = "Name or id of the primary group." },
	{ MEMBER("sshAuthorizedKeys", "SSHAuthorizedKeys", FIELD_LIST, config_user,
		 ssh_authorized_keys),
	  .go_type = "[]types.SSHAuthorizedKey",
	  .description = "Public keys that may log in by SSH." },
	{ MEMBER("shell", "Shell", FIELD_STRING, config_user, shell),
	  .description = "Login shell." },
	{ MEMBER("shouldExist", "ShouldExist", FIELD_BOOL, config_user, should_exist),
	  .since = SPEC_3_2, .description = "Whether the user exists; false deletes it." },
	{ MEMBER("system", "System", FIELD_BOOL, config_user, is_system),
	  .description = "Whether a new user takes an id of the system's range." },
	{ MEMBER("uid", "UID", FIELD_INT, config_user, uid), .description = "Numeric id." },
};

static const struct schema user_schema = { SCHEMA("PasswdUser", config_user, user_fields),
					   KEYED_BY(config_user, name) };

static const struct schema_field passwd_fields[] = {
	{ MEMBER("groups", "Groups", FIELD_LIST, config_passwd, groups), .item = &group_schema,
	  .description = "Groups to create, change or delete." },
	{ MEMBER("users", "Users", FIELD_LIST, config_passwd, users), .item = &user_schema,
	  .description = "Users to create, change or delete." },
};

const struct schema passwd_schema = { SCHEMA("Passwd", config_passwd, passwd_fields) };

static const struct schema_field dropin_fields[] = {
	{ MEMBER("contents", "Contents", FIELD_STRING, config_dropin, contents),
	  .description = "Text of the drop-in; absent leaves it alone." },
	{ MEMBER("name", "Name", FIELD_STRING, config_dropin, name),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED, .description = "File name, ending in .conf." },
};

static const struct schema dropin_schema = { SCHEMA("Dropin", config_dropin, dropin_fields),
					     .checks = rules_dropin,
					     KEYED_BY(config_dropin, name) };

static const struct schema_field unit_fields[] = {
	{ MEMBER("contents", "Contents", FIELD_STRING, config_unit, contents),
	  .description = "Text of the unit; absent leaves it to the image." },
	{ MEMBER("dropins", "Dropins", FIELD_LIST, config_unit, dropins), .item = &dropin_schema,
	  .description = "Drop-ins of the unit." },
	{ MEMBER("enabled", "Enabled", FIELD_BOOL, config_unit, enabled),
	  .description = "Whether presets enable or disable the unit; absent leaves it." },
	{ MEMBER("mask", "Mask", FIELD_BOOL, config_unit, mask),
	  .description = "Whether the unit is masked; false removes a mask." },
	{ MEMBER("name", "Name", FIELD_STRING, config_unit, name),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED,
	  .description = "Name of the unit with its suffix." },
};

static const struct schema unit_schema = { SCHEMA("Unit", config_unit, unit_fields),
					   .checks = rules_unit, KEYED_BY(config_unit, name) };

static const struct schema_field systemd_fields[] = {
	{ MEMBER("units", "Units", FIELD_LIST, config_systemd, units), .item = &unit_schema,
	  .description = "Units to write, enable or mask." },
};

const struct schema systemd_schema = { SCHEMA("Systemd", config_systemd, systemd_fields),
				       .checks = rules_systemd };
