/* slipway-install - an image onto a disk. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/install_input.h"
#include "cli/options.h"
#include "installer/install.h"
#include "installer/progress.h"

#define NAME	      "slipway install"
#define OUTPUT_MAX    ((size_t)64 << 20)
#define MS_PER_SECOND 1000
#define NS_PER_MS     1000000

struct values {
	struct settings given; /* strings and flags; lists are beside them */
	struct cli_list config_files;
	struct cli_list console;
	struct cli_list append_karg;
	struct cli_list delete_karg;
	struct cli_list save_partlabel;
	struct cli_list save_partindex;
	const char *hash;
	const char *keyring;
	const char *progress;
	const char *svg;
	bool from_kargs;
	bool only_plan;
	bool as_json;
	bool recover;
};

static void values_done(struct values *values)
{
	cli_list_done(&values->config_files);
	cli_list_done(&values->console);
	cli_list_done(&values->append_karg);
	cli_list_done(&values->delete_karg);
	cli_list_done(&values->save_partlabel);
	cli_list_done(&values->save_partindex);
}

DEFINE_DONE(struct values, values_done)

static const struct cli_option options[] = {
	{ .name = "config-file",
	  .letter = 'c',
	  .type = CLI_LIST,
	  .offset = offsetof(struct values, config_files),
	  .argument = "PATH",
	  .help = "read settings from YAML; options count after it" },
	{ .name = "from-kernel-arguments",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, from_kargs),
	  .help = "coreos.inst.* of the kernel's command line count, too" },
	{ .name = "stream",
	  .letter = 's',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.stream),
	  .argument = "NAME",
	  .help = "install the newest image of a stream",
	  .fallback = "stable" },
	{ .name = "image-url",
	  .letter = 'u',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.image_url),
	  .argument = "URL",
	  .help = "where the image is fetched from" },
	{ .name = "image-file",
	  .letter = 'f',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.image_file),
	  .argument = "PATH",
	  .help = "the image, compressed or not" },
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
	{ .name = "ignition-file",
	  .letter = 'i',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.ignition_file),
	  .argument = "PATH",
	  .help = "config of the first boot, in any dialect" },
	{ .name = "ignition",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.ignition_file),
	  .argument = "PATH",
	  .is_hidden = true,
	  .help = "the same" },
	{ .name = "ignition-url",
	  .letter = 'I',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.ignition_url),
	  .argument = "URL",
	  .help = "where the config of the first boot is fetched from" },
	{ .name = "ignition-hash",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.ignition_hash),
	  .argument = "TYPE-HEX",
	  .help = "sha256-… or sha512-… of that config" },
	{ .name = "architecture",
	  .letter = 'a',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.architecture),
	  .argument = "NAME",
	  .help = "of the image in the stream",
	  .fallback = "this machine's" },
	{ .name = "platform",
	  .letter = 'p',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.platform),
	  .argument = "ID",
	  .help = "what the first boot takes the machine for" },
	{ .name = "console",
	  .type = CLI_LIST,
	  .offset = offsetof(struct values, console),
	  .argument = "SPEC",
	  .help = "console of kernel and boot loader: tty0, ttyS0,115200n8" },
	{ .name = "firstboot-args",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.firstboot_args),
	  .argument = "ARGS",
	  .is_hidden = true,
	  .help = "kernel arguments of the first boot only" },
	{ .name = "append-karg",
	  .type = CLI_LIST,
	  .offset = offsetof(struct values, append_karg),
	  .argument = "ARG",
	  .help = "one more kernel argument" },
	{ .name = "delete-karg",
	  .type = CLI_LIST,
	  .offset = offsetof(struct values, delete_karg),
	  .argument = "ARG",
	  .help = "a kernel argument of the image that goes" },
	{ .name = "copy-network",
	  .letter = 'n',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, given.copy_network),
	  .help = "the network's configuration here is that of the first boot" },
	{ .name = "network-dir",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.network_dir),
	  .argument = "DIR",
	  .help = "where that configuration is",
	  .fallback = "/etc/NetworkManager/system-connections/" },
	{ .name = "save-partlabel",
	  .type = CLI_LIST,
	  .offset = offsetof(struct values, save_partlabel),
	  .argument = "GLOB[,...]",
	  .help = "keep the partitions with these labels" },
	{ .name = "save-partindex",
	  .type = CLI_LIST,
	  .offset = offsetof(struct values, save_partindex),
	  .argument = "NUMBER[,...]",
	  .help = "keep the partitions with these numbers: 5, 2-7, 5-, -7" },
	{ .name = "offline",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, given.offline),
	  .help = "use no network" },
	{ .name = "insecure",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, given.insecure),
	  .help = "take an image that has no signature" },
	{ .name = "insecure-ignition",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, given.insecure_ignition),
	  .help = "take a config over http without its hash" },
	{ .name = "stream-base-url",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.stream_base_url),
	  .argument = "URL",
	  .help = "where the metadata of streams is" },
	{ .name = "preserve-on-error",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, given.preserve_on_error),
	  .help = "leave a disk as it is when the installation fails" },
	{ .name = "fetch-retries",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, given.fetch_retries),
	  .argument = "N",
	  .help = "how often a failed fetch is tried again: a number, infinite",
	  .fallback = "0" },
	{ .name = "secure-ipl",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, given.secure_ipl),
	  .is_hidden = true,
	  .help = "for s390x: refused here" },
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
	.operands = "[DEVICE]",
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

