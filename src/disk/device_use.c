#include "disk/device_use.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/directory.h"

#define SYSFS_BLOCK   "sys/class/block"
#define SYSFS_BTRFS   "sys/fs/btrfs"
#define MOUNTS	      "proc/self/mountinfo"
#define SWAPS	      "proc/swaps"
#define PROC_MAX      ((size_t)16 << 20)
#define ATTRIBUTE_MAX 4096
/* Words of a line of mountinfo (proc(5)); the type follows the optional ones and a dash. */
#define WORDS_MAX     64
#define WORD_NUMBER   2
#define WORD_PLACE    4
#define WORD_OPTIONAL 6

void device_uses_done(struct device_uses *uses)
{
	for (size_t i = 0; i < uses->count; i++)
		free(uses->uses[i].who);
	free(uses->uses);
	*uses = (struct device_uses){ 0 };
}

static const char *const use_verbs[] = {
	[DEVICE_USE_MOUNT] = "mounted on",
	[DEVICE_USE_SWAP] = "used as",
	[DEVICE_USE_HOLDER] = "held by",
};
_Static_assert(ARRAY_SIZE(use_verbs) == DEVICE_USE_COUNT, "every use has a verb");

char *device_use_text(const struct device_use *use)
{
	return xasprintf("%s %s", use_verbs[use->kind], use->who);
}

/* @who is taken. */
static void add(struct device_uses *uses, enum device_use_kind kind, char *who)
{
	uses->uses = xreallocarray(uses->uses, uses->count + 1, sizeof(*uses->uses));
	uses->uses[uses->count++] = (struct device_use){ .kind = kind, .who = who };
}

/* What to look for, and what was found. */
struct look {
	const struct machine *machine;
	const struct device *device;
	char *number; /* "8:1"; owned */
	char *btrfs;  /* sysfs directory of the mounted btrfs that it is part of; NULL; owned */
	struct device_uses uses;
};

static void look_done(struct look *look)
{
	free(look->number);
	free(look->btrfs);
	device_uses_done(&look->uses);
}

DEFINE_DONE(struct look, look_done)

static size_t split(struct slice line, struct slice words[static WORDS_MAX])
{
	size_t count = 0;

	for (line = slice_trim(line); line.length && count < WORDS_MAX;
	     line = slice_trim(slice_from(line, words[count++].length))) {
		size_t length = 0;

		while (length < line.length && line.data[length] != ' ' &&
		       line.data[length] != '\t')
			length++;
		words[count] = (struct slice){ line.data, length };
	}
	return count;
}

static bool is_octal(struct slice s)
{
	for (size_t i = 1; i <= 3; i++)
		if (i >= s.length || s.data[i] < '0' || s.data[i] > '7')
			return false;
	return s.data[0] == '\\';
}

/* The kernel writes blanks and backslashes of a path as \040. */
static char *unescape(struct slice s)
{
	char *out = xmalloc(s.length + 1);
	size_t length = 0;

	while (s.length) {
		bool is_escape = is_octal(s);

		if (is_escape)
			out[length++] = (char)((s.data[1] - '0') * 64 + (s.data[2] - '0') * 8 +
					       (s.data[3] - '0'));
		else
			out[length++] = s.data[0];
		s = slice_from(s, is_escape ? 4 : 1);
	}
	out[length] = '\0';
	return out;
}

/* Whether the path @word is a node of the device. */
static bool is_node(const struct look *look, struct slice word)
{
	AUTO_FREE char *path = unescape(word);
	struct stat st;

	return path[0] == '/' && fstatat(look->machine->host_fd, path + 1, &st, 0) == 0 &&
	       S_ISBLK(st.st_mode) && st.st_rdev == look->device->number;
}

