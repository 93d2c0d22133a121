#include "disk/picture_survey.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "disk/device.h"
#include "disk/filesystem.h"
#include "disk/probe.h"

/* Room for alignment and for the tables themselves; more than that is free space. */
#define GAP_BYTES ((uint64_t)2 << 20)

/* A request for nothing on this disk. */
#define ELSEWHERE UINT_MAX

struct survey {
	const struct partition_layout *layout;
	const struct filesystem_request *requests;
	const unsigned *numbers; /* partition of each request; 0: all of the disk */
	size_t count;
	struct arena *arena;
};

/* A row that is being filled; there is room for all that can come. */
struct row {
	struct picture_block *blocks;
	size_t count;
	uint64_t end_bytes; /* of the last block */
};

static uint64_t bytes_of(const struct table *table, uint64_t sectors)
{
	return sectors * table->disk.sector_bytes;
}

/* 'ext4 "ROOT"'; NULL for nothing. */
static const char *contents_text(const struct survey *survey, struct slice type, struct slice label)
{
	AUTO(text_done) struct text text = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (!type.length)
		return NULL;
	text_append_slice(&text, type);
	if (label.length) {
		text_append_str(&text, " \"");
		text_append_slice(&text, label);
		text_append_char(&text, '"');
	}
	return arena_strdup(survey->arena, text_str(&text));
}

static const char *found_text(const struct survey *survey, const struct probe_result *found)
{
	return contents_text(survey, slice_of(found->type), slice_of(found->label));
}

/* size 0: all of the disk. */
static void probe(const struct survey *survey, const struct picture_block *block,
		  struct probe_result *ret)
{
	const struct probe_range range = { block->start_bytes, block->size_bytes };

	if (probe_device(survey->layout->node, block->number ? &range : NULL, ret,
			 /* err= */ NULL) < 0)
		*ret = (struct probe_result){ 0 };
}

/* A name that will be there wins over what bears it now. */
static unsigned number_of(const struct machine *machine, const struct partition_layout *layout,
			  const char *path)
{
	const struct table_partition *partition = partition_layout_find(layout, path);
	AUTO(device_done) struct device device = { 0 };

	if (partition)
		return partition->number;
	if (strcmp(path, layout->path) == 0 || strcmp(path, layout->node) == 0)
		return 0;
	if (!layout->device.name || device_find(machine, path, &device, /* err= */ NULL) < 0)
		return ELSEWHERE;
	if (strcmp(device.name, layout->device.name) == 0)
		return 0;
	return device.parent && strcmp(device.parent, layout->device.name) == 0
		       ? device.partition_number
		       : ELSEWHERE;
}

/* The last request for a partition is the one whose filesystem stays. */
static const struct filesystem_request *find_request(const struct survey *survey, unsigned number)
{
	for (size_t i = survey->count; i > 0; i--)
		if (survey->numbers[i - 1] == number && survey->requests[i - 1].format.length)
			return &survey->requests[i - 1];
	return NULL;
}

/* A format that is none of a filesystem's stands for an array or volume that is made of it. */
static bool is_made(const struct filesystem_request *request, const struct probe_result *found)
{
	return request && (!filesystem_format_find(request->format) ||
			   filesystem_decide(request, found) == FILESYSTEM_CREATE);
}

/* What @block will hold, and whether that is made anew on a partition that stays. */
static void fill_after(const struct survey *survey, const struct filesystem_request *request,
		       struct picture_block *block)
{
	AUTO(probe_result_done) struct probe_result found = { 0 };

	probe(survey, block, &found);
	if (!is_made(request, &found)) {
		block->contents = found_text(survey, &found);
		return;
	}
	block->contents = slice_is(request->format, "none")
				  ? NULL
				  : contents_text(survey, request->format, request->label);
	if (block->change != PICTURE_CREATED)
		block->change = PICTURE_FORMATTED;
}

static bool is_same(const struct table_partition *a, const struct table_partition *b)
{
	return a->start == b->start && strcmp(a->guid, b->guid) == 0 &&
	       strcmp(a->type_guid, b->type_guid) == 0 && strcmp(a->name, b->name) == 0;
}

/* @gone: what a partition is that the other table does not have. */
static enum picture_change compare(const struct table_partition *partition,
				   const struct table *other, enum picture_change gone)
{
	const struct table_partition *twin = table_find(other, partition->number);

	if (!twin || !is_same(partition, twin))
		return gone;
	return partition->size == twin->size ? PICTURE_KEPT : PICTURE_RESIZED;
}

static struct picture_block block_of(const struct survey *survey, const struct table *table,
				     const struct table_partition *partition)
{
	return (struct picture_block){
		.number = partition->number,
		.label = arena_strdup(survey->arena, partition->name),
		.start_bytes = bytes_of(table, partition->start),
		.size_bytes = bytes_of(table, partition->size),
	};
}

static int compare_starts(const void *a, const void *b)
{
	const struct picture_block *left = a;
	const struct picture_block *right = b;

	return (left->start_bytes > right->start_bytes) - (left->start_bytes < right->start_bytes);
}

static void add_block(struct row *row, const struct picture_block *block)
{
	row->blocks[row->count++] = *block;
	row->end_bytes = block->start_bytes + block->size_bytes;
}

static void add_gap(struct row *row, uint64_t end_bytes)
{
	if (end_bytes > row->end_bytes && end_bytes - row->end_bytes > GAP_BYTES)
		add_block(row, &(struct picture_block){
				       .start_bytes = row->end_bytes,
				       .size_bytes = end_bytes - row->end_bytes,
				       .change = PICTURE_FREE,
			       });
}

