/* slipway-rehearse - provision a directory as a first boot would. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/number.h"
#include "cli/options.h"
#include "cli/preview_output.h"
#include "ignition/image.h"
#include "ignition/preview.h"
#include "ignition/result.h"

/* A whole system may be copied. */
#define COPY_TIMEOUT_MS 1800000

struct values {
	const char *root;
	const char *disk;
	uint64_t size_bytes;
	const char *base;
	const char *journal;
	bool is_quiet;
	struct dialect_values dialect;
};

static const struct cli_option options[] = {
	{ .name = "root",
	  .letter = 'r',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, root),
	  .argument = "DIR",
	  .help = "provision this directory; made when it is missing" },
	{ .name = "disk",
	  .letter = 'd',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, disk),
	  .argument = "FILE",
	  .help = "provision this disk image or device, all stages" },
	{ .name = "size",
	  .type = CLI_SIZE,
	  .offset = offsetof(struct values, size_bytes),
	  .argument = "SIZE",
	  .help = "make the image with this size, as 8G, when it is missing" },
	{ .name = "base",
	  .letter = 'b',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, base),
	  .argument = "DIR",
	  .help = "what the new root holds before it is provisioned" },
	{ .name = "journal",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, journal),
	  .argument = "FILE",
	  .help = "keep a journal of the operations, to go on after a kill" },
	{ .name = "quiet",
	  .letter = 'q',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_quiet),
	  .help = "print errors only" },
	DIALECT_OPTIONS(struct values, dialect),
};

static const struct cli_program program = {
	.name = "slipway rehearse",
	.summary = "Provisions a directory or a disk image as a first boot would the machine.",
	.operands = "CONFIG --root=DIR | CONFIG --disk=FILE",
	.details = "The disk stands for the one that the config names; no other one is touched.\n"
		   "An empty root first gets a skeleton: users, groups and a few directories.\n"
		   "What the config refers to by URL is fetched.\n"
		   "Needs root, as files get owners and users are made in the directory.\n"
		   "Exit status: 0 provisioned, 1 not, with the reason, 2 wrong usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

/* One line that the next one overwrites, for somebody who watches. */
static void show_bytes(const struct event *event)
{
	AUTO(text_done) struct text line = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (!isatty(STDOUT_FILENO))
		return;
	plan_append_line(event->operation, &line);
	text_append_str(&line, ": ");
	number_append_size(&line, event->done);
	printf("%s written\033[K\r", text_str(&line));
	fflush(stdout);
}

static void show_operation(const struct event *event)
{
	AUTO(text_done) struct text line = TEXT_INIT(TEXT_MESSAGE_MAX);

	plan_append_line(event->operation, &line);
	/* What show_bytes() left may be longer. */
	if (isatty(STDOUT_FILENO))
		fputs("\033[K", stdout);
	if (event->kind == EVENT_OPERATION_DONE)
		printf("[%ju/%ju] %s\n", (uintmax_t)event->done, (uintmax_t)event->total,
		       text_str(&line));
	else if (event->kind == EVENT_OPERATION_FAILED)
		printf("[failed] %s\n", text_str(&line));
}

/* How far a body from the network has come; of how much is not always known. */
static void show_fetched(const struct event *event)
{
	if (event->is_last)
		printf("fetched %s, %ju bytes\n", event->text, (uintmax_t)event->done);
	else if (event->total)
		printf("fetching %s: %ju of %ju bytes\n", event->text, (uintmax_t)event->done,
		       (uintmax_t)event->total);
	else
		printf("fetching %s: %ju bytes\n", event->text, (uintmax_t)event->done);
}

/* Operations as they end; what was already as asked makes none. */
static void show_progress(const struct event_observer *observer, const struct event *event)
{
	(void)observer;
	if (event->kind == EVENT_MESSAGE && event->level <= EVENT_WARNING)
		printf("warning: %s\n", event->text);
	else if (event->kind == EVENT_MESSAGE && event->level == EVENT_NOTICE)
		printf("note: %s\n", event->text);
	else if (event->kind == EVENT_PROGRESS && event->operation)
		show_bytes(event);
	else if (event->kind == EVENT_PROGRESS)
		show_fetched(event);
	else if (event->kind == EVENT_RETRY)
		printf("%s: attempt #%u failed: %s; next in %jd ms\n", event->text, event->attempt,
		       event->cause, (intmax_t)event->next_ms);
	else if (event->kind == EVENT_WAIT && event->remaining_ms < 0)
		printf("waiting for %s, without limit\n", event->text);
	else if (event->kind == EVENT_WAIT)
		printf("waiting for %s, %jd s left\n", event->text,
		       (intmax_t)event->remaining_ms / 1000);
	else if (event->operation)
		show_operation(event);
	fflush(stdout);
}

static const struct event_observer progress = { .notify = show_progress };

/* What is told while it happens; NULL: nobody wants to hear. */
static const struct event_observer *observer_of(const struct values *values)
{
	return values->is_quiet ? NULL : &progress;
}

static int prepare_root(const char *root, struct error *err)
{
	if (mkdir(root, 0755) < 0 && errno != EEXIST)
		return error_errno(err, errno, "make directory %s", root);
	return 0;
}

static int lay_skeleton(struct preview *preview, const struct values *values, const char *name,
			struct error *err)
{
	preview_plan_skeleton(preview);
	if (preview->skeleton->count && !values->is_quiet)
		printf("%s has no users: laying down the skeleton of a machine.\n", name);
	return preview_lay_skeleton(preview, err);
}

/* The files stage, on a root that is there. */
static int provision_root(struct preview *preview, const struct values *values, const char *name,
			  struct error *err)
{
	int r = lay_skeleton(preview, values, name, err);

	if (r == 0)
		r = preview_plan(preview, values->journal, observer_of(values), err);
	if (r == 0)
		r = preview_apply(preview, observer_of(values), err);
	return r;
}

static int rehearse_root(const char *path, const struct values *values, struct error *err)
{
	AUTO(local_supplies_free) struct local_supplies *local = NULL;
	AUTO(preview_done) struct preview preview = PREVIEW_INIT;
	int r = prepare_root(values->root, err);

	if (r == 0)
		r = preview_open(&preview, values->root, FETCHER_ONLINE, observer_of(values), err);
	if (r == 0)
		r = preview_output_load(&preview, path, &values->dialect, &local, err);
	if (r == 0)
		r = provision_root(&preview, values, values->root, err);
	if (r < 0 || values->is_quiet || !preview.plan)
		return r;
	if (preview.plan->count == 0)
		printf("Nothing to do: %s is already as asked.\n", values->root);
	else
		printf("Provisioned %s with %zu operations%s%s%s.\n", values->root,
		       preview.plan->count, RESULT_PATH[0] ? "; report in " : "",
		       RESULT_PATH[0] ? values->root : "", RESULT_PATH);
	return 0;
}

static int copy_base(const char *base, const char *root, struct error *err)
{
	AUTO_FREE char *from = xasprintf("%s/.", base);
	const char *argv[] = { "cp", "--archive", "--reflink=auto", "--", from, root, NULL };
	const struct command command = { .argv = argv, .timeout_ms = COPY_TIMEOUT_MS };
	int r = command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);

	return r < 0 ? error_wrap(err, r, "copy %s", base) : 0;
}

