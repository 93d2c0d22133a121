/* label - where a partition ends that has so much room. */
#include "resize/label.h"

#include "tap.h"

#define MIB ((uint64_t)1 << 20)

static const struct row {
	const char *label;
	uint32_t sector_bytes;
	uint64_t start, size, limit, grain_bytes, want; /* sectors */
} rows[] = {
	{ "an end on the grain is taken", 512, 2048, 2048, 6144, MIB, 6144 },
	{ "an end beside it is rounded down", 512, 2048, 2048, 6145, MIB, 6144 },
	{ "the end counts, not the size", 512, 2049, 2047, 6144, MIB, 6143 },
	{ "it never goes below the present end", 512, 2048, 6145, 6200, MIB, 6145 },
	{ "sectors of 4096 bytes: 256 in a MiB", 4096, 256, 256, 800, MIB, 768 },
	{ "a grain of one byte takes all", 512, 2048, 2048, 6145, 1, 6145 },
	{ "a larger grain", 512, 2048, 2048, 20000, 4 * MIB, 14336 },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct label_room room = { .sector_bytes = rows[i].sector_bytes,
						 .start = rows[i].start,
						 .size = rows[i].size };

		tap_int((int64_t)label_align(&room, rows[i].limit, rows[i].grain_bytes),
			(int64_t)rows[i].want, rows[i].label);
	}
	return tap_done();
}
