#include "installer/image_head.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"

/* UEFI 2.10, 5.3.2: the primary header is in the second sector. */
#define SIGNATURE	 "EFI PART"
#define SIGNATURE_BYTES	 8
#define ALTERNATE_OFFSET 32
#define SIZE_TEXT_MAX	 64

static const uint32_t sector_sizes[] = { 512, 4096 };

void image_head_done(struct image_head *head)
{
	table_free(head->table);
	*head = (struct image_head){ .length = 0 };
}

/* Return: size of the sectors that its GPT is for; 0: there is none. */
static uint32_t find_gpt(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof(sector_sizes) / sizeof(sector_sizes[0]); i++)
		if (length >= 2 * (size_t)sector_sizes[i] &&
		    memcmp(bytes + sector_sizes[i], SIGNATURE, SIGNATURE_BYTES) == 0)
			return sector_sizes[i];
	return 0;
}

static int refuse_raw(const uint8_t *bytes, size_t length, struct error *err)
{
	const bool is_text = length && (bytes[0] == '<' || bytes[0] == '{');

	return error_set(err, ERROR_INPUT, EINVAL,
			 "%s is no disk image: it has no GUID partition table in its first MiB%s",
			 length ? "this" : "nothing",
			 is_text ? "; it looks like a page of text, as a captive portal sends one"
				 : "");
}

static int check_size(const struct image_head *head, const struct image_disk *disk,
		      struct error *err)
{
	AUTO(text_done) struct text want = TEXT_INIT(SIZE_TEXT_MAX);
	AUTO(text_done) struct text have = TEXT_INIT(SIZE_TEXT_MAX);

	if (head->size_bytes <= disk->size_bytes)
		return 0;
	number_append_size(&want, head->size_bytes);
	number_append_size(&have, disk->size_bytes);
	return error_set(err, ERROR_INPUT, ENOSPC,
			 "%s is too small: the image needs %" PRIu64
			 " bytes (%s), and it has %" PRIu64 " (%s)",
			 disk->name, head->size_bytes, text_str(&want), disk->size_bytes,
			 text_str(&have));
}

/* Read as if it were on the disk already. */
static int read_table(const uint8_t *bytes, size_t length, const struct image_disk *disk,
		      struct table **ret, struct error *err)
{
	AUTO(table_free) struct table *table = NULL;
	AUTO_CLOSE int fd = memfd_create("head", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)disk->size_bytes) < 0)
		return error_errno(err, errno, "keep the head of the image");

	int r = file_write_fd(fd, bytes, length);

	if (r < 0)
		return error_errno(err, -r, "keep the head of the image");
	r = table_read_fd(fd, "the image", disk->sector_bytes, &table, err);
	if (r < 0)
		return r;
	if (table->kind != TABLE_GPT || table->flags & TABLE_PRIMARY_DAMAGED)
		return error_set(err, ERROR_INPUT, EUCLEAN,
				 "the GPT of the image is damaged, or has no protective MBR");
	*ret = take_ptr(&table);
	return 0;
}

int image_head_read(const void *bytes, size_t length, const struct image_disk *disk,
		    struct image_head *ret, struct error *err)
{
	AUTO(image_head_done)
	struct image_head head = { .length = length, .sector_bytes = find_gpt(bytes, length) };
	uint64_t alternate = 0;

	if (!head.sector_bytes && !(disk->takes_anything && length))
		return refuse_raw(bytes, length, err);
	if (head.sector_bytes && head.sector_bytes != disk->sector_bytes)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "%s has sectors of %u bytes, and the image is for sectors of %u; "
				 "use the image that is made for such disks",
				 disk->name, disk->sector_bytes, head.sector_bytes);
	if (head.sector_bytes) {
		memcpy(&alternate, (const uint8_t *)bytes + head.sector_bytes + ALTERNATE_OFFSET,
		       sizeof(alternate));
		alternate = le64toh(alternate);
		if (alternate >= UINT64_MAX / head.sector_bytes)
			return error_set(err, ERROR_INPUT, EUCLEAN,
					 "the GPT of the image is damaged");
		head.size_bytes = (alternate + 1) * head.sector_bytes;
	}

	int r = check_size(&head, disk, err);

	if (r == 0 && head.sector_bytes)
		r = read_table(bytes, length, disk, &head.table, err);
	if (r < 0)
		return r;
	*ret = head;
	head = (struct image_head){ .length = 0 };
	return 0;
}
