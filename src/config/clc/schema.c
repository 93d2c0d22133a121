#include "config/clc/schema.h"

#include "config/clc/model.h"
#include "config/schema_tables.h"

static const struct schema_field hash_fields[] = {
	{ MEMBER("function", "", FIELD_STRING, clc_hash, function) },
	{ MEMBER("sum", "", FIELD_STRING, clc_hash, sum) },
};

static const struct schema clc_hash_schema = { SCHEMA("hash", clc_hash, hash_fields) };

static const struct schema_field verification_fields[] = {
	{ MEMBER("hash", "", FIELD_OBJECT, clc_verification, hash), .item = &clc_hash_schema },
};

static const struct schema clc_verification_schema = { SCHEMA("verification", clc_verification,
							      verification_fields) };

static const struct schema_field reference_fields[] = {
	{ MEMBER("source", "", FIELD_STRING, clc_reference, source) },
	{ MEMBER("verification", "", FIELD_OBJECT, clc_reference, verification),
	  .item = &clc_verification_schema },
};

static const struct schema clc_reference_schema = { SCHEMA("reference", clc_reference,
							   reference_fields) };

static const struct schema_field refs_fields[] = {
	{ MEMBER("append", "", FIELD_LIST, clc_refs, append), .item = &clc_reference_schema },
	{ MEMBER("replace", "", FIELD_OBJECT, clc_refs, replace), .item = &clc_reference_schema },
};

static const struct schema clc_refs_schema = { SCHEMA("refs", clc_refs, refs_fields) };

static const struct schema_field timeouts_fields[] = {
	{ MEMBER("http_response_headers", "", FIELD_INT, config_timeouts, http_response_headers) },
	{ MEMBER("http_total", "", FIELD_INT, config_timeouts, http_total) },
};

static const struct schema clc_timeouts_schema = { SCHEMA("timeouts", config_timeouts,
							  timeouts_fields) };

static const struct schema_field tls_fields[] = {
	{ MEMBER("certificate_authorities", "", FIELD_LIST, clc_tls, certificate_authorities),
	  .item = &clc_reference_schema },
};

static const struct schema clc_tls_schema = { SCHEMA("tls", clc_tls, tls_fields) };

static const struct schema_field security_fields[] = {
	{ MEMBER("tls", "", FIELD_OBJECT, clc_security, tls), .item = &clc_tls_schema },
};

static const struct schema clc_security_schema = { SCHEMA("security", clc_security,
							  security_fields) };

static const struct schema_field ignition_fields[] = {
	{ MEMBER("config", "", FIELD_OBJECT, clc_ignition, config), .item = &clc_refs_schema },
	{ MEMBER("timeouts", "", FIELD_OBJECT, clc_ignition, timeouts),
	  .item = &clc_timeouts_schema },
	{ MEMBER("security", "", FIELD_OBJECT, clc_ignition, security),
	  .item = &clc_security_schema },
};

static const struct schema clc_ignition_schema = { SCHEMA("ignition", clc_ignition,
							  ignition_fields) };

static const struct schema_field partition_fields[] = {
	{ MEMBER("label", "", FIELD_STRING, clc_partition, label) },
	{ MEMBER("number", "", FIELD_INT, clc_partition, number) },
	{ MEMBER("size", "", FIELD_STRING, clc_partition, size) },
	{ MEMBER("start", "", FIELD_STRING, clc_partition, start) },
	{ MEMBER("guid", "", FIELD_STRING, clc_partition, guid) },
	{ MEMBER("type_guid", "", FIELD_STRING, clc_partition, type_guid) },
};

static const struct schema clc_partition_schema = { SCHEMA("partition", clc_partition,
							   partition_fields) };

static const struct schema_field disk_fields[] = {
	{ MEMBER("device", "", FIELD_STRING, clc_disk, device) },
	{ MEMBER("wipe_table", "", FIELD_BOOL, clc_disk, wipe_table) },
	{ MEMBER("partitions", "", FIELD_LIST, clc_disk, partitions),
	  .item = &clc_partition_schema },
};

static const struct schema clc_disk_schema = { SCHEMA("disk", clc_disk, disk_fields) };

static const struct schema_field raid_fields[] = {
	{ MEMBER("name", "", FIELD_STRING, config_raid, name) },
	{ MEMBER("level", "", FIELD_STRING, config_raid, level) },
	{ MEMBER("devices", "", FIELD_LIST, config_raid, devices) },
	{ MEMBER("spares", "", FIELD_INT, config_raid, spares) },
	{ MEMBER("options", "", FIELD_LIST, config_raid, options) },
};

