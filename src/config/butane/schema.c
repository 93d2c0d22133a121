#include "config/butane/schema.h"

#include "config/schema_tables.h"

/* Go's words for these types are Butane's own; where nobody reads them they are left out. */

static const struct schema_field resource_fields[] = {
	{ MEMBER("inline", "Inline", FIELD_STRING, butane_resource, inline_text),
	  .flags = FIELD_SECRET, .description = "Contents, in the config itself." },
	{ MEMBER("local", "Local", FIELD_STRING, butane_resource, local), .since = SPEC_3_1,
	  .description = "Contents, in a file below the files directory." },
};

const struct schema butane_resource_schema = { SCHEMA("Resource", butane_resource,
						      resource_fields) };

static const struct schema_field filesystem_fields[] = {
	{ MEMBER("with_mount_unit", "WithMountUnit", FIELD_BOOL, butane_filesystem,
		 with_mount_unit),
	  .since = SPEC_3_1,
	  .description = "Whether a unit is generated that mounts the filesystem." },
};

const struct schema butane_filesystem_schema = { SCHEMA("Filesystem", butane_filesystem,
							filesystem_fields) };

static const struct schema_field unit_fields[] = {
	{ MEMBER("contents_local", "ContentsLocal", FIELD_STRING, butane_unit, contents_local),
	  .since = SPEC_3_4, .description = "Text, in a file below the files directory." },
};

const struct schema butane_unit_schema = { SCHEMA("Unit", butane_unit, unit_fields) };

static const struct schema_field user_fields[] = {
	{ MEMBER("ssh_authorized_keys_local", "SSHAuthorizedKeysLocal", FIELD_LIST, butane_user,
		 ssh_authorized_keys_local),
	  .since = SPEC_3_4, .go_type = "[]string",
	  .description = "Files of public keys below the files directory." },
};

const struct schema butane_user_schema = { SCHEMA("PasswdUser", butane_user, user_fields) };

static const struct schema_field owner_fields[] = {
	{ MEMBER("id", "ID", FIELD_INT, config_owner, id), .description = "Numeric id." },
	{ MEMBER("name", "Name", FIELD_STRING, config_owner, name),
	  .description = "Name in the target." },
};

static const struct schema owner_schema = { SCHEMA("Owner", config_owner, owner_fields) };

static const struct schema_field tree_fields[] = {
	{ MEMBER("dir_mode", "DirMode", FIELD_INT, butane_tree, dir_mode), .since = SPEC_3_6,
	  .description = "Permission bits of directories." },
	{ MEMBER("file_mode", "FileMode", FIELD_INT, butane_tree, file_mode), .since = SPEC_3_6,
	  .description = "Permission bits of files." },
	{ MEMBER("group", "Group", FIELD_OBJECT, butane_tree, group), .item = &owner_schema,
	  .since = SPEC_3_6, .description = "Owning group of all that is in the tree." },
	{ MEMBER("local", "Local", FIELD_STRING, butane_tree, local),
	  .description = "Directory below the files directory." },
	{ MEMBER("path", "Path", FIELD_STRING, butane_tree, path),
	  .description = "Where the tree goes in the target; the root unless given." },
	{ MEMBER("user", "User", FIELD_OBJECT, butane_tree, user), .item = &owner_schema,
	  .since = SPEC_3_6, .description = "Owning user of all that is in the tree." },
};

const struct schema butane_tree_schema = { SCHEMA("Tree", butane_tree, tree_fields) };

static const struct schema_field storage_fields[] = {
	{ MEMBER("trees", "Trees", FIELD_LIST, butane_storage, trees), .item = &butane_tree_schema,
	  .since = SPEC_3_1, .description = "Local directories to copy." },
};

const struct schema butane_storage_schema = { SCHEMA("Storage", butane_storage, storage_fields) };

