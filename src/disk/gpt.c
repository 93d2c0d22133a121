#include "disk/gpt.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/utf8.h"

/* UEFI 2.10, tables 5.1, 5.5 and 5.6. */
#define PRIMARY_LBA 1
/* MBR, two headers, and two sectors of entries at the least. */
#define GPT_SECTORS_MIN	  5
#define HEADER_BYTES	  92
#define SIGNATURE	  "EFI PART"
#define SIGNATURE_BYTES	  8
#define ENTRY_BYTES_MIN	  128
#define ENTRY_BYTES_MAX	  4096
#define ENTRIES_BYTES_MAX ((uint64_t)1 << 22)
#define GUID_BYTES	  16
#define NAME_UNITS	  36
#define NAME_UTF8_MAX	  (NAME_UNITS * 3 + UTF8_BYTES_MAX)
#define SECTOR_BYTES	  512
#define SECTOR_BYTES_MAX  65536
#define MBR_BYTES	  512
#define MBR_ENTRIES	  446
#define MBR_ENTRY_BYTES	  16
#define MBR_ENTRY_COUNT	  4
#define MBR_TYPE	  4
#define MBR_START	  8
#define MBR_SECTORS	  12
#define MBR_TYPE_GPT	  0xee
#define MBR_MAGIC	  510

struct gpt_header {
	char signature[SIGNATURE_BYTES];
	uint32_t revision;
	uint32_t header_bytes;
	uint32_t header_crc;
	uint32_t reserved;
	uint64_t my_lba;
	uint64_t other_lba;
	uint64_t first_usable;
	uint64_t last_usable;
	uint8_t guid[GUID_BYTES];
	uint64_t entries_lba;
	uint32_t entry_count;
	uint32_t entry_bytes;
	uint32_t entries_crc;
} __attribute__((packed));
_Static_assert(sizeof(struct gpt_header) == HEADER_BYTES, "the header as UEFI lays it out");

struct gpt_entry {
	uint8_t type[GUID_BYTES];
	uint8_t guid[GUID_BYTES];
	uint64_t first;
	uint64_t last;
	uint64_t attributes;
	uint16_t name[NAME_UNITS];
} __attribute__((packed));
_Static_assert(sizeof(struct gpt_entry) == ENTRY_BYTES_MIN, "the entry as UEFI lays it out");

/* One copy, in the byte order of the machine. */
struct copy {
	bool has_signature;
	bool is_whole;
	struct gpt_header header;
	uint8_t *entries; /* owned; NULL unless whole */
};

static void copy_done(struct copy *copy)
{
	free(copy->entries);
}

DEFINE_DONE(struct copy, copy_done)

int gpt_measure(int fd, const char *device, uint32_t sector_bytes, struct gpt_disk *ret,
		struct error *err)
{
	struct stat st;
	uint64_t bytes = 0;
	int logical = SECTOR_BYTES;

	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "stat %s", device);
	if (S_ISREG(st.st_mode)) {
		bytes = (uint64_t)st.st_size;
		logical = sector_bytes ? (int)sector_bytes : SECTOR_BYTES;
	} else if (ioctl(fd, BLKGETSIZE64, &bytes) < 0 || ioctl(fd, BLKSSZGET, &logical) < 0) {
		return error_errno(err, errno, "ask for the size of %s", device);
	}
	if (logical < SECTOR_BYTES || logical > SECTOR_BYTES_MAX || logical % SECTOR_BYTES)
		return error_set(err, ERROR_UNSUPPORTED, EINVAL, "%s has sectors of %d bytes",
				 device, logical);
	*ret = (struct gpt_disk){
		.fd = fd,
		.name = device,
		.sectors = bytes / (unsigned)logical,
		.sector_bytes = (uint32_t)logical,
	};
	return 0;
}

static int read_at(const struct gpt_disk *disk, void *buffer, size_t length, uint64_t lba,
		   struct error *err)
{
	size_t done = 0;

	while (done < length) {
		off_t at = (off_t)(lba * disk->sector_bytes + done);
		ssize_t n = pread(disk->fd, (char *)buffer + done, length - done, at);

		if (n < 0 && errno != EINTR)
			return error_errno(err, errno, "read sector %" PRIu64 " of %s", lba,
					   disk->name);
		if (n == 0)
			return error_set(err, ERROR_SYSTEM, EIO,
					 "%s ends before sector %" PRIu64 " does", disk->name, lba);
		done += n < 0 ? 0 : (size_t)n;
	}
	return 0;
}