static const struct schema clc_raid_schema = { SCHEMA("raid", config_raid, raid_fields) };

static const struct schema_field mount_create_fields[] = {
	{ MEMBER("force", "", FIELD_BOOL, clc_mount_create, force) },
	{ MEMBER("options", "", FIELD_LIST, clc_mount_create, options) },
};

static const struct schema clc_mount_create_schema = { SCHEMA("mount_create", clc_mount_create,
							      mount_create_fields) };

static const struct schema_field mount_fields[] = {
	{ MEMBER("device", "", FIELD_STRING, clc_mount, device) },
	{ MEMBER("format", "", FIELD_STRING, clc_mount, format) },
	{ MEMBER("create", "", FIELD_OBJECT, clc_mount, create), .item = &clc_mount_create_schema },
	{ MEMBER("wipe_filesystem", "", FIELD_BOOL, clc_mount, wipe_filesystem) },
	{ MEMBER("label", "", FIELD_STRING, clc_mount, label) },
	{ MEMBER("uuid", "", FIELD_STRING, clc_mount, uuid) },
	{ MEMBER("options", "", FIELD_LIST, clc_mount, options) },
};

static const struct schema clc_mount_schema = { SCHEMA("mount", clc_mount, mount_fields) };

static const struct schema_field filesystem_fields[] = {
	{ MEMBER("name", "", FIELD_STRING, clc_filesystem, name) },
	{ MEMBER("mount", "", FIELD_OBJECT, clc_filesystem, mount), .item = &clc_mount_schema },
	{ MEMBER("path", "", FIELD_STRING, clc_filesystem, path) },
};

static const struct schema clc_filesystem_schema = { SCHEMA("filesystem", clc_filesystem,
							    filesystem_fields) };

static const struct schema_field owner_fields[] = {
	{ MEMBER("id", "", FIELD_INT, config_owner, id) },
	{ MEMBER("name", "", FIELD_STRING, config_owner, name) },
};

static const struct schema clc_owner_schema = { SCHEMA("owner", config_owner, owner_fields) };

static const struct schema_field node_fields[] = {
	{ MEMBER("filesystem", "", FIELD_STRING, clc_node, filesystem) },
	{ MEMBER("path", "", FIELD_STRING, clc_node, path) },
	{ MEMBER("user", "", FIELD_OBJECT, clc_node, user), .item = &clc_owner_schema },
	{ MEMBER("group", "", FIELD_OBJECT, clc_node, group), .item = &clc_owner_schema },
	{ MEMBER("overwrite", "", FIELD_BOOL, clc_node, overwrite) },
};

static const struct schema clc_node_schema = { SCHEMA("node", clc_node, node_fields) };

static const struct schema_field remote_fields[] = {
	{ MEMBER("url", "", FIELD_STRING, clc_remote, url) },
	{ MEMBER("compression", "", FIELD_STRING, clc_remote, compression) },
	{ MEMBER("verification", "", FIELD_OBJECT, clc_remote, verification),
	  .item = &clc_verification_schema },
};

static const struct schema clc_remote_schema = { SCHEMA("remote", clc_remote, remote_fields) };

static const struct schema_field contents_fields[] = {
	{ MEMBER("remote", "", FIELD_OBJECT, clc_contents, remote), .item = &clc_remote_schema },
	{ MEMBER("inline", "", FIELD_STRING, clc_contents, inline_text), .flags = FIELD_SECRET },
	{ MEMBER("local", "", FIELD_STRING, clc_contents, local) },
};

static const struct schema clc_contents_schema = { SCHEMA("contents", clc_contents,
							  contents_fields) };

static const struct schema_field file_fields[] = {
	{ MEMBER("", "", FIELD_OBJECT, clc_file, node), .flags = FIELD_INLINE,
	  .item = &clc_node_schema },
	{ MEMBER("mode", "", FIELD_INT, clc_file, mode) },
	{ MEMBER("contents", "", FIELD_OBJECT, clc_file, contents), .item = &clc_contents_schema },
	{ MEMBER("append", "", FIELD_BOOL, clc_file, append) },
};

static const struct schema clc_file_schema = { SCHEMA("file", clc_file, file_fields) };

static const struct schema_field directory_fields[] = {
	{ MEMBER("", "", FIELD_OBJECT, clc_directory, node), .flags = FIELD_INLINE,
	  .item = &clc_node_schema },
	{ MEMBER("mode", "", FIELD_INT, clc_directory, mode) },
};

static const struct schema clc_directory_schema = { SCHEMA("directory", clc_directory,
							   directory_fields) };

