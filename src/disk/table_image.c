#include "disk/table_image.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/file.h"
#include "disk/gpt.h"
#include "disk/table_write.h"

#define MIB	       ((size_t)1 << 20)
#define ENTRY_BYTES    128
#define MBR_CODE_BYTES 446 /* of an MBR, before its records */
#define NAME	       "the new label"

void table_image_done(struct table_image *image)
{
	free(image->head);
	free(image->tail);
	*image = (struct table_image){ .head = NULL };
}

/* A file in memory as large as the disk, empty but for its head. */
static int make_file(const struct table *table, struct slice head, struct error *err)
{
	const uint64_t bytes = table->disk.sectors * table->disk.sector_bytes;
	AUTO_CLOSE int fd = memfd_create("label", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)bytes) < 0)
		return error_errno(err, errno, "make room for " NAME);

	int r = file_write_fd(fd, head.data, head.length);

	return r < 0 ? error_errno(err, -r, "make room for " NAME) : take_fd(&fd);
}

static int read_range(int fd, uint64_t offset, size_t length, uint8_t **ret, struct error *err)
{
	AUTO_FREE uint8_t *bytes = xmalloc(length);

	if (pread(fd, bytes, length, (off_t)offset) != (ssize_t)length)
		return error_errno(err, errno ?: EIO, "read " NAME);
	*ret = take_ptr(&bytes);
	return 0;
}

/* Without a head, nothing from the first partition on is written. */
static size_t head_bytes(const struct table *table, struct slice head)
{
	uint64_t end = MIB;

	for (size_t i = 0; i < table->count && !head.length; i++) {
		const uint64_t start = table->partitions[i].start * table->disk.sector_bytes;

		end = start < end ? start : end;
	}
	return end > head.length ? end : head.length;
}

static uint64_t tail_offset(const struct table *table)
{
	const uint32_t sector = table->disk.sector_bytes;
	const uint64_t entries =
		((uint64_t)table->disk.entries * ENTRY_BYTES + sector - 1) / sector;

	return (table->disk.sectors - 1 - entries) * sector;
}

static int read_both(int fd, const struct table *table, struct slice head,
		     struct table_image *image, struct error *err)
{
	const uint64_t disk_bytes = table->disk.sectors * table->disk.sector_bytes;
	int r = 0;

	image->head_bytes = head_bytes(table, head);
	image->tail_offset = tail_offset(table);
	image->tail_bytes = disk_bytes - image->tail_offset;
	r = read_range(fd, 0, image->head_bytes, &image->head, err);
	if (r == 0)
		r = read_range(fd, image->tail_offset, image->tail_bytes, &image->tail, err);
	if (r < 0)
		return r;
	assert(image->head);
	/* What boots a BIOS is the image's. */
	if (head.length)
		memcpy(image->head, head.data,
		       table->flags & TABLE_HYBRID_MBR ? table->disk.sector_bytes : MBR_CODE_BYTES);
	return 0;
}

int table_image_make(const struct table *table, struct slice head, struct table_image *ret,
		     struct error *err)
{
	struct table_image image = { .head = NULL };
	AUTO_CLOSE int fd = make_file(table, head, err);

	if (fd < 0)
		return fd;

	int r = table_write(fd, NAME, table, head.length ? TABLE_EDIT : TABLE_MAKE, err);

	if (r == 0)
		r = read_both(fd, table, head, &image, err);
	if (r == 0)
		*ret = image;
	else
		table_image_done(&image);
	return r;
}

static int write_range(int fd, const char *device, const uint8_t *bytes, size_t length,
		       uint64_t offset, struct error *err)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = pwrite(fd, bytes + done, length - done, (off_t)(offset + done));

		if (n < 0 && errno != EINTR)
			return error_errno(err, errno, "%s: write the label at byte %" PRIu64,
					   device, offset + done);
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) < 0 ? error_errno(err, errno, "%s: flush the label", device) : 0;
}

int table_image_write(int fd, const char *device, const struct table_image *image,
		      enum table_image_order order, struct error *err)
{
	for (unsigned step = 0; step < 2; step++) {
		const bool is_head = (order == TABLE_IMAGE_PRIMARY_FIRST) == (step == 0);
		int r = is_head ? write_range(fd, device, image->head, image->head_bytes, 0, err)
				: write_range(fd, device, image->tail, image->tail_bytes,
					      image->tail_offset, err);

		if (r < 0)
			return r;
	}
	return 0;
}
