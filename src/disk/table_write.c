#include "disk/table_write.h"

#include <errno.h>
#include <inttypes.h>
#include <libfdisk.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "disk/fdisk_session.h"
#include "disk/gpt.h"

#define NUMBER_DIGITS 24

DEFINE_RELEASE(struct fdisk_partition *, fdisk_unref_partition)
DEFINE_RELEASE(struct fdisk_parttype *, fdisk_unref_parttype)
DEFINE_RELEASE(struct fdisk_script *, fdisk_unref_script)

/* A script is how libfdisk is told where the usable sectors begin. */
static int make_label(struct fdisk_session *session, const struct table *table, struct error *err)
{
	AUTO(fdisk_unref_script) struct fdisk_script *script = fdisk_new_script(session->context);
	char first[NUMBER_DIGITS];
	char entries[NUMBER_DIGITS];

	if (!script)
		return fdisk_session_refuse(session, -ENOMEM, err, "make a label");
	snprintf(first, sizeof(first), "%" PRIu64, table->disk.first_usable);
	snprintf(entries, sizeof(entries), "%u", table->disk.entries);
	fdisk_script_set_header(script, "label", "gpt");
	fdisk_script_set_header(script, "label-id", table->guid);
	fdisk_script_set_header(script, "first-lba", first);
	fdisk_script_set_header(script, "table-length", entries);

	int r = fdisk_apply_script_headers(session->context, script);

	/* It keeps the script for partitions to come, which would be given its defaults. */
	fdisk_set_script(session->context, NULL);
	return r < 0 ? fdisk_session_refuse(session, r, err, "make a label") : 0;
}

static struct fdisk_partition *describe(struct fdisk_session *session,
					const struct table_partition *partition)
{
	AUTO(fdisk_unref_partition) struct fdisk_partition *p = fdisk_new_partition();
	/* Makes one for a GUID that libfdisk has no name for. */
	AUTO(fdisk_unref_parttype)
	struct fdisk_parttype *type = fdisk_new_unknown_parttype(0, partition->type_guid);

	(void)session;
	if (!p || !type)
		return NULL;
	fdisk_partition_set_partno(p, partition->number - 1);
	fdisk_partition_set_start(p, partition->start);
	fdisk_partition_set_size(p, partition->size);
	fdisk_partition_size_explicit(p, 1);
	fdisk_partition_set_type(p, type);
	fdisk_partition_set_uuid(p, partition->guid);
	fdisk_partition_set_name(p, partition->name);
	return take_ptr(&p);
}

static bool is_same_place(const struct table_partition *a, const struct table_partition *b)
{
	return a && b && a->start == b->start && a->size == b->size;
}

static bool is_same(const struct table_partition *a, const struct table_partition *b)
{
	return is_same_place(a, b) && strcmp(a->guid, b->guid) == 0 &&
	       strcmp(a->type_guid, b->type_guid) == 0 && strcmp(a->name, b->name) == 0 &&
	       a->attributes == b->attributes;
}

static int delete_partitions(struct fdisk_session *session, const struct table *now,
			     const struct table *table, struct error *err)
{
	for (size_t i = 0; i < now->count; i++) {
		const struct table_partition *old = &now->partitions[i];

		if (is_same_place(old, table_find(table, old->number)))
			continue;

		int r = fdisk_delete_partition(session->context, old->number - 1);

		if (r < 0)
			return error_wrap(err,
					  fdisk_session_refuse(session, r, err, "delete an entry"),
					  "partition %u", old->number);
	}
	return 0;
}

/* The encoder of libfdisk writes surrogate pairs wrongly. */
static int check_name(const struct table_partition *partition, struct error *err)
{
	struct slice rest = slice_of(partition->name);
	uint32_t rune = 0;
	size_t length = 0;

	while ((length = utf8_decode(rest, &rune)) > 0) {
		if (rune > 0xffff)
			return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
					 "partition %u: its label has a character beyond U+FFFF; "
					 "use a label without it",
					 partition->number);
		rest = slice_from(rest, length);
	}
	if (rest.length)
		return error_set(err, ERROR_INPUT, EILSEQ,
				 "partition %u: its label is not valid UTF-8", partition->number);
	return 0;
}

