/* Which local files are read, which are refused, and in which order a tree comes. */
#include "cli/local_supplies.h"

#include <errno.h>
#include <sys/stat.h>

#include "scratch.h"
#include "tap.h"

#define NO_DIRECTORY                                                                               \
	"local file paths are relative to a files directory that must be specified with "          \
	"-d/--files-dir"
#define ESCAPES "local file path traverses outside the files directory"

static void make_files(const struct scratch *scratch)
{
	static const char *const directories[] = { "files", "files/tree", "files/tree/sub",
						   "files/tree/empty", "filesystem" };
	AUTO_FREE char *link = scratch_path(scratch, "files/out");
	AUTO_FREE char *inner = scratch_path(scratch, "files/tree/link");
	AUTO_FREE char *program = scratch_path(scratch, "files/tree/run");
	AUTO_FREE char *fifo = scratch_path(scratch, "files/fifo");
	AUTO_FREE char *tree_fifo = scratch_path(scratch, "files/tree/zfifo");

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		AUTO_FREE char *path = scratch_path(scratch, directories[i]);

		if (mkdir(path, 0755) < 0)
			abort();
	}
	scratch_write(scratch, "secret", "outside");
	scratch_write(scratch, "filesystem/x", "sibling");
	scratch_write(scratch, "files/a", "A");
	scratch_write(scratch, "files/tree/run", "#!");
	scratch_write(scratch, "files/tree/sub/deep", "deep");
	scratch_write(scratch, "files/tree/sub.conf", "after sub");
	if (symlink("../../secret", link) < 0 || symlink("sub/deep", inner) < 0 ||
	    chmod(program, 0750) < 0 || mkfifo(fifo, 0600) < 0 || mkfifo(tree_fifo, 0600) < 0)
		abort();
}

static void append_answer(struct text *out, const struct supply *supply)
{
	static const char *const kinds[] = { "file", "directory", "link", "other" };

	if (supply->problem)
		text_printf(out, "problem: %s", supply->problem);
	text_append_slice(out, supply->data);
	for (size_t i = 0; i < supply->entry_count; i++) {
		const struct supply_entry *entry = &supply->entries[i];

		text_printf(out, "%s %.*s", kinds[entry->kind], SLICE_ARGS(entry->path));
		if (entry->kind == SUPPLY_ENTRY_FILE)
			text_printf(out, " %o", entry->mode);
		text_printf(out, " %.*s%.*s;", SLICE_ARGS(entry->data), SLICE_ARGS(entry->target));
	}
}

static void check(const char *directory, enum supply_kind kind, const char *name, const char *want,
		  const char *label)
{
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(local_supplies_free) struct local_supplies *local = NULL;
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	const struct origin nowhere = { .source = NULL };

	if (local_supplies_new(directory, &local, /* err= */ NULL) < 0)
		abort();
	supplies_find(supplies, kind, slice_of(name), nowhere);

	bool any = local_supplies_answer(local, supplies);
	const struct supply *supply = supplies_find(supplies, kind, slice_of(name), nowhere);

	if (supply)
		append_answer(&got, supply);
	tap_str(text_str(&got), want, label);
	if (any && local_supplies_answer(local, supplies))
		tap_ok(false, "%s: is answered once", label);
}

int main(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO_FREE char *files = scratch_path(&scratch, "files");
	AUTO_FREE char *missing = scratch_path(&scratch, "missing");
	AUTO_FREE char *dotted = scratch_path(&scratch, "filesystem/../files/");
	AUTO(error_done) struct error err = ERROR_INIT;
	struct local_supplies *none = NULL;

	make_files(&scratch);
	check(NULL, SUPPLY_FILE, "a", "problem: " NO_DIRECTORY,
	      "nothing is read without a directory");
	check(files, SUPPLY_FILE, "a", "A", "a file");
	check(files, SUPPLY_FILE, "/a", "A", "a leading slash is the directory");
	check(files, SUPPLY_FILE, "tree/../a", "A", "dots that stay inside");
	check(files, SUPPLY_FILE, "../files/a", "A", "dots that leave and come back");
	check(dotted, SUPPLY_FILE, "a", "A", "a directory that is named with dots");
	check(files, SUPPLY_FILE, "../secret", "problem: " ESCAPES, "dots that leave");
	check(files, SUPPLY_FILE, "../filesystem/x", "problem: " ESCAPES,
	      "a sibling whose name begins as the directory's");
	check(files, SUPPLY_FILE, "out", "problem: open /out: No such file or directory",
	      "a link that leads out leads nowhere");
	check(files, SUPPLY_FILE, "b", "problem: open /b: No such file or directory",
	      "a file that is not there");
	check(files, SUPPLY_FILE, "tree", "problem: tree: not a regular file",
	      "a directory is no file");
	check(files, SUPPLY_FILE, "fifo", "problem: fifo: not a regular file",
	      "a pipe is not waited for");
	check(files, SUPPLY_TREE, "a", "problem: root of tree must be a directory",
	      "a file is no tree");
	check(files, SUPPLY_TREE, "tree",
	      "directory empty ;link link sub/deep;file run 750 #!;directory sub ;"
	      "file sub/deep 644 deep;file sub.conf 644 after sub;other zfifo ;",
	      "a tree is walked by name");
	check(files, SUPPLY_ATTRIBUTE, "tree", "", "other questions are left to others");
	tap_int(local_supplies_new(missing, &none, &err), -ENOENT, "a directory that is not there");
	return tap_done();
}