static const struct schema_field quadlet_dropin_fields[] = {
	{ MEMBER("contents", "Contents", FIELD_STRING, butane_quadlet_dropin, contents),
	  .description = "Text of the drop-in." },
	{ MEMBER("contents_local", "ContentsLocal", FIELD_STRING, butane_quadlet_dropin,
		 contents_local),
	  .description = "Text, in a file below the files directory." },
	{ MEMBER("name", "Name", FIELD_STRING, butane_quadlet_dropin, name),
	  .description = "File name, ending in .conf." },
};

const struct schema butane_quadlet_dropin_schema = { SCHEMA("QuadletDropin", butane_quadlet_dropin,
							    quadlet_dropin_fields) };

static const struct schema_field quadlet_fields[] = {
	{ MEMBER("contents", "Contents", FIELD_STRING, butane_quadlet, contents),
	  .description = "Text of the quadlet." },
	{ MEMBER("contents_local", "ContentsLocal", FIELD_STRING, butane_quadlet, contents_local),
	  .description = "Text, in a file below the files directory." },
	{ MEMBER("dropins", "Dropins", FIELD_LIST, butane_quadlet, dropins),
	  .item = &butane_quadlet_dropin_schema, .description = "Drop-ins of the quadlet." },
	{ MEMBER("name", "Name", FIELD_STRING, butane_quadlet, name),
	  .description = "File name with its suffix." },
	{ MEMBER("rootful", "Rootful", FIELD_BOOL, butane_quadlet, rootful),
	  .description = "Whether it runs as root; else for every user." },
};

const struct schema butane_quadlet_schema = { SCHEMA("Quadlet", butane_quadlet, quadlet_fields) };

static const struct schema_field systemd_fields[] = {
	{ MEMBER("quadlets", "Quadlets", FIELD_LIST, butane_systemd, quadlets),
	  .item = &butane_quadlet_schema, .since = SPEC_3_7_EXPERIMENTAL,
	  .description = "Containers that systemd runs." },
};

const struct schema butane_systemd_schema = { SCHEMA("Systemd", butane_systemd, systemd_fields) };

static const struct schema_field cex_fields[] = {
	{ MEMBER("enabled", "Enabled", FIELD_BOOL, config_cex, enabled),
	  .description = "Whether the key is in a Crypto Express card." },
};

static const struct schema cex_schema = { SCHEMA("Cex", config_cex, cex_fields) };

static const struct schema_field boot_luks_fields[] = {
	{ MEMBER("cex", "Cex", FIELD_OBJECT, butane_boot_luks, cex), .item = &cex_schema,
	  .since = SPEC_3_5, .description = "Key in an IBM Crypto Express card." },
	{ MEMBER("device", "Device", FIELD_STRING, butane_boot_luks, device), .since = SPEC_3_5,
	  .description = "Boot disk of an s390x machine." },
	{ MEMBER("discard", "Discard", FIELD_BOOL, butane_boot_luks, discard), .since = SPEC_3_4,
	  .description = "Whether discards reach the device." },
	{ MEMBER("tang", "Tang", FIELD_LIST, butane_boot_luks, tang), .item = &tang_schema,
	  .description = "Tang servers." },
	{ MEMBER("threshold", "Threshold", FIELD_INT, butane_boot_luks, threshold),
	  .description = "How many of the pins unlock the volume." },
	{ MEMBER("tpm2", "Tpm2", FIELD_BOOL, butane_boot_luks, tpm2),
	  .description = "Whether the machine's TPM 2.0 is a pin." },
};

const struct schema butane_boot_luks_schema = { SCHEMA("BootDeviceLuks", butane_boot_luks,
						       boot_luks_fields) };

static const struct schema_field mirror_fields[] = {
	{ MEMBER("devices", "Devices", FIELD_LIST, butane_mirror, devices), .go_type = "[]string",
	  .description = "Disks that the boot disk is mirrored over." },
};

static const struct schema mirror_schema = { SCHEMA("BootDeviceMirror", butane_mirror,
						    mirror_fields) };

