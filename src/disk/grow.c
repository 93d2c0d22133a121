#include "disk/grow.h"

#include <errno.h>
#include <inttypes.h>

/* The first sector behind @self that it may not have. */
static uint64_t limit_of(const struct geometry *geometry, const struct geometry_extent *self)
{
	uint64_t limit = geometry->disk.last_usable + 1;

	for (size_t i = 0; i < geometry->count; i++) {
		uint64_t start = geometry->partitions[i].start;

		if (start > self->start && start < limit)
			limit = start;
	}
	return limit;
}

int grow_limit(const struct geometry *geometry, unsigned number, uint64_t *ret_size,
	       struct error *err)
{
	const struct geometry_extent *self = geometry_find(geometry, number);

	if (!self)
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "there is no partition %u", number);

	const uint64_t end = self->start + self->size;

	if (end > geometry->disk.last_usable + 1)
		return error_set(err, ERROR_INPUT, ERANGE,
				 "partition %u ends at sector %" PRIu64
				 ", but the disk has no usable one behind %" PRIu64
				 ": it was made smaller; make it as large as it was",
				 number, end - 1, geometry->disk.last_usable);
	*ret_size = limit_of(geometry, self) - self->start;
	return 0;
}
