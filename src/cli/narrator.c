#include "cli/narrator.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/journald.h"

#define MS_PER_SECOND 1000

/* Without a journal, as in a container, nobody misses the entry. */
static void record(const struct event *event)
{
	AUTO(error_done) struct error problem = ERROR_INIT;

	journald_send(event->record->id, event->text, event->record->fields, &problem);
}

static void tell_wait(const struct narrator *narrator, const struct event *event)
{
	fprintf(stderr, "%s: waiting for %s", narrator->program, event->text);
	if (event->remaining_ms >= 0)
		fprintf(stderr, ", up to %" PRId64 " s more", event->remaining_ms / MS_PER_SECOND);
	fputc('\n', stderr);
}

static void hear(const struct event_observer *observer, const struct event *event)
{
	const struct narrator *narrator = observer->context;

	switch (event->kind) {
	case EVENT_MESSAGE:
		if (narrator->is_verbose || event->level <= EVENT_WARNING)
			fprintf(stderr, "%s: %s\n", narrator->program, event->text);
		break;
	case EVENT_WAIT:
		tell_wait(narrator, event);
		break;
	case EVENT_RETRY:
		fprintf(stderr, "%s: %s: attempt #%u: %s; again in %" PRId64 " ms\n",
			narrator->program, event->text, event->attempt, event->cause,
			event->next_ms);
		break;
	case EVENT_RECORD:
		record(event);
		if (narrator->is_verbose)
			fprintf(stderr, "%s: %s\n", narrator->program, event->text);
		break;
	default:
		break;
	}
}

void narrator_init(struct narrator *ret, const char *program, bool is_verbose)
{
	*ret = (struct narrator){ .observer = { .notify = hear, .context = ret },
				  .program = program,
				  .is_verbose = is_verbose };
}
