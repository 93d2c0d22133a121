/*
 * log - the one sink of a program's messages, set by main.
 *
 * Owns: where lines go (syslog socket or standard output) and upstream's labels (spec
 * ignition 1.10).
 */
#ifndef SLIPWAY_BASE_LOG_H
#define SLIPWAY_BASE_LOG_H

#include "base/event.h"

enum log_target {
	LOG_TO_STDOUT,
	LOG_TO_SYSLOG, /* /dev/log, /var/run/syslog or /var/run/log; else standard output */
};

/** log_open - choose the sink.  @tag: as syslog shows it; borrowed.  Called once. */
void log_open(enum log_target target, const char *tag);

/**
 * log_open_sockets - log_open() for LOG_TO_SYSLOG, at the first of @paths that somebody listens on.
 * @paths: NULL-terminated; borrowed until log_close()
 */
void log_open_sockets(const char *const *paths, const char *tag);

/** log_line - one message; a newline inside is written as a space on standard output. */
void log_line(enum event_level level, const char *text);

/** log_close - flush and close. */
void log_close(void);

#endif