/* Whether @source is one of the devices of the btrfs that ours is part of. */
static bool is_same_btrfs(const struct look *look, struct slice source)
{
	AUTO_FREE char *path = unescape(source);
	AUTO(device_done) struct device device = { 0 };

	if (!look->btrfs || device_find(look->machine, path, &device, /* err= */ NULL) < 0)
		return false;

	AUTO_FREE char *member = xasprintf("%s/devices/%s", look->btrfs, device.name);

	return faccessat(look->machine->host_fd, member, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Filesystems without a number of their own (btrfs) are known by their source. */
static void look_at_mount(struct look *look, struct slice line)
{
	struct slice words[WORDS_MAX];
	size_t count = split(line, words);
	size_t dash = WORD_OPTIONAL;

	while (dash < count && !slice_is(words[dash], "-"))
		dash++;
	if (dash + 2 >= count)
		return;

	struct slice source = words[dash + 2];
	bool is_anonymous = slice_starts(words[WORD_NUMBER], "0:");

	if (slice_is(words[WORD_NUMBER], look->number) ||
	    (is_anonymous && (is_node(look, source) || is_same_btrfs(look, source))))
		add(&look->uses, DEVICE_USE_MOUNT, unescape(words[WORD_PLACE]));
}

static void look_at_swap(struct look *look, struct slice line)
{
	struct slice words[WORDS_MAX];

	if (split(line, words) > 0 && is_node(look, words[0]))
		add(&look->uses, DEVICE_USE_SWAP, xstrdup("swap"));
}

static int each_line(struct look *look, const char *path,
		     void (*look_at)(struct look *look, struct slice line), struct error *err)
{
	AUTO_FREE char *text = NULL;
	int r = machine_read(look->machine, path, PROC_MAX, &text, /* ret_length= */ NULL, err);
	struct slice rest = slice_of(text);

	while (r == 0 && rest.length) {
		const char *end = memchr(rest.data, '\n', rest.length);
		size_t length = end ? (size_t)(end - rest.data) : rest.length;

		look_at(look, (struct slice){ rest.data, length });
		rest = slice_from(rest, length + 1);
	}
	return r;
}

static void look_at_holders(struct look *look)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/holders", look->device->name);
	AUTO(directory_close) DIR *directory = NULL;
	const char *name = NULL;

	if (directory_open(look->machine, path, &directory, /* err= */ NULL) < 0)
		return;
	while ((name = directory_next(directory))) {
		AUTO_FREE char *dm_path = xasprintf(SYSFS_BLOCK "/%s/dm/name", name);
		AUTO_FREE char *dm = NULL;

		if (machine_read(look->machine, dm_path, ATTRIBUTE_MAX, &dm, /* ret_length= */ NULL,
				 /* err= */ NULL) < 0) {
			add(&look->uses, DEVICE_USE_HOLDER, xstrdup(name));
			continue;
		}
		add(&look->uses, DEVICE_USE_HOLDER,
		    xasprintf("%s (%.*s)", name, SLICE_ARGS(slice_trim(slice_of(dm)))));
	}
}

/* A btrfs is in this directory as long as it is mounted, with every device it has. */
static void find_btrfs(struct look *look)
{
	AUTO(directory_close) DIR *directory = NULL;
	const char *name = NULL;

	if (directory_open(look->machine, SYSFS_BTRFS, &directory, /* err= */ NULL) < 0)
		return;
	while (!look->btrfs && (name = directory_next(directory))) {
		AUTO_FREE char *member =
			xasprintf(SYSFS_BTRFS "/%s/devices/%s", name, look->device->name);

		if (faccessat(look->machine->host_fd, member, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			look->btrfs = xasprintf(SYSFS_BTRFS "/%s", name);
	}
}

int device_uses_find(const struct machine *machine, const struct device *device,
		     struct device_uses *ret, struct error *err)
{
	AUTO(look_done)
	struct look look = {
		.machine = machine,
		.device = device,
		.number = xasprintf("%u:%u", major(device->number), minor(device->number)),
	};

	find_btrfs(&look);

	int r = each_line(&look, MOUNTS, look_at_mount, err);

	/* Mounted in another namespace, which mountinfo does not show. */
	if (r == 0 && look.btrfs && look.uses.count == 0)
		add(&look.uses, DEVICE_USE_MOUNT, xstrdup("a place outside of our namespace"));
	/* A kernel without swap has no such file. */
	if (r == 0 && faccessat(machine->host_fd, SWAPS, F_OK, 0) == 0)
		r = each_line(&look, SWAPS, look_at_swap, err);
	if (r < 0)
		return r;
	look_at_holders(&look);
	*ret = look.uses;
	look.uses = (struct device_uses){ 0 };
	return 0;
}