static int mount_and_provision(struct preview *preview, const struct image *image,
			       const struct values *values, struct error *err)
{
	int r = preview_apply_disk(preview, observer_of(values), err);

	if (r == 0 && values->base)
		r = copy_base(values->base, image->mount, err);
	if (r == 0)
		r = provision_root(preview, values, values->disk, err);

	/* Whatever happened: a namespace that goes away unmounts too, but says nothing of errors.
	 */
	int unmounted = preview_umount(preview, r < 0 ? NULL : err);

	return r < 0 ? r : unmounted;
}

static int rehearse_disk(const char *path, const struct values *values, struct error *err)
{
	AUTO(image_done) struct image image = IMAGE_INIT;
	AUTO(local_supplies_free) struct local_supplies *local = NULL;
	AUTO(preview_done) struct preview preview = PREVIEW_INIT;
	int r = image_open(values->disk, values->size_bytes, &image, err);

	if (r == 0)
		r = preview_open(&preview, image.mount, FETCHER_ONLINE, observer_of(values), err);
	if (r == 0)
		r = image_scan(&image, &preview.machine, err);
	if (r == 0)
		r = preview_output_load(&preview, path, &values->dialect, &local, err);
	if (r == 0)
		r = preview_use_disk(&preview, image.node, err);
	if (r == 0)
		r = preview_refuse_volumes(&preview, err);
	if (r == 0)
		r = preview_check_root(&preview, err);
	if (r == 0)
		r = preview_plan_disk(&preview, values->journal, observer_of(values), err);
	if (r == 0)
		r = mount_and_provision(&preview, &image, values, err);
	if (r < 0 || values->is_quiet || !preview.plan || !preview.disks.plan)
		return r;
	printf("Provisioned %s with %zu operations on the disk and %zu on its root.\n",
	       values->disk, preview.disks.plan->count, preview.plan->count);
	return 0;
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
		return cli_usage_error(&program, "slipway rehearse: exactly one config is needed");
	if (!values.root == !values.disk)
		return cli_usage_error(
			&program, "slipway rehearse: one of --root=DIR and --disk=FILE is needed");
	if (!values.disk && (values.size_bytes || values.base))
		return cli_usage_error(&program, "slipway rehearse: --size and --base need --disk");
	if (geteuid() != 0) {
		fprintf(stderr,
			"slipway rehearse: must be run as root: it makes users, gives files "
			"owners and attaches disks\n");
		return 1;
	}
	if ((values.disk ? rehearse_disk : rehearse_root)(argv[operand], &values, &err) < 0) {
		fprintf(stderr, "slipway rehearse: %s\n", err.text);
		return 1;
	}
	return cli_finish(&program, 0);
}
