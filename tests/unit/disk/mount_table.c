/* mount_table - lines of mountinfo, as kernels write them. */
#include "disk/mount_table.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "scratch.h"
#include "tap.h"

static const struct row {
	const char *label;
	const char *line;
	const char *want; /* "id major:minor root place type source ro|rw"; "": no entry */
} rows[] = {
	{ "a plain one", "36 35 98:0 / /mnt rw,noatime - ext4 /dev/root rw,errors=continue",
	  "36 98:0 / /mnt ext4 /dev/root rw" },
	{ "optional fields end at a dash",
	  "36 35 98:0 / /mnt rw shared:1 master:2 propagate_from:3 - xfs /dev/sda9 rw",
	  "36 98:0 / /mnt xfs /dev/sda9 rw" },
	{ "the mount is read-only", "1 0 8:1 / / ro,relatime - ext4 /dev/sda1 rw",
	  "1 8:1 / / ext4 /dev/sda1 ro" },
	{ "the filesystem is read-only", "1 0 8:1 / / rw - ext4 /dev/sda1 ro,noload",
	  "1 8:1 / / ext4 /dev/sda1 ro" },
	{ "an option that begins with ro is another",
	  "1 0 8:1 / / rw,rootcontext=x - ext4 /dev/sda1 rw,rox", "1 8:1 / / ext4 /dev/sda1 rw" },
	{ "blanks, tabs and backslashes are octal",
	  "1 0 0:40 /a\\040b /c\\011d\\134e rw - btrfs /dev/x rw",
	  "1 0:40 /a b /c\td\\e btrfs /dev/x rw" },
	{ "what only looks octal stays", "1 0 8:1 / /a\\9x\\08 rw - ext4 s rw",
	  "1 8:1 / /a\\9x\\08 ext4 s rw" },
	{ "large numbers", "4294967296 0 4095:1048575 / / rw - ext4 s rw",
	  "4294967296 4095:1048575 / / ext4 s rw" },
	{ "a line without its dash is passed over", "36 35 98:0 / /mnt rw ext4 /dev/root rw", "" },
	{ "one that ends at the source is passed over", "36 35 98:0 / /mnt rw - ext4 /dev/root",
	  "" },
	{ "a number that is none is passed over", "36 35 98 / /mnt rw - ext4 s rw", "" },
	{ "an empty line is passed over", "", "" },
};

static char *format(const struct mount_entry *entry)
{
	return xasprintf("%" PRIu64 " %u:%u %s %s %s %s %s", entry->id, major(entry->number),
			 minor(entry->number), entry->root, entry->place, entry->type,
			 entry->source, entry->is_read_only ? "ro" : "rw");
}

/* @text as mountinfo. */
static int read_text(const char *text, struct mount_table *ret, struct error *err)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO_FREE char *proc = scratch_path(&scratch, "proc");
	AUTO_FREE char *self = scratch_path(&scratch, "proc/self");

	mkdir(proc, 0755);
	mkdir(self, 0755);
	if (text)
		scratch_write(&scratch, "proc/self/mountinfo", text);
	if (machine_open(&machine, scratch.path, /* root_path= */ NULL, err) < 0)
		abort();
	return mount_table_read(&machine, ret, err);
}

static void test_line(const struct row *row)
{
	AUTO(mount_table_done) struct mount_table table = { .count = 0 };
	AUTO_FREE char *line = xasprintf("%s\n", row->line);
	AUTO_FREE char *got = NULL;

	read_text(line, &table, /* err= */ NULL);
	got = table.count ? format(&table.entries[0]) : xstrdup("");
	tap_str(got, row->want, row->label);
}

static void test_table(void)
{
	AUTO(mount_table_done) struct mount_table table = { .count = 0 };
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct mount_entry *found = NULL;

	read_text("1 0 8:1 / / rw - ext4 one rw\n2 1 8:2 / /mnt rw - ext4 two rw\n"
		  "3 2 8:3 / /mnt rw - ext4 three rw",
		  &table, /* err= */ NULL);
	tap_int((int64_t)table.count, 3, "a last line without its newline counts");
	found = mount_table_at(&table, "/mnt");
	tap_str(found ? found->source : NULL, "three", "the last mount on a place is the one seen");
	tap_ok(mount_table_at(&table, "/mn") == NULL, "nothing is mounted elsewhere");
	tap_int(read_text(/* text= */ NULL, &(struct mount_table){ .count = 0 }, &err), -2,
		"without /proc it is an error");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_line(&rows[i]);
	test_table();
	return tap_done();
}
