/* path - Go's path.Clean, Join and Ext. */
#include "config/path.h"

#include <errno.h>

#include "tap.h"

static const struct {
	const char *path, *want;
} clean_rows[] = {
	{ "", "." },
	{ "a", "a" },
	{ "a/b", "a/b" },
	{ ".", "." },
	{ "..", ".." },
	{ "../..", "../.." },
	{ "../../a", "../../a" },
	{ "/", "/" },
	{ "/a", "/a" },
	{ "/a/", "/a" },
	{ "a/", "a" },
	{ "./", "." },
	{ "../", ".." },
	{ "a//b///c", "a/b/c" },
	{ "//a", "/a" },
	{ "//", "/" },
	{ "a/./b", "a/b" },
	{ "/./a/.", "/a" },
	{ "a/..", "." },
	{ "a/../b", "b" },
	{ "a/b/../../..", ".." },
	{ "a/b/../../../c", "../c" },
	{ "/..", "/" },
	{ "/../../a", "/a" },
	{ "/a/../..", "/" },
	{ "/a/b/../c", "/a/c" },
	{ "../a/../b", "../b" },
	{ "../a/../../b", "../../b" },
	{ "..a/.b", "..a/.b" },
	{ "/...", "/..." },
};

static const struct {
	const char *base, *name, *want;
} join_rows[] = {
	{ "/a/b", "c", "/a/b/c" },
	{ "/a/b", "../c", "/a/c" },
	{ "", "../c", "../c" },
	{ "/a/", "", "/a" },
	{ "", "", "" },
	{ "a", "/b", "a/b" },
};

static const struct {
	const char *path, *want;
} extension_rows[] = {
	{ "a.b", ".b" }, { "a.b.c", ".c" }, { ".b", ".b" }, { "a.", "." },
	{ "a", "" },	 { "a.b/c", "" },   { "", "" },	    { "/.c", ".c" },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(clean_rows); i++) {
		AUTO(text_done) struct text got = TEXT_INIT(64);
		struct slice path = slice_of(clean_rows[i].path);

		path_clean(&got, path);
		tap_str(text_str(&got), clean_rows[i].want, clean_rows[i].path);
		if (path_is_absolute(path))
			tap_int(path_is_clean(path), slice_equal(path, text_slice(&got)),
				"is clean when cleaning changes nothing");
	}
	for (size_t i = 0; i < ARRAY_SIZE(join_rows); i++) {
		AUTO(text_done) struct text got = TEXT_INIT(64);

		path_join(&got, slice_of(join_rows[i].base), slice_of(join_rows[i].name));
		tap_str(text_str(&got), join_rows[i].want, join_rows[i].name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(extension_rows); i++)
		tap_ok(slice_is(path_extension(slice_of(extension_rows[i].path)),
				extension_rows[i].want),
		       "extension of \"%s\"", extension_rows[i].path);

	AUTO(text_done) struct text small = TEXT_INIT(8);

	text_append_str(&small, "p:");
	tap_int(path_clean(&small, SLICE("/a//b/../c")), 0, "appends to what is there");
	tap_str(text_str(&small), "p:/a/c", "as much as fits");
	tap_int(path_clean(&small, SLICE("/abc")), -E2BIG, "and no more");
	tap_str(text_str(&small), "p:/a/c", "which changes nothing");
	return tap_done();
}
