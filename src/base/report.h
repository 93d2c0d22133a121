/*
 * report - what is wrong with something a person wrote: every mistake, each with its place.
 *
 * Owns: entries with severity, path, position and message, and their renderings: one line as
 * upstream prints it, and for people a line as compilers print it with the source line and a caret.
 * A report is not an error: checks add entries and go on.
 */
#ifndef SLIPWAY_BASE_REPORT_H
#define SLIPWAY_BASE_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/source.h"
#include "base/text.h"

enum report_severity {
	REPORT_INFO,
	REPORT_WARNING,
	REPORT_ERROR,
};

/*
 * A path into a config, linked through the stack frames of the walk that is at it.  Each step is a
 * key (data not NULL) or an index.  The root has no step: pass NULL.
 */
struct report_path {
	const struct report_path *parent; /* NULL: directly below the root */
	struct slice key;
	size_t index;
};

struct report_entry {
	enum report_severity severity;
	bool has_path;		/* false: about the text as a whole, as a syntax error is */
	const char *path;	/* "$.storage.files.0.path", as upstream prints it */
	const char *path_human; /* "$.storage.files[0].path" */
	struct origin
		origin;	     /* as upstream prints it; source NULL when unknown, as after merging */
	struct origin place; /* as people are shown it: report_add() makes it the same */
	uint32_t length;     /* bytes at place that it is about, in one line; 0: not known */
	bool past_end; /* position is past the end of the text: upstream prints line 0 col 0 */
	const char *message; /* upstream's words */
	const char *hint;    /* what to do, for people only; NULL if there is none */
	const char *rule; /* "unused-key": names the check, for who counts or mutes; NULL: none */
};

struct report;

struct report *report_new(void);
void report_free(struct report *report);

/**
 * report_add - one more entry.
 * @path: NULL for the root "$"
 * @origin: source NULL when unknown
 *
 * Return: the entry, so that the caller can set hint, has_path, past_end; owned by the report.
 */
struct report_entry *report_add(struct report *report, enum report_severity severity,
				const struct report_path *path, struct origin origin,
				const char *format, ...) __attribute__((format(printf, 5, 6)));

/** report_count - number of entries. */
size_t report_count(const struct report *report);
/** report_entry_at - entry @index, in the order they were added; borrowed. */
const struct report_entry *report_entry_at(const struct report *report, size_t index);
/** report_set_origin - entry @index is at @origin, which was not known when it was added. */
void report_set_origin(struct report *report, size_t index, struct origin origin);
/** report_has_errors - whether any entry is an error. */
bool report_has_errors(const struct report *report);
/** report_count_of - number of entries of @severity. */
size_t report_count_of(const struct report *report, enum report_severity severity);
/** report_drop_repeated - drop entries from @first on that say at a place what was said there. */
void report_drop_repeated(struct report *report, size_t first);
/** report_severity_name - "warning". */
const char *report_severity_name(enum report_severity severity);
/** report_arena - where hints may be allocated. */
struct arena *report_arena(struct report *report);

/**
 * report_render_upstream - "<severity>[ at <path>, line <L> col <C>]: <message>" without newline
 * (spec ignition 3.3).  The root is no path: upstream does not print it.
 */
void report_render_upstream(const struct report_entry *entry, struct text *out);

/**
 * report_render_human - "file:line:col: severity: path: message", the source line and a caret below
 * it where the source is known, and the hint; ends in a newline.  Long lines are cut around the
 * caret; bytes that would disturb a terminal are shown as dots.
 */
void report_render_human(const struct report_entry *entry, struct text *out);

/**
 * report_render_json - the whole report as a JSON array, one object per entry: severity, path,
 * file, line, column, message, hint, rule; null where there is none.
 *
 * Return: 0; -E2BIG, @out unchanged.
 */
int report_render_json(const struct report *report, struct text *out);

DEFINE_RELEASE(struct report *, report_free)

#endif
