/* Names of units that are made of paths, as systemd-escape --path makes them. */
#include "config/unit_name.h"

#include "tap.h"

static const struct {
	const char *path;
	const char *want;
} rows[] = {
	{ "/var/lib/a-b", "var-lib-a\\x2db" },
	{ "/", "-" },
	{ "", "-" },
	{ "//a///b//", "a-b" },
	{ "/.a/.b", "\\x2ea-.b" },
	{ "/a b", "a\\x20b" },
	{ "/é", "\\xc3\\xa9" },
	{ "/a:b_c.d", "a:b_c.d" },
	{ "/a\tb", "a\\x09b" },
	{ "/dev/disk/by-id/dm-name-x", "dev-disk-by\\x2did-dm\\x2dname\\x2dx" },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);

		unit_name_escape_path(&got, slice_of(rows[i].path));
		tap_str(text_str(&got), rows[i].want, rows[i].path[0] ? rows[i].path : "(empty)");
	}
	return tap_done();
}
