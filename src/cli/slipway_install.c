/* slipway-install - an image onto a disk. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/options.h"
#include "installer/install.h"
#include "installer/progress.h"

#define NAME	      "slipway install"
#define OUTPUT_MAX    ((size_t)64 << 20)
#define MS_PER_SECOND 1000
#define NS_PER_MS     1000000

struct values {
	const char *image_file;
	const char *image_url;
	const char *hash;
	const char *keyring;
	const char *save_partlabel;
	const char *save_partindex;
	const char *progress;
	const char *svg;
	bool insecure;
	bool preserve_on_error;
	bool only_plan;
	bool as_json;
	bool recover;
};

static const struct cli_option options[] = {
	{ .name = "image-file",
	  .letter = 'f',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, image_file),
	  .argument = "PATH",
	  .help = "the image, compressed or not" },
	{ .name = "image-url",
	  .letter = 'u',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, image_url),
	  .argument = "URL",
	  .help = "where the image is fetched from" },
	{ .name = "image-hash",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, hash),
	  .argument = "TYPE-HEX",
	  .help = "sha256-… or sha512-… of the image as it is fetched" },
	{ .name = "keyring",
	  .letter = 'k',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, keyring),
	  .argument = "PATH",
	  .help = "OpenPGP keys that may have signed it" },
	{ .name = "insecure",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, insecure),
	  .help = "take an image that has no signature" },
	{ .name = "save-partlabel",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, save_partlabel),
	  .argument = "GLOB[,...]",
	  .help = "keep the partitions with these labels" },
	{ .name = "save-partindex",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, save_partindex),
	  .argument = "NUMBER[,...]",
	  .help = "keep the partitions with these numbers: 5, 2-7, 5-, -7" },
	{ .name = "preserve-on-error",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, preserve_on_error),
	  .help = "leave a disk as it is when the installation fails" },
	{ .name = "plan",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, only_plan),
	  .help = "show what would be done and lost, and do nothing" },
	{ .name = "json",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, as_json),
	  .help = "print the plan as JSON" },
	{ .name = "svg",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, svg),
	  .argument = "FILE",
	  .help = "draw the disk before and after" },
	{ .name = "progress",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, progress),
	  .argument = "STYLE",
	  .help = "auto, plain, json or none",
	  .fallback = "auto" },
	{ .name = "recover",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, recover),
	  .help = "after a power cut: restore the partition table from the copy that is whole" },
};

static const struct cli_program program = {
	.name = NAME,
	.summary = "Installs an image to a disk: all of it and verified, or nothing that boots.",
	.operands = "DEVICE",
	.details =
		"What is on the disk is lost, but for saved partitions, which also outlive a "
		"power cut.\n"
		"Exit status: 0 installed; 1 wrong usage; 2 the disk cannot be used, and is as "
		"it was; 3 the\n"
		"image cannot be had, and the disk is as it was; 4 hash or signature is wrong; 5 "
		"writing failed;\n"
		"6 written, but not configured; 7 interrupted.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

static bool is_told(const struct event *event)
{
	return event->kind == EVENT_OPERATION_BEGIN ||
	       (event->kind == EVENT_MESSAGE && event->level <= EVENT_NOTICE);
}

static void say(const struct event_observer *observer, const struct event *event)
{
	struct progress *progress = observer->context;

	if (event->kind == EVENT_PROGRESS) {
		progress_report(progress, event, now_ms());
		return;
	}
	if (event->kind == EVENT_RETRY) {
		progress_break(progress);
		fprintf(stderr, NAME ": %s: %s; trying again (%u)\n", event->text,
			event->cause ?: "failed", event->attempt);
	} else if (is_told(event)) {
		progress_break(progress);
		fprintf(stderr, NAME ": %s\n", event->text);
	}
}

static int fill_filters(const struct values *values, struct saved_filters *ret, struct error *err)
{
	int r = 0;

	if (values->save_partlabel)
		r = saved_parse(SAVED_LABEL, slice_of(values->save_partlabel), ret, err);
	if (r == 0 && values->save_partindex)
		r = saved_parse(SAVED_INDEX, slice_of(values->save_partindex), ret, err);
	return r;
}

static void print_plan(const struct install *install, const struct values *values)
{
	AUTO(text_done) struct text out = TEXT_INIT(OUTPUT_MAX);

	if (values->as_json)
		install_append_json(install, &out);
	else
		install_append_text(install, &out);
	fputs(text_str(&out), stdout);
	fflush(stdout);
}

static int draw(const struct install *install, const char *path, struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(OUTPUT_MAX);

	if (install_append_svg(install, &out) < 0)
		return error_set(err, ERROR_INPUT, E2BIG, "the picture is too large");
	return file_replace(path, text_slice(&out), /* mode= */ 0644, /* directory_mode= */ 0755,
			    FILE_VOLATILE, err);
}

