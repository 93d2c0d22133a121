/* raid - the words of mdadm, and which array is kept, started, made or refused. */
#include "disk/raid.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/text.h"
#include "tap.h"

#define OURS   "11111111-2222-4333-a444-555555555555"
#define THEIRS "99999999-2222-4333-a444-555555555555"
#define S(text)                                                                                    \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}

static const struct slice chunk[] = { S("--chunk=64"), S("--assume-clean") };
static const struct slice own_uuid[] = { S("--uuid=" THEIRS) };
static const struct slice own_uuid_short[] = { S("-u"), S(THEIRS) };
static const struct slice imsm[] = { S("--metadata=imsm") };
static const struct slice imsm_short[] = { S("-e"), S("imsm") };
static const struct slice native[] = { S("--metadata"), S("1.0") };

static const struct argv_row {
	const char *label;
	struct raid_request request;
	const char *want;
} argv_rows[] = {
	{ "upstream's words, and the identity",
	  { .name = S("data"), .level = S("raid1"), .device_count = 2, .identity = OURS },
	  "mdadm --create data --force --run --homehost any --level raid1 --raid-devices 2 "
	  "--uuid=" OURS " /dev/a /dev/b" },
	{ "spares are not counted among the devices",
	  { .name = S("data"), .level = S("5"), .device_count = 4, .spares = 1 },
	  "mdadm --create data --force --run --homehost any --level 5 --raid-devices 3 "
	  "--spare-devices 1 /dev/a /dev/b /dev/c /dev/d" },
	{ "options come before the devices",
	  { .name = S("/dev/md/x"),
	    .level = S("raid0"),
	    .device_count = 1,
	    .options = chunk,
	    .option_count = 2 },
	  "mdadm --create /dev/md/x --force --run --homehost any --level raid0 --raid-devices 1 "
	  "--chunk=64 --assume-clean /dev/a" },
	{ "an option that gives a UUID wins",
	  { .name = S("d"),
	    .level = S("1"),
	    .device_count = 1,
	    .options = own_uuid,
	    .option_count = 1,
	    .identity = OURS },
	  "mdadm --create d --force --run --homehost any --level 1 --raid-devices 1 --uuid=" THEIRS
	  " /dev/a" },
	{ "also in its short form",
	  { .name = S("d"),
	    .level = S("1"),
	    .device_count = 1,
	    .options = own_uuid_short,
	    .option_count = 2,
	    .identity = OURS },
	  "mdadm --create d --force --run --homehost any --level 1 --raid-devices 1 -u " THEIRS
	  " /dev/a" },
	{ "foreign metadata has no place for one",
	  { .name = S("d"),
	    .level = S("1"),
	    .device_count = 1,
	    .options = imsm,
	    .option_count = 1,
	    .identity = OURS },
	  "mdadm --create d --force --run --homehost any --level 1 --raid-devices 1 "
	  "--metadata=imsm /dev/a" },
	{ "nor in its short form",
	  { .name = S("d"),
	    .level = S("1"),
	    .device_count = 1,
	    .options = imsm_short,
	    .option_count = 2,
	    .identity = OURS },
	  "mdadm --create d --force --run --homehost any --level 1 --raid-devices 1 -e imsm "
	  "/dev/a" },
	{ "native metadata has",
	  { .name = S("d"),
	    .level = S("1"),
	    .device_count = 1,
	    .options = native,
	    .option_count = 2,
	    .identity = OURS },
	  "mdadm --create d --force --run --homehost any --level 1 --raid-devices 1 --uuid=" OURS
	  " --metadata 1.0 /dev/a" },
};

static const char *const nodes[] = { "/dev/a", "/dev/b", "/dev/c", "/dev/d" };

static void join(const char *const *argv, struct text *out)
{
	for (size_t i = 0; argv && argv[i]; i++)
		text_printf(out, "%s%s", i ? " " : "", argv[i]);
}

static void test_argv(const struct argv_row *row)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);

	join(raid_create_argv(&row->request, nodes, arena), &got);
	tap_str(text_str(&got), row->want, row->label);
}

static void test_assemble(void)
{
	const struct raid_request request = { .name = S("data"),
					      .device_count = 2,
					      .identity = OURS };
	AUTO(arena_free) struct arena *arena = arena_new();
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);

	join(raid_assemble_argv(&request, nodes, arena), &got);
	tap_str(text_str(&got),
		"mdadm --assemble data --run --homehost any --uuid=" OURS " /dev/a /dev/b",
		"what was made before is started by its identity");
}

#define MEMBER(where, id, md)                                                                      \
	{                                                                                          \
		.path = (where), .contents = "linux_raid_member", .uuid = (id), .array = (md)      \
	}
#define MEMBERS_MAX 2

