#include "disk/probe.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"

DEFINE_RELEASE(blkid_probe, blkid_free_probe)

/* libblkid does not always say why. */
static int last_errno(void)
{
	return errno > 0 ? errno : EIO;
}

static int open_probe(int fd, const char *device, const struct probe_range *range, blkid_probe *ret,
		      struct error *err)
{
	AUTO(blkid_free_probe) blkid_probe probe = blkid_new_probe();
	blkid_loff_t offset = range ? (blkid_loff_t)range->offset_bytes : 0;
	blkid_loff_t size = range ? (blkid_loff_t)range->size_bytes : 0;

	errno = 0;
	if (!probe || blkid_probe_set_device(probe, fd, offset, size) < 0)
		return error_errno(err, last_errno(), "probe %s", device);
	*ret = take_ptr(&probe);
	return 0;
}

static char *value_of(blkid_probe probe, const char *name)
{
	const char *value = NULL;

	return blkid_probe_lookup_value(probe, name, &value, /* len= */ NULL) == 0 ? xstrdup(value)
										   : NULL;
}

/* Superblocks alone: a label on a partition of its own is no filesystem. */
static void want_superblocks(blkid_probe probe)
{
	blkid_probe_enable_partitions(probe, 0);
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID |
							 BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE |
							 BLKID_SUBLKS_VERSION);
}

static void take_result(blkid_probe probe, struct probe_result *ret)
{
	ret->type = value_of(probe, "TYPE");
	ret->usage = value_of(probe, "USAGE");
	ret->label = value_of(probe, "LABEL");
	ret->uuid = value_of(probe, "UUID");
	ret->version = value_of(probe, "VERSION");
}

int probe_device(const char *device, const struct probe_range *range, struct probe_result *ret,
		 struct error *err)
{
	AUTO_CLOSE int fd = open(device, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return error_errno(err, errno, "open %s", device);

	AUTO(blkid_free_probe) blkid_probe probe = NULL;
	int r = open_probe(fd, device, range, &probe, err);

	if (!probe)
		return r;
	want_superblocks(probe);
	errno = 0;

	int found = blkid_do_safeprobe(probe);
	bool is_ambiguous = found == -2;

	if (is_ambiguous) {
		blkid_reset_probe(probe);
		found = blkid_do_probe(probe);
	}
	if (found < 0)
		return error_errno(err, last_errno(), "probe %s", device);
	*ret = (struct probe_result){ .is_ambiguous = is_ambiguous };
	if (found == 0)
		take_result(probe, ret);
	return 0;
}

void probe_result_done(struct probe_result *result)
{
	free(result->type);
	free(result->usage);
	free(result->label);
	free(result->uuid);
	free(result->version);
	*result = (struct probe_result){ 0 };
}

int probe_label(int fd, const char *device, char **ret, struct error *err)
{
	AUTO(blkid_free_probe) blkid_probe probe = NULL;
	int r = open_probe(fd, device, /* range= */ NULL, &probe, err);

	if (!probe)
		return r;
	blkid_probe_enable_superblocks(probe, 0);
	blkid_probe_enable_partitions(probe, 1);
	errno = 0;
	if (blkid_do_fullprobe(probe) < 0)
		return error_errno(err, last_errno(), "probe %s", device);
	*ret = value_of(probe, "PTTYPE");
	return 0;
}

int probe_wipe(int fd, const char *device, const struct probe_range *range, struct error *err)
{
	AUTO(blkid_free_probe) blkid_probe probe = NULL;
	bool is_changed = false;
	int found = 0;
	int r = open_probe(fd, device, range, &probe, err);

	if (!probe)
		return r;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_MAGIC | BLKID_SUBLKS_TYPE |
							 BLKID_SUBLKS_BADCSUM);
	blkid_probe_enable_partitions(probe, 1);
	blkid_probe_set_partitions_flags(probe, BLKID_PARTS_MAGIC | BLKID_PARTS_FORCE_GPT);
	errno = 0;
	while ((found = blkid_do_probe(probe)) == 0) {
		is_changed = true;
		if (blkid_do_wipe(probe, /* dryrun= */ 0) < 0)
			return error_errno(err, last_errno(), "wipe a signature of %s", device);
	}
	if (found < 0)
		return error_errno(err, last_errno(), "probe %s", device);
	return is_changed && fsync(fd) < 0 ? error_errno(err, errno, "sync %s", device) : 0;
}

static const struct {
	const char *usage;
	const char *noun;
} nouns[] = {
	{ "filesystem", " filesystem" },
	{ "raid", " member" },
	{ "crypto", " volume" },
	{ "other", " signature" },
};

static const char *noun_of(const struct probe_result *result)
{
	for (size_t i = 0; i < ARRAY_SIZE(nouns) && result->usage; i++)
		if (strcmp(nouns[i].usage, result->usage) == 0)
			return nouns[i].noun;
	return " signature";
}

/* By sound: an ext4, an xfs, an LVM2_member, an ntfs; a btrfs. */
static const char *article(const char *type)
{
	return strchr("aeioAEIOLxn", type[0]) ? "an" : "a";
}

char *probe_text(const struct probe_result *result)
{
	if (!result->type)
		return xstrdup("nothing");
	return xasprintf("%s %s%s%s%s", article(result->type), result->type, noun_of(result),
			 result->label ? " labelled " : "", result->label ?: "");
}