static const struct schema_field link_fields[] = {
	{ MEMBER("", "", FIELD_OBJECT, clc_link, node), .flags = FIELD_INLINE,
	  .item = &clc_node_schema },
	{ MEMBER("hard", "", FIELD_BOOL, clc_link, hard) },
	{ MEMBER("target", "", FIELD_STRING, clc_link, target) },
};

static const struct schema clc_link_schema = { SCHEMA("link", clc_link, link_fields) };

static const struct schema_field storage_fields[] = {
	{ MEMBER("disks", "", FIELD_LIST, clc_storage, disks), .item = &clc_disk_schema },
	{ MEMBER("raid", "", FIELD_LIST, clc_storage, raid), .item = &clc_raid_schema },
	{ MEMBER("filesystems", "", FIELD_LIST, clc_storage, filesystems),
	  .item = &clc_filesystem_schema },
	{ MEMBER("files", "", FIELD_LIST, clc_storage, files), .item = &clc_file_schema },
	{ MEMBER("directories", "", FIELD_LIST, clc_storage, directories),
	  .item = &clc_directory_schema },
	{ MEMBER("links", "", FIELD_LIST, clc_storage, links), .item = &clc_link_schema },
};

static const struct schema clc_storage_schema = { SCHEMA("storage", clc_storage, storage_fields) };

static const struct schema_field dropin_fields[] = {
	{ MEMBER("name", "", FIELD_STRING, config_dropin, name) },
	{ MEMBER("contents", "", FIELD_STRING, config_dropin, contents) },
};

static const struct schema clc_dropin_schema = { SCHEMA("dropin", config_dropin, dropin_fields) };

static const struct schema_field unit_fields[] = {
	{ MEMBER("name", "", FIELD_STRING, clc_unit, name) },
	{ MEMBER("enable", "", FIELD_BOOL, clc_unit, enable) },
	{ MEMBER("enabled", "", FIELD_BOOL, clc_unit, enabled) },
	{ MEMBER("mask", "", FIELD_BOOL, clc_unit, mask) },
	{ MEMBER("contents", "", FIELD_STRING, clc_unit, contents) },
	{ MEMBER("dropins", "", FIELD_LIST, clc_unit, dropins), .item = &clc_dropin_schema },
};

static const struct schema clc_unit_schema = { SCHEMA("unit", clc_unit, unit_fields) };

static const struct schema_field systemd_fields[] = {
	{ MEMBER("units", "", FIELD_LIST, clc_units, units), .item = &clc_unit_schema },
};

static const struct schema clc_systemd_schema = { SCHEMA("systemd", clc_units, systemd_fields) };

static const struct schema_field network_unit_fields[] = {
	{ MEMBER("name", "", FIELD_STRING, clc_unit, name) },
	{ MEMBER("contents", "", FIELD_STRING, clc_unit, contents) },
	{ MEMBER("dropins", "", FIELD_LIST, clc_unit, dropins), .item = &clc_dropin_schema },
};

static const struct schema clc_network_unit_schema = { SCHEMA("network_unit", clc_unit,
							      network_unit_fields) };

static const struct schema_field networkd_fields[] = {
	{ MEMBER("units", "", FIELD_LIST, clc_units, units), .item = &clc_network_unit_schema },
};

static const struct schema clc_networkd_schema = { SCHEMA("networkd", clc_units, networkd_fields) };

static const struct schema_field user_create_fields[] = {
	{ MEMBER("uid", "", FIELD_INT, clc_user_create, uid) },
	{ MEMBER("gecos", "", FIELD_STRING, clc_user_create, gecos) },
	{ MEMBER("home_dir", "", FIELD_STRING, clc_user_create, home_dir) },
	{ MEMBER("no_create_home", "", FIELD_BOOL, clc_user_create, no_create_home) },
	{ MEMBER("primary_group", "", FIELD_STRING, clc_user_create, primary_group) },
	{ MEMBER("groups", "", FIELD_LIST, clc_user_create, groups) },
	{ MEMBER("no_user_group", "", FIELD_BOOL, clc_user_create, no_user_group) },
	{ MEMBER("system", "", FIELD_BOOL, clc_user_create, is_system) },
	{ MEMBER("no_log_init", "", FIELD_BOOL, clc_user_create, no_log_init) },
	{ MEMBER("shell", "", FIELD_STRING, clc_user_create, shell) },
};

static const struct schema clc_user_create_schema = { SCHEMA("user_create", clc_user_create,
							     user_create_fields) };

