/* rules_filesystems - formats, and what each of them can be asked for. */
#include "config/rules_common.h"

/* A virtiofs tag is 36 bytes of the device's configuration space (virtio 1.2, 5.11.4). */
#define VIRTIOFS_TAG_BYTES_MAX 36

static const struct format {
	const char *name;
	enum spec_version since;
	size_t label_bytes_max; /* 0 = not checked */
} formats[] = {
	{ "ext4", SPEC_3_0, 16 },
	{ "btrfs", SPEC_3_0, 256 },
	{ "xfs", SPEC_3_0, 12 },
	{ "swap", SPEC_3_0, 15 },
	{ "vfat", SPEC_3_0, 11 },
	{ "none", SPEC_3_3, 0 },
	{ "virtiofs", SPEC_3_7_EXPERIMENTAL, 0 },
};

static const struct format *find_format(struct slice name, enum spec_version version)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (formats[i].since <= version && slice_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}

static bool is_virtiofs(const struct check_context *context,
			const struct config_filesystem *filesystem)
{
	return context->version >= SPEC_3_7_EXPERIMENTAL &&
	       slice_is(filesystem->format, "virtiofs");
}

static void check_device(const struct check_context *context,
			 const struct config_filesystem *filesystem)
{
	const struct report_path *at = RULES_KEY(context->path, "device");

	if (!is_virtiofs(context, filesystem))
		rules_path(context, at, filesystem->device);
	else if (filesystem->device.length == 0)
		rules_error(context, at, "device not specified");
	else if (filesystem->device.length > VIRTIOFS_TAG_BYTES_MAX)
		rules_error(context, at, "virtiofs device tag cannot be longer than 36 bytes");
}

static const char *format_fault(const struct check_context *context,
				const struct config_filesystem *filesystem)
{
	if (filesystem->format.length)
		return find_format(filesystem->format, context->version)
			       ? NULL
			       : "invalid filesystem format";
	if (filesystem->path.length || filesystem->label.length || filesystem->uuid.length ||
	    rules_is_true(filesystem->wipe_filesystem) || filesystem->mount_options.count ||
	    filesystem->options.count)
		return "format cannot be empty when path, label, uuid, wipeFilesystem, options, "
		       "or mountOptions is specified";
	return NULL;
}

static void check_label(const struct check_context *context,
			const struct config_filesystem *filesystem)
{
	const struct report_path *at = RULES_KEY(context->path, "label");
	const struct format *format = find_format(filesystem->format, context->version);

	if (filesystem->label.length == 0)
		return;
	if (filesystem->format.length == 0)
		rules_error(context, at, "filesystem must specify format if label is specified");
	else if (is_virtiofs(context, filesystem))
		rules_error(context, at, "filesystem labels cannot be set when using virtiofs");
	else if (format && format->label_bytes_max &&
		 filesystem->label.length > format->label_bytes_max)
		report_add(context->report, REPORT_ERROR, at, (struct origin){ 0 },
			   "filesystem labels cannot be longer than %zu characters when using %s",
			   format->label_bytes_max, format->name);
}

static void check_filesystem(const struct check_context *context, const void *object)
{
	const struct config_filesystem *filesystem = object;

	if (filesystem->path.length)
		rules_path(context, RULES_KEY(context->path, "path"), filesystem->path);
	check_device(context, filesystem);
	rules_error(context, RULES_KEY(context->path, "format"), format_fault(context, filesystem));
	check_label(context, filesystem);
}

/* What needs a block device that mkfs can write to. */
static void check_virtiofs(const struct check_context *context, const void *object)
{
	const struct config_filesystem *filesystem = object;
	const struct report_path *at = context->path;

	if (!is_virtiofs(context, filesystem))
		return;
	if (filesystem->uuid.length)
		rules_error(context, RULES_KEY(at, "uuid"),
			    "filesystem uuid cannot be set for non-block-device filesystems");
	if (rules_is_true(filesystem->wipe_filesystem))
		rules_error(context, RULES_KEY(at, "wipeFilesystem"),
			    "wipeFilesystem cannot be set for non-block-device filesystems");
	if (filesystem->options.count)
		rules_error(context, RULES_KEY(at, "options"),
			    "filesystem options (mkfs) cannot be set for non-block-device "
			    "filesystems");
}

const struct schema_check rules_filesystem[] = {
	RULES_ALWAYS(check_filesystem),
	{ SPEC_3_7_EXPERIMENTAL, SPEC_NEWEST, check_virtiofs },
	RULES_END,
};
