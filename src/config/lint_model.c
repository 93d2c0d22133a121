#include "config/lint_model.h"

#include <inttypes.h>

#include "config/lint_secrets.h"
#include "config/mode.h"

/* Below it the second update of an image-based system finds no room (spec configs 4.5). */
#define ROOT_SIZE_MIB_MIN 8192
#define KIB		  ((size_t)1024)

#define BY_PARTLABEL "/dev/disk/by-partlabel/"

/* What is known of user data's ceilings (spec providers 15, 17); the others have none that matter.
 */
static const struct {
	const char *platform;
	size_t size_bytes_max;
} limits[] = {
	{ "aws", 16 * KIB },	{ "ec2", 16 * KIB },  { "azure", 64 * KIB },
	{ "gcp", 256 * KIB },	{ "gce", 256 * KIB }, { "openstack", 64 * KIB },
	{ "vmware", 64 * KIB },
};

struct lint {
	const struct config *config;
	struct report *report;
};

static struct report_entry *warn(const struct lint *lint, const struct report_path *path,
				 const char *rule, const char *message)
{
	struct report_entry *entry = report_add(lint->report, REPORT_WARNING, path,
						(struct origin){ .source = NULL }, "%s", message);

	entry->rule = rule;
	return entry;
}

/* The octal number that the decimal digits of @mode spell. */
static int64_t reread(int64_t mode)
{
	int64_t octal = 0;

	for (int64_t place = 1; mode; mode /= 10, place *= 8)
		octal += mode % 10 * place;
	return octal;
}

static void check_mode(const struct lint *lint, const struct report_path *node,
		       struct config_int mode, enum mode_of of)
{
	const struct report_path path = { .parent = node, .key = SLICE("mode") };

	if (!mode.is_set || !mode_looks_decimal(mode.value, of))
		return;
	warn(lint, &path, "decimal-mode", "mode is decimal and makes no sense as it is")->hint =
		arena_printf(report_arena(lint->report),
			     "0%" PRId64 " is %" PRId64 " in decimal, which JSON wants", mode.value,
			     reread(mode.value));
}

static void check_modes(const struct lint *lint)
{
	const struct config_storage *storage = &lint->config->storage;
	const struct report_path top = { .key = SLICE("storage") };
	const struct report_path files = { .parent = &top, .key = SLICE("files") };
	const struct report_path directories = { .parent = &top, .key = SLICE("directories") };
	struct report_path node = { .parent = &directories };

	CONFIG_EACH (struct config_directory, directory, &storage->directories) {
		check_mode(lint, &node, directory->mode, MODE_OF_DIRECTORY);
		node.index++;
	}
	node = (struct report_path){ .parent = &files };
	CONFIG_EACH (struct config_file, file, &storage->files) {
		check_mode(lint, &node, file->mode, MODE_OF_FILE);
		node.index++;
	}
}

/* Whether @device is partition @partition of @disk, by its label or by its number. */
static bool is_device_of(struct slice device, const struct config_disk *disk,
			 const struct config_partition *partition)
{
	AUTO(text_done) struct text number = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (slice_starts(device, BY_PARTLABEL))
		return partition->label.length &&
		       slice_equal(slice_from(device, strlen(BY_PARTLABEL)), partition->label);
	if (partition->number <= 0 || device.length <= disk->device.length ||
	    memcmp(device.data, disk->device.data, disk->device.length) != 0)
		return false;
	text_printf(&number, "%" PRId64, partition->number);

	const struct slice rest = slice_from(device, disk->device.length);

	return slice_is(rest, text_str(&number)) ||
	       (rest.data[0] == 'p' && slice_is(slice_from(rest, 1), text_str(&number)));
}

static bool is_root(const struct lint *lint, const struct config_disk *disk,
		    const struct config_partition *partition)
{
	if (slice_is(partition->label, "ROOT"))
		return true;
	CONFIG_EACH (struct config_filesystem, filesystem, &lint->config->storage.filesystems)
		if (slice_is(filesystem->path, "/") &&
		    is_device_of(filesystem->device, disk, partition))
			return true;
	return false;
}

static void check_partitions(const struct lint *lint, const struct config_disk *disk,
			     const struct report_path *disk_path)
{
	const struct report_path list = { .parent = disk_path, .key = SLICE("partitions") };
	struct report_path element = { .parent = &list };
	const struct report_path path = { .parent = &element, .key = SLICE("sizeMiB") };

	CONFIG_EACH (struct config_partition, partition, &disk->partitions) {
		const int64_t size = partition->size_mib.value;

		if (size > 0 && size < ROOT_SIZE_MIB_MIN && is_root(lint, disk, partition))
			warn(lint, &path, "small-root", "root should have 8GiB of space assigned");
		element.index++;
	}
}

static void check_root(const struct lint *lint)
{
	const struct report_path storage = { .key = SLICE("storage") };
	const struct report_path disks = { .parent = &storage, .key = SLICE("disks") };
	struct report_path path = { .parent = &disks };

	CONFIG_EACH (struct config_disk, disk, &lint->config->storage.disks) {
		check_partitions(lint, disk, &path);
		path.index++;
	}
}

void lint_model(const struct config *config, unsigned flags, struct report *report)
{
	const struct lint lint = { .config = config, .report = report };

	if (flags & LINT_MODES)
		check_modes(&lint);
	check_root(&lint);
	lint_secrets(config, report);
}

void lint_size(size_t size_bytes, const char *platform, const struct source *source,
	       struct report *report)
{
	for (size_t i = 0; platform && i < ARRAY_SIZE(limits); i++) {
		if (strcmp(limits[i].platform, platform) != 0 ||
		    size_bytes <= limits[i].size_bytes_max)
			continue;

		struct report_entry *entry = report_add(
			report, REPORT_WARNING, /* path= */ NULL, source_origin(source, 0),
			"%zu bytes are more than the %zu that %s takes", size_bytes,
			limits[i].size_bytes_max, platform);

		entry->has_path = false;
		entry->rule = "size-limit";
		entry->hint = "put it on a server, and a config with ignition.config.replace and a "
			      "hash in its place";
	}
}
