#include "ignition/result.h"

#include <errno.h>
#include <time.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/json.h"
#include "base/root.h"
#include "base/text.h"

#define RESULT_SIZE_MAX ((size_t)16 << 20)
#define RESULT_MODE	0600
/* Reports nest one level per run. */
#define RESULT_DEPTH_MAX      200
#define BOOT_ID_PATH	      "proc/sys/kernel/random/boot_id"
#define BOOT_ID_MAX	      64
#define LIVE_IMAGE_TIMEOUT_MS 30000

/* A member of an object that is to be written in order of its key. */
struct member {
	struct slice key;
	uint32_t value;
};

/* Of equal keys the later one in the text is last. */
static int compare_members(const void *a, const void *b)
{
	const struct member *first = a;
	const struct member *second = b;
	int order = slice_compare(first->key, second->key);

	if (order != 0)
		return order;
	return first->value < second->value ? -1 : first->value > second->value;
}

static void newline(struct text *out, unsigned depth)
{
	text_append_char(out, '\n');
	for (unsigned i = 0; i < depth; i++)
		text_append_str(out, "  ");
}

static int append_node(struct document *document, uint32_t node, unsigned depth, struct text *out);

static int append_array(struct document *document, uint32_t node, unsigned depth, struct text *out)
{
	int r = 0;

	text_append_char(out, '[');
	for (uint32_t at = node_first(document, node); at && r == 0; at = node_next(document, at)) {
		newline(out, depth + 1);
		r = append_node(document, at, depth + 1, out);
		if (node_next(document, at))
			text_append_char(out, ',');
	}
	if (node_first(document, node))
		newline(out, depth);
	text_append_char(out, ']');
	return r;
}

/* Members in order of their keys, as Go's encoder writes maps; of repeated keys the last. */
static int append_object(struct document *document, uint32_t node, unsigned depth, struct text *out)
{
	AUTO_FREE struct member *members = xcalloc(document->nodes[node].value, sizeof(*members));
	size_t count = 0;
	int r = 0;

	for (uint32_t key = node_first(document, node); key;) {
		uint32_t value = node_next(document, key);

		members[count++] = (struct member){ node_string(document, key), value };
		key = node_next(document, value);
	}
	qsort(members, count, sizeof(*members), compare_members);
	text_append_char(out, '{');

	bool is_first = true;

	for (size_t i = 0; i < count && r == 0; i++) {
		if (i + 1 < count && slice_equal(members[i].key, members[i + 1].key))
			continue;
		text_append_str(out, is_first ? "" : ",");
		is_first = false;
		newline(out, depth + 1);
		text_append_json(out, members[i].key);
		text_append_str(out, ": ");
		r = append_node(document, members[i].value, depth + 1, out);
	}
	if (count)
		newline(out, depth);
	text_append_char(out, '}');
	return r;
}

static int append_node(struct document *document, uint32_t node, unsigned depth, struct text *out)
{
	if (depth > RESULT_DEPTH_MAX)
		return -E2BIG;
	switch (document->nodes[node].kind) {
	case NODE_OBJECT:
		return append_object(document, node, depth, out);
	case NODE_ARRAY:
		return append_array(document, node, depth, out);
	case NODE_STRING:
		return text_append_json(out, node_string(document, node));
	default:
		return text_append_slice(out, node_text(document, node));
	}
}

/* The report of an earlier run; @ret stays empty when there is none. */
static int read_previous(const struct machine *machine, struct text *ret, struct error *err)
{
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	int r = root_read(machine->root_fd, RESULT_PATH, RESULT_SIZE_MAX, &data, &length,
			  /* err= */ NULL);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0)
		return error_errno(err, -r, "read previous report %s", RESULT_PATH);

	AUTO(source_free)
	struct source *source = source_new(RESULT_PATH, (struct slice){ data, length });
	AUTO(document_free) struct document *document = NULL;

	r = json_parse(source, &document, /* ret_error= */ NULL, err);
	if (r < 0)
		return error_wrap(err, r, "previous report %s", RESULT_PATH);
	r = append_node(document, 0, /* depth= */ 1, ret);
	if (r < 0)
		return error_set(err, ERROR_INPUT, -r, "previous report %s is nested too deeply",
				 RESULT_PATH);
	return 0;
}