static const struct decide_row {
	const char *label;
	struct raid_member members[MEMBERS_MAX];
	const char *array;
	bool is_inactive;
	bool is_degraded;
	bool is_late;
	bool was_made;
	int want_error;
	enum raid_action want;
	const char *want_text; /* part of it */
} decide_rows[] = {
	{ "blank devices: made",
	  { { .path = "/dev/a" }, { .path = "/dev/b" } },
	  .want = RAID_CREATE },
	{ "old contents are overwritten, as upstream does",
	  { { .path = "/dev/a", .contents = "ext4" }, { .path = "/dev/b" } },
	  .want = RAID_CREATE },
	{ "members of another array that does not run are taken",
	  { MEMBER("/dev/a", THEIRS, NULL), MEMBER("/dev/b", THEIRS, NULL) },
	  .want = RAID_CREATE },
	{ "members of another array that runs are refused",
	  { MEMBER("/dev/a", THEIRS, "md127"), MEMBER("/dev/b", THEIRS, "md127") },
	  .want_error = -EBUSY,
	  .want_text = "refusing to make array \"data\" of \"/dev/a\": it is held by md127" },
	{ "a device that is mounted is refused",
	  { { .path = "/dev/a", .user = "mounted on /var" }, { .path = "/dev/b" } },
	  .want_error = -EBUSY,
	  .want_text = "it is mounted on /var" },
	{ "our array that runs is kept",
	  { MEMBER("/dev/a", OURS, "md127"), MEMBER("/dev/b", OURS, "md127") },
	  .array = "md127",
	  .want = RAID_KEEP },
	{ "the UUID has no case",
	  { MEMBER("/dev/a", "11111111-2222-4333-A444-555555555555", "md127"),
	    MEMBER("/dev/b", OURS, "md127") },
	  .array = "md127",
	  .want = RAID_KEEP },
	{ "our array that does not run is started",
	  { MEMBER("/dev/a", OURS, NULL), MEMBER("/dev/b", OURS, NULL) },
	  .want = RAID_ASSEMBLE },
	{ "so is one that udev put together and could not start",
	  { MEMBER("/dev/a", OURS, "md127"), MEMBER("/dev/b", OURS, "md127") },
	  .is_inactive = true,
	  .want = RAID_ASSEMBLE },
	{ "our array that is half made is made anew",
	  { MEMBER("/dev/a", OURS, NULL), { .path = "/dev/b" } },
	  .want = RAID_CREATE },
	{ "one that was made to its end and lost a device is never made anew",
	  { MEMBER("/dev/a", OURS, NULL), { .path = "/dev/b" } },
	  .was_made = true,
	  .want_error = -EUCLEAN,
	  .want_text = "(not running) is degraded: \"/dev/b\" is no part of it" },
	{ "also where udev holds the half",
	  { MEMBER("/dev/a", OURS, "md127"), { .path = "/dev/b" } },
	  .is_inactive = true,
	  .want = RAID_CREATE },
	{ "what udev put together since the plan was made does not count",
	  { MEMBER("/dev/a", THEIRS, "md127"), { .path = "/dev/b" } },
	  .array = "md127",
	  .is_late = true,
	  .want = RAID_CREATE },
	{ "our array that runs without a device is refused",
	  { MEMBER("/dev/a", OURS, "md127"), { .path = "/dev/b" } },
	  .array = "md127",
	  .is_degraded = true,
	  .want_error = -EUCLEAN,
	  .want_text = "is degraded: \"/dev/b\" is no part of it" },
	{ "our array with a failed device is refused",
	  { MEMBER("/dev/a", OURS, "md127"), MEMBER("/dev/b", OURS, "md127") },
	  .array = "md127",
	  .is_degraded = true,
	  .want_error = -EUCLEAN,
	  .want_text = "a device failed or was removed" },
	{ "our device that runs in no array while the other does is refused",
	  { MEMBER("/dev/a", OURS, "md127"), MEMBER("/dev/b", OURS, NULL) },
	  .array = "md127",
	  .want_error = -EUCLEAN,
	  .want_text = "is degraded" },
	{ "an array of the same name is refused",
	  { { .path = "/dev/a" }, { .path = "/dev/b" } },
	  .array = "md3",
	  .want_error = -EBUSY,
	  .want_text = "md3 has that name already" },
	{ "a filesystem with our UUID is no member of ours",
	  { { .path = "/dev/a", .contents = "ext4", .uuid = OURS },
	    { .path = "/dev/b", .contents = "ext4", .uuid = OURS } },
	  .want = RAID_CREATE },
};

static void test_decide(const struct decide_row *row)
{
	const struct raid_request request = { .name = S("data"),
					      .device_count = MEMBERS_MAX,
					      .identity = OURS };
	const struct raid_facts facts = {
		.members = row->members,
		.count = MEMBERS_MAX,
		.array = row->array,
		.is_inactive = row->is_inactive,
		.is_degraded = row->is_degraded,
		.is_late = row->is_late,
		.was_made = row->was_made,
	};
	AUTO(error_done) struct error err = ERROR_INIT;
	enum raid_action got = RAID_CREATE;
	int r = raid_decide(&request, &facts, &got, &err);

	tap_ok(r == row->want_error && (r < 0 || got == row->want) &&
		       (!row->want_text || (err.text && strstr(err.text, row->want_text))),
	       "%s", row->label);
	if (r < 0)
		printf("# %s\n", err.text);
}

static void test_without_identity(void)
{
	const struct raid_request request = { .name = S("data"), .device_count = 1 };
	const struct raid_member member = MEMBER("/dev/a", "", "md127");
	const struct raid_facts facts = { .members = &member, .count = 1 };
	enum raid_action got = RAID_CREATE;

	tap_int(raid_decide(&request, &facts, &got, /* err= */ NULL), -EBUSY,
		"without an identity nothing is ours, whatever is there");
}

static void test_path(void)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	const struct raid_request name = { .name = S("data") };
	const struct raid_request path = { .name = S("/dev/md0") };

	tap_str(raid_path(&name, arena), "/dev/md/data", "a name is below /dev/md");
	tap_str(raid_path(&path, arena), "/dev/md0", "a path is itself");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(argv_rows); i++)
		test_argv(&argv_rows[i]);
	test_assemble();
	for (size_t i = 0; i < ARRAY_SIZE(decide_rows); i++)
		test_decide(&decide_rows[i]);
	test_without_identity();
	test_path();
	return tap_done();
}