static void header_to_host(struct gpt_header *h)
{
	h->header_bytes = le32toh(h->header_bytes);
	h->header_crc = le32toh(h->header_crc);
	h->my_lba = le64toh(h->my_lba);
	h->other_lba = le64toh(h->other_lba);
	h->first_usable = le64toh(h->first_usable);
	h->last_usable = le64toh(h->last_usable);
	h->entries_lba = le64toh(h->entries_lba);
	h->entry_count = le32toh(h->entry_count);
	h->entry_bytes = le32toh(h->entry_bytes);
	h->entries_crc = le32toh(h->entries_crc);
}

static uint64_t entries_bytes(const struct gpt_header *h)
{
	return (uint64_t)h->entry_count * h->entry_bytes;
}

static uint64_t entries_sectors(const struct gpt_disk *disk, const struct gpt_header *h)
{
	return (entries_bytes(h) + disk->sector_bytes - 1) / disk->sector_bytes;
}

/* The checksum is made with its own field as 0. */
static bool crc_matches(uint8_t *sector, const struct gpt_header *h)
{
	memset(sector + offsetof(struct gpt_header, header_crc), 0, sizeof(h->header_crc));
	return crc32(0, sector, h->header_bytes) == h->header_crc;
}

static bool is_sane(const struct gpt_disk *disk, const struct gpt_header *h, uint64_t lba)
{
	return h->my_lba == lba && h->entry_bytes >= ENTRY_BYTES_MIN &&
	       h->entry_bytes <= ENTRY_BYTES_MAX && h->entry_count > 0 &&
	       entries_bytes(h) <= ENTRIES_BYTES_MAX && h->first_usable <= h->last_usable &&
	       h->first_usable < disk->sectors && h->entries_lba < disk->sectors &&
	       entries_sectors(disk, h) <= disk->sectors - h->entries_lba &&
	       entries_sectors(disk, h) < disk->sectors - PRIMARY_LBA;
}

/* The copy whose header is in @lba; one that is not whole is no error. */
static int read_copy(const struct gpt_disk *disk, uint64_t lba, struct copy *ret, struct error *err)
{
	AUTO_FREE uint8_t *sector = xmalloc(disk->sector_bytes);
	struct gpt_header *h = &ret->header;
	int r = read_at(disk, sector, disk->sector_bytes, lba, err);

	if (r < 0)
		return r;
	memcpy(h, sector, sizeof(*h));
	ret->has_signature = memcmp(h->signature, SIGNATURE, SIGNATURE_BYTES) == 0;
	header_to_host(h);
	if (!ret->has_signature || h->header_bytes < HEADER_BYTES ||
	    h->header_bytes > disk->sector_bytes || !crc_matches(sector, h) ||
	    !is_sane(disk, h, lba))
		return 0;

	AUTO_FREE uint8_t *entries = xmalloc(entries_bytes(h));

	r = read_at(disk, entries, entries_bytes(h), h->entries_lba, err);
	if (r < 0)
		return r;
	if (crc32(0, entries, (uInt)entries_bytes(h)) == h->entries_crc) {
		ret->entries = take_ptr(&entries);
		ret->is_whole = true;
	}
	return 0;
}

/* Text of a GUID, whose first three parts are little-endian (UEFI 2.10, appendix A). */
static void guid_text(const uint8_t g[static GUID_BYTES], char ret[static TABLE_GUID_SIZE])
{
	snprintf(ret, TABLE_GUID_SIZE,
		 "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X", g[3], g[2],
		 g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13], g[14],
		 g[15]);
}

/* UTF-16 up to its NUL; half a surrogate pair becomes U+FFFD. */
static char *name_text(const struct gpt_entry *entry)
{
	char out[NAME_UTF8_MAX];
	size_t length = 0;

	for (size_t i = 0; i < NAME_UNITS; i++) {
		uint32_t unit = le16toh(entry->name[i]);
		uint32_t next = i + 1 < NAME_UNITS ? le16toh(entry->name[i + 1]) : 0;

		if (unit == 0)
			break;
		if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
			unit = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
			i++;
		} else if (unit >= 0xd800 && unit < 0xe000) {
			unit = UTF8_REPLACEMENT;
		}
		length += utf8_encode(unit, out + length);
	}
	return xstrndup(out, length);
}

