#include "disk/device_name.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/device.h"
#include "disk/directory.h"
#include "disk/probe.h"
#include "disk/stand_in.h"
#include "disk/table.h"

#define SYSFS_BLOCK   "sys/class/block"
#define OLD_PATH      "virtio-"
#define DIRECTORY     "/dev/disk/"
#define ATTRIBUTE_MAX 4096
#define LINK_MAX      4096
#define PART_SUFFIX   "-part"

/* A device that may be the one. */
struct candidate {
	const struct machine *machine;
	struct device device;
	char *same; /* what members of one btrfs have in common; NULL; owned */
};

static void candidate_done(struct candidate *candidate)
{
	device_done(&candidate->device);
	free(candidate->same);
}

DEFINE_DONE(struct candidate, candidate_done)

static bool probe_matches(struct candidate *c, const char *wanted, bool by_uuid)
{
	AUTO(probe_result_done) struct probe_result found = { 0 };

	if (probe_device(c->device.node, /* range= */ NULL, &found, /* err= */ NULL) < 0)
		return false;
	if (found.type && found.uuid && strcmp(found.type, "btrfs") == 0)
		c->same = xstrdup(found.uuid);
	if (by_uuid)
		return found.uuid && strcasecmp(found.uuid, wanted) == 0;
	return found.label && strcmp(found.label, wanted) == 0;
}

static bool is_label(struct candidate *c, const char *wanted)
{
	return probe_matches(c, wanted, /* by_uuid= */ false);
}

static bool is_uuid(struct candidate *c, const char *wanted)
{
	return probe_matches(c, wanted, /* by_uuid= */ true);
}

/* The entry of the table on the disk; the kernel does not know names of what BLKPG told it. */
static bool entry_matches(const struct candidate *c, const char *wanted, bool by_guid)
{
	AUTO(device_done) struct device disk = { 0 };
	AUTO(table_free) struct table *table = NULL;

	if (!c->device.partition_number ||
	    device_disk(c->machine, &c->device, &disk, /* err= */ NULL) < 0 ||
	    table_read(disk.node, 0, &table, /* err= */ NULL) < 0)
		return false;

	const struct table_partition *entry = table_find(table, c->device.partition_number);

	if (!entry)
		return false;
	return by_guid ? strcasecmp(entry->guid, wanted) == 0 : strcmp(entry->name, wanted) == 0;
}

static bool is_partlabel(struct candidate *c, const char *wanted)
{
	return wanted[0] && entry_matches(c, wanted, /* by_guid= */ false);
}

static bool is_partuuid(struct candidate *c, const char *wanted)
{
	return entry_matches(c, wanted, /* by_guid= */ true);
}

/* @wanted without "-partN" if that is the number of @c, else NULL; whole disks have no suffix. */
static char *without_part(const struct candidate *c, const char *wanted)
{
	size_t length = strlen(wanted);

	if (!c->device.partition_number)
		return xstrdup(wanted);

	AUTO_FREE char *suffix = xasprintf(PART_SUFFIX "%u", c->device.partition_number);

	if (!slice_ends(slice_of(wanted), suffix))
		return NULL;
	return xstrndup(wanted, length - strlen(suffix));
}

static const struct {
	const char *prefix;    /* of the name */
	const char *attribute; /* of sysfs, which holds the rest */
	const char *dropped;   /* what the attribute begins with and the name does not */
} ids[] = {
	{ "dm-name-", "dm/name", "" },	     { "dm-uuid-", "dm/uuid", "" },
	{ "virtio-", "serial", "" },	     { "nvme-", "wwid", "" },
	{ "wwn-0x", "device/wwid", "naa." },
};

static bool is_id(struct candidate *c, const char *wanted)
{
	AUTO_FREE char *id = without_part(c, wanted);
	const char *disk = c->device.parent ?: c->device.name;

	for (size_t i = 0; i < ARRAY_SIZE(ids) && id; i++) {
		AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/%s", disk, ids[i].attribute);
		AUTO_FREE char *text = NULL;

		if (!slice_starts(slice_of(id), ids[i].prefix) ||
		    machine_read(c->machine, path, ATTRIBUTE_MAX, &text, /* ret_length= */ NULL,
				 /* err= */ NULL) < 0)
			continue;

		struct slice value = slice_trim(slice_of(text));

		if (slice_starts(value, ids[i].dropped) &&
		    slice_is(slice_from(value, strlen(ids[i].dropped)), id + strlen(ids[i].prefix)))
			return true;
	}
	return false;
}

/* "pci-0000:00:05.0", "pci-0000:00:04.0-nvme-1": the last PCI function of the path in sysfs. */
static char *path_id(const struct candidate *c)
{
	const char *disk = c->device.parent ?: c->device.name;
	AUTO_FREE char *link = xasprintf(SYSFS_BLOCK "/%s", disk);
	AUTO_FREE char *nsid_path = xasprintf(SYSFS_BLOCK "/%s/nsid", disk);
	AUTO_FREE char *nsid = NULL;
	char target[LINK_MAX];
	ssize_t length = readlinkat(c->machine->host_fd, link, target, sizeof(target) - 1);
	char *driver = NULL;

	if (length <= 0)
		return NULL;
	target[length] = '\0';
	machine_read(c->machine, nsid_path, ATTRIBUTE_MAX, &nsid, /* ret_length= */ NULL,
		     /* err= */ NULL);
	driver = strstr(target, nsid ? "/nvme/" : "/virtio");
	if (!driver || !strstr(target, "/pci"))
		return NULL;
	*driver = '\0';

	struct slice number = slice_trim(slice_of(nsid));

	return xasprintf("pci-%s%s%.*s", strrchr(target, '/') + 1, nsid ? "-nvme-" : "",
			 SLICE_ARGS(number));
}

