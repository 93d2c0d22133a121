/* schema_disk - tables of disks, partitions, arrays, encrypted volumes and filesystems. */
#include <inttypes.h>

#include "config/schema_tables.h"

static const struct schema_field partition_fields[] = {
	{ MEMBER("guid", "GUID", FIELD_STRING, config_partition, guid),
	  .description = "Unique GUID of the partition; random unless given." },
	{ MEMBER("label", "Label", FIELD_STRING, config_partition, label),
	  .description = "Name of the partition." },
	{ MEMBER("number", "Number", FIELD_INT, config_partition, number), .flags = FIELD_PLAIN,
	  .description = "Number of the partition; 0 is the next free one." },
	{ MEMBER("resize", "Resize", FIELD_BOOL, config_partition, resize), .since = SPEC_3_2,
	  .description = "Whether an existing partition is resized to fit." },
	{ MEMBER("shouldExist", "ShouldExist", FIELD_BOOL, config_partition, should_exist),
	  .description = "Whether the partition exists; false deletes it." },
	{ MEMBER("sizeMiB", "SizeMiB", FIELD_INT, config_partition, size_mib),
	  .description = "Size in MiB; 0 fills the free block." },
	{ MEMBER("startMiB", "StartMiB", FIELD_INT, config_partition, start_mib),
	  .description = "Start in MiB; 0 is the largest free block." },
	{ MEMBER("typeGuid", "TypeGUID", FIELD_STRING, config_partition, type_guid),
	  .description = "GUID of the partition's type." },
	{ MEMBER("wipePartitionEntry", "WipePartitionEntry", FIELD_BOOL, config_partition,
		 wipe_partition_entry),
	  .description = "Whether an existing partition that differs may be replaced." },
};

/* Partitions with a number are known by it, the others by their label. */
static struct slice partition_key(const void *object, struct arena *arena)
{
	const struct config_partition *partition = object;

	if (partition->number != 0)
		return slice_of(arena_printf(arena, "number:%" PRId64, partition->number));
	if (partition->label.data)
		return slice_of(arena_printf(arena, "label:%.*s", SLICE_ARGS(partition->label)));
	return SLICE("");
}

static const struct schema partition_schema = { SCHEMA("Partition", config_partition,
						       partition_fields),
						.checks = rules_partition, .key = partition_key };

static const struct schema_field disk_fields[] = {
	{ MEMBER("device", "Device", FIELD_STRING, config_disk, device),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED, .description = "Absolute path of the disk." },
	{ MEMBER("partitions", "Partitions", FIELD_LIST, config_disk, partitions),
	  .item = &partition_schema, .description = "Partitions of the disk." },
	{ MEMBER("wipeTable", "WipeTable", FIELD_BOOL, config_disk, wipe_table),
	  .description = "Whether the partition table is destroyed first." },
};

const struct schema disk_schema = { SCHEMA("Disk", config_disk, disk_fields), .checks = rules_disk,
				    KEYED_BY(config_disk, device) };

static const struct schema_field filesystem_fields[] = {
	{ MEMBER("device", "Device", FIELD_STRING, config_filesystem, device),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED,
	  .description = "Absolute path of the device, or the tag of a virtiofs." },
	{ MEMBER("format", "Format", FIELD_STRING, config_filesystem, format),
	  .description = "Type of the filesystem." },
	{ MEMBER("label", "Label", FIELD_STRING, config_filesystem, label),
	  .description = "Label of the filesystem." },
	{ MEMBER("mountOptions", "MountOptions", FIELD_LIST, config_filesystem, mount_options),
	  .flags = FIELD_APPEND, .go_type = "[]types.MountOption", .since = SPEC_3_1,
	  .description = "Options of the mount." },
	{ MEMBER("options", "Options", FIELD_LIST, config_filesystem, options),
	  .flags = FIELD_APPEND, .go_type = "[]types.FilesystemOption",
	  .description = "More arguments of the program that makes the filesystem." },
	{ MEMBER("path", "Path", FIELD_STRING, config_filesystem, path),
	  .description = "Where it is mounted while the config is applied." },
	{ MEMBER("uuid", "UUID", FIELD_STRING, config_filesystem, uuid),
	  .description = "UUID of the filesystem." },
	{ MEMBER("wipeFilesystem", "WipeFilesystem", FIELD_BOOL, config_filesystem,
		 wipe_filesystem),
	  .description = "Whether a filesystem that is there is never reused." },
};

