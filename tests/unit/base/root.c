/* root - paths that cannot lead out of the target root. */
#include "base/root.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "tap.h"

/*
 * <fixture>/outside	what nothing may reach
 * <fixture>/root	the target
 */
struct fixture {
	char *path;
	char *outside;
	int root_fd;
};

static const struct {
	const char *name, *target;
} links[] = {
	{ "up", ".." },		 { "high", "../../../../../../outside" },
	{ "abs", "/real" },	 { "chain", "/abs" },
	{ "chain2", "dir/rel" }, { "dir/rel", "../chain" },
	{ "loop", "/loop2" },	 { "loop2", "loop" },
	{ "self", "self/x" },	 { "dangling", "/not/there" },
	{ "tofile", "file" },	 { "dotty", "./dir/../real/." },
	{ "etc", "/" },
};

static void put(const struct fixture *f, const char *path, const char *text)
{
	AUTO(error_done) struct error err = ERROR_INIT;

	if (root_replace(f->root_fd, path, slice_of(text), 0644, ROOT_VOLATILE, &err) < 0)
		printf("# fixture: %s\n", err.text);
}

static void fixture_init(struct fixture *f)
{
	char template[] = "/tmp/slipway-root-XXXXXX";

	umask(022);
	f->path = xstrdup(mkdtemp(template));
	f->outside = xasprintf("%s/outside", f->path);
	AUTO_FREE char *root = xasprintf("%s/root", f->path);

	mkdir(f->outside, 0755);
	mkdir(root, 0755);
	f->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	root_make_directories(f->root_fd, "/real/sub", NULL);
	root_make_directories(f->root_fd, "/dir", NULL);
	put(f, "/file", "hello");
	put(f, "/real/data", "abc");
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		symlinkat(links[i].target, f->root_fd, links[i].name);
}

static void fixture_done(struct fixture *f)
{
	AUTO_CLOSE int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO(error_done) struct error err = ERROR_INIT;

	close(f->root_fd);
	tap_int(root_remove_tree(fd, f->path, &err), 0, "a whole tree is removed");
	tap_ok(access(f->path, F_OK) < 0, "nothing of it is left");
	free(f->path);
	free(f->outside);
}

static const struct {
	const char *path, *want;
	int want_r;
} resolve_rows[] = {
	{ "/", "/", 0 },
	{ "", "/", 0 },
	{ "/real/sub/x", "/real/sub/x", 0 },
	{ "real/sub", "/real/sub", 0 },
	{ "//real/./sub//x", "/real/sub/x", 0 },
	{ "/real/sub/..", "/real", 0 },
	{ "/real/../../../x", "/x", 0 },
	{ "/up/x", "/x", 0 },
	{ "/high/x", "/outside/x", 0 },
	{ "/abs/x", "/real/x", 0 },
	{ "/chain/sub/x", "/real/sub/x", 0 },
	{ "/chain2/x", "/real/x", 0 },
	{ "/chain2", "/chain2", 0 },
	{ "/dir/rel", "/dir/rel", 0 },
	{ "/dir/rel/sub/../x", "/real/x", 0 },
	{ "/dotty/x", "/real/x", 0 },
	{ "/etc/etc/etc/real/x", "/real/x", 0 },
	{ "/missing/a/b", "/missing/a/b", 0 },
	{ "/missing/../abs/x", "/real/x", 0 },
	{ "/dangling/x", "/not/there/x", 0 },
	{ "/dangling", "/dangling", 0 },
	{ "/tofile", "/tofile", 0 },
	{ "/loop", "/loop", 0 },
	{ "/loop/x", NULL, -ELOOP },
	{ "/self/x", NULL, -ELOOP },
	{ "/file/x", NULL, -ENOTDIR },
	{ "/tofile/x", NULL, -ENOTDIR },
};

static const struct {
	const char *path, *want;
	int want_r;
} resolve_all_rows[] = {
	{ "/chain2", "/real", 0 },	  { "/tofile", "/file", 0 }, { "/high", "/outside", 0 },
	{ "/dangling", "/not/there", 0 }, { "/etc", "/", 0 },	     { "/loop", NULL, -ELOOP },
};

static void test_resolve(const struct fixture *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(resolve_rows); i++) {
		AUTO_FREE char *got = NULL;
		int r = root_resolve(f->root_fd, resolve_rows[i].path, &got, NULL);

		tap_ok(r == resolve_rows[i].want_r, "resolve \"%s\": answers %d",
		       resolve_rows[i].path, resolve_rows[i].want_r);
		tap_str(got, resolve_rows[i].want, "... with the real path");
	}
	for (size_t i = 0; i < ARRAY_SIZE(resolve_all_rows); i++) {
		AUTO_FREE char *got = NULL;
		int r = root_resolve_all(f->root_fd, resolve_all_rows[i].path, &got, NULL);

		tap_ok(r == resolve_all_rows[i].want_r, "resolve all of \"%s\": answers %d",
		       resolve_all_rows[i].path, resolve_all_rows[i].want_r);
		tap_str(got, resolve_all_rows[i].want, "... with the real path");
	}

	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO_FREE char *got = NULL;

	root_resolve(f->root_fd, "/loop/x", &got, &err);
	tap_str(err.text, "resolve /loop/x: more than 40 links (a loop?)", "a loop is named");
	error_done(&err);
	root_resolve(f->root_fd, "/tofile/x", &got, &err);
	tap_str(err.text, "resolve /tofile/x: /file is not a directory",
		"what is no directory is named");
}

