/*
 * gpt - what is read of a GPT lies inside the disk, in order, with names that are UTF-8; reading
 * changes nothing, refusals have a message, and after blanking nothing is left to be read.
 *
 * An input is not an image: almost all of one would be checksums to be guessed.  It is two bytes of
 * settings, four types of MBR entries, the two headers and the entries, of which the disk is drawn;
 * as the settings say, signatures, places and checksums are set right.
 */
#include "disk/gpt.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/scope.h"
#include "fuzz.h"

#define SECTORS_MIN	  3
#define SECTORS_MAX	  (SECTORS_MIN + 255)
#define SECTOR_BYTES_MAX  4096
#define HEADER_BYTES	  92
#define SIGNATURE	  UINT64_C(0x5452415020494645) /* "EFI PART" */
#define MBR_TYPES	  450			       /* of the first entry */
#define MBR_ENTRY_BYTES	  16
#define MBR_ENTRY_COUNT	  4
#define MBR_MAGIC	  510
#define ENTRIES_BYTES_MAX 16384
/* Offsets in a header (UEFI 2.10, table 5.5). */
#define AT_BYTES       12
#define AT_CRC	       16
#define AT_MY_LBA      24
#define AT_ENTRIES_LBA 72
#define AT_ENTRY_COUNT 80
#define AT_ENTRY_BYTES 84
#define AT_ENTRIES_CRC 88

enum setting {
	LARGE_SECTORS = 1 << 0,
	RIGHT_MBR = 1 << 1,
	RIGHT_PRIMARY = 1 << 2,
	RIGHT_BACKUP = 1 << 3,
};

/* A disk that is drawn. */
struct drawing {
	uint8_t bytes[SECTORS_MAX * SECTOR_BYTES_MAX];
	uint32_t sector_bytes;
	uint64_t sectors;
};

/* What is left of the input. */
struct input {
	const uint8_t *data;
	size_t size;
};

static void take(struct input *input, void *ret, size_t size)
{
	size_t length = size < input->size ? size : input->size;

	memset(ret, 0, size);
	if (length)
		memcpy(ret, input->data, length);
	input->data += length;
	input->size -= length;
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t value = 0;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value = 0;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static void put64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

static void put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static void draw_entries(struct drawing *drawing, const uint8_t *header, struct input entries)
{
	uint64_t lba = get64(header + AT_ENTRIES_LBA);
	uint64_t room = 0;

	if (lba >= drawing->sectors)
		return;
	room = (drawing->sectors - lba) * drawing->sector_bytes;
	memcpy(drawing->bytes + lba * drawing->sector_bytes, entries.data,
	       entries.size < room ? entries.size : room);
}

/* Checksums of what is drawn in the end: what overlaps overlaps. */
static void draw_header(struct drawing *drawing, uint64_t lba, const uint8_t *header, bool is_right)
{
	uint8_t *at = drawing->bytes + lba * drawing->sector_bytes;
	uint64_t entries = get64(header + AT_ENTRIES_LBA);
	uint64_t length = (uint64_t)get32(header + AT_ENTRY_COUNT) * get32(header + AT_ENTRY_BYTES);

	memcpy(at, header, HEADER_BYTES);
	if (!is_right)
		return;
	put64(at, SIGNATURE);
	put32(at + AT_BYTES, HEADER_BYTES);
	put64(at + AT_MY_LBA, lba);
	if (entries < drawing->sectors &&
	    length <= (drawing->sectors - entries) * drawing->sector_bytes)
		put32(at + AT_ENTRIES_CRC,
		      (uint32_t)crc32(0, drawing->bytes + entries * drawing->sector_bytes,
				      (uInt)length));
	put32(at + AT_CRC, 0);
	put32(at + AT_CRC, (uint32_t)crc32(0, at, HEADER_BYTES));
}

static void draw_mbr(struct drawing *drawing, struct input *input, bool is_right)
{
	for (size_t i = 0; i < MBR_ENTRY_COUNT; i++)
		take(input, drawing->bytes + MBR_TYPES + i * MBR_ENTRY_BYTES, 1);
	if (is_right)
		drawing->bytes[MBR_TYPES] = 0xee;
	drawing->bytes[MBR_MAGIC] = 0x55;
	drawing->bytes[MBR_MAGIC + 1] = 0xaa;
}

static void draw(struct drawing *drawing, struct input input)
{
	uint8_t settings[2];
	uint8_t primary[HEADER_BYTES];
	uint8_t backup[HEADER_BYTES];

	take(&input, settings, sizeof(settings));
	drawing->sector_bytes = settings[0] & LARGE_SECTORS ? SECTOR_BYTES_MAX : 512;
	drawing->sectors = SECTORS_MIN + settings[1];
	draw_mbr(drawing, &input, settings[0] & RIGHT_MBR);
	take(&input, primary, sizeof(primary));
	take(&input, backup, sizeof(backup));
	draw_entries(drawing, primary, input);
	draw_entries(drawing, backup, input);
	draw_header(drawing, drawing->sectors - 1, backup, settings[0] & RIGHT_BACKUP);
	draw_header(drawing, 1, primary, settings[0] & RIGHT_PRIMARY);
}

static bool is_utf8(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at) {
		unsigned more = *at < 0x80 ? 0 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : 3;

		if (*at > 0xf4 || (*at >= 0x80 && *at < 0xc2))
			return false;
		for (at++; more; more--, at++)
			if ((*at & 0xc0) != 0x80)
				return false;
	}
	return true;
}

