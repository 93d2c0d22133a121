/* mounted - which mount of a filesystem is grown through. */
#include "resize/mounted.h"

#include <unistd.h>

#include "fixture.h"
#include "tap.h"

#define MOUNTS                                                                                     \
	"20 1 8:9 / / ro - ext4 /dev/sda9 ro\n"                                                    \
	"21 20 8:9 /var /var rw - ext4 /dev/sda9 rw\n"                                             \
	"22 20 8:9 /srv /srv rw - ext4 /dev/sda9 rw\n"                                             \
	"23 20 8:25 / /data rw - xfs /dev/sdb9 rw\n"                                               \
	"24 20 0:30 / /tmp rw - tmpfs tmpfs rw\n"                                                  \
	"25 20 0:31 / /over rw - overlay overlay rw\n"                                             \
	"26 20 8:41 / /boot rw - vfat /dev/sdc9 rw\n"                                              \
	"27 20 8:57 / /kept ro - ext4 /dev/sdd9 ro\n"

static const struct {
	const char *place;
	bool is_repeated;
	const char *label;
} repeats[] = {
	{ "/", true, "a read-only mount gives way to a writable one" },
	{ "/var", false, "the first writable one is taken" },
	{ "/srv", true, "the second is not" },
	{ "/data", false, "another filesystem is another" },
	{ "/kept", false, "a read-only one is taken where there is no other" },
};

static const struct {
	const char *place;
	const char *want;
} refusals[] = {
	{ "/tmp", "/tmp is of type tmpfs, which has no device" },
	{ "/over", "/over is of type overlay, which has no device" },
	{ "/boot", "/boot is of type vfat, which is not grown; ext4, xfs and btrfs are" },
	{ "/kept", "/kept is mounted read-only" },
};

static const struct {
	const char *name, *number;
} devices[] = {
	{ "sda9", "8:9" },
	{ "sdb9", "8:25" },
	{ "sdc9", "8:41" },
	{ "sdd9", "8:57" },
};

static void make_machine(struct fixture *fixture, struct mount_table *mounts)
{
	fixture_init(fixture);
	fixture_write(fixture, "proc/self/mountinfo", MOUNTS);
	fixture_write(fixture, "sys/dev/block/none", "");
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		AUTO_FREE char *number = xasprintf("sys/class/block/%s/dev", devices[i].name);
		AUTO_FREE char *size = xasprintf("sys/class/block/%s/size", devices[i].name);
		AUTO_FREE char *link = xasprintf("sys/dev/block/%s", devices[i].number);
		AUTO_FREE char *from = scratch_path(&fixture->scratch, link);
		AUTO_FREE char *to = xasprintf("../../class/block/%s", devices[i].name);

		fixture_write(fixture, number, devices[i].number);
		fixture_write(fixture, size, "204800");
		if (symlink(to, from) < 0)
			abort();
	}
	if (mount_table_read(&fixture->machine, mounts, /* err= */ NULL) < 0)
		abort();
}

int main(void)
{
	AUTO(fixture_done) struct fixture fixture;
	AUTO(mount_table_done) struct mount_table mounts = { .count = 0 };

	make_machine(&fixture, &mounts);
	for (size_t i = 0; i < ARRAY_SIZE(repeats); i++) {
		size_t at = 0;

		while (strcmp(mounts.entries[at].place, repeats[i].place) != 0)
			at++;
		tap_ok(mounted_is_repeated(&mounts, at) == repeats[i].is_repeated, "%s",
		       repeats[i].label);
	}
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct mounted_choice choice = { .device = NULL };
		AUTO(error_done) struct error err = ERROR_INIT;

		mounted_plan(&fixture.work, mount_table_at(&mounts, refusals[i].place), &choice,
			     &err);
		tap_str(err.text, refusals[i].want, refusals[i].place);
		tap_ok(err.kind == ERROR_UNSUPPORTED, "which is no failure: %s", refusals[i].place);
	}
	tap_ok(!mounted_is_chosen(&fixture.machine, mount_table_at(&mounts, "/data")),
	       "what is on no partition does not ask");
	tap_int((int64_t)fixture.work.plan->count, 0, "nothing was planned");
	return tap_done();
}
