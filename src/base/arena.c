#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* A block holds many small objects; what is larger than a quarter of it gets a block of its own. */
#define BLOCK_BYTES ((size_t)64 << 10)
#define LARGE_BYTES (BLOCK_BYTES / 4)

struct block {
	struct block *next;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *blocks;
	unsigned char *free_data;
	size_t free_bytes;
};

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->blocks; block;) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
	free(arena);
}

static unsigned char *add_block(struct arena *arena, size_t size_bytes)
{
	struct block *block = xcalloc(1, sizeof(*block) + size_bytes);

	block->next = arena->blocks;
	arena->blocks = block;
	return block->data;
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
	if (size_bytes > LARGE_BYTES)
		return add_block(arena, size_bytes);

	size_t rounded = (size_bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);

	if (rounded > arena->free_bytes) {
		arena->free_data = add_block(arena, BLOCK_BYTES);
		arena->free_bytes = BLOCK_BYTES;
	}
	void *memory = arena->free_data;

	arena->free_data += rounded;
	arena->free_bytes -= rounded;
	return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size_bytes)
{
	size_t total = 0;

	if (__builtin_mul_overflow(count, size_bytes, &total))
		abort();
	return arena_alloc(arena, total);
}

char *arena_strndup(struct arena *arena, const char *data, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	if (length)
		memcpy(copy, data, length);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *string)
{
	return arena_strndup(arena, string, strlen(string));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	AUTO_FREE char *string = xvasprintf(format, args);
	va_end(args);
	return arena_strdup(arena, string);
}