static const struct schema_field boot_device_fields[] = {
	{ MEMBER("layout", "Layout", FIELD_STRING, butane_boot_device, layout),
	  .description = "Partition layout of the OS image." },
	{ MEMBER("luks", "Luks", FIELD_OBJECT, butane_boot_device, luks),
	  .item = &butane_boot_luks_schema, .description = "Encryption of the root filesystem." },
	{ MEMBER("mirror", "Mirror", FIELD_OBJECT, butane_boot_device, mirror),
	  .item = &mirror_schema, .description = "Mirroring of the boot disk." },
};

const struct schema butane_boot_device_schema = { SCHEMA("BootDevice", butane_boot_device,
							 boot_device_fields) };

static const struct schema_field grub_user_fields[] = {
	{ MEMBER("name", "Name", FIELD_STRING, butane_grub_user, name),
	  .description = "Name of a superuser of GRUB." },
	{ MEMBER("password_hash", "PasswordHash", FIELD_STRING, butane_grub_user, password_hash),
	  .flags = FIELD_SECRET, .description = "Password as grub2-mkpasswd-pbkdf2 hashes it." },
};

const struct schema butane_grub_user_schema = { SCHEMA("GrubUser", butane_grub_user,
						       grub_user_fields) };

static const struct schema_field grub_fields[] = {
	{ MEMBER("users", "Users", FIELD_LIST, butane_grub, users),
	  .item = &butane_grub_user_schema, .description = "Superusers of GRUB." },
};

static const struct schema grub_schema = { SCHEMA("Grub", butane_grub, grub_fields) };

const struct schema butane_labels_schema = { .go_name = "Labels",
					     .size = sizeof(struct butane_labels) };

static const struct schema_field metadata_fields[] = {
	{ MEMBER("labels", "Labels", FIELD_OBJECT, butane_metadata, labels),
	  .item = &butane_labels_schema, .description = "Labels of the MachineConfig." },
	{ MEMBER("name", "Name", FIELD_STRING, butane_metadata, name),
	  .description = "Name of the MachineConfig." },
};

static const struct schema metadata_schema = { SCHEMA("Metadata", butane_metadata,
						      metadata_fields) };

static const struct schema_field openshift_fields[] = {
	{ MEMBER("extensions", "Extensions", FIELD_LIST, butane_openshift, extensions),
	  .go_type = "[]string", .description = "Extensions of the OS to install." },
	{ MEMBER("fips", "FIPS", FIELD_BOOL, butane_openshift, fips),
	  .description = "Whether FIPS 140 mode is on." },
	{ MEMBER("kernel_arguments", "KernelArguments", FIELD_LIST, butane_openshift,
		 kernel_arguments),
	  .go_type = "[]string", .description = "Kernel arguments to add." },
	{ MEMBER("kernel_type", "KernelType", FIELD_STRING, butane_openshift, kernel_type),
	  .description = "Which kernel runs: default or realtime." },
};

static const struct schema openshift_schema = { SCHEMA("OpenShift", butane_openshift,
						       openshift_fields) };

static const struct schema_field top_fields[] = {
	{ MEMBER("boot_device", "BootDevice", FIELD_OBJECT, butane_top, boot_device),
	  .item = &butane_boot_device_schema, .description = "The disk that the OS boots from." },
	{ MEMBER("grub", "Grub", FIELD_OBJECT, butane_top, grub), .item = &grub_schema,
	  .description = "The GRUB boot loader." },
	{ MEMBER("metadata", "Metadata", FIELD_OBJECT, butane_top, metadata),
	  .item = &metadata_schema, .description = "Metadata of the MachineConfig." },
	{ MEMBER("openshift", "OpenShift", FIELD_OBJECT, butane_top, openshift),
	  .item = &openshift_schema, .description = "What OpenShift's operator configures." },
	{ MEMBER("variant", "Variant", FIELD_STRING, butane_top, variant), .flags = FIELD_REQUIRED,
	  .description = "OS that the config is for." },
	{ MEMBER("version", "Version", FIELD_STRING, butane_top, version), .flags = FIELD_REQUIRED,
	  .description = "Version of the variant." },
};

const struct schema butane_top_schema = { SCHEMA("Config", butane_top, top_fields) };

