#include "installer/saved.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <limits.h>

#include "base/alloc.h"
#include "base/number.h"

/* --- filters */

void saved_filters_done(struct saved_filters *filters)
{
	for (size_t i = 0; i < filters->count; i++)
		free(filters->list[i].glob);
	free(filters->list);
	*filters = (struct saved_filters){ .list = NULL };
}

static void add_filter(struct saved_filters *filters, const struct saved_filter *filter)
{
	filters->list = xreallocarray(filters->list, filters->count + 1, sizeof(*filters->list));
	filters->list[filters->count++] = *filter;
}

/* "N", "A-B", "A-" or "-B". */
static int parse_range(struct slice text, struct saved_filter *ret)
{
	const char *dash = text.length ? memchr(text.data, '-', text.length) : NULL;
	const size_t before = dash ? (size_t)(dash - text.data) : text.length;
	const struct slice from = { text.data, before };
	const struct slice to = dash ? slice_from(text, before + 1) : from;
	uint64_t first = 1;
	uint64_t last = UINT_MAX;

	if (text.length == 0 || (dash && text.length == 1))
		return -EINVAL;
	if (from.length && number_parse_u64(from, 1, INT_MAX, &first) < 0)
		return -EINVAL;
	if (to.length && number_parse_u64(to, 1, INT_MAX, &last) < 0)
		return -EINVAL;
	if (first > last)
		return -EINVAL;
	*ret = (struct saved_filter){ .kind = SAVED_INDEX,
				      .first = (unsigned)first,
				      .last = (unsigned)last };
	return 0;
}

int saved_parse(enum saved_filter_kind kind, struct slice text, struct saved_filters *filters,
		struct error *err)
{
	for (bool is_more = true; is_more;) {
		const char *comma = text.length ? memchr(text.data, ',', text.length) : NULL;
		const struct slice part = { text.data,
					    comma ? (size_t)(comma - text.data) : text.length };
		struct saved_filter filter = { .kind = kind };

		is_more = comma != NULL;
		text = slice_from(text, part.length + is_more);
		if (kind == SAVED_INDEX && parse_range(part, &filter) < 0)
			return error_set(err, ERROR_INPUT, EINVAL,
					 "\"%.*s\" is no partition number and no range of them "
					 "(5, 2-7, 5-, -7)",
					 SLICE_ARGS(part));
		if (kind == SAVED_LABEL && part.length == 0)
			return error_set(err, ERROR_INPUT, EINVAL,
					 "the label of partitions to be saved is empty");
		if (kind == SAVED_LABEL)
			filter.glob = slice_dup(part);
		add_filter(filters, &filter);
	}
	return 0;
}

static bool matches(const struct saved_filter *filter, const struct table_partition *partition)
{
	if (filter->kind == SAVED_LABEL)
		return fnmatch(filter->glob, partition->name, 0) == 0;
	return partition->number >= filter->first && partition->number <= filter->last;
}

static bool matches_any(const struct saved_filter *filters, size_t count,
			const struct table_partition *partition)
{
	for (size_t i = 0; i < count; i++)
		if (matches(&filters[i], partition))
			return true;
	return false;
}

/* --- what is saved */

static int refuse_duplicates(const struct table *table, const struct table_partition *partition,
			     const char *where, struct error *err)
{
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(table->partitions[i].guid, partition->guid) == 0)
			return error_set(
				err, ERROR_INPUT, EEXIST,
				"partition %u \"%s\" cannot be saved: %s %u \"%s\" has its "
				"GUID %s; give it another one (sgdisk -u)",
				partition->number, partition->name, where,
				table->partitions[i].number, table->partitions[i].name,
				partition->guid);
	return 0;
}

/* Whether there may be something to save that is not in a GPT. */
static int check_kind(const struct table *found, const struct saved_filter *filters, size_t count,
		      struct error *err)
{
	if (found->kind != TABLE_OTHER)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (filters[i].kind == SAVED_INDEX)
			return error_set(err, ERROR_INPUT, EINVAL,
					 "partitions are to be saved by number, and the disk has "
					 "no GPT but %s, of which none can be saved",
					 found->kind_name);
	if (strncmp(found->kind_name, "GPT", strlen("GPT")) == 0)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "partitions are to be saved, and the disk has %s; repair it with "
				 "gdisk",
				 found->kind_name);
	return 0;
}

