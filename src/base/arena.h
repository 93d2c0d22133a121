/*
 * arena - many small allocations with one owner and one end.
 *
 * Owns: blocks of memory handed out front to back and freed together.  What lives in an arena is
 * never freed alone: decoded configs, plans and reports are built and dropped as a whole.
 */
#ifndef SLIPWAY_BASE_ARENA_H
#define SLIPWAY_BASE_ARENA_H

#include <stddef.h>

#include "base/scope.h"

struct arena;

/** arena_new - an empty arena; free with arena_free(). */
struct arena *arena_new(void);
/** arena_free - release @arena and all that was allocated from it; NULL is accepted. */
void arena_free(struct arena *arena);
/** arena_alloc - @size_bytes of zeroed memory, aligned for any type; lives as long as @arena. */
void *arena_alloc(struct arena *arena, size_t size_bytes);
/** arena_array - @count zeroed elements of @size_bytes; aborts when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size_bytes);
/** arena_strndup - NUL-terminated copy of @length bytes of @data. */
char *arena_strndup(struct arena *arena, const char *data, size_t length);
/** arena_strdup - copy of @string. */
char *arena_strdup(struct arena *arena, const char *string);
/** arena_printf - formatted text. */
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

DEFINE_RELEASE(struct arena *, arena_free)

#endif
