/* GPT, also of the disk that the system runs from. */
#include <errno.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/gpt.h"
#include "disk/grow.h"
#include "disk/table.h"
#include "disk/table_write.h"
#include "resize/label.h"

static int measure(const struct label_disk *disk, unsigned number, struct label_room *ret,
		   struct error *err)
{
	AUTO(table_free) struct table *table = NULL;
	AUTO(geometry_done) struct geometry geometry = { .count = 0 };
	int r = table_read(disk->node, disk->sector_bytes, &table, err);

	if (r < 0)
		return r;
	/* One that nothing protects is still one that nobody else may change. */
	if (table->kind == TABLE_OTHER && slice_starts(slice_of(table->kind_name), "GPT"))
		return error_set(err, ERROR_INPUT, EUCLEAN,
				 "%s has a %s, and is not changed; repair it with gdisk",
				 disk->node, table->kind_name);
	if (table->kind != TABLE_GPT)
		return -ENODEV;

	const struct table_partition *partition = table_find(table, number);

	table_geometry(table, &geometry);
	r = grow_limit(&geometry, number, &ret->limit, err);
	if (r < 0)
		return error_wrap(err, r, "%s", disk->node);
	ret->kind = xstrdup("gpt");
	ret->type = xstrdup(partition->type_guid);
	ret->sector_bytes = table->disk.sector_bytes;
	ret->disk_sectors = table->disk.sectors;
	ret->number = number;
	ret->start = partition->start;
	ret->size = partition->size;
	ret->is_damaged = table->flags & (TABLE_PRIMARY_DAMAGED | TABLE_BACKUP_DAMAGED);
	return 0;
}

/*
 * The hybrid MBR goes first: when this is cut short, the partition is grown again, and the record
 * with it.
 */
static int follow_hybrid(const struct label_disk *disk, int fd, uint64_t start, uint64_t size,
			 struct error *err)
{
	struct gpt_disk gpt = { .fd = -1 };
	int r = gpt_measure(fd, disk->node, disk->sector_bytes, &gpt, err);

	return r < 0 ? r : gpt_follow_hybrid(&gpt, start, size, err);
}

static int extend(const struct label_disk *disk, int fd, const struct label_room *room,
		  uint64_t size, struct error *err)
{
	AUTO(table_free) struct table *table = NULL;
	int r = table_read_fd(fd, disk->node, disk->sector_bytes, &table, err);
	struct table_partition *partition = r < 0 ? NULL : table_find(table, room->number);

	if (r < 0)
		return r;
	if (!partition || partition->start != room->start)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "%s: partition %u changed since it was looked at; run again",
				 disk->node, room->number);
	partition->size = size;
	r = follow_hybrid(disk, fd, room->start, size, err);
	return r < 0 ? r : table_write(fd, disk->node, table, TABLE_EDIT, err);
}

const struct label_backend label_gpt = { .measure = measure, .extend = extend };
