/* node - what is planned for each kind of node over each kind of target, and what then is there. */
#include "host/node.h"

#include <errno.h>

#include "tests/unit/host/node_fixture.h"

#define REQUESTS_MAX 4
#define MADE_MAX     6

struct row {
	const char *label;
	struct made made[MADE_MAX];
	struct node_request requests[REQUESTS_MAX];
	const char *plan; /* lines; with @error: NULL */
	const char *tree; /* afterwards */
	const char *error;
	int want_r;
};

static const struct row rows[] = {
	{ "a new directory has mode 0755, its parents too", .requests = { DIR("/a/b") },
	  .plan = "directory /a/b: create\n", .tree = "d /a 755\nd /a/b 755\n" },
	{ "a new directory has the mode and owner asked for, its parents have not",
	  .requests = { DIR("/a/b", MODE(02750), CORE) },
	  .plan = "directory /a/b: create, mode 2750" CORE_SHOWN "\n",
	  .tree = "d /a 755\nd /a/b 2750 500:10\n" },
	{ "a directory that is there keeps what is not asked for",
	  .made = { { 'd', "/a", NULL, 0700, 7, 8 } }, .requests = { DIR("/a") }, .plan = "",
	  .tree = "d /a 700 7:8\n" },
	{ "a directory that is there gets what is asked for",
	  .made = { { 'd', "/a", NULL, 0700, 7, 8 } },
	  .requests = { DIR("/a", .group = { .has_id = true, .id = 9 }, MODE(0711)) },
	  .plan = "directory /a: set, mode 0711, group 9\n", .tree = "d /a 711 7:9\n" },
	{ "a file where a directory is asked for is refused", .made = { { 'f', "/a", "x" } },
	  .requests = { DIR("/a") },
	  .error =
		  "error creating directory <root>/a: A non-directory already exists and overwrite "
		  "is false; set overwrite to replace it",
	  .want_r = -EEXIST },
	{ "a file where a directory is asked for with overwrite is replaced",
	  .made = { { 'f', "/a", "x" } },
	  .requests = { DIR("/a", OVERWRITE), FILE_("/a/b", .contents = &hello) },
	  .plan = "directory /a: replace\nfile /a/b: create\n",
	  .tree = "d /a 755\nf /a/b 644 hello\n" },
	{ "a link where a directory is asked for with overwrite is replaced, and not followed "
	  "below",
	  .made = { { 'd', "/real" }, { 'l', "/a", "/real" } },
	  .requests = { DIR("/a", OVERWRITE), FILE_("/a/b", .contents = &hello) },
	  .plan = "directory /a: replace\nfile /a/b: create\n",
	  .tree = "d /a 755\nf /a/b 644 hello\nd /real 755\n" },
	{ "a directory with overwrite loses all that the config does not put there",
	  .made = { { 'f', "/a/b/old", "x" }, { 'f', "/a/keep", "hello" } },
	  .requests = { DIR("/a", OVERWRITE), FILE_("/a/keep", .contents = &hello) },
	  .plan = "directory /a: replace\nfile /a/keep: create\n",
	  .tree = "d /a 755\nf /a/keep 644 hello\n" },
	{ "a directory with overwrite that holds what is asked for alone is left",
	  .made = { { 'f', "/a/b/c", "hello" } },
	  .requests = { DIR("/a", OVERWRITE), FILE_("/a/b/c", .contents = &hello) }, .plan = "",
	  .tree = "d /a 755\nd /a/b 755\nf /a/b/c 644 hello\n" },
	{ "what is below a directory with overwrite may be overwritten too",
	  .made = { { 'f', "/a/b", "old" } },
	  .requests = { DIR("/a", OVERWRITE, MODE(0700)), FILE_("/a/b", APPEND) },
	  .plan = "directory /a: set, mode 0700, user 0, group 0\nfile /a/b: replace, 2 fragments "
		  "at the end, mode "
		  "0644, user 0, group 0\n",
	  .tree = "d /a 700\nf /a/b 644 more\n\n" },
	{ "an empty directory with overwrite gets the defaults of a new one",
	  .made = { { 'd', "/a", NULL, 0700, 7, 8 } }, .requests = { DIR("/a", OVERWRITE) },
	  .plan = "directory /a: set, mode 0755, user 0, group 0\n", .tree = "d /a 755\n" },
	{ "overwriting the root is refused", .requests = { DIR("/", OVERWRITE) },
	  .error = "error creating directory <root>/: overwrite would remove the whole target; "
		   "leave it out for this path",
	  .want_r = -EINVAL },
	{ "the root can be given a mode", .requests = { DIR("/", MODE(0711)) },
	  .plan = "directory /: set, mode 0711\n", .tree = "" },

	{ "a new file has mode 0644, its parents 0755",
	  .requests = { FILE_("/a/b", .contents = &hello) }, .plan = "file /a/b: create\n",
	  .tree = "d /a 755\nf /a/b 644 hello\n" },
	{ "a new file keeps set-id bits although it changes hands",
	  .requests = { FILE_("/a", .contents = &hello, MODE(06711), CORE) },
	  .plan = "file /a: create, mode 6711" CORE_SHOWN "\n",
	  .tree = "f /a 6711 500:10 hello\n" },
	{ "a new file with fragments alone holds them", .requests = { FILE_("/a", APPEND) },
	  .plan = "file /a: create, 2 fragments at the end\n", .tree = "f /a 644 more\n\n" },
	{ "a new file holds contents, then fragments",
	  .requests = { FILE_("/a", .contents = &hello, APPEND) },
	  .plan = "file /a: create, 2 fragments at the end\n", .tree = "f /a 644 hellomore\n\n" },
	{ "a file without contents is made empty", .requests = { FILE_("/a", MODE(0600)) },
	  .plan = "file /a: create, mode 0600\n", .tree = "f /a 600 \n" },
	{ "a file without contents keeps what is there", .made = { { 'f', "/a", "x", 0640, 7, 8 } },
	  .requests = { FILE_("/a") }, .plan = "", .tree = "f /a 640 7:8 x\n" },
	{ "a file without contents gets its owner and keeps its set-id bits",
	  .made = { { 'f', "/a", "x", 04755 } }, .requests = { FILE_("/a", CORE) },
	  .plan = "file /a: set" CORE_SHOWN "\n", .tree = "f /a 4755 500:10 x\n" },
	{ "a file with the same contents is left", .made = { { 'f', "/a", "hello", 0600 } },
	  .requests = { FILE_("/a", .contents = &hello) }, .plan = "", .tree = "f /a 600 hello\n" },
	{ "a file with the same contents gets its mode", .made = { { 'f', "/a", "hello", 0600 } },
	  .requests = { FILE_("/a", .contents = &hello, MODE(0604)) },
	  .plan = "file /a: set, mode 0604\n", .tree = "f /a 604 hello\n" },
	{ "a file with the same contents and fragments is left",
	  .made = { { 'f', "/a", "hellomore\n" } },
	  .requests = { FILE_("/a", .contents = &hello, APPEND) }, .plan = "",
	  .tree = "f /a 644 hellomore\n\n" },
	{ "a file with more than the contents is refused", .made = { { 'f', "/a", "hello!" } },
	  .requests = { FILE_("/a", .contents = &hello) },
	  .error = "error creating file \"<root>/a\": A file exists there already and overwrite is "
		   "false; set overwrite to replace it, or append to it",
	  .want_r = -EEXIST },
	{ "a file with less than the contents is refused", .made = { { 'f', "/a", "hell" } },
	  .requests = { FILE_("/a", .contents = &hello) },
	  .error = "error creating file \"<root>/a\": A file exists there already and overwrite is "
		   "false; set overwrite to replace it, or append to it",
	  .want_r = -EEXIST },
	{ "an empty file where contents are asked for is refused", .made = { { 'f', "/a", "" } },
	  .requests = { FILE_("/a", .contents = &hello) },
	  .error = "error creating file \"<root>/a\": A file exists there already and overwrite is "
		   "false; set overwrite to replace it, or append to it",
	  .want_r = -EEXIST },
	{ "an empty file where empty contents are asked for is left", .made = { { 'f', "/a", "" } },
	  .requests = { FILE_("/a", .contents = &empty) }, .plan = "", .tree = "f /a 644 \n" },
	{ "a directory where a file is asked for is refused", .made = { { 'd', "/a" } },
	  .requests = { FILE_("/a", APPEND) },
	  .error = "error creating file \"<root>/a\": A non regular file exists there already and "
		   "overwrite is false; set overwrite to replace it",
	  .want_r = -EEXIST },
	{ "a link where a file is asked for is refused, wherever it leads",
	  .made = { { 'l', "/a", "b" }, { 'f', "/b", "hello" } },
	  .requests = { FILE_("/a", .contents = &hello) },
	  .error = "error creating file \"<root>/a\": A non regular file exists there already and "
		   "overwrite is false; set overwrite to replace it",
	  .want_r = -EEXIST },
	{ "a file with overwrite replaces another, with the defaults of a new one",
	  .made = { { 'f', "/a", "old", 0600, 7, 8 } },
	  .requests = { FILE_("/a", .contents = &hello, OVERWRITE) },
	  .plan = "file /a: replace, mode 0644, user 0, group 0\n", .tree = "f /a 644 hello\n" },
	{ "a file with overwrite replaces one that differs in its owner alone",
	  .made = { { 'f', "/a", "hello", 0644, 7, 0 } },
	  .requests = { FILE_("/a", .contents = &hello, OVERWRITE) },
	  .plan = "file /a: replace, mode 0644, user 0, group 0\n", .tree = "f /a 644 hello\n" },
	{ "a file with overwrite leaves one that is the same", .made = { { 'f', "/a", "hello" } },
	  .requests = { FILE_("/a", .contents = &hello, OVERWRITE) }, .plan = "",
	  .tree = "f /a 644 hello\n" },
	{ "in a set-group-ID directory the group is the directory's",
	  .made = { { 'd', "/d", NULL, 02755, 0, 9 }, { 'f', "/d/a", "hello", 0644, 0, 9 } },
	  .requests = { FILE_("/d/a", .contents = &hello, OVERWRITE) }, .plan = "",
	  .tree = "d /d 2755 0:9\nf /d/a 644 0:9 hello\n" },
	{ "a file with overwrite replaces a directory and all in it",
	  .made = { { 'f', "/a/b/c", "x" } },
	  .requests = { FILE_("/a", .contents = &hello, OVERWRITE) },
	  .plan = "file /a: replace, mode 0644, user 0, group 0\n", .tree = "f /a 644 hello\n" },
	{ "a file with overwrite replaces a link, not what it leads to",
	  .made = { { 'l', "/a", "b" }, { 'f', "/b", "x" } },
	  .requests = { FILE_("/a", .contents = &hello, OVERWRITE) },
	  .plan = "file /a: replace, mode 0644, user 0, group 0\n",
	  .tree = "f /a 644 hello\nf /b 644 x\n" },
	{ "a file is appended to, and keeps mode and owner",
	  .made = { { 'f', "/a", "old\n", 04750, 7, 8 } }, .requests = { FILE_("/a", APPEND) },
	  .plan = "file /a: append, 2 fragments at the end\n",
	  .tree = "f /a 4750 7:8 old\nmore\n\n" },
	{ "a file is appended to, and gets mode and owner", .made = { { 'f', "/a", "old\n" } },
	  .requests = { FILE_("/a", APPEND, MODE(04711), CORE) },
	  .plan = "file /a: append, 2 fragments at the end, mode 4711" CORE_SHOWN "\n",
	  .tree = "f /a 4711 500:10 old\nmore\n\n" },
	{ "a file that holds the fragments already is appended to all the same",
	  .made = { { 'f', "/a", "more\nx" } }, .requests = { FILE_("/a", APPEND) },
	  .plan = "file /a: append, 2 fragments at the end\n", .tree = "f /a 644 more\nxmore\n\n" },
	{ "empty fragments are nothing to append", .made = { { 'f', "/a", "x" } },
	  .requests = { FILE_("/a", .append = &empty, .append_count = 1) }, .plan = "",
	  .tree = "f /a 644 x\n" },
	{ "a file from the network is written", .requests = { FILE_("/a", .contents = &remote) },
	  .plan = "file /a: create, from http://h/x\n", .tree = "f /a 644 hello\n" },
	{ "a file from the network is not compared with what is there",
	  .made = { { 'f', "/a", "hello" } }, .requests = { FILE_("/a", .contents = &remote) },
	  .error = "error creating file \"<root>/a\": A file exists there already and overwrite is "
		   "false; set overwrite to replace it, or append to it",
	  .want_r = -EEXIST },
	{ "fragments from the network are appended once", .made = { { 'f', "/a", "x" } },
	  .requests = { FILE_("/a", REMOTE_APPEND) },
	  .plan = "file /a: append, 1 fragment at the end\n", .tree = "f /a 644 xmore\n\n" },

	{ "a link is made, with its owner", .requests = { LINK("/d/a", "../x", CORE) },
	  .plan = "link /d/a: create, to ../x" CORE_SHOWN "\n",
	  .tree = "d /d 755\nl /d/a 500:10 ../x\n" },
	{ "a link that is there is left", .made = { { 'l', "/a", "./x//y/", 0, 7, 8 } },
	  .requests = { LINK("/a", "x/y") }, .plan = "", .tree = "l /a 7:8 ./x//y/\n" },
	{ "a link that is there gets the owner asked for", .made = { { 'l', "/a", "x" } },
	  .requests = { LINK("/a", "x", CORE) }, .plan = "link /a: set, to x" CORE_SHOWN "\n",
	  .tree = "l /a 500:10 x\n" },
	{ "a link to elsewhere is refused", .made = { { 'l', "/a", "/x" } },
	  .requests = { LINK("/a", "x") },
	  .error = "error creating symlink <root>/a: a symlink exists at that path but points to "
		   "/x, not x and overwrite is false; set overwrite to replace it",
	  .want_r = -EEXIST },
	{ "a file where a link is asked for is refused", .made = { { 'f', "/a", "x" } },
	  .requests = { LINK("/a", "x") },
	  .error = "error creating symlink <root>/a: a non-symlink already exists at that path and "
		   "overwrite is false; set overwrite to replace it",
	  .want_r = -EEXIST },
	{ "a link with overwrite replaces a link", .made = { { 'l', "/a", "/x", 0, 7, 8 } },
	  .requests = { LINK("/a", "x", OVERWRITE) },
	  .plan = "link /a: replace, to x, user 0, group 0\n", .tree = "l /a x\n" },
	{ "a link with overwrite replaces a directory and all in it",
	  .made = { { 'f', "/a/b", "x" } }, .requests = { LINK("/a", "x", OVERWRITE) },
	  .plan = "link /a: replace, to x\n", .tree = "l /a x\n" },

	{ "a hard link is made to what the plan makes, relative to the root",
	  .requests = { HARD("/d/h", "d/f"), FILE_("/d/f", .contents = &hello) },
	  .plan = "file /d/f: create\nhard link /d/h: create, to d/f\n",
	  .tree = "d /d 755\nf /d/f 644 x2 hello\nf /d/h 644 x2 hello\n" },
	{ "a hard link to a link is a link to the link", .made = { { 'l', "/a", "/x" } },
	  .requests = { HARD("/h", "/a") }, .plan = "hard link /h: create, to /a\n",
	  .tree = "l /a x2 /x\nl /h x2 /x\n" },
	{ "a hard link that is there is left", .made = { { 'f', "/a", "x" }, { 'h', "/h", "a" } },
	  .requests = { HARD("/h", "/a") }, .plan = "", .tree = "f /a 644 x2 x\nf /h 644 x2 x\n" },
	{ "a hard link to what is replaced is made again",
	  .made = { { 'f', "/a", "x" }, { 'h', "/h", "a" } },
	  .requests = { HARD("/h", "/a"), FILE_("/a", .contents = &hello, OVERWRITE) },
	  .plan = "file /a: replace, mode 0644, user 0, group 0\nhard link /h: replace, to /a\n",
	  .tree = "f /a 644 x2 hello\nf /h 644 x2 hello\n" },
	{ "a hard link where another file is is refused",
	  .made = { { 'f', "/a", "x" }, { 'f', "/h", "x" } }, .requests = { HARD("/h", "/a") },
	  .error = "error creating hard link <root>/h: a file already exists at that path but is "
		   "not the target and overwrite is false; set overwrite to replace it",
	  .want_r = -EEXIST },
	{ "a hard link with overwrite replaces another file",
	  .made = { { 'f', "/a", "x" }, { 'f', "/h", "y" } },
	  .requests = { HARD("/h", "/a", OVERWRITE) }, .plan = "hard link /h: replace, to /a\n",
	  .tree = "f /a 644 x2 x\nf /h 644 x2 x\n" },
	{ "a hard link over another name of its target leaves nothing else behind",
	  .made = { { 'f', "/a", "x" }, { 'h', "/c", "a" }, { 'f', "/b", "y" } },
	  .requests = { HARD("/b", "/a", OVERWRITE), HARD("/c", "/b", OVERWRITE) },
	  .plan = "hard link /b: replace, to /a\nhard link /c: replace, to /b\n",
	  .tree = "f /a 644 x3 x\nf /b 644 x3 x\nf /c 644 x3 x\n" },
	{ "a hard link to nothing is refused", .requests = { HARD("/h", "/a") },
	  .error = "error creating hard link <root>/h: failed to create link \"<root>/h\" -> "
		   "\"/a\": "
		   "there is no such file in the target",
	  .want_r = -ENOENT },
	{ "a hard link to a directory is refused", .made = { { 'd', "/a" } },
	  .requests = { HARD("/h", "/a") },
	  .error = "error creating hard link <root>/h: failed to create link \"<root>/h\" -> "
		   "\"/a\": "
		   "a directory cannot have hard links; use a symbolic link",
	  .want_r = -EPERM },
	{ "a hard link to a directory that the plan makes is refused",
	  .requests = { HARD("/h", "/a"), DIR("/a") },
	  .error = "error creating hard link <root>/h: failed to create link \"<root>/h\" -> "
		   "\"/a\": "
		   "a directory cannot have hard links; use a symbolic link",
	  .want_r = -EPERM },
	{ "a hard link to what goes with its directory is refused",
	  .made = { { 'f', "/d/a", "x" } },
	  .requests = { HARD("/h", "/d/a"), DIR("/d", OVERWRITE) },
	  .error = "error creating hard link <root>/h: failed to create link \"<root>/h\" -> "
		   "\"/d/a\": there is no such file in the target",
	  .want_r = -ENOENT },
	{ "hard links come in their order", .made = { { 'f', "/a", "x" } },
	  .requests = { HARD("/h/deep", "/a"), HARD("/g", "/h/deep") },
	  .plan = "hard link /h/deep: create, to /a\nhard link /g: create, to /h/deep\n",
	  .tree = "f /a 644 x3 x\nf /g 644 x3 x\nd /h 755\nf /h/deep 644 x3 x\n" },
	{ "a hard link to a later one is refused", .made = { { 'f', "/a", "x" } },
	  .requests = { HARD("/g", "/h"), HARD("/h", "/a") },
	  .error = "error creating hard link <root>/g: failed to create link \"<root>/g\" -> "
		   "\"/h\": "
		   "its target is a hard link that comes later in the config",
	  .want_r = -ENOENT },

	{ "shallow comes before deep, then directories, files, links, each as configured",
	  .requests = { LINK("/b", "x"), FILE_("/d/z/f"), FILE_("/a"), DIR("/d") },
	  .plan = "directory /d: create\nfile /a: create\nlink /b: create, to x\n"
		  "file /d/z/f: create\n",
	  .tree = "f /a 644 \nl /b x\nd /d 755\nd /d/z 755\nf /d/z/f 644 \n" },
	{ "a chain of absolute links stays in the root",
	  .made = { { 'l', "/a", "/b" },
		    { 'l', "/b", "/../../../../../../real" },
		    { 'd', "/real" } },
	  .requests = { FILE_("/a/f", .contents = &hello) }, .plan = "file /real/f: create\n",
	  .tree = "l /a /b\nl /b /../../../../../../real\nd /real 755\nf /real/f 644 hello\n" },
	{ "a dangling link's directory is made", .made = { { 'l', "/a", "/real/sub" } },
	  .requests = { FILE_("/a/f", .contents = &hello) }, .plan = "file /real/sub/f: create\n",
	  .tree = "l /a /real/sub\nd /real 755\nd /real/sub 755\nf /real/sub/f 644 hello\n" },
	{ "two entries in one place are refused", .made = { { 'l', "/a", "/b" }, { 'd', "/b" } },
	  .requests = { FILE_("/b/x"), FILE_("/a/x") },
	  .error = "file at /a/x resolved to <root>/b/x after symlink chasing, but another entry "
		   "with path /b/x also resolves there",
	  .want_r = -EEXIST },
	{ "a loop of links is refused", .made = { { 'l', "/a", "/b" }, { 'l', "/b", "/a" } },
	  .requests = { DIR("/a/x") },
	  .error = "directory at /a/x: resolve /a/x: more than 40 links (a loop?)",
	  .want_r = -ELOOP },
	{ "a file above is refused", .made = { { 'f', "/a", "x" } },
	  .requests = { FILE_("/a/b/x") },
	  .error = "file at /a/b/x: resolve /a/b/x: /a is not a directory", .want_r = -ENOTDIR },
	{ "a file right above is refused", .made = { { 'f', "/a", "x" } },
	  .requests = { FILE_("/a/x") },
	  .error = "file at /a/x: resolve /a/x: /a is not a directory", .want_r = -ENOTDIR },
	{ "a file of the config above is refused", .requests = { FILE_("/a"), FILE_("/a/b/c") },
	  .error = "error creating file \"<root>/a/b/c\": it is below /a, which the config makes a "
		   "file",
	  .want_r = -ENOTDIR },
	{ "a link of the config above is refused, however it is reached",
	  .made = { { 'l', "/m", "/d" }, { 'd', "/d" } },
	  .requests = { LINK("/d/l", "/etc"), FILE_("/m/l/c") },
	  .error = "error creating file \"<root>/d/l/c\": it is below /d/l, which the config makes "
		   "a link",
	  .want_r = -ENOTDIR },
	{ "an unknown user is refused",
	  .requests = { FILE_("/a", .user = { .name = { "nobody", 6 } }) },
	  .error = "error creating file \"<root>/a\": failed to determine correct uid and gid for "
		   "<root>/a: no such user \"nobody\"; name one that the target has or the config "
		   "makes, or give its id",
	  .want_r = -ENOENT },
	{ "an unknown group is refused",
	  .requests = { FILE_("/a", .group = { .name = { "nobody", 6 } }) },
	  .error = "error creating file \"<root>/a\": failed to determine correct uid and gid for "
		   "<root>/a: no such group \"nobody\"; name one that the target has or the config "
		   "makes, or give its id",
	  .want_r = -ENOENT },
	{ "a negative id is refused",
	  .requests = { DIR("/a", .user = { .has_id = true, .id = -1 }) },
	  .error = "error creating directory <root>/a: -1 is not a user or group id",
	  .want_r = -ERANGE },
	{ "the id that means none is refused",
	  .requests = { DIR("/a", .group = { .has_id = true, .id = UINT32_MAX }) },
	  .error = "error creating directory <root>/a: 4294967295 is not a user or group id",
	  .want_r = -ERANGE },
	{ "the largest id is taken",
	  .requests = { DIR("/a", .user = { .has_id = true, .id = UINT32_MAX - 1 }) },
	  .plan = "directory /a: create, user 4294967294\n", .tree = "d /a 755 4294967294:0\n" },
};

