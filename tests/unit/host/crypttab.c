/* crypttab - lines and key files of volumes in a target root. */
#include "host/crypttab.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/file.h"
#include "scratch.h"
#include "tap.h"

#define LINE "vault UUID=1-2 /etc/luks/vault luks,x-initrd.attach\n"
#define S(text)                                                                                    \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}

static const struct row {
	const char *label;
	struct crypttab_request request; /* of the name "vault" */
	const char *table;		 /* before; NULL: there is none */
	const char *key;		 /* file, before; NULL: there is none */
	int want_plan;
	size_t want_operations;
	const char *want_table; /* NULL: none */
	const char *want_key;
} rows[] = {
	{ "a new table and key file",
	  { .uuid = S("1-2"), .has_key_file = true, .key = S("k") },
	  .want_operations = 2,
	  .want_table = LINE,
	  .want_key = "k" },
	{ "a table that is there keeps its lines",
	  { .uuid = S("1-2"), .has_key_file = true, .key = S("k") },
	  .table = "# mine\nold UUID=9 none luks\n",
	  .want_operations = 2,
	  .want_table = "# mine\nold UUID=9 none luks\n" LINE,
	  .want_key = "k" },
	{ "a table without its last newline gets it",
	  { .uuid = S("1-2") },
	  .table = "old UUID=9 none luks",
	  .want_operations = 1,
	  .want_table = "old UUID=9 none luks\nvault UUID=1-2 none luks,x-initrd.attach\n" },
	{ "what is as it should be is left alone",
	  { .uuid = S("1-2"), .has_key_file = true, .key = S("k") },
	  .table = LINE,
	  .key = "k",
	  .want_table = LINE,
	  .want_key = "k" },
	{ "a key that only the target has is enough",
	  { .uuid = S("1-2"), .has_key_file = true },
	  .table = LINE,
	  .key = "k",
	  .want_table = LINE,
	  .want_key = "k" },
	{ "a key that is nowhere is missed",
	  { .uuid = S("1-2"), .has_key_file = true },
	  .want_plan = -ENOKEY },
	{ "another key is not overwritten",
	  { .uuid = S("1-2"), .has_key_file = true, .key = S("k") },
	  .key = "other",
	  .want_plan = -EEXIST,
	  .want_key = "other" },
	{ "a binding over the network",
	  { .uuid = S("1-2"), .needs_network = true },
	  .want_operations = 1,
	  .want_table = "vault UUID=1-2 none luks,_netdev,x-initrd.attach\n" },
	{ "an entry of a volume that was not made is left out",
	  { .has_key_file = true },
	  .want_operations = 1 },
};

static char *read_back(const struct scratch *scratch, const char *name)
{
	AUTO_FREE char *path = scratch_path(scratch, name);
	char *text = NULL;
	size_t length = 0;

	return file_read(path, 65536, /* flags= */ 0, &text, &length, /* err= */ NULL) == 0 ? text
											    : NULL;
}

static unsigned mode_of(const struct scratch *scratch, const char *name)
{
	AUTO_FREE char *path = scratch_path(scratch, name);
	struct stat st = { .st_mode = 0 };

	return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static void prepare(const struct scratch *scratch, const struct row *row)
{
	AUTO_FREE char *etc = scratch_path(scratch, "etc");
	AUTO_FREE char *luks = scratch_path(scratch, "etc/luks");

	mkdir(etc, 0755);
	if (row->table)
		scratch_write(scratch, "etc/crypttab", row->table);
	if (!row->key)
		return;
	mkdir(luks, 0700);
	scratch_write(scratch, "etc/luks/vault", row->key);
}

static int apply(const struct plan *plan, struct machine *machine)
{
	int r = 0;

	for (size_t i = 0; i < plan->count && r == 0; i++)
		r = plan->operations[i].class->apply(&plan->operations[i], machine,
						     /* observer= */ NULL, /* err= */ NULL);
	return r;
}

static void test(const struct row *row)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(plan_free) struct plan *plan = plan_new();
	struct crypttab_request request = row->request;

	request.name = SLICE("vault");
	prepare(&scratch, row);
	if (machine_open(&machine, "/", scratch.path, /* err= */ NULL) < 0)
		abort();
	tap_int(crypttab_plan(&machine, &request, 1, plan, /* err= */ NULL), row->want_plan,
		row->label);
	if (row->want_plan < 0)
		return;
	tap_int((int64_t)plan->count, (int64_t)row->want_operations, "  so many operations");
	tap_int(apply(plan, &machine), 0, "  they are carried out");

	AUTO_FREE char *table = read_back(&scratch, "etc/crypttab");
	AUTO_FREE char *key = read_back(&scratch, "etc/luks/vault");

	tap_str(table, row->want_table, "  the table");
	tap_str(key, row->want_key, "  the key");
	if (plan->count && table)
		tap_int(mode_of(&scratch, "etc/crypttab"), 0600, "  the table is root's alone");
	if (plan->count && key) {
		tap_int(mode_of(&scratch, "etc/luks/vault"), 0600, "  so is the key");
		tap_int(mode_of(&scratch, "etc/luks"), 0700, "  and its directory");
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test(&rows[i]);
	return tap_done();
}