/* Of the top of a config: the dialects that have a section. */
static const struct {
	const char *name;
	unsigned feature; /* enum butane_feature */
} sections[] = {
	{ "boot_device", BUTANE_BOOT_DEVICE },
	{ "grub", BUTANE_GRUB },
	{ "metadata", BUTANE_MACHINE_CONFIG },
	{ "openshift", BUTANE_MACHINE_CONFIG },
};

/* Types of Ignition, by upstream's names, and what Butane adds to them. */
static const struct {
	const char *of;
	const struct schema *schema;
} besides[] = {
	{ "Config", &butane_top_schema },
	{ "Dropin", &butane_unit_schema },
	{ "FileContents", &butane_resource_schema },
	{ "Filesystem", &butane_filesystem_schema },
	{ "PasswdUser", &butane_user_schema },
	{ "Resource", &butane_resource_schema },
	{ "Storage", &butane_storage_schema },
	{ "Systemd", &butane_systemd_schema },
	{ "Unit", &butane_unit_schema },
};

/* Names that the rule does not give; absent: Butane does not have the member. */
static const struct {
	const char *of;
	const char *json;
	const char *name;
} exceptions[] = {
	{ "Ignition", "version", NULL },
	{ "Partition", "sizeMiB", "size_mib" },
	{ "Partition", "startMiB", "start_mib" },
};

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

void butane_append_name(struct text *out, struct slice json)
{
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++) {
		if (exceptions[i].name && slice_is(json, exceptions[i].json)) {
			text_append_str(out, exceptions[i].name);
			return;
		}
	}
	for (size_t i = 0; i < json.length; i++) {
		if (is_upper(json.data[i]))
			text_append_char(out, '_');
		text_append_char(out, char_lower(json.data[i]));
	}
}

/* Whether the rule spells @json as @key. */
static bool is_spelled(const char *json, struct slice key)
{
	size_t at = 0;

	for (; *json; json++) {
		if (is_upper(*json) && (at == key.length || key.data[at++] != '_'))
			return false;
		if (at == key.length ||
		    key.data[at++] != (is_upper(*json) ? (char)(*json | 0x20) : *json))
			return false;
	}
	return at == key.length;
}

static bool is_named(const struct schema *schema, const char *json, struct slice key)
{
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++) {
		if (strcmp(exceptions[i].of, schema->go_name) == 0 &&
		    strcmp(exceptions[i].json, json) == 0)
			return exceptions[i].name && slice_is(key, exceptions[i].name);
	}
	return is_spelled(json, key);
}

const struct schema *butane_schema_beside(const struct schema *schema)
{
	for (size_t i = 0; i < ARRAY_SIZE(besides); i++)
		if (strcmp(besides[i].of, schema->go_name) == 0 && besides[i].schema != schema)
			return besides[i].schema;
	return NULL;
}

static bool has_section(const struct schema_field *field, const struct butane_dialect *dialect)
{
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (strcmp(sections[i].name, field->name) == 0)
			return dialect->features & sections[i].feature;
	return true;
}

const struct schema_field *butane_schema_find(const struct schema *schema, struct slice key,
					      const struct butane_dialect *dialect)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (field->flags & FIELD_INLINE) {
			const struct schema_field *inner =
				butane_schema_find(field->item, key, dialect);

			if (inner)
				return inner;
			continue;
		}
		if (!schema_field_known(field, dialect->spec) ||
		    !is_named(schema, field->name, key))
			continue;
		if (schema != &butane_top_schema || has_section(field, dialect))
			return field;
	}
	return NULL;
}

void butane_schema_each(const struct schema *schema, const struct butane_dialect *dialect,
			void (*visit)(void *context, const struct schema_field *field,
				      struct slice name),
			void *context)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];
		AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);

		if (field->flags & FIELD_INLINE) {
			butane_schema_each(field->item, dialect, visit, context);
			continue;
		}
		butane_append_name(&name, slice_of(field->name));
		if (butane_schema_find(schema, text_slice(&name), dialect) == field)
			visit(context, field, text_slice(&name));
	}
}
