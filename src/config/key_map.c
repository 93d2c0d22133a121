#include "config/key_map.h"

#include <stdint.h>

#include "base/alloc.h"

#define CAPACITY_MIN 16

/* FNV-1a, 64 bits. */
#define FNV_OFFSET_BASIS 0xcbf29ce484222325ULL
#define FNV_PRIME	 0x100000001b3ULL

static size_t hash_of(struct slice key)
{
	uint64_t hash = FNV_OFFSET_BASIS;

	for (size_t i = 0; i < key.length; i++)
		hash = (hash ^ (unsigned char)key.data[i]) * FNV_PRIME;
	return (size_t)hash;
}

/* The slot of @key, or the free one where it belongs; there is always a free one. */
static struct key_slot *slot_of(const struct key_map *map, struct slice key, size_t hash)
{
	size_t mask = map->capacity - 1;

	for (size_t at = hash & mask;; at = (at + 1) & mask) {
		struct key_slot *slot = &map->slots[at];

		if (!slot->number || (slot->hash == hash && slice_equal(slot->key, key)))
			return slot;
	}
}

static void grow(struct key_map *map)
{
	struct key_map grown = { .capacity = map->capacity ? map->capacity * 2 : CAPACITY_MIN,
				 .count = map->count };

	grown.slots = xcalloc(grown.capacity, sizeof(*grown.slots));
	for (size_t i = 0; i < map->capacity; i++) {
		const struct key_slot *old = &map->slots[i];

		if (old->number)
			*slot_of(&grown, old->key, old->hash) = *old;
	}
	free(map->slots);
	*map = grown;
}

bool key_map_add(struct key_map *map, struct slice key, size_t value)
{
	/* At most half full: probes stay short. */
	if (map->count >= map->capacity / 2)
		grow(map);

	size_t hash = hash_of(key);
	struct key_slot *slot = slot_of(map, key, hash);

	if (slot->number)
		return false;
	*slot = (struct key_slot){ .key = key, .hash = hash, .number = value + 1 };
	map->count++;
	return true;
}

bool key_map_find(const struct key_map *map, struct slice key, size_t *ret)
{
	if (map->count == 0)
		return false;

	const struct key_slot *slot = slot_of(map, key, hash_of(key));

	if (!slot->number)
		return false;
	if (ret)
		*ret = slot->number - 1;
	return true;
}

void key_map_done(struct key_map *map)
{
	free(map->slots);
	*map = (struct key_map){ 0 };
}