static void test_long_chains(const struct fixture *f)
{
	AUTO_FREE char *got = NULL;
	AUTO_FREE char *too_many = NULL;

	for (int i = 0; i <= ROOT_LINKS_MAX; i++) {
		AUTO_FREE char *name = xasprintf("n%d", i);
		AUTO_FREE char *target = xasprintf("/n%d", i - 1);

		symlinkat(i ? target : "/real", f->root_fd, name);
	}
	tap_int(root_resolve(f->root_fd, "/n39/x", &got, NULL), 0, "40 links are followed");
	tap_str(got, "/real/x", "... to their end");
	tap_int(root_resolve(f->root_fd, "/n40/x", &too_many, NULL), -ELOOP, "41 are too many");
}

static void test_magic_links(void)
{
	AUTO_CLOSE int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FREE char *got = NULL;
	AUTO_FREE char *plain = NULL;

	tap_int(root_resolve(fd, "/proc/self/cwd/x", &got, NULL), -ELOOP,
		"a magic link is not followed by resolve");
	tap_int(root_open(fd, "/proc/self/root/etc", O_PATH, 0, NULL), -ELOOP,
		"a magic link is not followed by open");
	tap_int(root_resolve(fd, "/proc/mounts/../x", &plain, NULL), -ENOTDIR,
		"a plain link of procfs is followed");
}

static void test_read(const struct fixture *f)
{
	AUTO_FREE char *data = NULL;
	AUTO_FREE char *large = NULL;
	AUTO_FREE char *none = NULL;
	size_t length = 0;
	struct stat st;

	tap_int(root_read(f->root_fd, "/chain/data", 3, &data, &length, NULL), 0,
		"a file of the largest size is read");
	tap_ok(data && strcmp(data, "abc") == 0 && length == 3, "... whole");
	tap_int(root_read(f->root_fd, "/chain/data", 2, &large, &length, NULL), -EFBIG,
		"one byte more is too large");
	tap_int(root_read(f->root_fd, "/dir", 9, &none, &length, NULL), -EINVAL,
		"a directory is no file");
	tap_int(root_read(f->root_fd, "/nothing", 9, &none, &length, NULL), -ENOENT,
		"a missing file is missing");
	mkfifoat(f->root_fd, "fifo", 0600);
	tap_int(root_read(f->root_fd, "/fifo", 9, &none, &length, NULL), -EINVAL,
		"a FIFO does not hold us");
	tap_int(root_stat(f->root_fd, "/chain", &st, NULL), 0, "stat answers for a link");
	tap_ok(S_ISLNK(st.st_mode), "... itself");
	tap_int(root_readlink(f->root_fd, "/file", &none, NULL), -EINVAL, "a file has no target");
	tap_int(root_readlink(f->root_fd, "/chain/../chain", &none, NULL), 0, "a link has one");
	tap_str(none, "/abs", "... as it was written");
}

static void test_write(const struct fixture *f)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO_FREE char *in_root = NULL;
	size_t length = 0;
	struct stat st;
	int r = root_replace(f->root_fd, "/high/new/x", SLICE("in"), 0640, ROOT_DURABLE, &err);

	tap_ok(r == 0, "a file below a link that climbs is written (%s)", err.text ?: "");
	tap_int(root_read(f->root_fd, "/outside/new/x", 9, &in_root, &length, NULL), 0,
		"... inside the root");
	AUTO_FREE char *escaped = xasprintf("%s/new", f->outside);
	tap_ok(access(escaped, F_OK) < 0, "... and not outside");
	tap_int(root_stat(f->root_fd, "/outside/new/x", &st, NULL), 0, "... it is there");
	tap_int(st.st_mode & ALLPERMS, 0640, "... with its mode");
	umask(077);
	tap_int(root_make_directories(f->root_fd, "/dangling/deep", NULL), 0,
		"directories are made where a dangling link leads");
	umask(022);
	tap_int(root_stat(f->root_fd, "/not/there/deep", &st, NULL), 0, "... in the root");
	tap_int(st.st_mode & ALLPERMS, 0755, "... with mode 0755 whatever the umask");

	r = root_replace(f->root_fd, "/tofile", SLICE("new"), 0600, ROOT_VOLATILE, NULL);
	tap_int(r, 0, "replacing a link");
	root_stat(f->root_fd, "/tofile", &st, NULL);
	tap_ok(S_ISREG(st.st_mode), "... replaces the link, not what it leads to");
}