static bool is_path(struct candidate *c, const char *wanted)
{
	AUTO_FREE char *want = without_part(c, wanted);
	AUTO_FREE char *got = path_id(c);

	if (!want || !got)
		return false;

	/* udev links virtio disks twice, the second time by the name that old releases gave. */
	bool is_old_name = slice_starts(slice_of(c->device.name), "vd") &&
			   slice_starts(slice_of(want), OLD_PATH);

	return strcmp(is_old_name ? want + strlen(OLD_PATH) : want, got) == 0;
}

static const struct kind {
	const char *directory;
	bool (*matches)(struct candidate *candidate, const char *wanted);
} kinds[] = {
	{ "by-label/", is_label },	 { "by-uuid/", is_uuid }, { "by-partlabel/", is_partlabel },
	{ "by-partuuid/", is_partuuid }, { "by-id/", is_id },	  { "by-path/", is_path },
};

/* The kind of @path, and where its name begins; NULL for other paths. */
static const struct kind *kind_of(const char *path, const char **ret_name)
{
	struct slice rest = slice_of(path);

	if (!slice_starts(rest, DIRECTORY))
		return NULL;
	rest = slice_from(rest, strlen(DIRECTORY));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (slice_starts(rest, kinds[i].directory)) {
			*ret_name = rest.data + strlen(kinds[i].directory);
			return &kinds[i];
		}
	return NULL;
}

bool device_name_is_known(const char *path)
{
	const char *name = NULL;

	return kind_of(path, &name) != NULL;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* udev writes what may not be in a file name as \x20. */
static char *decode(const char *name)
{
	char *out = xstrdup(name);
	size_t length = 0;

	while (*name) {
		bool is_escape = name[0] == '\\' && name[1] == 'x' && hex_digit(name[2]) >= 0 &&
				 hex_digit(name[3]) >= 0;

		if (is_escape)
			out[length++] = (char)(hex_digit(name[2]) * 16 + hex_digit(name[3]));
		else
			out[length++] = *name;
		name += is_escape ? 4 : 1;
	}
	out[length] = '\0';
	return out;
}

/* Others are made of it: what is on it belongs to them. */
static bool has_holders(const struct machine *machine, const char *name)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/holders", name);
	AUTO(directory_close) DIR *directory = NULL;

	return directory_open(machine, path, &directory, /* err= */ NULL) == 0 &&
	       directory_next(directory);
}

/* Opening the drive of a floppy takes seconds, and memory has no names. */
static bool is_passed_over(const struct candidate *c)
{
	return c->device.size_bytes == 0 || slice_starts(slice_of(c->device.name), "fd") ||
	       slice_starts(slice_of(c->device.name), "ram");
}

struct search {
	const struct machine *machine;
	const struct kind *kind;
	char *wanted;		/* owned */
	struct candidate found; /* device.name NULL: none yet */
	struct candidate held;	/* the same, of which others are made */
	bool is_held_twice;
};

static void search_done(struct search *search)
{
	free(search->wanted);
	candidate_done(&search->found);
	candidate_done(&search->held);
}

DEFINE_DONE(struct search, search_done)

/*
 * One candidate more of a kind; @c is taken when it is the first.
 *
 * Return: whether it is another one than the first, and no part of the same thing.
 */
static bool keep(struct candidate *first, struct candidate *c)
{
	if (!first->device.name) {
		*first = *c;
		*c = (struct candidate){ 0 };
		return false;
	}
	return !c->same || !first->same || strcmp(c->same, first->same) != 0;
}

static int refuse_several(const char *path, const char *node, const char *other, struct error *err)
{
	return error_set(err, ERROR_INPUT, ENOTUNIQ,
			 "%s may be %s or %s; use a name that only one of them has", path, node,
			 other);
}

/* What is held counts when nothing else has the name: a member of an array that runs, say. */
static int consider(struct search *search, const char *name, const char *path, struct error *err)
{
	AUTO(candidate_done) struct candidate c = { .machine = search->machine };

	/* One that is gone by now is none. */
	if (device_read(search->machine, name, &c.device, /* err= */ NULL) < 0 ||
	    stand_in_hides(search->machine, c.device.parent ?: c.device.name) ||
	    is_passed_over(&c) || !search->kind->matches(&c, search->wanted))
		return 0;
	if (has_holders(search->machine, name)) {
		search->is_held_twice |= keep(&search->held, &c);
		return 0;
	}
	if (keep(&search->found, &c))
		return refuse_several(path, search->found.device.node, c.device.node, err);
	return 0;
}

/* After all were considered. */
static int choose(struct search *search, const char *path, char **ret, struct error *err)
{
	const char *found = search->found.device.name ?: search->held.device.name;

	if (!found)
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "device %s does not exist", path);
	if (!search->found.device.name && search->is_held_twice)
		return refuse_several(path, search->held.device.node, "others that are in use",
				      err);
	*ret = xstrdup(found);
	return 0;
}

int device_name_search(const struct machine *machine, const char *path, char **ret,
		       struct error *err)
{
	AUTO(search_done) struct search search = { .machine = machine };
	AUTO(directory_close) DIR *directory = NULL;
	const char *wanted = NULL;
	const char *name = NULL;
	int r = 0;

	search.kind = kind_of(path, &wanted);
	if (!search.kind)
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "device %s does not exist", path);
	search.wanted = decode(wanted);
	r = directory_open(machine, SYSFS_BLOCK, &directory, err);
	while (r == 0 && (name = directory_next(directory)))
		r = consider(&search, name, path, err);
	return r < 0 ? r : choose(&search, path, ret, err);
}