static int carry_out(struct install *install, const struct values *values, struct error *err)
{
	int r = values->svg ? draw(install, values->svg, err) : 0;

	if (r == 0 && (values->only_plan || values->as_json))
		print_plan(install, values);
	return r < 0 || values->only_plan ? r : install_apply(install, err);
}

static int run_install(struct machine *machine, const struct install_request *request,
		       const struct values *values, const struct event_observer *observer,
		       struct error *err)
{
	AUTO(install_free) struct install *install = NULL;
	int r = install_examine(machine, request, observer, &install, err);

	if (r == 0)
		r = carry_out(install, values, err);
	return r < 0 ? (int)install_exit_code(install, err) : INSTALL_EXIT_OK;
}

static int run_recover(struct machine *machine, const char *device,
		       const struct event_observer *observer, struct error *err)
{
	bool is_changed = false;

	if (install_recover(machine, device, observer, &is_changed, err) < 0)
		return INSTALL_EXIT_TARGET;
	printf("%s: %s\n", device,
	       is_changed ? "the partition table was restored" : "the partition table was whole");
	return INSTALL_EXIT_OK;
}

/* Return: exit status. */
static int run(const char *device, const struct values *values, enum progress_style style,
	       struct error *err)
{
	struct progress progress = PROGRESS_INIT(style, stderr);
	const struct event_observer observer = { .notify = say, .context = &progress };
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(saved_filters_done) struct saved_filters filters = { .list = NULL };
	int status = INSTALL_EXIT_USAGE;

	if (machine_open(&machine, "/", /* root_path= */ NULL, err) < 0 ||
	    fill_filters(values, &filters, err) < 0)
		return status;
	if (values->recover)
		return run_recover(&machine, device, &observer, err);

	const struct install_request request = {
		.source = { .kind = values->image_url ? INSTALL_URL : INSTALL_FILE,
			    .location = values->image_url ?: values->image_file,
			    .hash = values->hash ? slice_of(values->hash)
						 : (struct slice){ NULL, 0 } },
		.keyring = values->keyring,
		.device = device,
		.filters = filters.list,
		.filter_count = filters.count,
		.flags = (values->insecure ? INSTALL_INSECURE : 0U) |
			 (values->preserve_on_error ? INSTALL_PRESERVE_ON_ERROR : 0U),
	};

	status = run_install(&machine, &request, values, &observer, err);
	progress_break(&progress);
	return status;
}

int main(int argc, char **argv)
{
	struct values values = { .progress = "auto" };
	AUTO(error_done) struct error err = ERROR_INIT;
	enum progress_style style = PROGRESS_NONE;
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status ? INSTALL_EXIT_USAGE : 0;
	if (argc - operand != 1) {
		cli_usage_error(&program, NAME ": one device has to be named");
		return INSTALL_EXIT_USAGE;
	}
	if (!values.recover && !values.image_file == !values.image_url) {
		cli_usage_error(&program, NAME ": one of --image-file and --image-url is needed");
		return INSTALL_EXIT_USAGE;
	}
	if (!progress_parse_style(values.progress, stderr, &style)) {
		cli_usage_error(&program, NAME ": --progress is auto, plain, json or none");
		return INSTALL_EXIT_USAGE;
	}
	status = run(argv[operand], &values, style, &err);
	if (err.text)
		fprintf(stderr, NAME ": %s%s\n", err.text,
			err.errnum == EACCES && geteuid() ? "; run it as root" : "");
	return cli_finish(&program, status);
}
