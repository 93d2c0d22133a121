/* schema_storage - tables of storage: nodes of the tree, and the objects of schema_disk. */
#include "config/schema_tables.h"

static const struct schema_field node_group_fields[] = {
	{ MEMBER("id", "ID", FIELD_INT, config_owner, id), .description = "Numeric group id." },
	{ MEMBER("name", "Name", FIELD_STRING, config_owner, name),
	  .description = "Name of a group of the target." },
};

static const struct schema node_group_schema = {
	SCHEMA("NodeGroup", config_owner, node_group_fields), .checks = rules_owner
};

static const struct schema_field node_user_fields[] = {
	{ MEMBER("id", "ID", FIELD_INT, config_owner, id), .description = "Numeric user id." },
	{ MEMBER("name", "Name", FIELD_STRING, config_owner, name),
	  .description = "Name of a user of the target." },
};

static const struct schema node_user_schema = { SCHEMA("NodeUser", config_owner, node_user_fields),
						.checks = rules_owner };

static const struct schema_field node_fields[] = {
	{ MEMBER("group", "Group", FIELD_OBJECT, config_node, group), .item = &node_group_schema,
	  .description = "Owning group." },
	{ MEMBER("overwrite", "Overwrite", FIELD_BOOL, config_node, overwrite),
	  .description = "Whether something else that is at the path is removed first." },
	{ MEMBER("path", "Path", FIELD_STRING, config_node, path),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED,
	  .description = "Absolute path in the target, without dots and double slashes." },
	{ MEMBER("user", "User", FIELD_OBJECT, config_node, user), .item = &node_user_schema,
	  .description = "Owning user." },
};

static const struct schema node_schema = { SCHEMA("Node", config_node, node_fields),
					   .checks = rules_node, KEYED_BY(config_node, path) };

static const struct schema_field directory_fields[] = {
	{ MEMBER("", "Node", FIELD_OBJECT, config_directory, node), .item = &node_schema,
	  .flags = FIELD_INLINE, .description = "What all nodes have." },
	{ MEMBER("mode", "Mode", FIELD_INT, config_directory, mode),
	  .description = "Permission bits in decimal; 0755 unless it exists." },
};

static const struct schema directory_schema = {
	SCHEMA("Directory", config_directory, directory_fields), .checks = rules_directory,
	KEYED_BY(config_directory, node.path)
};

#define FILE_APPEND                                                                                \
	MEMBER("append", "Append", FIELD_LIST, config_file, append),                               \
		.flags = FIELD_APPEND, .description = "Contents to append to the file, in order."
#define FILE_CONTENTS                                                                              \
	MEMBER("contents", "Contents", FIELD_OBJECT, config_file, contents),                       \
		.description = "Contents of the file."

static const struct schema_field file_fields[] = {
	{ MEMBER("", "Node", FIELD_OBJECT, config_file, node), .item = &node_schema,
	  .flags = FIELD_INLINE, .description = "What all nodes have." },
	{ FILE_APPEND, .item = &file_contents_3_0_schema, .removed = SPEC_3_1 },
	{ FILE_APPEND, .item = &resource_schema, .since = SPEC_3_1 },
	{ FILE_CONTENTS, .item = &file_contents_3_0_schema, .removed = SPEC_3_1 },
	{ FILE_CONTENTS, .item = &resource_schema, .since = SPEC_3_1 },
	{ MEMBER("mode", "Mode", FIELD_INT, config_file, mode),
	  .description = "Permission bits in decimal; 0644 unless it exists." },
};

static const struct schema file_schema = { SCHEMA("File", config_file, file_fields),
					   .checks = rules_file, KEYED_BY(config_file, node.path) };

#define LINK_TARGET                                                                                \
	MEMBER("target", "Target", FIELD_STRING, config_link, target),                             \
		.description = "What the link points to."

static const struct schema_field link_fields[] = {
	{ MEMBER("", "Node", FIELD_OBJECT, config_link, node), .item = &node_schema,
	  .flags = FIELD_INLINE, .description = "What all nodes have." },
	{ MEMBER("hard", "Hard", FIELD_BOOL, config_link, hard),
	  .description = "Whether the link is a hard link." },
	{ LINK_TARGET, .flags = FIELD_PLAIN | FIELD_REQUIRED, .removed = SPEC_3_3 },
	{ LINK_TARGET, .flags = FIELD_REQUIRED, .since = SPEC_3_3 },
};

static const struct schema link_schema = { SCHEMA("Link", config_link, link_fields),
					   KEYED_BY(config_link, node.path) };

static const struct schema_field storage_fields[] = {
	{ MEMBER("directories", "Directories", FIELD_LIST, config_storage, directories),
	  .item = &directory_schema, .key_space = "path", .description = "Directories to create." },
	{ MEMBER("disks", "Disks", FIELD_LIST, config_storage, disks), .item = &disk_schema,
	  .description = "Disks to partition." },
	{ MEMBER("files", "Files", FIELD_LIST, config_storage, files), .item = &file_schema,
	  .key_space = "path", .description = "Files to write." },
	{ MEMBER("filesystems", "Filesystems", FIELD_LIST, config_storage, filesystems),
	  .item = &filesystem_schema, .description = "Filesystems to create and mount." },
	{ MEMBER("links", "Links", FIELD_LIST, config_storage, links), .item = &link_schema,
	  .key_space = "path", .description = "Links to create." },
	{ MEMBER("luks", "Luks", FIELD_LIST, config_storage, luks), .item = &luks_schema,
	  .since = SPEC_3_2, .description = "Encrypted volumes to create." },
	{ MEMBER("raid", "Raid", FIELD_LIST, config_storage, raid), .item = &raid_schema,
	  .description = "RAID arrays to create." },
};

const struct schema storage_schema = { SCHEMA("Storage", config_storage, storage_fields),
				       .checks = rules_storage };
