/* disks - disks, arrays and filesystems of Ignition 2.3 as those of 3.x (spec configs 3.3, 3.7). */
#include <inttypes.h>

#include "config/clc/lowering.h"

#define MIB ((uint64_t)1 << 20)
/* More digits behind a point do not change a whole number of MiB, and products fit 64 bits. */
#define FRACTION_DIGITS_MAX 9

static const struct {
	const char *name;
	uint64_t bytes;
} units[] = {
	{ "B", 1 },
	{ "KB", (uint64_t)1 << 10 },
	{ "KiB", (uint64_t)1 << 10 },
	{ "MB", MIB },
	{ "MiB", MIB },
	{ "GB", (uint64_t)1 << 30 },
	{ "GiB", (uint64_t)1 << 30 },
	{ "TB", (uint64_t)1 << 40 },
	{ "TiB", (uint64_t)1 << 40 },
	{ "PB", (uint64_t)1 << 50 },
	{ "PiB", (uint64_t)1 << 50 },
	{ "EB", (uint64_t)1 << 60 },
	{ "EiB", (uint64_t)1 << 60 },
};

static const struct {
	const char *alias;
	const char *guid;
} types[] = {
	{ "raid_containing_root", "be9067b9-ea49-4f15-b4f6-f36f8c9e1818" },
	{ "linux_filesystem_data", "0fc63daf-8483-4772-8e79-3d69d8477de4" },
	{ "swap_partition", "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f" },
	{ "raid_partition", "a19d880f-05fc-4d3b-a006-743f0f84911e" },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(struct slice text)
{
	size_t length = 0;

	while (length < text.length && is_digit(text.data[length]))
		length++;
	return length;
}

/* The part of @unit that the digits behind a point stand for, rounded down. */
static uint64_t take_fraction(struct slice digits, uint64_t unit)
{
	uint64_t number = 0, divisor = 1;

	for (size_t i = 0; i < digits.length && i < FRACTION_DIGITS_MAX; i++) {
		number = 10 * number + (uint64_t)(digits.data[i] - '0');
		divisor *= 10;
	}
	return unit / divisor * number + unit % divisor * number / divisor;
}

/* Bytes of "1.5" of @unit.  Return: whether they fit. */
static bool scale(struct slice whole, struct slice fraction, uint64_t unit, uint64_t *ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < whole.length; i++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, whole.data[i] - '0', &value))
			return false;
	return !__builtin_mul_overflow(value, unit, &value) &&
	       !__builtin_add_overflow(value, take_fraction(fraction, unit), ret);
}

/* A number with a unit off the front of @text.  Return: what is wrong; NULL: nothing. */
static const char *take_size(struct draft *draft, struct slice whole, struct slice *text,
			     uint64_t *ret)
{
	const struct slice number = { text->data, count_digits(*text) };
	struct slice fraction = SLICE("");
	struct slice unit;
	size_t length = 0;

	*text = slice_from(*text, number.length);
	if (text->length && text->data[0] == '.') {
		*text = slice_from(*text, 1);
		fraction = (struct slice){ text->data, count_digits(*text) };
		*text = slice_from(*text, fraction.length);
	}
	if (number.length + fraction.length == 0)
		return arena_printf(draft->arena, "units: invalid %.*s", SLICE_ARGS(whole));
	while (length < text->length && !is_digit(text->data[length]) && text->data[length] != '.')
		length++;
	unit = (struct slice){ text->data, length };
	*text = slice_from(*text, length);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (slice_is(unit, units[i].name))
			return scale(number, fraction, units[i].bytes, ret) ? NULL
									    : "size is too large";
	return arena_printf(draft->arena, "units: unknown unit %.*s in %.*s", SLICE_ARGS(unit),
			    SLICE_ARGS(whole));
}

