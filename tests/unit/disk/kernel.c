/* kernel - which calls make the kernel know a table. */
#include "disk/kernel.h"

#include "base/alloc.h"
#include "base/text.h"
#include "tap.h"

#define PARTS_MAX 4

struct place {
	unsigned number;
	uint64_t start, size;
};

static const struct row {
	const char *label;
	uint32_t sector_bytes;
	struct place table[PARTS_MAX], known[PARTS_MAX];
	const char *want;
} rows[] = {
	{ "nothing and nothing is nothing", 512, { { 0 } }, { { 0 } }, "" },
	{ "what is known is not told again", 512, { { 1, 8, 8 } }, { { 1, 8, 8 } }, "" },
	{ "a new one is added", 512, { { 1, 8, 8 }, { 9, 16, 8 } }, { { 1, 8, 8 } }, "add 9 16+8" },
	{ "one that is gone is deleted", 512, { { 0 } }, { { 1, 8, 8 } }, "delete 1 8+8" },
	{ "one that grows is resized", 512, { { 1, 8, 9 } }, { { 1, 8, 8 } }, "resize 1 8+9" },
	{ "one that moves is deleted and added",
	  512,
	  { { 1, 9, 8 } },
	  { { 1, 8, 8 } },
	  "delete 1 8+8, add 1 9+8" },
	{ "one shrinks before its neighbour grows, and deletes come before both",
	  512,
	  { { 1, 8, 20 }, { 2, 28, 4 }, { 4, 60, 1 } },
	  { { 1, 8, 16 }, { 2, 28, 8 }, { 3, 50, 20 } },
	  "delete 3 50+20, resize 2 28+4, resize 1 8+20, add 4 60+1" },
	{ "sectors of 4096 bytes are eight of the kernel's",
	  4096,
	  { { 1, 1, 2 }, { 2, 4, 1 } },
	  { { 1, 8, 16 } },
	  "add 2 32+8" },
};

static const char *const verbs[] = { "delete", "resize", "add" };

static void test_changes(const struct row *row)
{
	struct table table = { .disk.sector_bytes = row->sector_bytes };
	struct kernel_partitions known = { .partitions = xcalloc(PARTS_MAX,
								 sizeof(struct kernel_partition)) };
	struct kernel_change *changes = NULL;
	size_t count = 0;
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);

	for (size_t i = 0; i < PARTS_MAX && row->table[i].number; i++)
		table_put(&table, &(struct table_partition){ .number = row->table[i].number,
							     .start = row->table[i].start,
							     .size = row->table[i].size });
	for (size_t i = 0; i < PARTS_MAX && row->known[i].number; i++)
		known.partitions[known.count++] =
			(struct kernel_partition){ .number = row->known[i].number,
						   .start = row->known[i].start,
						   .size = row->known[i].size };
	kernel_changes(&table, &known, &changes, &count);
	for (size_t i = 0; i < count; i++)
		text_printf(&got, "%s%s %u %" PRIu64 "+%" PRIu64, i ? ", " : "",
			    verbs[changes[i].kind], changes[i].number, changes[i].start,
			    changes[i].size);
	tap_str(text_str(&got), row->want, row->label);
	for (size_t i = 0; i < table.count; i++)
		free(table.partitions[i].name);
	free(table.partitions);
	free(changes);
	kernel_partitions_done(&known);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_changes(&rows[i]);

	AUTO_FREE char *sda = kernel_partition_name("sda", 9);
	AUTO_FREE char *nvme = kernel_partition_name("nvme0n1", 12);

	tap_str(sda, "sda9", "a number follows a letter at once");
	tap_str(nvme, "nvme0n1p12", "a number follows a digit after a p");
	return tap_done();
}
