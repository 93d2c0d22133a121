#include "installer/stream_metadata.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/json.h"

#define COLUMN_COUNT 3
/* Spaces between columns. */
#define COLUMN_GAP 2

struct stream_metadata {
	struct document *document; /* owned */
	uint32_t architectures;	   /* node */
};

static bool is_object(const struct document *document, uint32_t node)
{
	return node && document->nodes[node].kind == NODE_OBJECT;
}

int stream_metadata_parse(const struct source *source, struct stream_metadata **ret,
			  struct error *err)
{
	AUTO(stream_metadata_free) struct stream_metadata *metadata = xcalloc(1, sizeof(*metadata));
	int r = json_parse(source, &metadata->document, /* ret_error= */ NULL, err);

	if (r < 0)
		return error_wrap(err, r, "stream metadata %s", source_name(source));
	if (metadata->document->nodes[0].kind == NODE_OBJECT)
		metadata->architectures = node_get(metadata->document, 0, "architectures");
	if (!is_object(metadata->document, metadata->architectures))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "stream metadata %s: there is no object \"architectures\"",
				 source_name(source));
	*ret = take_ptr(&metadata);
	return 0;
}

void stream_metadata_free(struct stream_metadata *metadata)
{
	if (!metadata)
		return;
	document_free(metadata->document);
	free(metadata);
}

/* The object @key of the object @parent, which is missing otherwise. */
static uint32_t find_object(struct stream_metadata *metadata, uint32_t parent, const char *key,
			    struct text *path, struct error *err)
{
	uint32_t node = node_get(metadata->document, parent, key);

	text_printf(path, "%s%s", path->length ? "." : "", key);
	if (is_object(metadata->document, node))
		return node;
	error_set(err, ERROR_NOT_FOUND, ENOENT, "the stream has no %s", text_str(path));
	return 0;
}

static struct slice get_string(struct document *document, uint32_t object, const char *key)
{
	uint32_t node = node_get(document, object, key);

	if (!node || document->nodes[node].kind != NODE_STRING)
		return (struct slice){ NULL, 0 };
	return node_string(document, node);
}

static int read_artifact(struct stream_metadata *metadata, uint32_t key,
			 struct stream_artifact *ret, struct error *err)
{
	struct document *document = metadata->document;
	uint32_t value = node_next(document, key);

	ret->kind = node_string(document, key);
	if (is_object(document, value)) {
		ret->location = get_string(document, value, "location");
		ret->signature = get_string(document, value, "signature");
	}
	if (ret->location.length)
		return 0;
	return error_set(err, ERROR_INPUT, EINVAL,
			 "artifact \"%.*s\" of the stream has no location", SLICE_ARGS(ret->kind));
}

static int read_artifacts(struct stream_metadata *metadata, uint32_t format,
			  struct stream_artifacts *artifacts, struct error *err)
{
	struct document *document = metadata->document;
	int r = 0;

	for (uint32_t key = node_first(document, format); key && r == 0;
	     key = node_next(document, node_next(document, key))) {
		artifacts->list = xreallocarray(artifacts->list, artifacts->count + 1,
						sizeof(*artifacts->list));
		artifacts->list[artifacts->count] = (struct stream_artifact){ .kind = { NULL, 0 } };
		r = read_artifact(metadata, key, &artifacts->list[artifacts->count++], err);
	}
	return r;
}

int stream_metadata_find(struct stream_metadata *metadata, const struct stream_choice *choice,
			 struct stream_artifacts *ret, struct error *err)
{
	AUTO(text_done) struct text path = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(stream_artifacts_done) struct stream_artifacts artifacts = { .list = NULL };
	const char *const keys[] = { choice->architecture, "artifacts", choice->platform, "formats",
				     choice->format };
	uint32_t node = metadata->architectures;
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (i > 0 && keys[i - 1] == choice->platform)
			artifacts.release = get_string(metadata->document, node, "release");
		node = find_object(metadata, node, keys[i], &path, err);
		if (!node)
			return -ENOENT;
	}
	r = read_artifacts(metadata, node, &artifacts, err);
	if (r < 0)
		return r;
	*ret = artifacts;
	artifacts = (struct stream_artifacts){ .list = NULL };
	return 0;
}