static void test_leftovers(const struct fixture *f)
{
	char name[ROOT_TEMPORARY_NAME_MAX];
	char again[ROOT_TEMPORARY_NAME_MAX];
	AUTO_CLOSE int dir_fd = root_open(f->root_fd, "/real", O_PATH | O_DIRECTORY, 0, NULL);
	AUTO_CLOSE int killed = root_temporary(dir_fd, "x", name, NULL);
	AUTO_CLOSE int next = root_temporary(dir_fd, "x", again, NULL);

	tap_ok(killed >= 0 && next >= 0, "what a killed run left does not disturb the next one");
	tap_str(again, name, "... which takes its place");
	tap_int(file_write_fd(next, "y", 1), 0, "... with a file of its own");
	tap_int(lseek(killed, 0, SEEK_END), 0, "... not the old one");
	unlinkat(dir_fd, name, 0);
}

static void test_failed_write(const struct fixture *f)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	char name[ROOT_TEMPORARY_NAME_MAX];
	AUTO_CLOSE int dir_fd = root_open(f->root_fd, "/real", O_PATH | O_DIRECTORY, 0, NULL);
	AUTO_CLOSE int fd = root_temporary(dir_fd, "sub", name, NULL);

	tap_int(root_replace(f->root_fd, "/real/sub", SLICE("x"), 0600, ROOT_VOLATILE, &err),
		-EISDIR, "a directory is not replaced by a file");
	tap_str(err.text, "write /real/sub: Is a directory", "... and named");
	tap_int(faccessat(dir_fd, name, F_OK, 0), -1, "... and no temporary file is left");
}

static const struct {
	const char *path;
	int want;
} refuse_rows[] = {
	{ "/", -EINVAL },      { "", -EINVAL },	 { "/real/..", -EINVAL },
	{ "/real/", -EINVAL }, { ".", -EINVAL },
};

static void test_remove(const struct fixture *f)
{
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(refuse_rows); i++)
		tap_ok(root_remove_tree(f->root_fd, refuse_rows[i].path, NULL) ==
			       refuse_rows[i].want,
		       "removing \"%s\" is refused", refuse_rows[i].path);
	tap_int(root_remove_tree(f->root_fd, "/nothing/here", NULL), 0, "nothing there is success");
	put(f, "/tree/a/b/file", "x");
	symlinkat("/real", f->root_fd, "tree/link");
	tap_int(root_remove_tree(f->root_fd, "/tree", NULL), 0, "a tree with a link is removed");
	tap_int(root_stat(f->root_fd, "/real/data", &st, NULL), 0, "... but not through the link");
	tap_int(root_stat(f->root_fd, "/tree", &st, NULL), -ENOENT, "... and gone");
	tap_int(root_remove_tree(f->root_fd, "/abs", NULL), 0, "a link to a directory is removed");
	tap_int(root_stat(f->root_fd, "/real/data", &st, NULL), 0, "... alone");
}

static void test_mounts(const struct fixture *f)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		tap_ok(true, "a mount point keeps its tree # SKIP needs root");
		return;
	}
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO_FREE char *mounted = xasprintf("%s/root/busy/z/mounted", f->path);
	AUTO_FREE char *source = xasprintf("%s/root/real", f->path);
	struct stat st;

	root_make_directories(f->root_fd, "/busy/z/mounted", NULL);
	put(f, "/busy/a", "x");
	tap_int(mount(source, mounted, NULL, MS_BIND, NULL), 0, "a bind mount of the same disk");
	tap_int(root_remove_tree(f->root_fd, "/busy", &err), -EBUSY, "... keeps its tree");
	tap_str(err.text, "remove /busy: it holds a mount point; unmount it first",
		"... with what to do");
	tap_int(root_stat(f->root_fd, "/busy/a", &st, NULL), 0, "... whole");
	tap_int(root_stat(f->root_fd, "/real/data", &st, NULL), 0, "... and what is mounted");
	error_done(&err);
	tap_int(root_remove_tree(f->root_fd, "/busy/z/mounted", &err), -EBUSY,
		"... and is not removed itself");
	umount2(mounted, MNT_DETACH);
}

static void test_parent(const struct fixture *f)
{
	const char *name = NULL;
	AUTO_CLOSE int fd = root_open_parent(f->root_fd, "/chain2/made/x", &name, NULL);
	struct stat st;

	tap_ok(fd >= 0, "the parent of a path is opened");
	tap_str(name, "x", "... and names what is in it");
	tap_int(root_stat(f->root_fd, "/real/made", &st, NULL), 0, "... after it was made");
	tap_int(root_open_parent(f->root_fd, "/", &name, NULL), -EINVAL, "the root has no parent");
	tap_int(root_open_parent(f->root_fd, "/file/x", &name, NULL), -ENOTDIR,
		"a file is no parent");
	tap_int(root_open(f->root_fd, "/high", O_PATH, 0, NULL) >= 0, false,
		"a link that climbs does not reach what is outside");
}

int main(void)
{
	struct fixture f;

	fixture_init(&f);
	test_resolve(&f);
	test_long_chains(&f);
	test_magic_links();
	test_read(&f);
	test_parent(&f);
	test_leftovers(&f);
	test_failed_write(&f);
	test_remove(&f);
	test_mounts(&f);
	test_write(&f);
	fixture_done(&f);
	return tap_done();
}
