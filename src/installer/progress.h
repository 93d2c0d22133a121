/*
 * progress - how far a long copy is, for a person, a log or a program.
 *
 * Owns: rate and time left from bytes and times, and how they are written: one line that changes on
 * a terminal, plain lines now and then in a log, an object of JSON per line.
 * Pure but for the stream it prints to: the caller brings the time.
 */
#ifndef SLIPWAY_INSTALLER_PROGRESS_H
#define SLIPWAY_INSTALLER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/event.h"

enum progress_style {
	PROGRESS_TERMINAL,
	PROGRESS_LINES,
	PROGRESS_JSON,
	PROGRESS_NONE,
	PROGRESS_STYLE_COUNT,
};

struct progress {
	enum progress_style style;
	FILE *out;	   /* borrowed */
	int64_t began_ms;  /* of the first report; -1: there was none */
	int64_t said_ms;   /* when something was printed last */
	uint64_t began;	   /* bytes of the first report */
	bool is_line_open; /* a line on the terminal is yet to be ended */
};

#define PROGRESS_INIT(style_, out_)                                                                \
	((struct progress){ .style = (style_), .out = (out_), .began_ms = -1 })

/** progress_report - print @event, an EVENT_PROGRESS, if it is time to. */
void progress_report(struct progress *progress, const struct event *event, int64_t now_ms);

/** progress_break - end the line on the terminal, because something else will be printed. */
void progress_break(struct progress *progress);

/** progress_parse_style - "auto" (by whether @out is a terminal), "json", "plain", "none". */
bool progress_parse_style(const char *name, FILE *out, enum progress_style *ret);

#endif
