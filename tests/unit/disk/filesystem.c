/* filesystem - the words of mkfs, and when what is there will do. */
#include "disk/filesystem.h"

#include "base/alloc.h"
#include "base/command.h"
#include "base/text.h"
#include "tap.h"

#define UUID	   "2F4BD0A5-1B2C-4A57-9C6E-0F0E7C7B1A11"
#define UUID_LOWER "2f4bd0a5-1b2c-4a57-9c6e-0f0e7c7b1a11"
#define S(text)                                                                                    \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}

static const struct slice two_options[] = { S("-E"), S("nodiscard") };

static const struct argv_row {
	const char *label;
	struct filesystem_request request;
	const char *want; /* NULL: no program is run */
} argv_rows[] = {
	{ "btrfs",
	  { .format = S("btrfs"), .uuid = S(UUID), .label = S("d") },
	  "mkfs.btrfs --force -U " UUID_LOWER " -L d /dev/x" },
	{ "ext4, user's options first",
	  { .format = S("ext4"),
	    .uuid = S(UUID),
	    .label = S("d"),
	    .options = two_options,
	    .option_count = 2 },
	  "mkfs.ext4 -E nodiscard -F -U " UUID_LOWER " -L d /dev/x" },
	{ "xfs takes the UUID as a setting",
	  { .format = S("xfs"), .uuid = S(UUID), .label = S("d") },
	  "mkfs.xfs -f -m uuid=" UUID_LOWER " -L d /dev/x" },
	{ "swap",
	  { .format = S("swap"), .uuid = S(UUID), .label = S("d") },
	  "mkswap -f -U " UUID_LOWER " -L d /dev/x" },
	{ "vfat takes the UUID without its dash",
	  { .format = S("vfat"), .uuid = S("2F4B-D0A5"), .label = S("ESP") },
	  "mkfs.fat -i 2f4bd0a5 -n ESP /dev/x" },
	{ "neither label nor UUID", { .format = S("ext4") }, "mkfs.ext4 -F /dev/x" },
	{ "an empty label is none", { .format = S("xfs"), .label = S("") }, "mkfs.xfs -f /dev/x" },
	{ "none runs nothing", { .format = S("none") }, NULL },
	{ "an unknown format runs nothing", { .format = S("zfs") }, NULL },
};

static void test_argv(const struct argv_row *row)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
	const char *const *argv = filesystem_argv(&row->request, "/dev/x", arena);

	for (size_t i = 0; argv && argv[i]; i++)
		text_printf(&got, "%s%s", i ? " " : "", argv[i]);
	tap_str(argv ? text_str(&got) : NULL, row->want, row->label);
}