static int put_partition(struct fdisk_session *session, const struct table_partition *old,
			 const struct table_partition *want, struct error *err)
{
	int r = check_name(want, err);

	if (r < 0)
		return r;

	AUTO(fdisk_unref_partition) struct fdisk_partition *p = describe(session, want);

	r = p ? 0 : -ENOMEM;
	if (r == 0)
		r = is_same_place(old, want)
			    ? fdisk_set_partition(session->context, want->number - 1, p)
			    : fdisk_add_partition(session->context, p, /* partno= */ NULL);
	if (r == 0)
		r = fdisk_gpt_set_partition_attrs(session->context, want->number - 1,
						  want->attributes);
	if (r < 0)
		return error_wrap(err, fdisk_session_refuse(session, r, err, "set an entry"),
				  "partition %u", want->number);
	return 0;
}

/* Deletes first: what comes may need their sectors. */
static int edit(struct fdisk_session *session, const struct table *now, const struct table *table,
		struct error *err)
{
	int r = delete_partitions(session, now, table, err);

	for (size_t i = 0; i < table->count && r == 0; i++) {
		const struct table_partition *want = &table->partitions[i];
		const struct table_partition *old = table_find(now, want->number);

		if (!is_same(old, want))
			r = put_partition(session, old, want, err);
	}
	return r;
}

static int verify(int fd, const char *device, const struct table *table, struct error *err)
{
	AUTO(table_free) struct table *now = NULL;
	int r = table_read_fd(fd, device, table->disk.sector_bytes, &now, err);

	if (r < 0)
		return r;
	if (now->kind != TABLE_GPT || now->count != table->count)
		return error_set(err, ERROR_VERIFY, EIO,
				 "%s: %zu partitions were written, and %zu are read back", device,
				 table->count, now->count);
	for (size_t i = 0; i < table->count; i++)
		if (!is_same(&now->partitions[i], table_find(table, now->partitions[i].number)))
			return error_set(err, ERROR_VERIFY, EIO,
					 "%s: partition %u is read back other than it was written",
					 device, now->partitions[i].number);
	return 0;
}

/* What is there: nothing that counts when the label is made anew. */
static int read_now(int fd, const char *device, const struct table *table,
		    enum table_write_mode mode, struct table **ret, struct error *err)
{
	if (mode == TABLE_MAKE) {
		*ret = xcalloc(1, sizeof(**ret));
		return 0;
	}

	int r = table_read_fd(fd, device, table->disk.sector_bytes, ret, err);

	if (r == 0 && (*ret)->kind != TABLE_GPT)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "%s: its GPT is gone since it was looked at; run again", device);
	return r;
}

int table_zap(int fd, const char *device, uint32_t sector_bytes, struct error *err)
{
	struct gpt_disk disk = { .fd = -1 };
	int r = gpt_measure(fd, device, sector_bytes, &disk, err);

	return r < 0 ? r : gpt_blank(&disk, err);
}

int table_write(int fd, const char *device, const struct table *table, enum table_write_mode mode,
		struct error *err)
{
	AUTO(table_free) struct table *now = NULL;
	AUTO(fdisk_session_done) struct fdisk_session session = { 0 };
	int r = read_now(fd, device, table, mode, &now, err);

	if (r == 0)
		r = fdisk_session_open(fd, device, table->disk.sector_bytes, &session, err);
	if (r == 0 && mode == TABLE_MAKE)
		r = make_label(&session, table, err);
	if (r == 0)
		r = edit(&session, now, table, err);
	if (r < 0)
		return r;
	text_clear(&session.messages);
	r = fdisk_write_disklabel(session.context);
	if (r < 0)
		return fdisk_session_refuse(&session, r, err, "write the label");
	if (fsync(fd) < 0)
		return error_errno(err, errno, "sync %s", device);
	return verify(fd, device, table, err);
}