static const char *parse_size(struct draft *draft, struct slice text, uint64_t *ret)
{
	const struct slice whole = text;
	bool is_negative = false;
	uint64_t sum = 0;

	if (text.length && (text.data[0] == '-' || text.data[0] == '+')) {
		is_negative = text.data[0] == '-';
		text = slice_from(text, 1);
	}
	if (text.length == 0)
		return arena_printf(draft->arena, "units: invalid %.*s", SLICE_ARGS(whole));
	while (text.length && !slice_is(text, "0")) {
		uint64_t bytes = 0;
		const char *problem = take_size(draft, whole, &text, &bytes);

		if (problem)
			return problem;
		if (__builtin_add_overflow(sum, bytes, &sum))
			return "size is too large";
	}
	if (is_negative && sum)
		return arena_printf(draft->arena, "invalid dimension (negative): \"%.*s\"",
				    SLICE_ARGS(whole));
	if (sum % MIB)
		return arena_printf(draft->arena,
				    "invalid dimension (finest granularity is 1MiB): \"%.*s\"",
				    SLICE_ARGS(whole));
	*ret = sum / MIB;
	return NULL;
}

static struct config_int lower_size(struct clc_lowering *lowering, struct slice text,
				    const struct clc_partition *partition, const char *key)
{
	uint64_t mib = 0;
	const char *problem = NULL;

	if (!text.data)
		return (struct config_int){ .is_set = false };
	problem = parse_size(&lowering->draft, text, &mib);
	if (problem)
		draft_report(&lowering->draft, REPORT_ERROR, partition->origin, key, "%s", problem);
	return (struct config_int){ (int64_t)mib, true };
}

static struct slice type_of(struct slice text)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (slice_is(text, types[i].alias))
			return slice_of(types[i].guid);
	return text;
}

static void lower_disk(struct clc_lowering *lowering, const struct clc_disk *disk)
{
	struct draft *draft = &lowering->draft;
	struct config_disk *out =
		draft_add(draft, &draft->config->storage.disks, sizeof(*out), disk->origin);

	out->device = disk->device;
	out->wipe_table = disk->wipe_table;
	CONFIG_EACH (const struct clc_partition, partition, &disk->partitions) {
		struct config_partition *to =
			draft_add(draft, &out->partitions, sizeof(*to), partition->origin);

		to->label = partition->label;
		to->number = partition->number.value;
		to->size_mib = lower_size(lowering, partition->size, partition, "size");
		to->start_mib = lower_size(lowering, partition->start, partition, "start");
		to->guid = partition->guid;
		to->type_guid = type_of(partition->type_guid);
	}
}

static void lower_filesystem(struct clc_lowering *lowering, const struct clc_filesystem *filesystem)
{
	struct draft *draft = &lowering->draft;
	const struct clc_mount *mount = &filesystem->mount;
	struct config_filesystem *out;

	/* It is there already, and only gives a place to files. */
	if (!mount->origin.source)
		return;
	out = draft_add(draft, &draft->config->storage.filesystems, sizeof(*out),
			filesystem->origin);
	*out = (struct config_filesystem){
		.origin = filesystem->origin,
		.device = mount->device,
		.format = mount->format,
		.label = mount->label,
		.options = mount->options,
		.path = filesystem->path,
		.uuid = mount->uuid,
		.wipe_filesystem = mount->wipe_filesystem,
	};
	if (!mount->create.origin.source)
		return;
	draft_report(draft, REPORT_WARNING, mount->origin, "create",
		     "the create object has been deprecated in favor of mount-level options");
	if (mount->create.force.is_set)
		out->wipe_filesystem = mount->create.force;
	if (mount->create.options.count)
		out->options = mount->create.options;
}

void clc_lower_disks(struct clc_lowering *lowering)
{
	const struct clc_storage *storage = &lowering->config->storage;

	CONFIG_EACH (const struct clc_disk, disk, &storage->disks)
		lower_disk(lowering, disk);
	lowering->draft.config->storage.raid = storage->raid;
	CONFIG_EACH (const struct clc_filesystem, filesystem, &storage->filesystems)
		lower_filesystem(lowering, filesystem);
}
