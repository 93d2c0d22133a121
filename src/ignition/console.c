#include "ignition/console.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/text.h"
#include "base/journald.h"

/* Prefixes deeper than this are a bug of ours. */
#define PREFIX_DEPTH_MAX 16

/* Operations that run beside each other are never more (ignition/apply). */
#define LEFT_MAX 64

/* An operation that goes on while others are told of. */
struct left {
	const struct operation *operation;
	unsigned number;
};

struct console {
	struct event_observer observer;
	struct text prefix;		 /* "files: createFiles: op(1): " */
	size_t starts[PREFIX_DEPTH_MAX]; /* length of prefix before each push */
	size_t depth;
	unsigned operations;		    /* counted over the whole process */
	unsigned numbers[PREFIX_DEPTH_MAX]; /* of the operation that each push was for */
	struct left left[LEFT_MAX];
};

static void push(struct console *console, const char *prefix)
{
	if (console->depth < PREFIX_DEPTH_MAX)
		console->starts[console->depth] = console->prefix.length;
	console->depth++;
	if (console->depth <= PREFIX_DEPTH_MAX)
		text_printf(&console->prefix, "%s: ", prefix);
}

static void pop(struct console *console)
{
	if (console->depth == 0)
		return;
	console->depth--;
	if (console->depth < PREFIX_DEPTH_MAX)
		text_truncate(&console->prefix, console->starts[console->depth]);
}

__attribute__((format(printf, 3, 4))) static void
line(struct console *console, enum event_level level, const char *format, ...)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
	va_list args;

	text_append_str(&out, text_str(&console->prefix));
	va_start(args, format);
	text_vprintf(&out, format, args);
	va_end(args);
	log_line(level, text_str(&out));
}

static void push_operation(struct console *console, unsigned number)
{
	char name[sizeof("op()") + 2 * sizeof(unsigned)];

	snprintf(name, sizeof(name), "op(%x)", number);
	if (console->depth < PREFIX_DEPTH_MAX)
		console->numbers[console->depth] = number;
	push(console, name);
}

static void begin_operation(struct console *console, const char *text)
{
	push_operation(console, ++console->operations);
	line(console, EVENT_INFO, "[started]  %s", text);
}

/* The place of @operation among those that were left; of NULL, a free one; NULL: there is none. */
static struct left *find_left(struct console *console, const struct operation *operation)
{
	for (size_t i = 0; i < LEFT_MAX; i++)
		if (console->left[i].operation == operation)
			return &console->left[i];
	return NULL;
}

static void leave_operation(struct console *console, const struct operation *operation)
{
	struct left *left = find_left(console, /* operation= */ NULL);

	if (left && console->depth && console->depth <= PREFIX_DEPTH_MAX)
		*left = (struct left){ operation, console->numbers[console->depth - 1] };
	pop(console);
}

static void enter_operation(struct console *console, const struct operation *operation)
{
	struct left *left = find_left(console, operation);

	push_operation(console, left ? left->number : 0);
	if (left)
		*left = (struct left){ NULL, 0 };
}

static void show_command(struct console *console, const struct event *event)
{
	AUTO(text_done) struct text words = TEXT_INIT(TEXT_MESSAGE_MAX);

	for (size_t i = 0; event->argv[i]; i++) {
		bool is_secret = i < 64 && (event->secrets >> i & 1);

		text_append_str(&words, i ? " " : "");
		text_append_quoted(&words, slice_of(is_secret ? "<hidden>" : event->argv[i]));
	}
	line(console, EVENT_DEBUG, "executing: %s", text_str(&words));
}

static void show_retry(struct console *console, const struct event *event)
{
	line(console, EVENT_INFO, "%s: attempt #%u failed: %s; next in %" PRId64 " ms", event->text,
	     event->attempt, event->cause, event->next_ms);
}

static void show_wait(struct console *console, const struct event *event)
{
	if (event->remaining_ms < 0)
		line(console, EVENT_INFO, "waiting for %s, without limit", event->text);
	else
		line(console, EVENT_INFO, "waiting for %s, %" PRId64 " s left", event->text,
		     event->remaining_ms / 1000);
}

/* That no journal listens is no fault: an initrd may have none. */
static void send_record(struct console *console, const struct event *event)
{
	AUTO(error_done) struct error problem = ERROR_INIT;

	if (journald_send(event->record->id, event->text, event->record->fields, &problem) < 0)
		line(console, EVENT_INFO, "failed to log systemd journal entry: %s", problem.text);
}

static void notify(const struct event_observer *observer, const struct event *event)
{
	struct console *console = observer->context;

	switch (event->kind) {
	case EVENT_MESSAGE:
		line(console, event->level, "%s", event->text);
		break;
	case EVENT_SCOPE_BEGIN:
		push(console, event->text);
		break;
	case EVENT_SCOPE_END:
		pop(console);
		break;
	case EVENT_OPERATION_BEGIN:
		begin_operation(console, event->text);
		break;
	case EVENT_OPERATION_DONE:
		line(console, EVENT_INFO, "[finished] %s", event->text);
		pop(console);
		break;
	case EVENT_OPERATION_FAILED:
		line(console, EVENT_CRITICAL, "[failed]   %s: %s", event->text, event->cause);
		pop(console);
		break;
	case EVENT_OPERATION_LEAVE:
		leave_operation(console, event->operation);
		break;
	case EVENT_OPERATION_ENTER:
		enter_operation(console, event->operation);
		break;
	case EVENT_COMMAND:
		show_command(console, event);
		break;
	case EVENT_WAIT:
		show_wait(console, event);
		break;
	case EVENT_RETRY:
		show_retry(console, event);
		break;
	case EVENT_RECORD:
		send_record(console, event);
		break;
	case EVENT_PROGRESS: /* a log has no use for it */
		break;
	}
}

struct console *console_new(void)
{
	struct console *console = xcalloc(1, sizeof(*console));

	console->prefix = TEXT_INIT(TEXT_MESSAGE_MAX);
	console->observer = (struct event_observer){ .notify = notify, .context = console };
	return console;
}

void console_free(struct console *console)
{
	if (!console)
		return;
	text_done(&console->prefix);
	free(console);
}

const struct event_observer *console_observer(const struct console *console)
{
	return &console->observer;
}