static void check_table(const struct table *table, const struct drawing *drawing)
{
	if (table->kind != TABLE_GPT)
		return;
	FUZZ_REQUIRE(table->disk.sectors == drawing->sectors);
	FUZZ_REQUIRE(table->disk.first_usable <= table->disk.last_usable);
	FUZZ_REQUIRE(table->disk.last_usable < table->disk.sectors);
	FUZZ_REQUIRE(strlen(table->guid) == TABLE_GUID_SIZE - 1);
	for (size_t i = 0; i < table->count; i++) {
		const struct table_partition *p = &table->partitions[i];

		FUZZ_REQUIRE(p->number > (i ? table->partitions[i - 1].number : 0));
		FUZZ_REQUIRE(p->number <= table->disk.entries);
		FUZZ_REQUIRE(p->start > 0 && p->size > 0 && p->start < table->disk.sectors &&
			     p->size <= table->disk.sectors - p->start);
		FUZZ_REQUIRE(p->name && is_utf8(p->name));
	}
}

static int read_table(const struct gpt_disk *disk, struct table **ret)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(table_free) struct table *table = xcalloc(1, sizeof(*table));
	int r = gpt_read(disk, table, &err);

	FUZZ_REQUIRE((r < 0) == (err.text != NULL) && (r == 0 || r == -err.errnum));
	if (r == 0)
		*ret = take_ptr(&table);
	return r;
}

static void check_blank(const struct gpt_disk *disk)
{
	AUTO(table_free) struct table *table = NULL;

	if (gpt_blank(disk, /* err= */ NULL) < 0)
		return;
	FUZZ_REQUIRE(read_table(disk, &table) == 0 && table->kind == TABLE_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE struct drawing *drawing = xcalloc(1, sizeof(*drawing));
	AUTO_FREE uint8_t *after = xmalloc(sizeof(drawing->bytes));
	AUTO(table_free) struct table *table = NULL;
	AUTO_CLOSE int fd = memfd_create("disk", MFD_CLOEXEC);
	struct gpt_disk disk;

	if (size > ENTRIES_BYTES_MAX)
		return 0;
	draw(drawing, (struct input){ data, size });

	const size_t bytes = drawing->sectors * drawing->sector_bytes;

	FUZZ_REQUIRE(pwrite(fd, drawing->bytes, bytes, 0) == (ssize_t)bytes);
	FUZZ_REQUIRE(gpt_measure(fd, "disk", drawing->sector_bytes, &disk, /* err= */ NULL) == 0);
	if (read_table(&disk, &table) == 0)
		check_table(table, drawing);
	FUZZ_REQUIRE(pread(fd, after, bytes, 0) == (ssize_t)bytes &&
		     memcmp(after, drawing->bytes, bytes) == 0);
	check_blank(&disk);
	return 0;
}