static int check_place(const struct table *table, const struct table_partition *partition,
		       struct error *err)
{
	if (partition->number <= table->disk.entries &&
	    partition->start >= table->disk.first_usable &&
	    partition->start + partition->size - 1 <= table->disk.last_usable)
		return 0;
	return error_set(err, ERROR_INPUT, ENOSPC,
			 "partition %u \"%s\" cannot be saved: its number or its place is one that "
			 "a table of %u entries does not have",
			 partition->number, partition->name, table->disk.entries);
}

int saved_select(const struct table *found, const struct saved_filter *filters, size_t count,
		 struct table **ret, struct error *err)
{
	AUTO(table_free) struct table *saved = xcalloc(1, sizeof(*saved));
	int r = check_kind(found, filters, count, err);

	if (r == 0)
		r = geometry_blank(&saved->disk, found->disk.sectors, found->disk.sector_bytes,
				   err);
	if (r == 0)
		r = table_draw_guid(saved->guid, err);
	saved->kind = TABLE_GPT;
	saved->kind_name = xstrdup("gpt");
	for (size_t i = 0; i < found->count && r == 0; i++) {
		const struct table_partition *partition = &found->partitions[i];

		if (!matches_any(filters, count, partition))
			continue;
		r = check_place(saved, partition, err);
		if (r == 0)
			r = refuse_duplicates(saved, partition, "saved partition", err);
		if (r == 0)
			table_put(saved, partition);
	}
	if (r == 0)
		*ret = take_ptr(&saved);
	return r;
}

/* --- beside an image */

static uint64_t end_of(const struct table_partition *partition)
{
	return partition->start + partition->size;
}

static int check_room(const struct table *table, uint64_t image_sectors,
		      const struct table_partition *partition, struct error *err)
{
	if (partition->start < image_sectors)
		return error_set(err, ERROR_INPUT, ENOSPC,
				 "partition %u \"%s\" cannot be saved: the image reaches to sector "
				 "%" PRIu64 ", and it begins at %" PRIu64,
				 partition->number, partition->name, image_sectors - 1,
				 partition->start);
	for (size_t i = 0; i < table->count; i++)
		if (partition->start < end_of(&table->partitions[i]) &&
		    table->partitions[i].start < end_of(partition))
			return error_set(err, ERROR_INPUT, ENOSPC,
					 "partition %u \"%s\" cannot be saved: it shares sectors "
					 "with partition %u \"%s\"",
					 partition->number, partition->name,
					 table->partitions[i].number, table->partitions[i].name);
	return 0;
}

static void note_number(struct saved_merge *merge, unsigned from, unsigned to)
{
	if (from == to)
		return;
	merge->renumberings =
		xreallocarray(merge->renumberings, merge->count + 1, sizeof(*merge->renumberings));
	merge->renumberings[merge->count++] = (struct saved_renumbering){ from, to };
}

/* @next: the number that is free; moved on. */
static int merge_one(struct saved_merge *merge, uint64_t image_sectors,
		     const struct table_partition *partition, unsigned *next, struct error *err)
{
	struct table_partition moved = *partition;
	int r = refuse_duplicates(merge->table, partition, "partition", err);

	if (r == 0)
		r = check_room(merge->table, image_sectors, partition, err);
	if (r < 0)
		return r;
	moved.number = partition->number > *next ? partition->number : *next;
	r = check_place(merge->table, &moved, err);
	if (r < 0)
		return r;
	table_put(merge->table, &moved);
	note_number(merge, partition->number, moved.number);
	*next = moved.number + 1;
	return 0;
}

int saved_merge(const struct table *image, uint64_t image_sectors, const struct table *saved,
		struct saved_merge *ret, struct error *err)
{
	AUTO(saved_merge_done) struct saved_merge merge = { .table = table_copy(image) };
	unsigned next = image->count ? image->partitions[image->count - 1].number + 1 : 1;
	int r = 0;

	for (size_t i = 0; i < saved->count && r == 0; i++)
		r = merge_one(&merge, image_sectors, &saved->partitions[i], &next, err);
	if (r < 0)
		return r;
	*ret = merge;
	merge = (struct saved_merge){ .table = NULL };
	return 0;
}

void saved_merge_done(struct saved_merge *merge)
{
	table_free(merge->table);
	free(merge->renumberings);
	*merge = (struct saved_merge){ .table = NULL };
}