static int add_entry(const struct gpt_disk *disk, struct table *table, unsigned number,
		     const struct gpt_entry *entry, struct error *err)
{
	static const uint8_t unused[GUID_BYTES];
	struct table_partition partition = {
		.number = number,
		.start = le64toh(entry->first),
		.attributes = le64toh(entry->attributes),
	};
	uint64_t last = le64toh(entry->last);

	if (memcmp(entry->type, unused, GUID_BYTES) == 0)
		return 0;
	if (partition.start == 0 || last < partition.start)
		return error_set(err, ERROR_INPUT, EUCLEAN,
				 "%s: partition %u has the sectors %" PRIu64 " to %" PRIu64
				 ", which cannot be; repair the table with gdisk, or wipe it",
				 disk->name, number, partition.start, last);
	if (last >= table->disk.sectors)
		return error_set(err, ERROR_INPUT, EUCLEAN,
				 "%s: partition %u ends at sector %" PRIu64
				 ", but the disk has only %" PRIu64
				 ": it was made smaller; make it as large as it was",
				 disk->name, number, last, table->disk.sectors);

	AUTO_FREE char *name = name_text(entry);

	partition.size = last - partition.start + 1;
	partition.name = name;
	guid_text(entry->guid, partition.guid);
	guid_text(entry->type, partition.type_guid);
	table_put(table, &partition);
	return 0;
}

static int fill(const struct gpt_disk *disk, const struct copy *copy, struct table *table,
		struct error *err)
{
	const struct gpt_header *h = &copy->header;
	/* Room for the backup: its entries and its header. */
	uint64_t last_usable = disk->sectors - 2 - entries_sectors(disk, h);
	int r = 0;

	table->kind = TABLE_GPT;
	table->kind_name = xstrdup("gpt");
	guid_text(h->guid, table->guid);
	table->disk = (struct geometry_disk){
		.sectors = disk->sectors,
		.sector_bytes = disk->sector_bytes,
		.first_usable = h->first_usable,
		.last_usable = h->last_usable,
		.entries = h->entry_count,
	};
	/* A label that leaves more room at the end than it must keeps that, unless the disk grew.
	 */
	if ((table->flags & TABLE_BACKUP_NOT_AT_END) || h->last_usable > last_usable)
		table->disk.last_usable = last_usable;
	if (table->disk.last_usable < table->disk.first_usable)
		return error_set(err, ERROR_INPUT, EUCLEAN,
				 "%s: its GPT leaves no sector to use; wipe it", disk->name);
	for (uint32_t i = 0; i < h->entry_count && r == 0; i++) {
		struct gpt_entry entry;

		memcpy(&entry, copy->entries + (size_t)i * h->entry_bytes, sizeof(entry));
		r = add_entry(disk, table, i + 1, &entry, err);
	}
	return r;
}

enum mbr {
	MBR_NONE, /* or one of its own right: a DOS label */
	MBR_PROTECTIVE,
	MBR_HYBRID,
};

static enum mbr mbr_kind(const uint8_t mbr[static MBR_BYTES])
{
	unsigned protective = 0;
	unsigned others = 0;

	for (size_t i = 0; i < MBR_ENTRY_COUNT; i++) {
		uint8_t type = mbr[MBR_ENTRIES + i * MBR_ENTRY_BYTES + MBR_TYPE];

		protective += type == MBR_TYPE_GPT;
		others += type != 0 && type != MBR_TYPE_GPT;
	}
	if (mbr[MBR_MAGIC] != 0x55 || mbr[MBR_MAGIC + 1] != 0xaa || !protective)
		return MBR_NONE;
	return others ? MBR_HYBRID : MBR_PROTECTIVE;
}

/* Where the backup is: the primary knows, else it must be in the last sector. */
static uint64_t backup_lba(const struct gpt_disk *disk, const struct copy *primary)
{
	return primary->is_whole ? primary->header.other_lba : disk->sectors - 1;
}

static int read_both(const struct gpt_disk *disk, struct copy *primary, struct copy *backup,
		     struct error *err)
{
	int r = read_copy(disk, PRIMARY_LBA, primary, err);

	if (r < 0)
		return r;

	uint64_t lba = backup_lba(disk, primary);

	return lba < disk->sectors ? read_copy(disk, lba, backup, err) : 0;
}

static unsigned flags_of(const struct gpt_disk *disk, const struct copy *primary,
			 const struct copy *backup, enum mbr mbr)
{
	return (primary->is_whole ? 0 : TABLE_PRIMARY_DAMAGED) |
	       (backup->is_whole ? 0 : TABLE_BACKUP_DAMAGED) |
	       (backup_lba(disk, primary) == disk->sectors - 1 ? 0 : TABLE_BACKUP_NOT_AT_END) |
	       (mbr == MBR_HYBRID ? TABLE_HYBRID_MBR : 0);
}

