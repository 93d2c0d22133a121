/* What the head of an image tells, and which disks it fits. */
#include "installer/image_head.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "disk/table_image.h"
#include "tap.h"

#define MIB ((uint64_t)1 << 20)

/* The head of an image of @bytes with one partition; freed with free(). */
static uint8_t *make_head(uint64_t bytes, uint32_t sector)
{
	AUTO(table_free) struct table *table = xcalloc(1, sizeof(*table));
	AUTO(table_image_done) struct table_image image = { .head = NULL };
	struct table_partition partition = { .number = 1,
					     .start = 2 * MIB / sector,
					     .size = MIB / sector,
					     .guid = "11111111-2222-4333-8444-555555555555",
					     .type_guid = TABLE_TYPE_LINUX,
					     .name = (char[]){ "ROOT" } };

	table->kind = TABLE_GPT;
	table->kind_name = xstrdup("gpt");
	geometry_blank(&table->disk, bytes / sector, sector, NULL);
	table_draw_guid(table->guid, NULL);
	table_put(table, &partition);
	if (table_image_make(table, (struct slice){ NULL, 0 }, &image, NULL) < 0)
		abort();

	uint8_t *head = xmalloc(IMAGE_HEAD_BYTES);

	memcpy(head, image.head, IMAGE_HEAD_BYTES);
	return head;
}

static const struct {
	const char *label;
	uint64_t image_mib, disk_bytes;
	uint32_t image_sector, disk_sector;
	int want;
	const char *says;
} rows[] = {
	{ "a disk of the same size", 8, 8 * MIB, 512, 512, 0, NULL },
	{ "a larger disk", 8, 64 * MIB, 512, 512, 0, NULL },
	{ "a disk that misses one sector", 8, 8 * MIB - 512, 512, 512, -ENOSPC, "too small" },
	{ "sectors of 4096 bytes on both sides", 8, 64 * MIB, 4096, 4096, 0, NULL },
	{ "an image of 512 on a disk of 4096", 8, 64 * MIB, 512, 4096, -EINVAL,
	  "sectors of 4096 bytes, and the image is for sectors of 512" },
	{ "an image of 4096 on a disk of 512", 8, 64 * MIB, 4096, 512, -EINVAL,
	  "sectors of 512 bytes, and the image is for sectors of 4096" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE uint8_t *bytes = make_head(rows[i].image_mib * MIB, rows[i].image_sector);
		const struct image_disk disk = { "/dev/x", rows[i].disk_bytes, rows[i].disk_sector,
						 false };
		AUTO(image_head_done) struct image_head head = { .length = 0 };
		AUTO(error_done) struct error err = ERROR_INIT;
		int r = image_head_read(bytes, IMAGE_HEAD_BYTES, &disk, &head, &err);

		tap_int(r, rows[i].want, rows[i].label);
		if (rows[i].says)
			tap_ok(err.text && strstr(err.text, rows[i].says), "says so: %s", err.text);
		else
			tap_ok(head.size_bytes == rows[i].image_mib * MIB &&
				       head.table->count == 1 &&
				       head.table->disk.last_usable >
					       rows[i].disk_bytes / rows[i].disk_sector - 100,
			       "its size and its table, up to the end of the disk");
	}
}

static void test_no_image(void)
{
	static const uint8_t zeros[4096];
	const struct image_disk strict = { "/dev/x", 64 * MIB, 512, false };
	const struct image_disk forced = { "/dev/x", 64 * MIB, 512, true };
	AUTO(image_head_done) struct image_head head = { .length = 0 };
	AUTO(error_done) struct error err = ERROR_INIT;

	tap_int(image_head_read(zeros, sizeof(zeros), &strict, &head, NULL), -EINVAL, "zeros");
	tap_int(image_head_read(zeros, 0, &forced, &head, NULL), -EINVAL, "nothing, even forced");
	tap_int(image_head_read(zeros, sizeof(zeros), &forced, &head, NULL), 0, "zeros, forced");
	tap_ok(!head.table && head.size_bytes == 0, "have no table and no size");
	tap_int(image_head_read("<html>", 6, &strict, &head, &err), -EINVAL, "a page");
	tap_ok(strstr(err.text, "captive portal"), "is told as one");
}

static void test_damage(void)
{
	const struct image_disk disk = { "/dev/x", 64 * MIB, 512, false };
	static const size_t places[] = { 512 + 16, 512 + 40, 1024 + 8, 450, 510 };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		AUTO_FREE uint8_t *bytes = make_head(8 * MIB, 512);
		AUTO(image_head_done) struct image_head head = { .length = 0 };

		bytes[places[i]] ^= 0xff;
		tap_ok(image_head_read(bytes, IMAGE_HEAD_BYTES, &disk, &head, NULL) == -EUCLEAN,
		       "a damaged byte %zu is refused", places[i]);
	}
}

int main(void)
{
	test_rows();
	test_no_image();
	test_damage();
	return tap_done();
}
