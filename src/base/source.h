/*
 * source - the text that somebody wrote, and positions in it.
 *
 * Owns: a name for messages ("config.ign", "https://host/base.ign") and the index from byte offset
 * to line and column.  Nothing here interprets the text.
 */
#ifndef SLIPWAY_BASE_SOURCE_H
#define SLIPWAY_BASE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/scope.h"
#include "base/text.h"

struct source;

/* A place in a source.  source NULL: made by us, not written by anyone. */
struct origin {
	const struct source *source; /* borrowed */
	uint32_t line;		     /* from 1; 0 = unknown */
	uint32_t column;	     /* from 1, in bytes; 0 = unknown */
};

/**
 * source_new - name a text.
 * @name: as messages print it (no credentials, no query); copied
 * @text: borrowed, must outlive the source; absent (data NULL) when only the name is known, as for
 *	origins that were loaded from a file
 */
struct source *source_new(const char *name, struct slice text);
void source_free(struct source *source);
/** source_name - borrowed. */
const char *source_name(const struct source *source);
/** source_text - borrowed; absent when only the name is known. */
struct slice source_text(const struct source *source);

/**
 * source_origin - line and column of a byte.
 * @offset: may equal the length of the text (its end); beyond it both are 0
 *
 * The index of lines is built once, by source_new(); a lookup is a binary search.
 */
struct origin source_origin(const struct source *source, size_t offset);

/**
 * source_append_position - "web.ign:3:7" and @after; line and column as far as they are known,
 * nothing at all for what nobody wrote.
 */
void source_append_position(const struct origin *origin, const char *after, struct text *out);

/** source_wrap - error_wrap() with the position of @origin, if it has one.  Return: @r. */
int source_wrap(struct error *err, int r, const struct origin *origin);

/** source_line - text of line @line (from 1) without its newline; absent when there is none. */
struct slice source_line(const struct source *source, uint32_t line);

DEFINE_RELEASE(struct source *, source_free)

#endif
