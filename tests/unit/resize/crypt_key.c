/* crypt_key - where the key of an encrypted device is. */
#include "resize/crypt_key.h"

#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "scratch.h"
#include "tap.h"

static const struct row {
	const char *label;
	const char *table; /* NULL: none */
	const char *file;  /* below the root, that is there */
	const char *want;
} rows[] = {
	{ "a key file", "root UUID=1 /etc/luks/root luks\n", "etc/luks/root", "/etc/luks/root" },
	{ "among other lines, with tabs",
	  "# root x /no\n\nhome UUID=2 none\n\troot \tUUID=1\t/etc/luks/root\n", "etc/luks/root",
	  "/etc/luks/root" },
	{ "without a newline at the end", "root UUID=1 /etc/luks/root", "etc/luks/root",
	  "/etc/luks/root" },
	{ "a name that only begins so is another's", "root2 UUID=1 /etc/luks/root luks\n",
	  "etc/luks/root", NULL },
	{ "a passphrase has none", "root UUID=1 none luks\n", "etc/luks/root", NULL },
	{ "unless its file is where it is looked for", "root UUID=1 none luks\n",
	  "etc/cryptsetup-keys.d/root.key", "/etc/cryptsetup-keys.d/root.key" },
	{ "also with a dash", "root UUID=1 - luks\n", "run/cryptsetup-keys.d/root.key",
	  "/run/cryptsetup-keys.d/root.key" },
	{ "also with nothing", "root UUID=1\n", "run/cryptsetup-keys.d/root.key",
	  "/run/cryptsetup-keys.d/root.key" },
	{ "a file that is not there is none", "root UUID=1 /etc/luks/root luks\n", "etc/luks/other",
	  NULL },
	{ "a directory is no key", "root UUID=1 /etc/luks luks\n", "etc/luks/root", NULL },
	{ "a key on another device is not fetched", "root UUID=1 /etc/luks/root:LABEL=x luks\n",
	  "etc/luks/root", NULL },
	{ "a part of a file is not taken", "root UUID=1 /etc/luks/root luks,keyfile-offset=8\n",
	  "etc/luks/root", NULL },
	{ "a header elsewhere is not looked at", "root UUID=1 /etc/luks/root header=/h\n",
	  "etc/luks/root", NULL },
	{ "without a table nothing is known", NULL, "etc/cryptsetup-keys.d/root.key", NULL },
};

static void make_parents(const struct scratch *scratch, const char *path)
{
	AUTO_FREE char *copy = scratch_path(scratch, path);

	for (char *slash = strchr(copy + strlen(scratch->path) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
}

static void test_row(const struct row *row)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(machine_done) struct machine machine = MACHINE_INIT;

	make_parents(&scratch, row->file);
	scratch_write(&scratch, row->file, "key");
	make_parents(&scratch, "etc/crypttab");
	if (row->table)
		scratch_write(&scratch, "etc/crypttab", row->table);
	if (machine_open(&machine, scratch.path, /* root_path= */ NULL, /* err= */ NULL) < 0)
		abort();

	AUTO_FREE char *got = crypt_key_path(&machine, "root");

	tap_str(got, row->want, row->label);
}

/* Answers of a clevis of our own. */
static const struct {
	const char *label;
	const char *script; /* NULL: clevis is not installed */
	const char *want;   /* NULL: no key */
} answers[] = {
	{ "clevis gives the key of the first slot",
	  "case $2 in list) echo \"3: tang '{}'\"; echo \"1: tpm2 '{}'\" ;; pass) printf 'secret "
	  "of %s' "
	  "\"$4 $6\" ;; esac",
	  "secret of /dev/x 3" },
	{ "a slot of two digits", "case $2 in list) echo \"31: x\" ;; pass) printf \"$6\" ;; esac",
	  "31" },
	{ "a newline belongs to the key", "case $2 in list) echo 1: x ;; pass) echo k ;; esac",
	  "k\n" },
	{ "a volume that is not bound has none", "exit 1", NULL },
	{ "nor has one whose list is empty", "exit 0", NULL },
	{ "nor one whose list says something else", "echo hello", NULL },
	{ "nor one with a slot beyond all", "echo 100: x", NULL },
	{ "a server that does not answer gives none",
	  "case $2 in list) echo 1: x ;; pass) exit 1 ;; esac", NULL },
	{ "an empty key is none", "case $2 in list) echo 1: x ;; esac", NULL },
	{ "without clevis there is none", NULL, NULL },
};

static void test_clevis(size_t i)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO_FREE char *program = scratch_path(&scratch, "clevis");
	AUTO_FREE char *text = xasprintf("#!/bin/sh\n%s\n", answers[i].script ?: "");
	AUTO(luks_key_done) struct luks_key key = LUKS_KEY_INIT;

	if (answers[i].script) {
		scratch_write(&scratch, "clevis", text);
		if (chmod(program, 0755) < 0)
			abort();
	}
	setenv("PATH", scratch.path, /* overwrite= */ 1);
	if (!crypt_key_ask_clevis("/dev/x", /* observer= */ NULL, &key)) {
		tap_str(NULL, answers[i].want, answers[i].label);
		return;
	}

	AUTO_FREE char *shown = NULL;

	tap_str(key.data, answers[i].want, answers[i].label);
	tap_ok(file_read(key.path, LUKS_KEY_MAX, 0, &shown, /* ret_length= */ NULL,
			 /* err= */ NULL) == 0 &&
		       strcmp(shown, answers[i].want) == 0,
	       "and cryptsetup can read it: %s", answers[i].label);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		test_clevis(i);
	return tap_done();
}