bool result_exists(const struct machine *machine)
{
	struct stat st;

	return RESULT_PATH[0] &&
	       root_stat(machine->root_fd, RESULT_PATH, &st, /* err= */ NULL) == 0;
}

static bool is_live_image(const struct event_observer *observer)
{
	static const char *const argv[] = { LIVE_HELPER, NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = LIVE_IMAGE_TIMEOUT_MS,
					 .observer = observer };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, &problem);

	if (r < 0 && problem.kind != ERROR_SYSTEM)
		event_message(observer, EVENT_NOTICE, "failed to run " LIVE_HELPER " hook: %s",
			      problem.text);
	return r == 0;
}

/* RFC 3339 with seconds, in local time; UTC is "Z". */
static void append_now(struct text *out)
{
	time_t now = time(NULL);
	struct tm local;
	char buffer[sizeof("2026-01-02T15:04:05+0000")];

	localtime_r(&now, &local);
	strftime(buffer, sizeof(buffer), "%FT%T%z", &local);

	/* strftime has no colon in the offset. */
	const size_t offset = strlen(buffer) - 5;

	if (local.tm_gmtoff == 0)
		text_printf(out, "%.*sZ", (int)offset, buffer);
	else
		text_printf(out, "%.*s:%s", (int)offset + 3, buffer, buffer + offset + 3);
}

/* What becomes of the report of an earlier run, in upstream's words. */
static void judge_previous(struct text *previous, const struct event_observer *observer)
{
	if (is_live_image(observer))
		text_clear(previous);
	else
		event_message(observer, EVENT_WARNING,
			      "Ignition has already run on this system. Unexpected behavior may "
			      "occur. Ignition is not designed to run more than once per system.");
}

int result_write(const struct machine *machine, const struct state *state, enum result_kind kind,
		 const struct event_observer *observer, struct error *err)
{
	AUTO(text_done) struct text previous = TEXT_INIT(RESULT_SIZE_MAX);
	AUTO(text_done) struct text out = TEXT_INIT(2 * RESULT_SIZE_MAX);
	AUTO_FREE char *boot_id = NULL;

	if (!RESULT_PATH[0])
		return 0;

	int r = machine_read(machine, BOOT_ID_PATH, BOOT_ID_MAX, &boot_id, /* ret_length= */ NULL,
			     err);

	if (r == 0)
		r = read_previous(machine, &previous, err);
	if (r < 0)
		return r;
	if (previous.length && kind == RESULT_OF_BOOT)
		judge_previous(&previous, observer);
	else if (previous.length)
		event_message(observer, EVENT_NOTICE,
			      "this root was provisioned before; the report of that run is kept in "
			      "the new one.");
	text_append_str(&out, "{\n  \"provisioningBootID\": ");
	text_append_json(&out, slice_trim(slice_of(boot_id)));
	text_append_str(&out, ",\n  \"provisioningDate\": \"");
	append_now(&out);
	text_printf(&out, "\",\n  \"userConfigProvided\": %s",
		    state_has_user_config(state) ? "true" : "false");
	if (previous.length)
		text_printf(&out, ",\n  \"previousReport\": %s", text_str(&previous));
	text_append_str(&out, "\n}\n");

	AUTO_FREE char *what = xasprintf("writing file \"%s%s\"", machine->root_path, RESULT_PATH);

	event_operation(observer, EVENT_OPERATION_BEGIN, what, /* cause= */ NULL);
	r = root_replace(machine->root_fd, RESULT_PATH, text_slice(&out), RESULT_MODE, ROOT_DURABLE,
			 err);
	event_operation(observer, r < 0 ? EVENT_OPERATION_FAILED : EVENT_OPERATION_DONE, what,
			r < 0 && err ? err->text : NULL);
	return r;
}