const struct schema filesystem_schema = {
	SCHEMA("Filesystem", config_filesystem, filesystem_fields), .checks = rules_filesystem,
	KEYED_BY(config_filesystem, device)
};

static const struct schema_field cex_fields[] = {
	{ MEMBER("enabled", "Enabled", FIELD_BOOL, config_cex, enabled), .since = SPEC_3_5,
	  .description = "Whether the key is in a Crypto Express card." },
};

static const struct schema cex_schema = { SCHEMA("Cex", config_cex, cex_fields) };

#define CUSTOM_CONFIG                                                                              \
	MEMBER("config", "Config", FIELD_STRING, config_clevis_custom, config),                    \
		.description = "Config of the pin, as JSON text."
#define CUSTOM_NEEDS_NETWORK                                                                       \
	MEMBER("needsNetwork", "NeedsNetwork", FIELD_BOOL, config_clevis_custom, needs_network),   \
		.description = "Whether the pin needs the network."
#define CUSTOM_PIN                                                                                 \
	MEMBER("pin", "Pin", FIELD_STRING, config_clevis_custom, pin),                             \
		.description = "Name of the clevis pin."

static const struct schema_field custom_3_2_fields[] = {
	{ CUSTOM_CONFIG, .flags = FIELD_PLAIN | FIELD_REQUIRED | FIELD_SECRET, .since = SPEC_3_2,
	  .removed = SPEC_3_3 },
	{ CUSTOM_NEEDS_NETWORK, .since = SPEC_3_2, .removed = SPEC_3_3 },
	{ CUSTOM_PIN, .flags = FIELD_PLAIN | FIELD_REQUIRED, .since = SPEC_3_2,
	  .removed = SPEC_3_3 },
};

static const struct schema custom_3_2_schema = {
	SCHEMA("Custom", config_clevis_custom, custom_3_2_fields), .checks = rules_clevis_custom
};

static const struct schema_field custom_fields[] = {
	{ CUSTOM_CONFIG, .flags = FIELD_SECRET, .since = SPEC_3_3 },
	{ CUSTOM_NEEDS_NETWORK, .since = SPEC_3_3 },
	{ CUSTOM_PIN, .since = SPEC_3_3 },
};

const struct schema clevis_custom_schema = {
	SCHEMA("ClevisCustom", config_clevis_custom, custom_fields), .checks = rules_clevis_custom
};

static const struct schema_field tang_fields[] = {
	{ MEMBER("advertisement", "Advertisement", FIELD_STRING, config_tang, advertisement),
	  .since = SPEC_3_4,
	  .description = "Advertisement of the server, so that it need not be asked." },
	{ MEMBER("thumbprint", "Thumbprint", FIELD_STRING, config_tang, thumbprint),
	  .flags = FIELD_REQUIRED, .since = SPEC_3_2,
	  .description = "Thumbprint of a signing key of the server." },
	{ MEMBER("url", "URL", FIELD_STRING, config_tang, url), .flags = FIELD_PLAIN | FIELD_URL,
	  .since = SPEC_3_2, .description = "URL of the server." },
};

const struct schema tang_schema = { SCHEMA("Tang", config_tang, tang_fields), .checks = rules_tang,
				    KEYED_BY(config_tang, url) };

#define CLEVIS_CUSTOM                                                                              \
	MEMBER("custom", "Custom", FIELD_OBJECT, config_clevis, custom),                           \
		.description = "A pin of any kind."

static const struct schema_field clevis_fields[] = {
	{ CLEVIS_CUSTOM, .item = &custom_3_2_schema, .flags = FIELD_POINTER, .since = SPEC_3_2,
	  .removed = SPEC_3_3 },
	{ CLEVIS_CUSTOM, .item = &clevis_custom_schema, .since = SPEC_3_3 },
	{ MEMBER("tang", "Tang", FIELD_LIST, config_clevis, tang), .item = &tang_schema,
	  .since = SPEC_3_2, .description = "Tang servers." },
	{ MEMBER("threshold", "Threshold", FIELD_INT, config_clevis, threshold), .since = SPEC_3_2,
	  .description = "How many of the pins unlock the volume." },
	{ MEMBER("tpm2", "Tpm2", FIELD_BOOL, config_clevis, tpm2), .since = SPEC_3_2,
	  .description = "Whether the machine's TPM 2.0 is a pin." },
};

