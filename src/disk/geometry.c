#include "disk/geometry.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"

/* sgdisk aligns to a MiB, but never below 4 KiB on disks that are likely to have such sectors. */
#define ALIGNMENT_BYTES		((uint64_t)1 << 20)
#define ALIGNMENT_MIN		8
#define ALIGNMENT_MIN_FROM_DISK UINT64_C(585937500) /* sectors: 300 GB of 512 bytes */

/* UEFI 2.10, 5.3: the header is in LBA 1, the entries follow. */
#define ENTRIES_LBA   2
#define ENTRY_BYTES   128
#define ENTRIES_BYTES (GEOMETRY_ENTRIES * ENTRY_BYTES)
#define BYTES_PER_MIB ((uint64_t)1 << 20)

int geometry_blank(struct geometry_disk *ret, uint64_t sectors, uint32_t sector_bytes,
		   struct error *err)
{
	uint64_t first = ENTRIES_LBA + (ENTRIES_BYTES + sector_bytes - 1) / sector_bytes;

	/* The backup takes as much as the original, without the sector of the MBR. */
	if (sectors < 2 * first)
		return error_set(err, ERROR_INPUT, ENOSPC,
				 "a disk of %" PRIu64 " sectors is too small for a GPT", sectors);
	*ret = (struct geometry_disk){
		.sectors = sectors,
		.sector_bytes = sector_bytes,
		.first_usable = first,
		.last_usable = sectors - first,
		.entries = GEOMETRY_ENTRIES,
	};
	return 0;
}

static uint64_t alignment_of(const struct geometry *g)
{
	uint64_t alignment = ALIGNMENT_BYTES / g->disk.sector_bytes;

	for (size_t i = 0; i < g->count; i++)
		while (g->partitions[i].start % alignment)
			alignment /= 2;
	if (alignment < ALIGNMENT_MIN && g->disk.sectors >= ALIGNMENT_MIN_FROM_DISK)
		alignment = ALIGNMENT_MIN;
	return alignment;
}

