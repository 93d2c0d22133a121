#include "disk/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "disk/gpt.h"
#include "disk/probe.h"

#define GUID_BYTES 16

static const char *const flag_texts[] = {
	"its primary GPT is damaged and the backup is used",
	"its backup GPT is damaged",
	"its backup GPT is not at the end of the disk",
	"its MBR is a hybrid one, which is kept",
};

const char *table_flag_text(enum table_flag flag)
{
	return flag_texts[__builtin_ctz(flag)];
}

void table_free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->count; i++)
		free(table->partitions[i].name);
	free(table->partitions);
	free(table->kind_name);
	free(table);
}

/* Where @number is, or would be. */
static size_t position(const struct table *table, unsigned number)
{
	size_t at = table->count;

	while (at > 0 && table->partitions[at - 1].number >= number)
		at--;
	return at;
}

struct table_partition *table_find(const struct table *table, unsigned number)
{
	size_t at = position(table, number);

	return at < table->count && table->partitions[at].number == number ? &table->partitions[at]
									   : NULL;
}

void table_remove(struct table *table, unsigned number)
{
	size_t at = position(table, number);

	if (!table_find(table, number))
		return;
	free(table->partitions[at].name);
	table->count--;
	memmove(&table->partitions[at], &table->partitions[at + 1],
		(table->count - at) * sizeof(*table->partitions));
}

void table_put(struct table *table, const struct table_partition *partition)
{
	struct table_partition copy = *partition;

	copy.name = xstrdup(partition->name ?: "");
	table_remove(table, partition->number);

	size_t at = position(table, partition->number);

	table->partitions =
		xreallocarray(table->partitions, table->count + 1, sizeof(*table->partitions));
	memmove(&table->partitions[at + 1], &table->partitions[at],
		(table->count - at) * sizeof(*table->partitions));
	table->partitions[at] = copy;
	table->count++;
}

struct table *table_copy(const struct table *table)
{
	struct table *copy = xcalloc(1, sizeof(*copy));

	*copy = *table;
	copy->kind_name = table->kind_name ? xstrdup(table->kind_name) : NULL;
	copy->partitions = NULL;
	copy->count = 0;
	for (size_t i = 0; i < table->count; i++)
		table_put(copy, &table->partitions[i]);
	return copy;
}

int table_draw_guid(char ret[static TABLE_GUID_SIZE], struct error *err)
{
	uint8_t g[GUID_BYTES];

	if (getrandom(g, sizeof(g), 0) != sizeof(g))
		return error_errno(err, errno ?: EIO, "draw a GUID");
	g[6] = (uint8_t)((g[6] & 0x0f) | 0x40);
	g[8] = (uint8_t)((g[8] & 0x3f) | 0x80);
	snprintf(ret, TABLE_GUID_SIZE,
		 "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X", g[0], g[1],
		 g[2], g[3], g[4], g[5], g[6], g[7], g[8], g[9], g[10], g[11], g[12], g[13], g[14],
		 g[15]);
	return 0;
}

int table_parse_guid(const char *text, char ret[static TABLE_GUID_SIZE], struct error *err)
{
	static const char shape[TABLE_GUID_SIZE] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	char upper[TABLE_GUID_SIZE] = "";
	bool ok = strlen(text) == TABLE_GUID_SIZE - 1;

	for (size_t i = 0; i < TABLE_GUID_SIZE - 1 && ok; i++) {
		char c = text[i];

		if (c >= 'a' && c <= 'f')
			c = (char)(c - 'a' + 'A');
		ok = shape[i] == '-' ? c == '-' : c && strchr("0123456789ABCDEF", c);
		upper[i] = c;
	}
	if (!ok)
		return error_set(err, ERROR_INPUT, EINVAL, "\"%s\" is not a GUID", text);
	memcpy(ret, upper, TABLE_GUID_SIZE);
	return 0;
}

void table_geometry(const struct table *table, struct geometry *ret)
{
	AUTO_FREE struct geometry_extent *extents = xcalloc(table->count ?: 1, sizeof(*extents));

	for (size_t i = 0; i < table->count; i++)
		extents[i] = (struct geometry_extent){
			.number = table->partitions[i].number,
			.start = table->partitions[i].start,
			.size = table->partitions[i].size,
		};
	geometry_init(ret, &table->disk, extents, table->count);
}

/* What is there when it is no GPT. */
static int read_other(const struct gpt_disk *disk, struct table *table, struct error *err)
{
	table->disk.sectors = disk->sectors;
	table->disk.sector_bytes = disk->sector_bytes;
	if (table->kind == TABLE_OTHER)
		return 0;

	int r = probe_label(disk->fd, disk->name, &table->kind_name, err);

	if (r == 0 && table->kind_name)
		table->kind = TABLE_OTHER;
	return r;
}

int table_read(const char *device, uint32_t sector_bytes, struct table **ret, struct error *err)
{
	AUTO_CLOSE int fd = open(device, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", device);
	return table_read_fd(fd, device, sector_bytes, ret, err);
}

int table_read_fd(int fd, const char *device, uint32_t sector_bytes, struct table **ret,
		  struct error *err)
{
	AUTO(table_free) struct table *table = xcalloc(1, sizeof(*table));
	struct gpt_disk disk = { .fd = -1 };
	int r = gpt_measure(fd, device, sector_bytes, &disk, err);

	if (r == 0)
		r = gpt_read(&disk, table, err);
	if (r == 0 && table->kind != TABLE_GPT)
		r = read_other(&disk, table, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&table);
	return 0;
}

int table_new(const char *device, uint32_t sector_bytes, struct table **ret, struct error *err)
{
	AUTO(table_free) struct table *table = xcalloc(1, sizeof(*table));
	AUTO_CLOSE int fd = open(device, O_RDONLY | O_CLOEXEC);
	struct gpt_disk disk = { .fd = -1 };

	if (fd < 0)
		return error_errno(err, errno, "open %s", device);

	int r = gpt_measure(fd, device, sector_bytes, &disk, err);

	if (r == 0)
		r = geometry_blank(&table->disk, disk.sectors, disk.sector_bytes, err);
	if (r == 0)
		r = table_draw_guid(table->guid, err);
	if (r < 0)
		return r;
	table->kind = TABLE_GPT;
	table->kind_name = xstrdup("gpt");
	*ret = take_ptr(&table);
	return 0;
}