static const struct schema clevis_schema = { SCHEMA("Clevis", config_clevis, clevis_fields) };

#define LUKS_CLEVIS                                                                                \
	MEMBER("clevis", "Clevis", FIELD_OBJECT, config_luks, clevis),                             \
		.item = &clevis_schema, .description = "Automatic unlocking by clevis."

static const struct schema_field luks_fields[] = {
	{ MEMBER("cex", "Cex", FIELD_OBJECT, config_luks, cex), .item = &cex_schema,
	  .since = SPEC_3_5, .description = "Key in an IBM Crypto Express card." },
	{ LUKS_CLEVIS, .flags = FIELD_POINTER, .since = SPEC_3_2, .removed = SPEC_3_3 },
	{ LUKS_CLEVIS, .since = SPEC_3_3 },
	{ MEMBER("device", "Device", FIELD_STRING, config_luks, device), .flags = FIELD_REQUIRED,
	  .since = SPEC_3_2, .description = "Absolute path of the device to encrypt." },
	{ MEMBER("discard", "Discard", FIELD_BOOL, config_luks, discard), .since = SPEC_3_4,
	  .description = "Whether discards reach the device." },
	{ MEMBER("keyFile", "KeyFile", FIELD_OBJECT, config_luks, key_file),
	  .item = &resource_schema, .flags = FIELD_SECRET, .since = SPEC_3_2,
	  .description = "Key of the volume; random unless given." },
	{ MEMBER("label", "Label", FIELD_STRING, config_luks, label), .since = SPEC_3_2,
	  .description = "Label of the volume." },
	{ MEMBER("name", "Name", FIELD_STRING, config_luks, name),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED, .since = SPEC_3_2,
	  .description = "Name of the opened device." },
	{ MEMBER("openOptions", "OpenOptions", FIELD_LIST, config_luks, open_options),
	  .go_type = "[]types.OpenOption", .since = SPEC_3_4,
	  .description = "More arguments of cryptsetup luksOpen." },
	{ MEMBER("options", "Options", FIELD_LIST, config_luks, options), .flags = FIELD_APPEND,
	  .go_type = "[]types.LuksOption", .since = SPEC_3_2,
	  .description = "More arguments of cryptsetup luksFormat." },
	{ MEMBER("uuid", "UUID", FIELD_STRING, config_luks, uuid), .since = SPEC_3_2,
	  .description = "UUID of the volume." },
	{ MEMBER("wipeVolume", "WipeVolume", FIELD_BOOL, config_luks, wipe_volume),
	  .since = SPEC_3_2, .description = "Whether a volume that is there is never reused." },
};

const struct schema luks_schema = { SCHEMA("Luks", config_luks, luks_fields), .checks = rules_luks,
				    KEYED_BY(config_luks, name) };

#define RAID_LEVEL                                                                                 \
	MEMBER("level", "Level", FIELD_STRING, config_raid, level),                                \
		.description = "Redundancy level of the array."

static const struct schema_field raid_fields[] = {
	{ MEMBER("devices", "Devices", FIELD_LIST, config_raid, devices), .flags = FIELD_REQUIRED,
	  .go_type = "[]types.Device",
	  .description = "Absolute paths of the devices, spares included." },
	{ RAID_LEVEL, .flags = FIELD_PLAIN | FIELD_REQUIRED, .removed = SPEC_3_3 },
	{ RAID_LEVEL, .flags = FIELD_REQUIRED, .since = SPEC_3_3 },
	{ MEMBER("name", "Name", FIELD_STRING, config_raid, name),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED, .description = "Name of the array." },
	{ MEMBER("options", "Options", FIELD_LIST, config_raid, options), .flags = FIELD_APPEND,
	  .go_type = "[]types.RaidOption", .description = "More arguments of mdadm." },
	{ MEMBER("spares", "Spares", FIELD_INT, config_raid, spares),
	  .description = "How many of the devices are spares." },
};

const struct schema raid_schema = { SCHEMA("Raid", config_raid, raid_fields), .checks = rules_raid,
				    KEYED_BY(config_raid, name) };
