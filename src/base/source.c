#include "base/source.h"

#include <inttypes.h>

#include <string.h>

#include "base/alloc.h"

struct source {
	char *name;
	struct slice text;
	size_t *line_starts; /* offset of the first byte of each line; none without a text */
	uint32_t line_count;
};

static void index_lines(struct source *source)
{
	const char *start = source->text.data;
	const char *end = start + source->text.length;
	size_t capacity = 64;

	source->line_starts = xreallocarray(NULL, capacity, sizeof(*source->line_starts));
	source->line_starts[source->line_count++] = 0;
	for (const char *at = start; at < end; at++) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at || source->line_count == UINT32_MAX)
			break;
		if (source->line_count == capacity) {
			capacity *= 2;
			source->line_starts = xreallocarray(source->line_starts, capacity,
							    sizeof(*source->line_starts));
		}
		source->line_starts[source->line_count++] = (size_t)(at + 1 - start);
	}
}

struct source *source_new(const char *name, struct slice text)
{
	struct source *source = xcalloc(1, sizeof(*source));

	source->name = xstrdup(name);
	source->text = text;
	if (text.data)
		index_lines(source);
	return source;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	free(source->name);
	free(source->line_starts);
	free(source);
}

const char *source_name(const struct source *source)
{
	return source->name;
}

struct slice source_text(const struct source *source)
{
	return source->text;
}

struct origin source_origin(const struct source *source, size_t offset)
{
	struct origin origin = { .source = source };

	if (source->line_count == 0 || offset > source->text.length)
		return origin;

	/* Invariant: line_starts[low] <= offset, and line_starts[high] is beyond it. */
	uint32_t low = 0;
	uint32_t high = source->line_count;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (source->line_starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	origin.line = low + 1;
	origin.column = (uint32_t)(offset - source->line_starts[low] + 1);
	return origin;
}

void source_append_position(const struct origin *origin, const char *after, struct text *out)
{
	if (!origin->source)
		return;
	text_append_str(out, source_name(origin->source));
	if (origin->line)
		text_printf(out, ":%" PRIu32, origin->line);
	if (origin->line && origin->column)
		text_printf(out, ":%" PRIu32, origin->column);
	text_append_str(out, after);
}

int source_wrap(struct error *err, int r, const struct origin *origin)
{
	AUTO(text_done) struct text position = TEXT_INIT(TEXT_MESSAGE_MAX);

	source_append_position(origin, "", &position);
	return position.length ? error_wrap(err, r, "%s", text_str(&position)) : r;
}

struct slice source_line(const struct source *source, uint32_t line)
{
	if (line == 0 || line > source->line_count)
		return (struct slice){ NULL, 0 };

	size_t start = source->line_starts[line - 1];
	size_t end =
		line < source->line_count ? source->line_starts[line] - 1 : source->text.length;

	return (struct slice){ source->text.data + start, end - start };
}
