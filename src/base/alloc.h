/*
 * alloc - memory that is there or the program ends.
 *
 * Owns: the decision that running out of memory aborts (programs here are short and restartable;
 * sizes that come from outside are capped before they get here).
 */
#ifndef SLIPWAY_BASE_ALLOC_H
#define SLIPWAY_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

/** xmalloc - @size_bytes of uninitialised memory; never NULL, freed with free(). */
void *xmalloc(size_t size_bytes) __attribute__((malloc, alloc_size(1), returns_nonnull));
/** xcalloc - @count zeroed elements of @size_bytes; aborts when the product overflows. */
void *xcalloc(size_t count, size_t size_bytes)
	__attribute__((malloc, alloc_size(1, 2), returns_nonnull));
/** xreallocarray - resize @old (may be NULL) to @count elements; contents are kept. */
void *xreallocarray(void *old, size_t count, size_t size_bytes)
	__attribute__((alloc_size(2, 3), returns_nonnull));
/** xstrdup - a copy of @string, which must not be NULL; freed with free(). */
char *xstrdup(const char *string) __attribute__((malloc, returns_nonnull));
/** xstrndup - a NUL-terminated copy of @length bytes of @data; freed with free(). */
char *xstrndup(const char *data, size_t length) __attribute__((malloc, returns_nonnull));
/** xasprintf - formatted text in memory of its own; freed with free(). */
char *xasprintf(const char *format, ...)
	__attribute__((malloc, returns_nonnull, format(printf, 1, 2)));
/** xvasprintf - as xasprintf, from a va_list. */
char *xvasprintf(const char *format, va_list args)
	__attribute__((malloc, returns_nonnull, format(printf, 1, 0)));

#endif
