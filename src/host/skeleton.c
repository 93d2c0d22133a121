#include "host/skeleton.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/root.h"

struct entry {
	const char *path;
	mode_t mode;
	const char *text; /* NULL: a directory */
};

/*
 * What the shadow suite opens below its --root, found by trying: it refuses to run without passwd
 * and group, keeps hashes in the world-readable files without shadow and gshadow, and makes no
 * group for a user unless login.defs says so.  The directories are where homes, temporary files and
 * packaged files are expected to go.  Parents come before what they hold.
 */
static const struct entry entries[] = {
	{ "/etc", 0755, NULL },
	{ "/home", 0755, NULL },
	{ "/root", 0700, NULL },
	{ "/tmp", 01777, NULL },
	{ "/usr", 0755, NULL },
	{ "/var", 0755, NULL },
	{ "/etc/group", 0644, "root:x:0:\n" },
	{ "/etc/gshadow", 0600, "root:*::\n" },
	{ "/etc/shadow", 0600, "root:*:::::::\n" },
	{ "/etc/login.defs", 0644, "USERGROUPS_ENAB yes\n" },
	/* Last, as its presence says that the skeleton is whole. */
	{ "/etc/passwd", 0644, "root:x:0:0:root:/root:/bin/bash\n" },
};

static const char *const user_databases[] = {
	"/etc/passwd",
	"/usr/lib/passwd",
	"/usr/share/baselayout/passwd",
};

static bool exists(int root_fd, const char *path)
{
	struct stat st;

	return root_stat(root_fd, path, &st, /* err= */ NULL) == 0;
}

bool skeleton_is_needed(int root_fd)
{
	for (size_t i = 0; i < ARRAY_SIZE(user_databases); i++) {
		if (exists(root_fd, user_databases[i]))
			return false;
	}
	return true;
}

static int lay_directory(int root_fd, const struct entry *entry, struct error *err)
{
	int r = root_make_directories(root_fd, entry->path, err);

	if (r < 0)
		return r;

	AUTO_CLOSE int fd = root_open(root_fd, entry->path, O_RDONLY | O_DIRECTORY, 0, err);

	if (fd < 0)
		return fd;
	if (fchmod(fd, entry->mode) < 0)
		return error_errno(err, errno, "change the mode of %s", entry->path);
	return 0;
}

static int apply(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	const struct entry *entry = operation->detail;
	const int root_fd = machine->root_fd;
	int r = 0;

	(void)observer;
	if (exists(root_fd, entry->path))
		return 0;
	if (entry->text)
		r = root_replace(root_fd, entry->path, slice_of(entry->text), entry->mode,
				 ROOT_VOLATILE, err);
	else
		r = lay_directory(root_fd, entry, err);
	return r < 0 ? error_wrap(err, r, "lay down the skeleton of a root") : 0;
}

static const struct operation_class directory_class = { "skeleton.directory", "directory", apply };
static const struct operation_class file_class = { "skeleton.file", "file", apply };

void skeleton_plan(int root_fd, struct plan *plan)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct entry *entry = &entries[i];

		if (exists(root_fd, entry->path))
			continue;
		plan_add(plan, &(struct operation){
				       .class = entry->text ? &file_class : &directory_class,
				       .phase = "skeleton",
				       .object = entry->path,
				       .summary = arena_printf(plan->arena,
							       "skeleton of a root, mode %04o",
							       (unsigned)entry->mode),
				       .log_text = arena_printf(plan->arena, "laying down \"%s\"",
								entry->path),
				       .detail = entry,
			       });
	}
}
