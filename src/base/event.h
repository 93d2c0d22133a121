/*
 * event - the one channel for what happens while a program works.
 *
 * Owns: the observer that is passed down, and the kinds of things it hears.  Below the programs
 * nothing prints: they notify, and the program renders events as log lines, progress, JSON or the
 * time line.  Everything an event points at is borrowed for the duration of the call.
 */
#ifndef SLIPWAY_BASE_EVENT_H
#define SLIPWAY_BASE_EVENT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

/* Severity of syslog (RFC 5424, 6.2.1). */
enum event_level {
	EVENT_EMERGENCY,
	EVENT_ALERT,
	EVENT_CRITICAL,
	EVENT_ERROR,
	EVENT_WARNING,
	EVENT_NOTICE,
	EVENT_INFO,
	EVENT_DEBUG,
};

enum event_kind {
	EVENT_MESSAGE,	   /* level, text */
	EVENT_SCOPE_BEGIN, /* text: a prefix for all that follows, until the matching end */
	EVENT_SCOPE_END,
	EVENT_OPERATION_BEGIN,	/* text: what is being done */
	EVENT_OPERATION_DONE,	/* text */
	EVENT_OPERATION_FAILED, /* text, cause */
	EVENT_OPERATION_LEAVE,	/* operation: it goes on beside what is told from here on */
	EVENT_OPERATION_ENTER,	/* operation: what follows is of it again */
	EVENT_COMMAND,		/* argv, secrets: a child is about to run */
	EVENT_WAIT,		/* text: what for; remaining_ms until it fails, -1 = unbounded */
	EVENT_RETRY,		/* text: what; attempt, cause, next_ms */
	EVENT_PROGRESS,		/* text: what; done, total (0 = unknown) in bytes; is_last: it is
				   all there */
	EVENT_RECORD,		/* text, record: for the system journal */
};

/* An entry for the system journal with fields of its own. */
struct event_record {
	const char *id;			  /* MESSAGE_ID, 32 hexadecimal digits */
	const struct event_field *fields; /* ends with name NULL */
};

struct event_field {
	const char *name;
	const char *value;
};

struct operation;

struct event {
	enum event_kind kind;
	enum event_level level;
	const char *text;
	const char *cause;
	const struct operation *operation; /* base/plan; NULL when it is not one of a plan */
	const struct event_record *record;
	const char *const *argv; /* NULL-terminated */
	uint64_t secrets;	 /* bit n set: argv[n] must not be shown */
	unsigned attempt;	 /* from 1 */
	int64_t next_ms;
	int64_t remaining_ms;
	uint64_t done;
	uint64_t total;
	bool is_last;
};

struct event_observer {
	void (*notify)(const struct event_observer *observer, const struct event *event);
	void *context; /* the renderer's own */
};

/** event_notify - tell @observer; NULL hears nothing. */
void event_notify(const struct event_observer *observer, const struct event *event);

/** event_message - EVENT_MESSAGE with formatted text. */
void event_message(const struct event_observer *observer, enum event_level level,
		   const char *format, ...) __attribute__((format(printf, 3, 4)));

/** event_scope_begin - EVENT_SCOPE_BEGIN; ended by event_scope_end(). */
void event_scope_begin(const struct event_observer *observer, const char *prefix);
void event_scope_end(const struct event_observer *observer);

/** event_operation - EVENT_OPERATION_BEGIN, _DONE or _FAILED; @cause for the last, else NULL. */
void event_operation(const struct event_observer *observer, enum event_kind kind, const char *text,
		     const char *cause);

#endif
