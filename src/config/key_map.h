/*
 * key_map - elements of a list by their keys, for merging and for finding duplicates.
 *
 * Owns: a hash table from bytes to an index.  Keys are borrowed.  Who writes a config owns the
 * machine, so nothing is done against chosen collisions.
 */
#ifndef SLIPWAY_CONFIG_KEY_MAP_H
#define SLIPWAY_CONFIG_KEY_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/scope.h"
#include "base/text.h"

struct key_slot {
	struct slice key; /* borrowed */
	size_t hash;
	size_t number; /* value + 1; 0 = free */
};

/* All zero is the empty map. */
struct key_map {
	struct key_slot *slots; /* owned */
	size_t capacity;	/* a power of two, or 0 */
	size_t count;
};

/**
 * key_map_add - put @value under @key, unless the key is there already; absent equals empty.
 *
 * Return: whether it was added.
 */
bool key_map_add(struct key_map *map, struct slice key, size_t value);

/** key_map_find - whether @key is there. @ret: its value; may be NULL */
bool key_map_find(const struct key_map *map, struct slice key, size_t *ret);

/** key_map_done - release the table; the map is empty again. */
void key_map_done(struct key_map *map);

DEFINE_DONE(struct key_map, key_map_done)

#endif