static const struct decide_row {
	const char *label;
	struct filesystem_request request;
	struct {
		const char *type, *label, *uuid;
	} found;
	enum filesystem_decision want;
} decide_rows[] = {
	{ "no format: nothing is done", { .wipe = true }, { "ext4" }, FILESYSTEM_SKIP },
	{ "an empty device is formatted", { .format = S("ext4") }, { 0 }, FILESYSTEM_CREATE },
	{ "what is labelled OEM will do for Flatcar",
	  { .format = S("ext4"), .keeps_oem = true },
	  { "btrfs", "OEM" },
	  FILESYSTEM_KEEP },
	{ "unless another label is asked for",
	  { .format = S("ext4"), .keeps_oem = true, .label = S("data") },
	  { "ext4", "OEM" },
	  FILESYSTEM_REFUSE },
	{ "and for nobody else", { .format = S("ext4") }, { "btrfs", "OEM" }, FILESYSTEM_REFUSE },
	{ "the same type is kept", { .format = S("ext4") }, { "ext4", "a", "b" }, FILESYSTEM_KEEP },
	{ "another type is refused", { .format = S("ext4") }, { "xfs" }, FILESYSTEM_REFUSE },
	{ "another type is wiped where that was asked for",
	  { .format = S("ext4"), .wipe = true },
	  { "xfs" },
	  FILESYSTEM_CREATE },
	{ "the same type is made anew where that was asked for",
	  { .format = S("ext4"), .wipe = true },
	  { "ext4" },
	  FILESYSTEM_CREATE },
	{ "the same label is kept",
	  { .format = S("ext4"), .label = S("data") },
	  { "ext4", "data" },
	  FILESYSTEM_KEEP },
	{ "another label is refused",
	  { .format = S("ext4"), .label = S("data") },
	  { "ext4", "Data" },
	  FILESYSTEM_REFUSE },
	{ "a longer label is another",
	  { .format = S("ext4"), .label = S("data") },
	  { "ext4", "data2" },
	  FILESYSTEM_REFUSE },
	{ "no label is another",
	  { .format = S("ext4"), .label = S("data") },
	  { "ext4", NULL },
	  FILESYSTEM_REFUSE },
	{ "an empty label that was asked for is no label",
	  { .format = S("ext4"), .label = S("") },
	  { "ext4", NULL },
	  FILESYSTEM_KEEP },
	{ "UUIDs have no case",
	  { .format = S("xfs"), .uuid = S(UUID) },
	  { "xfs", NULL, UUID_LOWER },
	  FILESYSTEM_KEEP },
	{ "another UUID is refused",
	  { .format = S("xfs"), .uuid = S(UUID) },
	  { "xfs", NULL, "2f4bd0a5-1b2c-4a57-9c6e-0f0e7c7b1a12" },
	  FILESYSTEM_REFUSE },
	{ "no UUID is another",
	  { .format = S("xfs"), .uuid = S(UUID) },
	  { "xfs" },
	  FILESYSTEM_REFUSE },
	{ "the UUID of vfat with and without its dash is one",
	  { .format = S("vfat"), .uuid = S("2f4bd0a5") },
	  { "vfat", NULL, "2F4B-D0A5" },
	  FILESYSTEM_KEEP },
	{ "nothing is none", { .format = S("none") }, { 0 }, FILESYSTEM_KEEP },
	{ "something is not none", { .format = S("none") }, { "ext4" }, FILESYSTEM_REFUSE },
	{ "none wipes where that was asked for",
	  { .format = S("none"), .wipe = true },
	  { "ext4" },
	  FILESYSTEM_CREATE },
	{ "an LVM member is not overwritten",
	  { .format = S("ext4") },
	  { "LVM2_member" },
	  FILESYSTEM_REFUSE },
	{ "an unknown format is refused", { .format = S("zfs") }, { 0 }, FILESYSTEM_REFUSE },
};

static void test_decide(const struct decide_row *row)
{
	struct probe_result found = { .type = (char *)row->found.type,
				      .label = (char *)row->found.label,
				      .uuid = (char *)row->found.uuid };

	tap_int(filesystem_decide(&row->request, &found), row->want, row->label);
}

/* Each format by the name that libblkid gives it, once, in order. */
static void test_table(void)
{
	static const char *const names[] = { "btrfs", "ext4", "none", "swap", "vfat", "xfs" };
	static const unsigned label_max[] = { 256, 16, 0, 15, 11, 12 };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct filesystem_format *format = filesystem_format_at(i);

		tap_str(format ? format->name : NULL, names[i], "formats are sorted by name");
		tap_ok(format && format->label_max == label_max[i], "... with its limit of labels");
		tap_ok(filesystem_format_find(slice_of(names[i])) == format, "... and found by it");
	}
	tap_ok(!filesystem_format_at(ARRAY_SIZE(names)), "... and there are no more");
}

#define DRAWN "00000000-1111-4222-8333-444444444444"

