#include <inttypes.h>

#include "base/alloc.h"
#include "base/number.h"
#include "disk/picture.h"
#include "disk/probe.h"
#include "installer/install_state.h"
#include "installer/image_source.h"

/* --- words */

/* What is in a partition of the disk as it is; freed with free(). */
static char *contents_of(const struct install *install, const struct table_partition *partition)
{
	const uint64_t sector = install->found->disk.sector_bytes;
	const struct probe_range range = { partition->start * sector, partition->size * sector };
	AUTO(probe_result_done) struct probe_result found = { .type = NULL };

	if (probe_device(install->target.device.node, &range, &found, /* err= */ NULL) < 0)
		return xstrdup("nothing that can be read");
	return probe_text(&found);
}

static void append_partition(const struct install *install, size_t index, struct text *out)
{
	const struct table_partition *partition = &install->found->partitions[index];
	AUTO_FREE char *contents = contents_of(install, partition);

	text_printf(out, "  %s partition %u \"%s\", ",
		    install_is_saved(install, partition->number) ? "kept:" : "lost:",
		    partition->number, partition->name);
	number_append_size(out, partition->size * install->found->disk.sector_bytes);
	text_printf(out, ": %s\n", contents);
}

static void append_whole(const struct install *install, struct text *out)
{
	AUTO(probe_result_done) struct probe_result found = { .type = NULL };

	if (install->found->kind == TABLE_GPT)
		return;
	if (install->found->kind == TABLE_OTHER)
		text_printf(out, "  lost: all that is in its %s table\n",
			    install->found->kind_name);
	if (probe_device(install->target.device.node, /* range= */ NULL, &found, /* err= */ NULL) <
		    0 ||
	    !found.type)
		return;

	AUTO_FREE char *contents = probe_text(&found);

	text_printf(out, "  lost: %s\n", contents);
}

void install_append_text(const struct install *install, struct text *out)
{
	AUTO_FREE char *target = target_text(&install->target);

	text_printf(out, "%s, ", target);
	number_append_size(out, install->target.device.size_bytes);
	text_append_str(out, ":\n");
	append_whole(install, out);
	for (size_t i = 0; i < install->found->count; i++)
		append_partition(install, i, out);
	for (size_t i = 0; i < install->plan->count; i++) {
		plan_append_line(&install->plan->operations[i], out);
		text_append_char(out, '\n');
	}
}

/* --- JSON */

static void append_member(struct text *out, const char *name, const char *value)
{
	text_printf(out, "\"%s\":", name);
	text_append_json(out, slice_of(value));
}

static void append_table(const struct table *table, struct text *out)
{
	text_append_char(out, '[');
	for (size_t i = 0; table && i < table->count; i++) {
		const struct table_partition *partition = &table->partitions[i];
		const uint64_t sector = table->disk.sector_bytes;

		text_printf(out, "%s{\"number\":%u,", i ? "," : "", partition->number);
		append_member(out, "label", partition->name);
		text_append_char(out, ',');
		append_member(out, "guid", partition->guid);
		text_append_char(out, ',');
		append_member(out, "typeGuid", partition->type_guid);
		text_printf(out, ",\"startBytes\":%" PRIu64 ",\"sizeBytes\":%" PRIu64 "}",
			    partition->start * sector, partition->size * sector);
	}
	text_append_char(out, ']');
}

static void append_saved(const struct install *install, struct text *out)
{
	bool is_first = true;

	text_append_str(out, ",\"saved\":[");
	for (size_t i = 0; i < install->saved->count; i++, is_first = false)
		text_printf(out, "%s%u", is_first ? "" : ",", install->saved->partitions[i].number);
	text_append_str(out, "]");
}

static void append_warnings(const struct install *install, struct text *out)
{
	struct slice rest = text_slice(&install->warnings);

	text_append_str(out, ",\"warnings\":[");
	for (bool is_first = true; rest.length; is_first = false) {
		text_append_str(out, is_first ? "" : ",");
		text_append_json(out, slice_take_line(&rest));
	}
	text_append_str(out, "]");
}

void install_append_json(const struct install *install, struct text *out)
{
	AUTO_FREE char *image = image_source_name(&install->request->source);

	text_append_str(out, "{\"target\":{");
	append_member(out, "given", install->target.given);
	text_append_char(out, ',');
	append_member(out, "device", install->target.device.node);
	text_printf(out, ",\"sizeBytes\":%" PRIu64 ",\"sectorBytes\":%u},\"image\":{",
		    install->target.device.size_bytes, install->target.device.sector_bytes);
	append_member(out, "location", image);
	text_printf(out, ",\"sizeBytes\":%" PRIu64 ",\"isSigned\":%s},\"before\":",
		    install->head.size_bytes, install->signature.length ? "true" : "false");
	append_table(install->found, out);
	text_append_str(out, ",\"after\":");
	append_table(install->merge.table, out);
	append_saved(install, out);
	append_warnings(install, out);
	text_append_str(out, ",\"operations\":[");
	for (size_t i = 0; i < install->plan->count; i++) {
		text_append_str(out, i ? "," : "");
		plan_append_json(&install->plan->operations[i], i, out);
	}
	text_append_str(out, "]}\n");
}

/* --- a picture */

struct row {
	struct picture_block *blocks; /* owned */
	char **contents;	      /* owned, as many as blocks */
	size_t count;
};

static void row_done(struct row *row)
{
	for (size_t i = 0; i < row->count; i++)
		free(row->contents[i]);
	free(row->contents);
	free(row->blocks);
}

DEFINE_DONE(struct row, row_done)

static int compare_starts(const void *a, const void *b)
{
	const struct picture_block *left = a;
	const struct picture_block *right = b;

	return (left->start_bytes > right->start_bytes) - (left->start_bytes < right->start_bytes);
}

static enum picture_change change_of(const struct install *install, const struct table *table,
				     const struct table_partition *partition)
{
	if (table == install->found)
		return install_is_saved(install, partition->number) ? PICTURE_KEPT
								    : PICTURE_DESTROYED;
	for (size_t i = 0; i < install->saved->count; i++)
		if (install->saved->partitions[i].start == partition->start)
			return PICTURE_KEPT;
	return PICTURE_CREATED;
}

static struct row row_of(const struct install *install, const struct table *table)
{
	const size_t count = table ? table->count : 0;
	struct row row = { .count = count,
			   .blocks = xcalloc(count ?: 1, sizeof(*row.blocks)),
			   .contents = xcalloc(count ?: 1, sizeof(*row.contents)) };

	for (size_t i = 0; i < count; i++) {
		const struct table_partition *partition = &table->partitions[i];
		const uint64_t sector = table->disk.sector_bytes;

		if (table == install->found)
			row.contents[i] = contents_of(install, partition);
		row.blocks[i] =
			(struct picture_block){ .number = partition->number,
						.label = partition->name,
						.start_bytes = partition->start * sector,
						.size_bytes = partition->size * sector,
						.contents = row.contents[i],
						.change = change_of(install, table, partition) };
	}
	qsort(row.blocks, count, sizeof(*row.blocks), compare_starts);
	return row;
}

int install_append_svg(const struct install *install, struct text *out)
{
	AUTO(row_done) struct row before = row_of(install, install->found);
	AUTO(row_done) struct row after = row_of(install, install->merge.table);
	const struct picture_disk disk = { .title = install->target.device.node,
					   .size_bytes = install->target.device.size_bytes,
					   .before = { before.blocks, before.count },
					   .after = { after.blocks, after.count } };

	return picture_append_svg(&disk, 1, out);
}
