#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_abort(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

void *xmalloc(size_t size_bytes)
{
	return or_abort(malloc(size_bytes ? size_bytes : 1));
}

void *xcalloc(size_t count, size_t size_bytes)
{
	return or_abort(calloc(count ? count : 1, size_bytes ? size_bytes : 1));
}

void *xreallocarray(void *old, size_t count, size_t size_bytes)
{
	return or_abort(reallocarray(old, count ? count : 1, size_bytes ? size_bytes : 1));
}

char *xstrdup(const char *string)
{
	return xstrndup(string, strlen(string));
}

char *xstrndup(const char *data, size_t length)
{
	char *copy = xmalloc(length + 1);

	if (length)
		memcpy(copy, data, length);
	copy[length] = '\0';
	return copy;
}

char *xvasprintf(const char *format, va_list args)
{
	char *string = NULL;

	if (vasprintf(&string, format, args) < 0)
		abort();
	return string;
}

char *xasprintf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *string = xvasprintf(format, args);
	va_end(args);
	return string;
}