static int compare_numbers(const void *a, const void *b)
{
	const struct geometry_extent *left = a;
	const struct geometry_extent *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

void geometry_init(struct geometry *geometry, const struct geometry_disk *disk,
		   const struct geometry_extent *partitions, size_t count)
{
	*geometry = (struct geometry){ .disk = *disk, .count = count };
	geometry->partitions = xcalloc(count ?: 1, sizeof(*partitions));
	if (count)
		memcpy(geometry->partitions, partitions, count * sizeof(*partitions));
	qsort(geometry->partitions, count, sizeof(*partitions), compare_numbers);
	geometry->alignment = alignment_of(geometry);
}

void geometry_done(struct geometry *geometry)
{
	free(geometry->partitions);
	*geometry = (struct geometry){ 0 };
}

const struct geometry_extent *geometry_find(const struct geometry *geometry, unsigned number)
{
	for (size_t i = 0; i < geometry->count; i++)
		if (geometry->partitions[i].number == number)
			return &geometry->partitions[i];
	return NULL;
}

void geometry_delete(struct geometry *geometry, unsigned number)
{
	const struct geometry_extent *found = geometry_find(geometry, number);

	if (!found)
		return;

	size_t at = (size_t)(found - geometry->partitions);

	geometry->count--;
	memmove(&geometry->partitions[at], &geometry->partitions[at + 1],
		(geometry->count - at) * sizeof(*found));
}

static uint64_t last_of(const struct geometry_extent *extent)
{
	return extent->start + extent->size - 1;
}

/* Whether no partition has one of [first, last], and all of them may be had. */
static bool is_free(const struct geometry *g, uint64_t first, uint64_t last)
{
	if (first < g->disk.first_usable || last > g->disk.last_usable)
		return false;
	for (size_t i = 0; i < g->count; i++)
		if (g->partitions[i].start <= last && last_of(&g->partitions[i]) >= first)
			return false;
	return true;
}

/* The first free sector at or behind @from; 0 when there is none. */
static uint64_t first_free(const struct geometry *g, uint64_t from)
{
	uint64_t first = from > g->disk.first_usable ? from : g->disk.first_usable;

	for (size_t i = 0; i < g->count; i++) {
		const struct geometry_extent *p = &g->partitions[i];

		if (first >= p->start && first <= last_of(p)) {
			first = last_of(p) + 1;
			i = (size_t)-1; /* one that was passed already may begin here */
		}
	}
	return first > g->disk.last_usable ? 0 : first;
}

/*
 * The last sector before the next partition behind @start.  As sgdisk counts: a partition of one
 * sector that lies right before the end found so far is not seen, so the order (by number) matters.
 */
static uint64_t last_free(const struct geometry *g, uint64_t start)
{
	uint64_t last = g->disk.last_usable;

	for (size_t i = 0; i < g->count; i++)
		if (g->partitions[i].start > start && g->partitions[i].start < last)
			last = g->partitions[i].start - 1;
	return last;
}

/* The first of those that are equally large; 0 when nothing is free. */
static uint64_t start_of_largest(const struct geometry *g)
{
	uint64_t largest = 0;
	uint64_t largest_size = 0;
	uint64_t first = first_free(g, 0);

	while (first) {
		uint64_t last = last_free(g, first);

		if (last - first + 1 > largest_size) {
			largest_size = last - first + 1;
			largest = first;
		}
		first = first_free(g, last + 1);
	}
	return largest;
}

/* The multiple before @sector if all up to there is free, else the one behind it, else @sector. */
static uint64_t align(const struct geometry *g, uint64_t sector)
{
	uint64_t earlier = sector - sector % g->alignment;
	uint64_t later = earlier + g->alignment;

	if (earlier == sector)
		return sector;
	if (is_free(g, earlier, sector - 1))
		return earlier;
	return is_free(g, sector + 1, later) ? later : sector;
}

/* Why sgdisk would refuse; NULL when it would not. */
static const char *refusal(const struct geometry *g, unsigned number, uint64_t start, uint64_t end)
{
	if (number == 0 || number > g->disk.entries)
		return "the table has no such entry";
	if (geometry_find(g, number))
		return "the number is taken";
	if (start == 0)
		return "no sector of the disk is free";
	if (start < g->disk.first_usable || start > g->disk.last_usable)
		return "it would start outside of the disk";
	if (!is_free(g, start, start))
		return "it would start inside another partition";
	if (start > end)
		return "nothing is free behind its start in the largest free block";
	if (end > g->disk.last_usable)
		return "it would end outside of the disk";
	return is_free(g, start, end) ? NULL : "it would overlap another partition";
}

int geometry_create(struct geometry *geometry, unsigned number, uint64_t start, uint64_t size,
		    struct error *err)
{
	uint64_t low = align(geometry, start_of_largest(geometry));
	uint64_t end = last_free(geometry, low);

	if (start == 0)
		start = low;
	if (size && __builtin_add_overflow(start, size - 1, &end))
		return error_set(err, ERROR_INPUT, ENOSPC,
				 "partition %u does not fit: its end is beyond any disk", number);
	start = align(geometry, start);

	const char *why = refusal(geometry, number, start, end);

	if (why)
		return error_set(err, ERROR_INPUT, ENOSPC,
				 "partition %u does not fit at sectors %" PRIu64 " to %" PRIu64
				 ": %s",
				 number, start, end, why);

	geometry->partitions = xreallocarray(geometry->partitions, geometry->count + 1,
					     sizeof(*geometry->partitions));
	geometry->partitions[geometry->count++] = (struct geometry_extent){
		.number = number,
		.start = start,
		.size = end - start + 1,
	};
	qsort(geometry->partitions, geometry->count, sizeof(*geometry->partitions),
	      compare_numbers);
	return 0;
}

int geometry_sectors(uint64_t mib, uint32_t sector_bytes, uint64_t *ret, struct error *err)
{
	uint64_t bytes = 0;

	if (__builtin_mul_overflow(mib, BYTES_PER_MIB, &bytes))
		return error_set(err, ERROR_INPUT, ERANGE, "%" PRIu64 " MiB are beyond any disk",
				 mib);
	*ret = bytes / sector_bytes;
	return 0;
}

/* Whether @number belongs to a partition that is there, or to another entry of the request. */
static bool is_taken(const struct geometry *g, const struct geometry_wish *wishes, size_t count,
		     unsigned number)
{
	bool is_given_up = false;

	for (size_t i = 0; i < count; i++) {
		if (wishes[i].number == number && wishes[i].should_exist)
			return true;
		if (wishes[i].number == number)
			is_given_up = true;
	}
	return !is_given_up && geometry_find(g, number);
}

static void assign_numbers(const struct geometry *g, struct geometry_wish *wishes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned number = 1;

		if (wishes[i].number != 0 || !wishes[i].should_exist)
			continue;
		while (is_taken(g, wishes, count, number))
			number++;
		wishes[i].number = number;
	}
}

/* What is not given stays as it is where it is kept. */
static void keep_place(struct geometry_wish *wish, const struct geometry_extent *found)
{
	if (!wish->has_start)
		wish->start = found && wish->keeps_place ? found->start : 0;
	if (!wish->has_size)
		wish->size = found && wish->keeps_place ? found->size : 0;
}

static int resolve_wish(struct geometry *g, struct geometry_wish *wish, struct error *err)
{
	int r = geometry_create(g, wish->number, wish->start, wish->size, err);

	wish->does_not_fit = r < 0;
	if (r < 0)
		return r;

	const struct geometry_extent *made = geometry_find(g, wish->number);

	if (!wish->has_start || wish->start == 0)
		wish->start = made->start;
	if (!wish->has_size || wish->size == 0)
		wish->size = made->size;
	return 0;
}

int geometry_resolve(struct geometry *geometry, struct geometry_wish *wishes, size_t count,
		     struct error *err)
{
	int r = 0;

	assign_numbers(geometry, wishes, count);
	for (size_t i = 0; i < count; i++)
		keep_place(&wishes[i], geometry_find(geometry, wishes[i].number));
	for (size_t i = 0; i < count; i++)
		geometry_delete(geometry, wishes[i].number);
	for (size_t i = 0; i < count && r == 0; i++)
		if (wishes[i].should_exist)
			r = resolve_wish(geometry, &wishes[i], err);
	return r;
}