/* Where an earlier run of the same provisioning has been. */
static const struct again_row {
	const char *label;
	struct filesystem_request request;
	struct {
		const char *type, *label, *uuid;
	} found;
	struct history_record record;
	enum filesystem_decision want;
} again_rows[] = {
	{ "what was made is not wiped again",
	  { .format = S("xfs"), .wipe = true },
	  { "xfs", NULL, DRAWN },
	  { .identity = { .uuid = DRAWN }, .progress = OPERATION_DONE },
	  FILESYSTEM_KEEP },
	{ "what somebody else made since then is",
	  { .format = S("xfs"), .wipe = true },
	  { "xfs", NULL, UUID_LOWER },
	  { .identity = { .uuid = DRAWN }, .progress = OPERATION_DONE },
	  FILESYSTEM_CREATE },
	{ "what was cut off is made again",
	  { .format = S("xfs") },
	  { "xfs", NULL, DRAWN },
	  { .identity = { .uuid = DRAWN }, .progress = OPERATION_BEGUN },
	  FILESYSTEM_CREATE },
	{ "what was cut off before it could be told is made again",
	  { .format = S("xfs") },
	  { NULL },
	  { .identity = { .uuid = DRAWN }, .progress = OPERATION_BEGUN },
	  FILESYSTEM_CREATE },
	{ "what was cut off without a UUID of ours is made again",
	  { .format = S("xfs") },
	  { "xfs", NULL, UUID_LOWER },
	  { .progress = OPERATION_BEGUN },
	  FILESYSTEM_CREATE },
	{ "what is there and not ours is refused all the same",
	  { .format = S("xfs") },
	  { "ext4", NULL, UUID_LOWER },
	  { .identity = { .uuid = DRAWN }, .progress = OPERATION_BEGUN },
	  FILESYSTEM_REFUSE },
	{ "of the right type and not ours it is kept",
	  { .format = S("xfs") },
	  { "xfs", NULL, UUID_LOWER },
	  { .identity = { .uuid = DRAWN }, .progress = OPERATION_BEGUN },
	  FILESYSTEM_KEEP },
	{ "what was only planned counts for nothing",
	  { .format = S("xfs"), .wipe = true },
	  { "xfs", NULL, DRAWN },
	  { .identity = { .uuid = DRAWN } },
	  FILESYSTEM_CREATE },
	{ "a UUID of vfat is compared without its dash",
	  { .format = S("vfat"), .wipe = true },
	  { "vfat", NULL, "2F4B-D0A5" },
	  { .identity = { .uuid = "2f4bd0a5" }, .progress = OPERATION_DONE },
	  FILESYSTEM_KEEP },
	{ "what was emptied is not wiped again",
	  { .format = S("none"), .wipe = true },
	  { NULL },
	  { .progress = OPERATION_DONE },
	  FILESYSTEM_KEEP },
	{ "without a format nothing is done",
	  { .wipe = true },
	  { NULL },
	  { .progress = OPERATION_BEGUN },
	  FILESYSTEM_SKIP },
};

static void test_again(const struct again_row *row)
{
	const struct probe_result found = { .type = (char *)row->found.type,
					    .label = (char *)row->found.label,
					    .uuid = (char *)row->found.uuid };

	tap_int(filesystem_decide_again(&row->request, &found, &row->record), row->want,
		row->label);
}

static void test_draw(void)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	const struct slice own[] = { S("-m"), S("uuid=1") };
	const struct slice other[] = { S("-K") };
	struct filesystem_request request = { .format = S("xfs"), .uuid = S(UUID) };
	const char *uuid = "?";

	tap_ok(filesystem_draw_uuid(&request, arena, &uuid, NULL) == 0 && !uuid,
	       "a UUID that is asked for is not drawn");
	request = (struct filesystem_request){ .format = S("xfs"),
					       .options = own,
					       .option_count = 2 };
	tap_ok(filesystem_draw_uuid(&request, arena, &uuid, NULL) == 0 && !uuid,
	       "nor one that the options may hold");
	request.options = other;
	request.option_count = 1;
	tap_ok(filesystem_draw_uuid(&request, arena, &uuid, NULL) == 0 && uuid &&
		       strlen(uuid) == 36,
	       "else one is: %s", uuid ?: "");
	request.format = (struct slice)S("vfat");
	tap_ok(filesystem_draw_uuid(&request, arena, &uuid, NULL) == 0 && uuid && strlen(uuid) == 8,
	       "eight digits for vfat: %s", uuid ?: "");
	request.format = (struct slice)S("none");
	tap_ok(filesystem_draw_uuid(&request, arena, &uuid, NULL) == 0 && !uuid,
	       "none for nothing");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(argv_rows); i++)
		test_argv(&argv_rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(decide_rows); i++)
		test_decide(&decide_rows[i]);
	test_table();
	for (size_t i = 0; i < ARRAY_SIZE(again_rows); i++)
		test_again(&again_rows[i]);
	test_draw();
	return tap_done();
}
