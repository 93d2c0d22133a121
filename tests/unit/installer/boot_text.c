/* Kernel arguments of boot loader entries, and GRUB's consoles (spec install-and-boot 3.10). */
#include "installer/boot_text.h"

#include <errno.h>

#include "tap.h"

static const char *const two[] = { "b=2", "c" };

static const struct {
	const char *label;
	const char *line;
	struct kargs_edit edit;
	const char *want; /* NULL: refused */
} lines[] = {
	{ "nothing to do", "a=1 b=2", { .platform = NULL }, "a=1 b=2" },
	{ "appended in order", "a=1", { .appends = two, .append_count = 2 }, "a=1 b=2 c" },
	{ "appended to nothing", "", { .appends = two, .append_count = 2 }, "b=2 c" },
	{ "deleted wherever they are",
	  "c b=2 a=1 b=2",
	  { .deletes = two, .delete_count = 2 },
	  "a=1" },
	{ "what is not there is deleted already",
	  "a=1",
	  { .deletes = two, .delete_count = 2 },
	  "a=1" },
	{ "only what is equal is deleted",
	  "b=22 cc b",
	  { .deletes = two, .delete_count = 2 },
	  "b=22 cc b" },
	{ "deleted before it is appended",
	  "b=2 a",
	  { .deletes = two, .delete_count = 1, .appends = two, .append_count = 1 },
	  "a b=2" },
	{ "another platform",
	  "a ignition.platform.id=metal b",
	  { .platform = "qemu" },
	  "a ignition.platform.id=qemu b" },
	{ "a platform that is no longer metal",
	  "ignition.platform.id=metalx",
	  { .platform = "qemu" },
	  NULL },
	{ "no platform", "a", { .platform = "qemu" }, NULL },
	{ "several blanks are one", "a   b\tc", { .platform = NULL }, "a b c" },
};

static const struct {
	const char *label;
	const char *entry;
	const char *want;
} entries[] = {
	{ "the options of an entry", "title X\noptions a b=2\nlinux /v\n",
	  "title X\noptions a b=2 b=2 c\nlinux /v\n" },
	{ "behind a tab", "options\ta\n", "options a b=2 c\n" },
	{ "no newline at the end", "options a", "options a b=2 c\n" },
	{ "none", "title X\n", NULL },
	{ "two", "options a\noptions b\n", NULL },
	{ "a key that begins so", "optionsx a\n", NULL },
};

static const struct {
	const char *label;
	const char *config;
	const char *want;
} configs[] = {
	{ "what is between the lines is replaced",
	  "a\n# CONSOLE-SETTINGS-START\nold\nold2\n# CONSOLE-SETTINGS-END\nb\n",
	  "a\n# CONSOLE-SETTINGS-START\nnew\n# CONSOLE-SETTINGS-END\nb\n" },
	{ "where there was nothing", "# CONSOLE-SETTINGS-START\n# CONSOLE-SETTINGS-END\n",
	  "# CONSOLE-SETTINGS-START\nnew\n# CONSOLE-SETTINGS-END\n" },
	{ "no lines", "a\n", NULL },
	{ "no end", "# CONSOLE-SETTINGS-START\na\n", NULL },
	{ "no start", "a\n# CONSOLE-SETTINGS-END\n", NULL },
	{ "the wrong way round", "# CONSOLE-SETTINGS-END\n# CONSOLE-SETTINGS-START\n", NULL },
	{ "twice",
	  "# CONSOLE-SETTINGS-START\n# CONSOLE-SETTINGS-END\n# CONSOLE-SETTINGS-START\n"
	  "# CONSOLE-SETTINGS-END\n",
	  NULL },
};

/* @r and @out are what was done; refused where nothing is wanted. */
static void check(int r, const struct text *out, const char *want, const struct error *err,
		  const char *label)
{
	if (want)
		tap_str(r == 0 ? text_str(out) : err->text, want, label);
	else
		tap_ok(r < 0 && err->kind == ERROR_INPUT, "%s: refused", label);
}

int main(void)
{
	const struct kargs_edit append = { .appends = two, .append_count = 2 };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
		int r = kargs_edit_line(slice_of(lines[i].line), &lines[i].edit, &out, &err);

		check(r, &out, lines[i].want, &err, lines[i].label);
	}
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
		int r = entry_edit_options(slice_of(entries[i].entry), &append, &out, &err);

		check(r, &out, entries[i].want, &err, entries[i].label);
	}
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
		int r = grub_replace_consoles(slice_of(configs[i].config), SLICE("new\n"), &out,
					      &err);

		check(r, &out, configs[i].want, &err, configs[i].label);
	}
	return tap_done();
}