static const struct schema_field user_fields[] = {
	{ MEMBER("", "", FIELD_OBJECT, clc_user, flat), .flags = FIELD_INLINE,
	  .item = &clc_user_create_schema },
	{ MEMBER("name", "", FIELD_STRING, clc_user, name) },
	{ MEMBER("password_hash", "", FIELD_STRING, clc_user, password_hash),
	  .flags = FIELD_SECRET },
	{ MEMBER("ssh_authorized_keys", "", FIELD_LIST, clc_user, ssh_authorized_keys) },
	{ MEMBER("create", "", FIELD_OBJECT, clc_user, create), .item = &clc_user_create_schema },
};

static const struct schema clc_user_schema = { SCHEMA("user", clc_user, user_fields) };

static const struct schema_field group_fields[] = {
	{ MEMBER("name", "", FIELD_STRING, config_group, name) },
	{ MEMBER("gid", "", FIELD_INT, config_group, gid) },
	{ MEMBER("password_hash", "", FIELD_STRING, config_group, password_hash),
	  .flags = FIELD_SECRET },
	{ MEMBER("system", "", FIELD_BOOL, config_group, is_system) },
};

static const struct schema clc_group_schema = { SCHEMA("group", config_group, group_fields) };

static const struct schema_field passwd_fields[] = {
	{ MEMBER("users", "", FIELD_LIST, clc_passwd, users), .item = &clc_user_schema },
	{ MEMBER("groups", "", FIELD_LIST, clc_passwd, groups), .item = &clc_group_schema },
};

static const struct schema clc_passwd_schema = { SCHEMA("passwd", clc_passwd, passwd_fields) };

static const struct schema_field docker_fields[] = {
	{ MEMBER("flags", "", FIELD_LIST, clc_docker, flags) },
};

static const struct schema clc_docker_schema = { SCHEMA("docker", clc_docker, docker_fields) };

static const struct schema_field update_fields[] = {
	{ MEMBER("group", "", FIELD_STRING, clc_update, group) },
	{ MEMBER("server", "", FIELD_STRING, clc_update, server) },
};

static const struct schema clc_update_schema = { SCHEMA("update", clc_update, update_fields) };

static const struct schema_field locksmith_fields[] = {
	{ MEMBER("reboot_strategy", "", FIELD_STRING, clc_locksmith, reboot_strategy) },
	{ MEMBER("window_start", "", FIELD_STRING, clc_locksmith, window_start) },
	{ MEMBER("window_length", "", FIELD_STRING, clc_locksmith, window_length) },
	{ MEMBER("group", "", FIELD_STRING, clc_locksmith, group) },
	{ MEMBER("etcd_endpoints", "", FIELD_STRING, clc_locksmith, etcd_endpoints) },
	{ MEMBER("etcd_cafile", "", FIELD_STRING, clc_locksmith, etcd_cafile) },
	{ MEMBER("etcd_certfile", "", FIELD_STRING, clc_locksmith, etcd_certfile) },
	{ MEMBER("etcd_keyfile", "", FIELD_STRING, clc_locksmith, etcd_keyfile) },
};

static const struct schema clc_locksmith_schema = { SCHEMA("locksmith", clc_locksmith,
							   locksmith_fields) };

static const struct schema_field clc_fields[] = {
	{ MEMBER("version", "", FIELD_INT, clc_config, version) },
	{ MEMBER("ignition", "", FIELD_OBJECT, clc_config, ignition),
	  .item = &clc_ignition_schema },
	{ MEMBER("storage", "", FIELD_OBJECT, clc_config, storage), .item = &clc_storage_schema },
	{ MEMBER("systemd", "", FIELD_OBJECT, clc_config, systemd), .item = &clc_systemd_schema },
	{ MEMBER("networkd", "", FIELD_OBJECT, clc_config, networkd),
	  .item = &clc_networkd_schema },
	{ MEMBER("passwd", "", FIELD_OBJECT, clc_config, passwd), .item = &clc_passwd_schema },
	{ MEMBER("etcd", "", FIELD_OBJECT, clc_config, etcd), .item = &yaml_node_schema },
	{ MEMBER("flannel", "", FIELD_OBJECT, clc_config, flannel), .item = &yaml_node_schema },
	{ MEMBER("docker", "", FIELD_OBJECT, clc_config, docker), .item = &clc_docker_schema },
	{ MEMBER("update", "", FIELD_OBJECT, clc_config, update), .item = &clc_update_schema },
	{ MEMBER("locksmith", "", FIELD_OBJECT, clc_config, locksmith),
	  .item = &clc_locksmith_schema },
};

const struct schema clc_schema = { SCHEMA("Config", clc_config, clc_fields) };
