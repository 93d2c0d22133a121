#include "installer/relay.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* Two of them and the head of a record are written at once, whatever else goes on (pipe(7)). */
#define TEXT_BYTES 1024

struct record {
	enum event_kind kind;
	enum event_level level;
	unsigned attempt;
	int64_t next_ms;
	int64_t remaining_ms;
	char text[TEXT_BYTES];
	char cause[TEXT_BYTES];
};
_Static_assert(sizeof(struct record) <= PIPE_BUF, "a record is written at once");

static void put(char ret[static TEXT_BYTES], const char *text)
{
	const struct slice all = slice_of(text);
	const size_t length = all.length < TEXT_BYTES ? all.length : TEXT_BYTES - 1;

	if (length)
		memcpy(ret, all.data, length);
}

static void relay_event(const struct event_observer *observer, const struct event *event)
{
	struct record record = { .kind = event->kind,
				 .level = event->level,
				 .attempt = event->attempt,
				 .next_ms = event->next_ms,
				 .remaining_ms = event->remaining_ms };

	if (event->kind != EVENT_MESSAGE && event->kind != EVENT_WAIT && event->kind != EVENT_RETRY)
		return;
	put(record.text, event->text);
	put(record.cause, event->cause);
	/* Nobody may be listening any more: then this process ends soon, too. */
	if (write(*(const int *)observer->context, &record, sizeof(record)) < 0)
		return;
}

void relay_observe(const int *fd, struct event_observer *ret)
{
	*ret = (struct event_observer){ .notify = relay_event, .context = (void *)(uintptr_t)fd };
}

int relay_pass(int fd, const struct event_observer *observer)
{
	struct record record;
	ssize_t got = 0;

	do
		got = read(fd, &record, sizeof(record));
	while (got < 0 && errno == EINTR);
	if (got != sizeof(record))
		return -EPIPE;
	record.text[TEXT_BYTES - 1] = '\0';
	record.cause[TEXT_BYTES - 1] = '\0';
	event_notify(observer, &(struct event){ .kind = record.kind,
						.level = record.level,
						.attempt = record.attempt,
						.next_ms = record.next_ms,
						.remaining_ms = record.remaining_ms,
						.text = record.text,
						.cause = record.cause[0] ? record.cause : NULL });
	return 0;
}
