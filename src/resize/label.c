#include "resize/label.h"

#include <errno.h>

#include "base/alloc.h"

/* GPT first: it is what machines boot from, and its reader needs no library. */
static const struct label_backend *const backends[] = { &label_gpt, &label_dos, &label_parted };

int label_measure(const struct label_disk *disk, unsigned number, struct label_room *ret,
		  struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(backends); i++) {
		AUTO(label_room_done) struct label_room room = { .backend = backends[i] };
		AUTO(error_done) struct error problem = ERROR_INIT;
		int r = backends[i]->measure(disk, number, &room, &problem);

		if (r == 0) {
			*ret = room;
			room = (struct label_room){ .backend = NULL };
			return 0;
		}
		if (r != -ENODEV)
			return error_move(err, &problem, r);
	}
	return error_set(err, ERROR_INPUT, EINVAL, "%s has no partition table that can be changed",
			 disk->node);
}

void label_room_done(struct label_room *room)
{
	free(room->kind);
	free(room->type);
	*room = (struct label_room){ .backend = NULL };
}

uint64_t label_align(const struct label_room *room, uint64_t limit, uint64_t grain_bytes)
{
	const uint64_t grain = grain_bytes / room->sector_bytes;
	uint64_t end = room->start + limit;

	if (grain > 1)
		end -= end % grain;
	return end > room->start + room->size ? end - room->start : room->size;
}

int label_fit(const struct label_disk *disk, const struct label_room *room, uint64_t size,
	      uint64_t *ret_size, struct error *err)
{
	*ret_size = size;
	if (size == room->size || !room->backend->fit)
		return 0;
	return room->backend->fit(disk, room, size, ret_size, err);
}
