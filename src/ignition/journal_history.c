#include "ignition/journal_history.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/number.h"

/* Reading one stage of a journal. */
struct reader {
	struct history *history;
	const char *stage;
	bool is_wanted;	 /* the lines are of the stage that was asked for */
	size_t *records; /* of the operations of this plan, by their index; owned */
	size_t count;
};

static void reader_done(struct reader *reader)
{
	history_free(reader->history);
	free(reader->records);
}

DEFINE_DONE(struct reader, reader_done)

/* A member that is a string or a number, as text in the history's arena; NULL: it has none. */
static const char *member(const struct reader *reader, struct document *document, uint32_t object,
			  const char *key)
{
	uint32_t at = node_get(document, object, key);

	if (!at)
		return NULL;

	struct slice value = document->nodes[at].kind == NODE_STRING ? node_string(document, at)
								     : node_text(document, at);

	return arena_strndup(reader->history->arena, value.data, value.length);
}

static unsigned number(const char *text)
{
	uint64_t value = 0;

	if (!text || number_parse_u64(slice_of(text), 0, UINT_MAX, &value) < 0)
		return 0;
	return (unsigned)value;
}

static int add_operation(struct reader *reader, struct document *document, uint32_t object)
{
	const struct history_record record = {
		.class_name = member(reader, document, object, "operation"),
		.object = member(reader, document, object, "object"),
		.identity = {
			.entry = number(member(reader, document, object, "entry")),
			.number = number(member(reader, document, object, "number")),
			.uuid = member(reader, document, object, "uuid"),
		},
	};

	if (!record.class_name || !record.object)
		return -EUCLEAN;
	reader->records =
		xreallocarray(reader->records, reader->count + 1, sizeof(*reader->records));
	reader->records[reader->count++] = history_add(reader->history, &record);
	return 0;
}

static int note(const struct reader *reader, const char *index, enum operation_progress progress)
{
	uint64_t value = 0;

	if (reader->count == 0 ||
	    number_parse_u64(slice_of(index), 0, reader->count - 1, &value) < 0)
		return -EUCLEAN;
	reader->history->records[reader->records[value]].progress = progress;
	return 0;
}

/* Lines of other kinds (header, receipts, the end) say nothing of operations. */
static int read_members(struct reader *reader, struct document *document)
{
	const char *stage = member(reader, document, 0, "stage");
	uint32_t operation = node_get(document, 0, "operation");
	const char *begun = member(reader, document, 0, "begin");
	const char *done = member(reader, document, 0, "done");

	if (stage) {
		reader->is_wanted = strcmp(stage, reader->stage) == 0;
		reader->count = 0;
	}
	if (!reader->is_wanted)
		return 0;
	if (operation)
		return add_operation(reader, document, operation);
	if (begun)
		return note(reader, begun, OPERATION_BEGUN);
	return done ? note(reader, done, OPERATION_DONE) : 0;
}

static int read_line(struct reader *reader, struct slice line)
{
	/* Those of another stage may be thousands. */
	if (!reader->is_wanted && !slice_starts(line, "{\"stage\":"))
		return 0;

	AUTO(source_free) struct source *source = source_new("journal", line);
	AUTO(document_free) struct document *document = NULL;
	int r = json_parse(source, &document, /* ret_error= */ NULL, /* err= */ NULL);

	/* A whole line would be whole JSON. */
	if (r < 0 || document->nodes[0].kind != NODE_OBJECT)
		return 0;
	return read_members(reader, document);
}

int journal_history_parse(struct slice text, const char *stage, struct history **ret,
			  struct error *err)
{
	AUTO(reader_done) struct reader reader = { .history = history_new(), .stage = stage };

	for (unsigned number = 1; text.length; number++)
		if (read_line(&reader, slice_take_line(&text)) < 0)
			return error_set(err, ERROR_INPUT, EUCLEAN,
					 "line %u is about no operation that was planned", number);
	*ret = take_ptr(&reader.history);
	return 0;
}