void stream_artifacts_done(struct stream_artifacts *artifacts)
{
	free(artifacts->list);
	*artifacts = (struct stream_artifacts){ .list = NULL };
}

int stream_artifacts_disk(const struct stream_artifacts *artifacts,
			  const struct stream_artifact **ret, struct error *err)
{
	if (artifacts->count != 1)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the stream has %zu artifacts of that format, and the image of a "
				 "disk is one",
				 artifacts->count);
	if (!slice_is(artifacts->list[0].kind, "disk"))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the stream has no image of a disk in that format, but \"%.*s\"",
				 SLICE_ARGS(artifacts->list[0].kind));
	*ret = &artifacts->list[0];
	return 0;
}

/* --- the table */

struct row {
	struct slice columns[COLUMN_COUNT];
};

struct rows {
	struct row *list; /* owned */
	size_t count;
};

static void add_row(struct rows *rows, struct row row)
{
	rows->list = xreallocarray(rows->list, rows->count + 1, sizeof(*rows->list));
	rows->list[rows->count++] = row;
}

/* A row for each format below @platforms. */
static void collect(struct document *document, struct slice architecture, uint32_t platforms,
		    struct rows *rows)
{
	for (uint32_t name = is_object(document, platforms) ? node_first(document, platforms) : 0;
	     name; name = node_next(document, node_next(document, name))) {
		uint32_t platform = node_next(document, name);
		uint32_t formats =
			is_object(document, platform) ? node_get(document, platform, "formats") : 0;

		for (uint32_t format = is_object(document, formats) ? node_first(document, formats)
								    : 0;
		     format; format = node_next(document, node_next(document, format)))
			add_row(rows, (struct row){ { architecture, node_string(document, name),
						      node_string(document, format) } });
	}
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *left = a;
	const struct row *right = b;
	int order = 0;

	for (size_t i = 0; i < COLUMN_COUNT && order == 0; i++)
		order = slice_compare(left->columns[i], right->columns[i]);
	return order;
}

static void append_rows(const struct rows *rows, struct text *out)
{
	size_t widths[COLUMN_COUNT] = { 0 };

	for (size_t i = 0; i < rows->count; i++)
		for (size_t j = 0; j < COLUMN_COUNT; j++)
			if (rows->list[i].columns[j].length > widths[j])
				widths[j] = rows->list[i].columns[j].length;
	for (size_t i = 0; i < rows->count; i++) {
		const struct slice *columns = rows->list[i].columns;

		text_printf(out, "%-*.*s%-*.*s%.*s\n", (int)widths[0] + COLUMN_GAP,
			    SLICE_ARGS(columns[0]), (int)widths[1] + COLUMN_GAP,
			    SLICE_ARGS(columns[1]), SLICE_ARGS(columns[2]));
	}
}

void stream_metadata_append_table(struct stream_metadata *metadata, struct text *out)
{
	struct document *document = metadata->document;
	struct rows rows = { .list = NULL };

	add_row(&rows,
		(struct row){ { SLICE("Architecture"), SLICE("Platform"), SLICE("Format") } });
	for (uint32_t key = node_first(document, metadata->architectures); key;
	     key = node_next(document, node_next(document, key))) {
		uint32_t architecture = node_next(document, key);

		if (is_object(document, architecture))
			collect(document, node_string(document, key),
				node_get(document, architecture, "artifacts"), &rows);
	}
	qsort(rows.list + 1, rows.count - 1, sizeof(*rows.list), compare_rows);
	append_rows(&rows, out);
	free(rows.list);
}