int gpt_read(const struct gpt_disk *disk, struct table *table, struct error *err)
{
	AUTO(copy_done) struct copy primary = { 0 };
	AUTO(copy_done) struct copy backup = { 0 };
	uint8_t mbr[MBR_BYTES];

	if (disk->sectors < GPT_SECTORS_MIN)
		return 0;

	int r = read_at(disk, mbr, sizeof(mbr), 0, err);

	if (r == 0)
		r = read_both(disk, &primary, &backup, err);
	if (r < 0)
		return r;
	if (mbr_kind(mbr) == MBR_NONE) {
		if (primary.is_whole) {
			table->kind = TABLE_OTHER;
			table->kind_name = xstrdup("GPT without its protective MBR");
		}
		return 0;
	}
	if (!primary.has_signature && !backup.has_signature)
		return 0;
	if (!primary.is_whole && !backup.is_whole)
		return error_set(err, ERROR_INPUT, EUCLEAN,
				 "%s: both copies of its GPT are damaged; repair it with gdisk, or "
				 "wipe it",
				 disk->name);
	table->flags = flags_of(disk, &primary, &backup, mbr_kind(mbr));
	return fill(disk, primary.is_whole ? &primary : &backup, table, err);
}

static int blank_range(const struct gpt_disk *disk, uint64_t lba, uint64_t count, struct error *err)
{
	AUTO_FREE uint8_t *zeros = xcalloc(1, disk->sector_bytes);

	for (uint64_t i = lba; i < lba + count && i < disk->sectors; i++) {
		off_t at = (off_t)(i * disk->sector_bytes);
		ssize_t n = pwrite(disk->fd, zeros, disk->sector_bytes, at);

		if (n != (ssize_t)disk->sector_bytes)
			return error_errno(err, n < 0 ? errno : EIO,
					   "write sector %" PRIu64 " of %s", i, disk->name);
	}
	return 0;
}

static int blank_copy(const struct gpt_disk *disk, const struct copy *copy, uint64_t lba,
		      struct error *err)
{
	int r = 0;

	if (!copy->has_signature)
		return 0;
	if (copy->is_whole)
		r = blank_range(disk, copy->header.entries_lba,
				entries_sectors(disk, &copy->header), err);
	return r < 0 ? r : blank_range(disk, lba, 1, err);
}

int gpt_blank(const struct gpt_disk *disk, struct error *err)
{
	AUTO(copy_done) struct copy primary = { 0 };
	AUTO(copy_done) struct copy backup = { 0 };
	struct geometry_disk usual;
	int r = geometry_blank(&usual, disk->sectors, disk->sector_bytes, err);

	if (r == 0)
		r = read_both(disk, &primary, &backup, err);
	/* Backup first: a run that is cut short here leaves what the next one can find. */
	if (r == 0)
		r = blank_copy(disk, &backup, backup_lba(disk, &primary), err);
	if (r == 0)
		r = blank_range(disk, usual.last_usable + 1, usual.first_usable - 1, err);
	if (r == 0)
		r = blank_copy(disk, &primary, PRIMARY_LBA, err);
	if (r == 0)
		r = blank_range(disk, 0, usual.first_usable, err);
	if (r == 0 && fsync(disk->fd) < 0)
		r = error_errno(err, errno, "sync %s", disk->name);
	return r;
}

static uint32_t read_u32(const uint8_t *bytes)
{
	uint32_t value = 0;

	memcpy(&value, bytes, sizeof(value));
	return le32toh(value);
}

/* As many sectors as a record of an MBR can say. */
static uint32_t capped(uint64_t sectors)
{
	return sectors > UINT32_MAX ? UINT32_MAX : (uint32_t)sectors;
}

static bool follow(uint8_t mbr[static MBR_BYTES], uint64_t start, uint64_t size)
{
	const uint32_t sectors = htole32(capped(size));

	for (size_t i = 0; i < MBR_ENTRY_COUNT; i++) {
		uint8_t *record = mbr + MBR_ENTRIES + i * MBR_ENTRY_BYTES;

		if (record[MBR_TYPE] == 0 || record[MBR_TYPE] == MBR_TYPE_GPT ||
		    read_u32(record + MBR_START) != start ||
		    read_u32(record + MBR_SECTORS) == capped(size))
			continue;
		memcpy(record + MBR_SECTORS, &sectors, sizeof(sectors));
		return true;
	}
	return false;
}

int gpt_follow_hybrid(const struct gpt_disk *disk, uint64_t start, uint64_t size, struct error *err)
{
	AUTO_FREE uint8_t *sector = xmalloc(disk->sector_bytes);
	int r = read_at(disk, sector, disk->sector_bytes, 0, err);

	if (r < 0 || mbr_kind(sector) != MBR_HYBRID || !follow(sector, start, size))
		return r;
	if (pwrite(disk->fd, sector, disk->sector_bytes, 0) != (ssize_t)disk->sector_bytes)
		return error_errno(err, errno ? errno : EIO, "write the MBR of %s", disk->name);
	return 0;
}
