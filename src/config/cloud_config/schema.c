#include "config/cloud_config/schema.h"

#include "config/cloud_config/model.h"
#include "config/schema_tables.h"

static const struct schema_field cloud_file_fields[] = {
	{ MEMBER("path", "", FIELD_STRING, cloud_file, path) },
	{ MEMBER("content", "", FIELD_STRING, cloud_file, content), .flags = FIELD_SECRET },
	{ MEMBER("owner", "", FIELD_STRING, cloud_file, owner) },
	{ MEMBER("permissions", "", FIELD_STRING, cloud_file, permissions) },
	{ MEMBER("encoding", "", FIELD_STRING, cloud_file, encoding) },
};

static const struct schema cloud_file_schema = { SCHEMA("struct", cloud_file, cloud_file_fields) };

static const struct schema_field cloud_user_fields[] = {
	{ MEMBER("name", "", FIELD_STRING, cloud_user, name) },
	{ MEMBER("passwd", "", FIELD_STRING, cloud_user, passwd), .flags = FIELD_SECRET },
	{ MEMBER("ssh_authorized_keys", "", FIELD_LIST, cloud_user, ssh_authorized_keys) },
	{ MEMBER("coreos_ssh_import_github", "", FIELD_STRING, cloud_user, import_github) },
	{ MEMBER("coreos_ssh_import_github_users", "", FIELD_LIST, cloud_user,
		 import_github_users) },
	{ MEMBER("coreos_ssh_import_url", "", FIELD_STRING, cloud_user, import_url) },
	{ MEMBER("gecos", "", FIELD_STRING, cloud_user, gecos) },
	{ MEMBER("homedir", "", FIELD_STRING, cloud_user, homedir) },
	{ MEMBER("no_create_home", "", FIELD_BOOL, cloud_user, no_create_home) },
	{ MEMBER("primary_group", "", FIELD_STRING, cloud_user, primary_group) },
	{ MEMBER("groups", "", FIELD_LIST, cloud_user, groups) },
	{ MEMBER("no_user_group", "", FIELD_BOOL, cloud_user, no_user_group) },
	{ MEMBER("system", "", FIELD_BOOL, cloud_user, is_system) },
	{ MEMBER("no_log_init", "", FIELD_BOOL, cloud_user, no_log_init) },
	{ MEMBER("shell", "", FIELD_STRING, cloud_user, shell) },
};

static const struct schema cloud_user_schema = { SCHEMA("struct", cloud_user, cloud_user_fields) };

static const struct schema_field cloud_dropin_fields[] = {
	{ MEMBER("name", "", FIELD_STRING, cloud_dropin, name) },
	{ MEMBER("content", "", FIELD_STRING, cloud_dropin, content) },
};

static const struct schema cloud_dropin_schema = { SCHEMA("struct", cloud_dropin,
							  cloud_dropin_fields) };

static const struct schema_field cloud_unit_fields[] = {
	{ MEMBER("name", "", FIELD_STRING, cloud_unit, name) },
	{ MEMBER("mask", "", FIELD_BOOL, cloud_unit, mask) },
	{ MEMBER("enable", "", FIELD_BOOL, cloud_unit, enable) },
	{ MEMBER("runtime", "", FIELD_BOOL, cloud_unit, runtime) },
	{ MEMBER("content", "", FIELD_STRING, cloud_unit, content) },
	{ MEMBER("command", "", FIELD_STRING, cloud_unit, command) },
	{ MEMBER("drop_ins", "", FIELD_LIST, cloud_unit, drop_ins), .item = &cloud_dropin_schema },
};

static const struct schema cloud_unit_schema = { SCHEMA("struct", cloud_unit, cloud_unit_fields) };

static const struct schema_field cloud_update_fields[] = {
	{ MEMBER("reboot_strategy", "", FIELD_STRING, cloud_update, reboot_strategy) },
	{ MEMBER("group", "", FIELD_STRING, cloud_update, group) },
	{ MEMBER("server", "", FIELD_STRING, cloud_update, server) },
};

static const struct schema cloud_update_schema = { SCHEMA("struct", cloud_update,
							  cloud_update_fields) };

static const struct schema_field cloud_oem_fields[] = {
	{ MEMBER("id", "", FIELD_STRING, cloud_oem, id) },
	{ MEMBER("name", "", FIELD_STRING, cloud_oem, name) },
	{ MEMBER("version_id", "", FIELD_STRING, cloud_oem, version_id) },
	{ MEMBER("home_url", "", FIELD_STRING, cloud_oem, home_url) },
	{ MEMBER("bug_report_url", "", FIELD_STRING, cloud_oem, bug_report_url) },
};

static const struct schema cloud_oem_schema = { SCHEMA("struct", cloud_oem, cloud_oem_fields) };

static const struct schema_field cloud_coreos_fields[] = {
	{ MEMBER("etcd", "", FIELD_OBJECT, cloud_coreos, etcd), .item = &yaml_node_schema },
	{ MEMBER("etcd2", "", FIELD_OBJECT, cloud_coreos, etcd2), .item = &yaml_node_schema },
	{ MEMBER("flannel", "", FIELD_OBJECT, cloud_coreos, flannel), .item = &yaml_node_schema },
	{ MEMBER("fleet", "", FIELD_OBJECT, cloud_coreos, fleet), .item = &yaml_node_schema },
	{ MEMBER("locksmith", "", FIELD_OBJECT, cloud_coreos, locksmith),
	  .item = &yaml_node_schema },
	{ MEMBER("oem", "", FIELD_OBJECT, cloud_coreos, oem), .item = &cloud_oem_schema },
	{ MEMBER("update", "", FIELD_OBJECT, cloud_coreos, update), .item = &cloud_update_schema },
	{ MEMBER("units", "", FIELD_LIST, cloud_coreos, units), .item = &cloud_unit_schema },
};

static const struct schema cloud_coreos_schema = { SCHEMA("struct", cloud_coreos,
							  cloud_coreos_fields) };

static const struct schema_field cloud_config_fields[] = {
	{ MEMBER("ssh_authorized_keys", "", FIELD_LIST, cloud_config, ssh_authorized_keys) },
	{ MEMBER("coreos", "", FIELD_OBJECT, cloud_config, coreos), .item = &cloud_coreos_schema },
	{ MEMBER("write_files", "", FIELD_LIST, cloud_config, write_files),
	  .item = &cloud_file_schema },
	{ MEMBER("hostname", "", FIELD_STRING, cloud_config, hostname) },
	{ MEMBER("users", "", FIELD_LIST, cloud_config, users), .item = &cloud_user_schema },
	{ MEMBER("manage_etc_hosts", "", FIELD_STRING, cloud_config, manage_etc_hosts) },
};

const struct schema cloud_config_schema = { SCHEMA("struct", cloud_config, cloud_config_fields) };