static size_t count_requests(const struct row *row)
{
	size_t count = 0;

	while (count < REQUESTS_MAX && row->requests[count].path.data)
		count++;
	return count;
}

static void check_again(struct target *target, const struct row *row, const struct text *receipts)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(plan_free) struct plan *plan = NULL;
	AUTO(text_done) struct text lines = TEXT_INIT(TEXT_MESSAGE_MAX);
	int r = make_plan(target, row->requests, count_requests(row), receipts, &plan, &err);

	show_plan(plan, 0, &lines);
	tap_str(r < 0 ? err.text : text_str(&lines), "",
		"... and the next run finds nothing to do");
}

static void check_row(const struct row *row)
{
	AUTO(target_done) struct target target;
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(plan_free) struct plan *plan = NULL;
	AUTO(text_done) struct text lines = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text tree = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text receipts = TEXT_INIT(TEXT_MESSAGE_MAX);

	target_init(&target, row->made);

	int r = make_plan(&target, row->requests, count_requests(row), &receipts, &plan, &err);

	show_plan(plan, 0, &lines);
	if (row->error) {
		AUTO_FREE char *text = without_root(&target, err.text);

		tap_str(text, row->error, row->label);
		tap_ok(r == row->want_r && err.kind == ERROR_INPUT,
		       "... as a mistake in the input");
		return;
	}
	tap_str(r < 0 ? err.text : text_str(&lines), row->plan, row->label);
	record(plan, &receipts);
	r = apply_plan(plan, &target.machine, &err);
	target_show(&target, "", &tree);
	tap_str(r < 0 ? err.text : text_str(&tree), row->tree, "... with the result");
	check_again(&target, row, &receipts);
}

int main(void)
{
	if (geteuid() != 0) {
		printf("1..0 # SKIP changes owners: needs root\n");
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
	return tap_done();
}
