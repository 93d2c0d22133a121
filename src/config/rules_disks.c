/* rules_disks - partition tables. */
#include "config/rules_common.h"

#include "config/key_map.h"

/* UEFI 2.10, 5.3.3: a partition name is 36 UTF-16 code units.  Upstream counts bytes. */
#define PARTITION_LABEL_BYTES_MAX 36

/*
 * A start of 0 means the largest free block, which is found on the disk; only partitions with a
 * start and a size have a known place.
 */
static bool is_placed(const struct config_partition *partition)
{
	return partition->start_mib.is_set && partition->size_mib.is_set &&
	       partition->start_mib.value != 0;
}

/* The last MiB.  A size of 0 is all that is free from the start on, of which one MiB is certain. */
static int64_t last_mib(const struct config_partition *partition)
{
	uint64_t start = (uint64_t)partition->start_mib.value;
	uint64_t size = (uint64_t)partition->size_mib.value;

	return (int64_t)(size ? start + size - 1 : start);
}

/*
 * Whether the start or the end of @a is in @b, or @b is inside @a.  Sizes may be negative here, for
 * which this is not symmetric, and sums wrap: both as upstream has it.
 */
static bool overlaps(const struct config_partition *a, const struct config_partition *b)
{
	int64_t a_first = a->start_mib.value;
	int64_t b_first = b->start_mib.value;
	int64_t a_last = last_mib(a);
	int64_t b_last = last_mib(b);

	return (a_first >= b_first && a_first <= b_last) ||
	       (a_last >= b_first && a_last <= b_last) || (a_first < b_first && a_last > b_last);
}

/*
 * One entry, for the first partition that the first overlapping one meets.  A disk has few
 * partitions (a GPT 128, unless it is told otherwise): all pairs are looked at.
 */
static void check_overlap(const struct check_context *context, const struct report_path *list_path,
			  const struct config_list *partitions)
{
	CONFIG_EACH (const struct config_partition, one, partitions) {
		if (!is_placed(one))
			continue;
		CONFIG_EACH (const struct config_partition, other, partitions) {
			const struct config_partition *first = partitions->items;

			if (other == one || !is_placed(other) || !overlaps(one, other))
				continue;
			rules_error(context, RULES_INDEX(list_path, (size_t)(other - first)),
				    "partitions overlap");
			return;
		}
	}
}

/* The first partition of the list whose @key, if it has one, another had before. */
static void check_repeat(const struct check_context *context, const struct report_path *list_path,
			 const struct config_list *partitions,
			 struct slice (*key)(const struct config_partition *), const char *fault)
{
	AUTO(key_map_done) struct key_map seen = { 0 };

	for (size_t i = 0; i < partitions->count; i++) {
		struct slice one = key(CONFIG_AT(struct config_partition, partitions, i));

		if (one.data && !key_map_add(&seen, one, i)) {
			rules_error(context, RULES_INDEX(list_path, i), fault);
			return;
		}
	}
}

/* The bytes of a number tell it from others as well as its digits would; 0 is the next free. */
static struct slice number_key(const struct config_partition *partition)
{
	if (partition->number == 0)
		return (struct slice){ NULL, 0 };
	return (struct slice){ (const char *)&partition->number, sizeof(partition->number) };
}

static struct slice label_key(const struct config_partition *partition)
{
	return partition->label;
}

static bool mixes_unnumbered_and_unwanted(const struct config_list *partitions)
{
	bool any_unnumbered = false;
	bool any_unwanted = false;

	CONFIG_EACH (const struct config_partition, partition, partitions) {
		any_unnumbered |= partition->number == 0;
		any_unwanted |= rules_is_false(partition->should_exist);
	}
	return any_unnumbered && any_unwanted;
}

static void check_partitions(const struct check_context *context,
			     const struct report_path *list_path,
			     const struct config_list *partitions)
{
	check_repeat(context, list_path, partitions, number_key, "partition numbers collide");
	check_overlap(context, list_path, partitions);
	if (mixes_unnumbered_and_unwanted(partitions))
		rules_error(context, list_path,
			    "shouldExist is false for a partition and other partition(s) has "
			    "start or size 0");
	check_repeat(context, list_path, partitions, label_key,
		     "cannot use the same partition label twice");
}

static void check_disk(const struct check_context *context, const void *object)
{
	const struct config_disk *disk = object;
	const struct report_path *device_path = RULES_KEY(context->path, "device");

	if (disk->device.length == 0) {
		rules_error(context, device_path, "disk device is required");
		return;
	}
	rules_path(context, device_path, disk->device);
	check_partitions(context, RULES_KEY(context->path, "partitions"), &disk->partitions);
}

const struct schema_check rules_disk[] = { RULES_ALWAYS(check_disk), RULES_END };

static const char *label_fault(struct slice label)
{
	if (label.length > PARTITION_LABEL_BYTES_MAX)
		return "partition labels may not exceed 36 characters";
	if (rules_contains(label, ':'))
		return "partition label will be truncated to text before the colon";
	return NULL;
}

static bool is_hex_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *guid_fault(struct slice guid)
{
	static const char form[] = "01234567-89AB-CDEF-EDCB-A98765432101";
	bool fits = guid.length == strlen(form);

	if (guid.length == 0)
		return NULL;
	for (size_t i = 0; fits && i < guid.length; i++)
		fits = form[i] == '-' ? guid.data[i] == '-' : is_hex_digit(guid.data[i]);
	return fits ? NULL : "doesn't match the form \"01234567-89AB-CDEF-EDCB-A98765432101\"";
}

static void check_partition(const struct check_context *context, const void *object)
{
	const struct config_partition *partition = object;
	const struct report_path *at = context->path;
	bool is_described = partition->label.data || partition->type_guid.length ||
			    partition->guid.length || partition->start_mib.is_set ||
			    partition->size_mib.is_set;

	if (rules_is_false(partition->should_exist) && is_described)
		rules_error(context, at,
			    "shouldExist specified false with other options also specified");
	if (partition->number == 0 && !partition->label.data)
		rules_error(context, at, "a partition number >= 1 or a label must be specified");
	rules_error(context, RULES_KEY(at, "label"), label_fault(partition->label));
	rules_error(context, RULES_KEY(at, "guid"), guid_fault(partition->guid));
	rules_error(context, RULES_KEY(at, "typeGuid"), guid_fault(partition->type_guid));
}

const struct schema_check rules_partition[] = { RULES_ALWAYS(check_partition), RULES_END };
