/* slipway-plan - what a config would change on a target root. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "cli/options.h"
#include "cli/preview_output.h"
#include "ignition/preview.h"

#define SVG_MODE	   0644
#define SVG_DIRECTORY_MODE 0755

struct values {
	bool as_json;
	const char *root;
	const char *disk;
	const char *svg;
	struct dialect_values dialect;
};

static const struct cli_option options[] = {
	{ .name = "root",
	  .letter = 'r',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, root),
	  .argument = "DIR",
	  .help = "the machine's root directory (default: /; with --disk an empty one)" },
	{ .name = "disk",
	  .letter = 'd',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, disk),
	  .argument = "FILE",
	  .help = "a disk image or device for the disk that the config names" },
	{ .name = "svg",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, svg),
	  .argument = "FILE",
	  .help = "draw the disk before and after to this file" },
	{ .name = "json",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, as_json),
	  .help = "print the operations as JSON" },
	DIALECT_OPTIONS(struct values, dialect),
};

static const struct cli_program program = {
	.name = "slipway plan",
	.summary = "Shows what a config would change on a machine, and changes nothing.",
	.operands = "CONFIG",
	.details = "A single '-' reads standard input.  Secrets are not shown.\n"
		   "Exit status: 0 a plan was made, 1 the config or the machine refuses it, "
		   "2 wrong usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

/* Partitions and filesystems, then what would be on the root. */
static int make_plan(struct preview *preview, const char *path, const struct values *values,
		     struct local_supplies **ret_local, struct error *err)
{
	int r = preview_output_load(preview, path, &values->dialect, ret_local, err);

	if (r == 0 && values->disk)
		r = preview_use_disk(preview, values->disk, err);
	if (r == 0 && values->disk)
		r = preview_plan_disk(preview, /* journal= */ NULL, /* observer= */ NULL, err);
	if (r == 0)
		r = preview_plan_kargs(preview, err);
	if (r == 0)
		preview_plan_skeleton(preview);
	if (r == 0)
		r = preview_plan(preview, /* journal= */ NULL, /* observer= */ NULL, err);
	return r;
}

static int draw(const struct preview *preview, const char *path, struct error *err)
{
	AUTO(text_done) struct text svg = TEXT_INIT((size_t)64 << 20);
	int r = preview_append_svg(preview, &svg, err);

	if (r == 0)
		r = file_replace(path, text_slice(&svg), SVG_MODE, SVG_DIRECTORY_MODE,
				 FILE_VOLATILE, err);
	return r < 0 ? error_wrap(err, r, "--svg") : 0;
}

/* An empty directory stands for the root of a disk; it goes with its name. */
static void remove_root(char *path)
{
	if (path)
		(void)rmdir(path);
	free(path);
}

DEFINE_RELEASE(char *, remove_root)

/* What is on the disk is not mounted to be looked at, and this machine's "/" is another one's. */
static int make_root(char **ret, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/slipway.XXXXXX", getenv("TMPDIR") ?: "/tmp");

	if (!mkdtemp(path))
		return error_errno(err, errno, "make the directory %s", path);
	*ret = take_ptr(&path);
	return 0;
}

static void print_plan(const struct preview *preview, const struct values *values)
{
	AUTO(text_done) struct text out = TEXT_INIT((size_t)1 << 30);

	if (values->as_json)
		preview_append_json(preview, &out);
	else
		preview_append_plan(preview, &out);
	fputs(text_str(&out), stdout);
	if (values->disk && !values->root && !values->as_json)
		puts("The root is taken to be empty; --root names one to compare with.");
}

static int plan(const char *path, const struct values *values, struct error *err)
{
	AUTO(local_supplies_free) struct local_supplies *local = NULL;
	AUTO(remove_root) char *empty = NULL;
	AUTO(preview_done) struct preview preview = PREVIEW_INIT;
	int r = values->disk && !values->root ? make_root(&empty, err) : 0;

	if (r == 0)
		r = preview_open(&preview, empty ?: values->root ?: "/", FETCHER_OFFLINE,
				 /* observer= */ NULL, err);
	if (r == 0)
		r = make_plan(&preview, path, values, &local, err);
	if (r == 0 && values->svg)
		r = draw(&preview, values->svg, err);
	if (r == 0)
		print_plan(&preview, values);
	return r;
}

static const char *advice(const struct error *err)
{
	if (err->errnum != EACCES || geteuid() == 0)
		return "";
	return "; run it as root, who may read all of the machine";
}

int main(int argc, char **argv)
{
	struct values values = { .root = NULL };
	AUTO(error_done) struct error err = ERROR_INIT;
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (argc - operand != 1)
		return cli_usage_error(&program, "slipway plan: exactly one config is needed");
	if (plan(argv[operand], &values, &err) < 0) {
		fprintf(stderr, "slipway plan: %s%s\n", err.text, advice(&err));
		return 1;
	}
	return cli_finish(&program, 0);
}