/* All that options say, the device among it.  Return: 0; as settings_set(). */
static int gather(const struct values *values, const char *device, struct settings *ret,
		  struct error *err)
{
	const struct {
		const char *key;
		const struct cli_list *list;
	} lists[] = {
		{ "console", &values->console },
		{ "append-karg", &values->append_karg },
		{ "delete-karg", &values->delete_karg },
		{ "save-partlabel", &values->save_partlabel },
		{ "save-partindex", &values->save_partindex },
	};
	int r = settings_add(ret, &values->given, err);

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (size_t j = 0; j < lists[i].list->count && r == 0; j++)
			r = settings_set(ret, setting_find(slice_of(lists[i].key)),
					 slice_of(lists[i].list->items[j]), err);
	if (r == 0 && device)
		r = settings_set(ret, setting_find(SLICE("dest-device")), slice_of(device), err);
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

/* Of what went wrong before a disk was looked at. */
static int input_status(const struct install_input *input, const struct error *err)
{
	if (input->is_at_stream)
		return INSTALL_EXIT_SOURCE;
	switch (err->kind) {
	case ERROR_NETWORK:
	case ERROR_NETWORK_FINAL:
	case ERROR_NEED_NETWORK:
	case ERROR_TIMEOUT:
		return INSTALL_EXIT_SOURCE;
	case ERROR_VERIFY:
		return INSTALL_EXIT_VERIFY;
	default:
		return INSTALL_EXIT_USAGE;
	}
}

static int install(struct machine *machine, const char *device, const struct values *values,
		   const struct event_observer *observer, struct error *err)
{
	AUTO(settings_done) struct settings given;
	AUTO(install_input_done) struct install_input input = { .arena = NULL };
	const struct install_input_params params = { .machine = machine,
						     .observer = observer,
						     .options = &given,
						     .config_files = &values->config_files,
						     .reads_kargs = values->from_kargs,
						     .image_hash = values->hash,
						     .keyring = values->keyring };

	settings_init(&given);
	if (gather(values, device, &given, err) < 0 || install_input_read(&params, &input, err) < 0)
		return input_status(&input, err);
	return run_install(machine, &input.request, values, observer, err);
}

/* Return: exit status. */
static int run(const char *device, const struct values *values, enum progress_style style,
	       struct error *err)
{
	struct progress progress = PROGRESS_INIT(style, stderr);
	const struct event_observer observer = { .notify = say, .context = &progress };
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	int status = INSTALL_EXIT_USAGE;

	if (machine_open(&machine, "/", /* root_path= */ NULL, err) < 0)
		return status;
	if (values->recover)
		return run_recover(&machine, device, &observer, err);
	status = install(&machine, device, values, &observer, err);
	progress_break(&progress);
	return status;
}

int main(int argc, char **argv)
{
	AUTO(values_done) struct values values = { .progress = "auto" };
	AUTO(error_done) struct error err = ERROR_INIT;
	enum progress_style style = PROGRESS_NONE;
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status ? INSTALL_EXIT_USAGE : 0;
	if (argc - operand > 1 || (values.recover && argc == operand)) {
		cli_usage_error(&program, NAME ": one device has to be named");
		return INSTALL_EXIT_USAGE;
	}
	if (!progress_parse_style(values.progress, stderr, &style)) {
		cli_usage_error(&program, NAME ": --progress is auto, plain, json or none");
		return INSTALL_EXIT_USAGE;
	}
	status = run(operand < argc ? argv[operand] : NULL, &values, style, &err);
	if (err.text)
		fprintf(stderr, NAME ": %s%s\n", err.text,
			err.errnum == EACCES && geteuid() ? "; run it as root" : "");
	return cli_finish(&program, status);
}