/* In the order of the disk, with what is free between them. */
static struct picture_row with_gaps(const struct survey *survey, struct picture_block *blocks,
				    size_t count, uint64_t disk_bytes)
{
	struct row row = {
		.blocks = arena_array(survey->arena, 2 * count + 1, sizeof(*row.blocks)),
	};

	qsort(blocks, count, sizeof(*blocks), compare_starts);
	for (size_t i = 0; i < count; i++) {
		add_gap(&row, blocks[i].start_bytes);
		add_block(&row, &blocks[i]);
	}
	add_gap(&row, disk_bytes);
	return (struct picture_row){ row.blocks, row.count };
}

/* All of a disk that has no partitions one could draw. */
static struct picture_block *whole_disk(const struct survey *survey, const struct table *table)
{
	struct picture_block *block = arena_alloc(survey->arena, sizeof(*block));

	block->size_bytes = bytes_of(table, table->disk.sectors);
	block->change = PICTURE_FREE;
	block->contents = "no partition table";
	return block;
}

static struct picture_row survey_blank_before(const struct survey *survey)
{
	const struct table *before = survey->layout->before;
	struct picture_block *block = whole_disk(survey, before);
	AUTO(probe_result_done) struct probe_result found = { 0 };

	probe(survey, block, &found);
	if (before->kind == TABLE_OTHER) {
		block->change = PICTURE_DESTROYED;
		block->contents =
			arena_printf(survey->arena, "%s partition table", before->kind_name);
	} else if (found.type) {
		bool stays = survey->layout->after->kind == TABLE_NONE;

		block->change = stays ? PICTURE_KEPT : PICTURE_DESTROYED;
		block->contents = found_text(survey, &found);
	}
	return (struct picture_row){ block, 1 };
}

/* A label is wiped, or none is asked for: the disk may be formatted as it is. */
static struct picture_row survey_blank_after(const struct survey *survey)
{
	const struct table *before = survey->layout->before;
	const struct filesystem_request *request = find_request(survey, 0);
	struct picture_block *block = whole_disk(survey, survey->layout->after);

	if (before->kind == TABLE_NONE && !request)
		return survey_blank_before(survey);
	if (!request)
		return (struct picture_row){ block, 1 };
	block->change = PICTURE_CREATED;
	fill_after(survey, request, block);
	return (struct picture_row){ block, 1 };
}

/* What is in each partition of the GPT that is there. */
static struct picture_row survey_before(const struct survey *survey)
{
	const struct table *before = survey->layout->before;
	const struct table *after = survey->layout->after;
	struct picture_block *blocks =
		arena_array(survey->arena, before->count + 1, sizeof(*blocks));

	if (before->kind != TABLE_GPT)
		return survey_blank_before(survey);
	for (size_t i = 0; i < before->count; i++) {
		const struct table_partition *partition = &before->partitions[i];
		AUTO(probe_result_done) struct probe_result found = { 0 };

		blocks[i] = block_of(survey, before, partition);
		blocks[i].change = compare(partition, after, PICTURE_DESTROYED);
		probe(survey, &blocks[i], &found);
		blocks[i].contents = found_text(survey, &found);
	}
	return with_gaps(survey, blocks, before->count, bytes_of(before, before->disk.sectors));
}

static struct picture_row survey_after(const struct survey *survey)
{
	const struct table *before = survey->layout->before;
	const struct table *after = survey->layout->after;
	struct picture_block *blocks =
		arena_array(survey->arena, after->count + 1, sizeof(*blocks));

	if (after->kind != TABLE_GPT)
		return survey_blank_after(survey);
	for (size_t i = 0; i < after->count; i++) {
		const struct table_partition *partition = &after->partitions[i];

		blocks[i] = block_of(survey, after, partition);
		blocks[i].change = compare(partition, before, PICTURE_CREATED);
		fill_after(survey, find_request(survey, partition->number), &blocks[i]);
	}
	return with_gaps(survey, blocks, after->count, bytes_of(after, after->disk.sectors));
}

/* A partition whose contents go says so in both rows. */
static void mark_formatted(const struct picture_row *after, struct picture_block *blocks,
			   size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < after->count; k++)
			if (blocks[i].number && blocks[i].number == after->blocks[k].number &&
			    after->blocks[k].change == PICTURE_FORMATTED)
				blocks[i].change = PICTURE_FORMATTED;
}

void picture_survey(const struct picture_survey_params *params, struct arena *arena,
		    struct picture_disk *ret)
{
	const struct partition_layout *layout = params->layout;
	unsigned *numbers = arena_array(arena, params->count + 1, sizeof(*numbers));
	const struct survey survey = { layout, params->requests, numbers, params->count, arena };

	for (size_t i = 0; i < params->count; i++) {
		AUTO_FREE char *path = slice_dup(params->requests[i].device);

		numbers[i] = number_of(params->machine, layout, path);
	}

	struct picture_row before = survey_before(&survey);
	struct picture_row after = survey_after(&survey);
	struct picture_block *blocks = arena_array(arena, before.count + 1, sizeof(*blocks));

	memcpy(blocks, before.blocks, before.count * sizeof(*blocks));
	mark_formatted(&after, blocks, before.count);
	*ret = (struct picture_disk){
		.title = arena_strdup(arena, layout->path),
		.size_bytes = bytes_of(layout->before, layout->before->disk.sectors),
		.before = { blocks, before.count },
		.after = after,
	};
}
