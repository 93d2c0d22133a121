/*
 * target - a target root in a temporary directory: made from rows, shown as text.
 *
 * Include in the one .c file of a test program.
 */
#ifndef SLIPWAY_TESTS_HOST_TARGET_H
#define SLIPWAY_TESTS_HOST_TARGET_H

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/content.h"
#include "base/root.h"
#include "host/node.h"
#include "tap.h"

/* What is there before: a list ends with kind 0. */
struct made {
	char kind; /* d, f, l, h */
	const char *path;
	const char *text; /* contents or target */
	mode_t mode;	  /* 0: 0755 or 0644 */
	uid_t uid;
	gid_t gid;
};

struct target {
	char *base;    /* temporary directory */
	char *outside; /* beside the root; nothing may appear there */
	struct machine machine;
};

static const char target_passwd[] =
	"root:x:0:0::/root:/bin/sh\ncore:x:500:501::/home/core:/bin/sh\n";
static const char target_group[] = "root:x:0:\ncore:x:501:\nwheel:x:10:\n";

static void target_make(const struct target *target, const struct made *made)
{
	int root_fd = target->machine.root_fd;
	const char *name = NULL;
	AUTO_CLOSE int dir_fd = root_open_parent(root_fd, made->path, &name, NULL);
	const char *text = made->text ? made->text : "";
	mode_t mode = made->mode ? made->mode : made->kind == 'd' ? 0755 : 0644;

	if (made->kind == 'l') {
		(void)!symlinkat(text, dir_fd, name);
	} else if (made->kind == 'h') {
		linkat(root_fd, text, dir_fd, name, 0);
	} else {
		if (made->kind == 'd')
			root_make_directories(root_fd, made->path, NULL);
		else
			root_replace(root_fd, made->path, slice_of(text), mode, ROOT_VOLATILE,
				     NULL);
	}
	if (made->uid || made->gid)
		fchownat(dir_fd, name, made->uid, made->gid, AT_SYMLINK_NOFOLLOW);
	if (made->kind == 'd' || made->kind == 'f')
		fchmodat(dir_fd, name, mode, 0);
}

static void target_init(struct target *target, const struct made *made)
{
	char template[] = "/tmp/slipway-host-XXXXXX";

	umask(022);
	*target = (struct target){ .base = xstrdup(mkdtemp(template)), .machine = MACHINE_INIT };
	target->outside = xasprintf("%s/outside", target->base);
	target->machine.root_path = xasprintf("%s/root", target->base);
	mkdir(target->outside, 0755);
	mkdir(target->machine.root_path, 0755);
	target->machine.root_fd = open(target->machine.root_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	target_make(target, &(struct made){ 'f', "/etc/passwd", target_passwd });
	target_make(target, &(struct made){ 'f', "/etc/group", target_group });
	for (; made && made->kind; made++)
		target_make(target, made);
}

static void target_done(struct target *target)
{
	AUTO_CLOSE int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	root_remove_tree(fd, target->base, NULL);
	close(target->machine.root_fd);
	free(target->machine.root_path);
	free(target->outside);
	free(target->base);
}

DEFINE_DONE(struct target, target_done)

static void show_node(int root_fd, const char *path, const struct stat *st, struct text *out)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	char kind = S_ISDIR(st->st_mode) ? 'd' : S_ISLNK(st->st_mode) ? 'l' : 'f';

	text_printf(out, "%c %s", kind, path);
	if (kind == 'f')
		root_read(root_fd, path, 1 << 20, &text, &length, NULL);
	if (kind == 'l')
		root_readlink(root_fd, path, &text, NULL);
	else
		text_printf(out, " %o", st->st_mode & ALLPERMS);
	if (st->st_uid || st->st_gid)
		text_printf(out, " %u:%u", st->st_uid, st->st_gid);
	if (st->st_nlink > 1 && kind != 'd')
		text_printf(out, " x%u", (unsigned)st->st_nlink);
	text_printf(out, "%s%s\n", text ? " " : "", text ? text : "");
}

static bool is_fixture(const char *name, const char *path)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	       strcmp(path, "/etc/passwd") == 0 || strcmp(path, "/etc/group") == 0;
}

/* One line per node below @path but /etc: kind, path, mode, owner unless root, links, contents. */
__attribute__((unused)) static void target_show(const struct target *target, const char *path,
						struct text *out)
{
	int root_fd = target->machine.root_fd;
	AUTO_FREE char *directory = xasprintf("%s%s", target->machine.root_path, path);
	struct dirent **entries = NULL;
	int count = scandir(directory, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		AUTO_FREE char *below = xasprintf("%s/%s", path, name);
		struct stat st;

		if (!is_fixture(name, below) && root_stat(root_fd, below, &st, NULL) == 0) {
			if (strcmp(below, "/etc") != 0)
				show_node(root_fd, below, &st, out);
			if (S_ISDIR(st.st_mode))
				target_show(target, below, out);
		}
		free(entries[i]);
	}
	free(entries);
}

/* Whether nothing is beside the root but what was there. */
__attribute__((unused)) static bool target_is_contained(const struct target *target)
{
	return rmdir(target->outside) == 0 && mkdir(target->outside, 0755) == 0;
}

static int deliver_slice(const struct content *content, struct content_sink *sink,
			 const struct event_observer *observer, struct error *err)
{
	const struct slice *bytes = content->detail;

	(void)observer;
	return bytes->length ? sink->write(sink, bytes->data, bytes->length, err) : 0;
}

__attribute__((unused)) static const struct content_class slice_class = { .deliver =
										  deliver_slice };

#define BYTES(text)                                                                                \
	{                                                                                          \
		.class = &slice_class, .detail = &(const struct slice){ text, sizeof(text) - 1 },  \
		.is_local = true                                                                   \
	}
#define REMOTE_BYTES(text)                                                                         \
	{                                                                                          \
		.class = &slice_class, .detail = &(const struct slice){ text, sizeof(text) - 1 },  \
		.label = {                                                                         \
			"http://h/x",                                                              \
			10                                                                         \
		}                                                                                  \
	}

/* Lines of @plan from operation @first on. */
__attribute__((unused)) static void show_plan(const struct plan *plan, size_t first,
					      struct text *out)
{
	for (size_t i = first; i < plan->count; i++) {
		plan_append_line(&plan->operations[i], out);
		text_append_char(out, '\n');
	}
}

__attribute__((unused)) static int apply_plan(const struct plan *plan, struct machine *machine,
					      struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->count; i++)
		r = plan->operations[i].class->apply(&plan->operations[i], machine, NULL, err);
	return r;
}

/* Names of the temporary directory become "<root>". */
__attribute__((unused)) static char *without_root(const struct target *target, const char *text)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
	size_t length = strlen(target->machine.root_path);

	for (const char *found = NULL; text && (found = strstr(text, target->machine.root_path));
	     text = found + length) {
		text_append(&out, text, (size_t)(found - text));
		text_append_str(&out, "<root>");
	}
	text_append_str(&out, text ? text : "");
	return text_take(&out);
}

/* Receipts as the journal keeps them: each between newlines. */
__attribute__((unused)) static bool was_recorded(const void *context, const char *receipt)
{
	AUTO_FREE char *line = xasprintf("\n%s\n", receipt);

	return strstr(text_str(context), line) != NULL;
}

__attribute__((unused)) static void record(const struct plan *plan, struct text *receipts)
{
	text_append_char(receipts, '\n');
	for (size_t i = 0; i < plan->count; i++)
		if (plan->operations[i].receipt)
			text_printf(receipts, "%s\n", plan->operations[i].receipt);
}

#endif
