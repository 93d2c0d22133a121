/* slipway-resize - partitions and filesystems as large as the disk allows. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/number.h"
#include "cli/options.h"
#include "resize/resize.h"

#define NUMBER_MAX 128
#define OUTPUT_MAX ((size_t)64 << 20)
#define SECTOR_MAX 65536
#define SECTOR_MIN 512

struct values {
	bool only_plan;
	bool as_json;
	bool is_quiet;
	const char *partition; /* NULL: not given */
	uint64_t sector_bytes;
};

static const struct cli_option options[] = {
	{ .name = "partition",
	  .letter = 'n',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, partition),
	  .argument = "NUMBER",
	  .help = "the partition of a disk or image file" },
	{ .name = "plan",
	  .letter = 'p',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, only_plan),
	  .help = "show what would be done, and do nothing" },
	{ .name = "json",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, as_json),
	  .help = "print the result as JSON" },
	{ .name = "quiet",
	  .letter = 'q',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_quiet),
	  .help = "print failures only" },
	{ .name = "sector-size",
	  .type = CLI_SIZE,
	  .offset = offsetof(struct values, sector_bytes),
	  .argument = "BYTES",
	  .help = "of an image file",
	  .fallback = "512" },
};

static const struct cli_program program = {
	.name = "slipway resize",
	.summary = "Makes a partition and what is on it as large as its disk allows, while it is "
		   "in use.",
	.operands = "[MOUNT-POINT|DEVICE|IMAGE]",
	.details =
		"Without an operand, every mounted filesystem is grown whose partition has the "
		"type "
		"coreos-resize.\n"
		"Nothing is ever made smaller or moved, and no neighbour is touched.  Interrupted "
		"anywhere and run\n"
		"again, it comes to the same end.\n"
		"Exit status: 0 grown, or nothing to do; 1 something could not be grown; 2 wrong "
		"usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

/* What takes time is said while it happens. */
static void say(const struct event_observer *observer, const struct event *event)
{
	(void)observer;
	if (event->kind == EVENT_WAIT)
		fprintf(stderr, "slipway resize: waiting for the %s\n", event->text);
	if (event->kind == EVENT_MESSAGE && event->level <= EVENT_WARNING)
		fprintf(stderr, "slipway resize: %s\n", event->text);
}

static void print(const struct resize *resize, const struct values *values)
{
	AUTO(text_done) struct text out = TEXT_INIT(OUTPUT_MAX);

	if (values->as_json)
		resize_append_json(resize, &out);
	else if (!values->is_quiet && resize->count == 0)
		text_append_str(&out, "nothing asks to be grown\n");
	else if (!values->is_quiet || resize_has_failed(resize))
		resize_append_text(resize, &out);
	fputs(text_str(&out), stdout);
}

static int run(const struct resize_options *what, const struct values *values, bool *ret_failed,
	       struct error *err)
{
	const struct event_observer observer = { .notify = say };
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(resize_done) struct resize resize = { .count = 0 };
	int r = machine_open(&machine, "/", /* root_path= */ NULL, err);

	if (r == 0)
		r = resize_plan(&machine, what, &observer, &resize, err);
	if (r < 0)
		return r;
	if (!values->only_plan)
		resize_apply(&resize);
	print(&resize, values);
	*ret_failed = resize_has_failed(&resize);
	return 0;
}

static bool is_sector(uint64_t bytes)
{
	return bytes == 0 ||
	       (bytes >= SECTOR_MIN && bytes <= SECTOR_MAX && (bytes & (bytes - 1)) == 0);
}

/* The values that only this program knows the bounds of.  Return: 0; the exit status. */
static int check(const struct values *values, bool has_target, uint64_t *ret_partition)
{
	*ret_partition = 0;
	if (values->partition &&
	    number_parse_u64(slice_of(values->partition), 1, NUMBER_MAX, ret_partition) < 0)
		return cli_usage_error(&program,
				       "slipway resize: --partition: \"%s\" is not a number from "
				       "1 to %d",
				       values->partition, NUMBER_MAX);
	if (!is_sector(values->sector_bytes))
		return cli_usage_error(&program,
				       "slipway resize: --sector-size: a power of two from %d to "
				       "%d is wanted",
				       SECTOR_MIN, SECTOR_MAX);
	if (values->partition && !has_target)
		return cli_usage_error(&program,
				       "slipway resize: --partition needs a disk or image");
	return 0;
}

int main(int argc, char **argv)
{
	struct values values = { .partition = NULL };
	AUTO(error_done) struct error err = ERROR_INIT;
	bool has_failed = false;
	uint64_t partition = 0;
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (argc - operand > 1)
		return cli_usage_error(&program, "slipway resize: one operand at most");
	status = check(&values, operand < argc, &partition);
	if (status)
		return status;

	const struct resize_options what = { .target = operand < argc ? argv[operand] : NULL,
					     .partition = (unsigned)partition,
					     .sector_bytes = (uint32_t)values.sector_bytes };

	if (run(&what, &values, &has_failed, &err) < 0) {
		fprintf(stderr, "slipway resize: %s%s\n", err.text,
			err.errnum == EACCES && geteuid() ? "; run it as root" : "");
		return 1;
	}
	return cli_finish(&program, has_failed);
}
