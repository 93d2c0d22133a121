/* slipway-rehearse - provision a directory as a first boot would. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/preview_output.h"
#include "host/skeleton.h"
#include "ignition/preview.h"
#include "ignition/result.h"

struct values {
	const char *root;
	const char *journal;
	bool is_quiet;
};

static const struct cli_option options[] = {
	{ .name = "root",
	  .letter = 'r',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, root),
	  .argument = "DIR",
	  .help = "directory to provision; made when it is missing" },
	{ .name = "journal",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, journal),
	  .argument = "FILE",
	  .help = "keep a journal of the operations" },
	{ .name = "quiet",
	  .letter = 'q',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_quiet),
	  .help = "print errors only" },
};

static const struct cli_program program = {
	.name = "slipway rehearse",
	.summary = "Provisions a directory as a first boot would provision the machine.",
	.operands = "CONFIG --root=DIR",
	.details =
		"An empty directory first gets a skeleton: users, groups and a few directories.\n"
		"Needs root, as files get owners and users are made in the directory.\n"
		"Exit status: 0 provisioned, 1 not, with the reason, 2 wrong usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

/* Operations as they end; what was already as asked makes none. */
static void show_progress(const struct event_observer *observer, const struct event *event)
{
	(void)observer;
	if (event->kind == EVENT_MESSAGE && event->level <= EVENT_WARNING)
		printf("warning: %s\n", event->text);
	if (!event->operation)
		return;

	AUTO(text_done) struct text line = TEXT_INIT(TEXT_MESSAGE_MAX);

	plan_append_line(event->operation, &line);
	if (event->kind == EVENT_OPERATION_DONE)
		printf("[%ju/%ju] %s\n", (uintmax_t)event->done, (uintmax_t)event->total,
		       text_str(&line));
	else if (event->kind == EVENT_OPERATION_FAILED)
		printf("[failed] %s\n", text_str(&line));
	fflush(stdout);
}

static int prepare_root(const char *root, struct error *err)
{
	if (mkdir(root, 0755) < 0 && errno != EEXIST)
		return error_errno(err, errno, "make directory %s", root);
	return 0;
}

static int lay_skeleton(const struct preview *preview, const struct values *values,
			struct error *err)
{
	if (!skeleton_is_needed(preview->machine.root_fd))
		return 0;
	if (!values->is_quiet)
		printf("%s has no users: laying down the skeleton of a machine.\n", values->root);
	return skeleton_lay(preview->machine.root_fd, err);
}

static int rehearse(const char *path, const struct values *values, struct error *err)
{
	static const struct event_observer progress = { .notify = show_progress };
	const struct event_observer *observer = values->is_quiet ? NULL : &progress;
	AUTO(preview_done) struct preview preview = PREVIEW_INIT;
	int r = prepare_root(values->root, err);

	if (r == 0)
		r = preview_open(&preview, values->root, err);
	if (r == 0)
		r = preview_output_load(&preview, path, err);
	if (r == 0)
		r = lay_skeleton(&preview, values, err);
	if (r == 0)
		r = preview_plan(&preview, values->journal, observer, err);
	if (r == 0)
		r = preview_apply(&preview, observer, err);
	if (r < 0 || values->is_quiet)
		return r;
	if (preview.plan->count == 0)
		printf("Nothing to do: %s is already as asked.\n", values->root);
	else
		printf("Provisioned %s with %zu operations; report in %s%s.\n", values->root,
		       preview.plan->count, values->root, RESULT_PATH);
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
	if (!values.root)
		return cli_usage_error(&program, "slipway rehearse: --root=DIR is needed");
	if (geteuid() != 0) {
		fprintf(stderr,
			"slipway rehearse: must be run as root: it makes users and gives "
			"files owners inside %s\n",
			values.root);
		return 1;
	}
	if (rehearse(argv[operand], &values, &err) < 0) {
		fprintf(stderr, "slipway rehearse: %s\n", err.text);
		return 1;
	}
	return cli_finish(&program, 0);
}
