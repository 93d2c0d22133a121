/* growpart - the command of cloud-guest-utils, with its options, output and exit codes. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "resize/growpart.h"

#define LINE_MAX_BYTES	 65536
#define FREE_PERCENT_MAX 99
#define NUMBER_MAX	 128

enum {
	OPTION_FREE_PERCENT = 256,
	OPTION_FUDGE,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "free-percent", required_argument, NULL, OPTION_FREE_PERCENT },
	{ "fudge", required_argument, NULL, OPTION_FUDGE },
	{ "dry-run", no_argument, NULL, 'N' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "update", required_argument, NULL, 'u' },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

static const struct {
	const char *name;
	enum growpart_update update;
} updates[] = {
	{ "auto", GROWPART_UPDATE_AUTO },
	{ "force", GROWPART_UPDATE_ON },
	{ "on", GROWPART_UPDATE_ON },
	{ "off", GROWPART_UPDATE_OFF },
};

static void print_usage(FILE *out)
{
	fputs("Usage: growpart [options] DISK PARTITION-NUMBER\n"
	      "Enlarges a partition up to the next one, or to the end of the disk, also while it "
	      "is\n"
	      "in use.  DISK is a device or an image file.\n"
	      "\n"
	      "  -N, --dry-run            say what would change, and change nothing\n"
	      "      --free-percent PCT   leave so much of the disk free (1 to 99)\n"
	      "      --fudge BYTES        do nothing when less would be gained (default 1048576,\n"
	      "                           or GROWPART_FUDGE)\n"
	      "  -u, --update WHEN        tell the kernel: auto (default), on, force, off\n"
	      "  -v, --verbose            say what is being done\n"
	      "  -h, --help               this text\n"
	      "      --version            print the version\n"
	      "\n"
	      "One line of output: CHANGED, NOCHANGE, CHANGE (dry run) or FAILED.\n"
	      "Exit status: 0 changed, 1 not changed, 2 failed.\n",
	      out);
}

static int refuse(const char *what, const char *value)
{
	printf("FAILED: %s%s\n", what, value);
	return GROWPART_FAILED;
}

static bool parse_update(const char *text, enum growpart_update *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(updates); i++) {
		if (strcmp(updates[i].name, text) == 0) {
			*ret = updates[i].update;
			return true;
		}
	}
	return false;
}

static bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	return number_parse_u64(slice_of(text), min, max, ret) == 0;
}

/* One option.  Return: -1 to go on, else the exit status. */
static int take_option(int option, struct growpart_options *options, bool *is_verbose)
{
	uint64_t number = 0;

	switch (option) {
	case 'h':
		print_usage(stdout);
		return 0;
	case OPTION_VERSION:
		puts("growpart (Slipway " PACKAGE_VERSION ")");
		return 0;
	case 'N':
		options->is_dry_run = true;
		return -1;
	case 'v':
		*is_verbose = true;
		return -1;
	case 'u':
		return parse_update(optarg, &options->update)
			       ? -1
			       : refuse("unknown --update option: ", optarg);
	case OPTION_FUDGE:
		return parse_number(optarg, 0, UINT64_MAX, &options->fudge_bytes)
			       ? -1
			       : refuse("unknown/invalid --fudge option: ", optarg);
	case OPTION_FREE_PERCENT:
		if (!parse_number(optarg, 1, FREE_PERCENT_MAX, &number))
			return refuse("unknown/invalid --free-percent option: ", optarg);
		options->free_percent = (unsigned)number;
		return -1;
	default:
		return GROWPART_FAILED;
	}
}

static void say(const struct event_observer *observer, const struct event *event)
{
	const bool *is_verbose = observer->context;

	if (*is_verbose && event->text)
		fprintf(stderr, "%s\n", event->text);
}

static int parse(int argc, char **argv, struct growpart_options *options, bool *is_verbose)
{
	const char *fudge = getenv("GROWPART_FUDGE");
	uint64_t number = 0;
	int option = 0;

	if (fudge && !parse_number(fudge, 0, UINT64_MAX, &options->fudge_bytes))
		return refuse("unknown/invalid GROWPART_FUDGE: ", fudge);
	while ((option = getopt_long(argc, argv, "hNvu:", long_options, NULL)) >= 0) {
		int status = take_option(option, options, is_verbose);

		if (status >= 0)
			return status;
	}
	if (argc - optind < 2) {
		print_usage(stderr);
		fputs("must supply disk and partition-number\n", stderr);
		return GROWPART_FAILED;
	}
	if (argc - optind > 2)
		return refuse("confused by arg ", argv[optind + 2]);
	options->disk = argv[optind];
	if (!parse_number(argv[optind + 1], 0, UINT64_MAX, &number))
		return refuse("partition-number must be a number", "");
	if (number == 0 || number > NUMBER_MAX)
		return refuse("there is no partition ", argv[optind + 1]);
	options->number = (unsigned)number;
	return -1;
}

int main(int argc, char **argv)
{
	struct growpart_options options = { .fudge_bytes = GROWPART_FUDGE_BYTES };
	bool is_verbose = false;
	const struct event_observer observer = { .notify = say, .context = &is_verbose };
	AUTO(text_done) struct text line = TEXT_INIT(LINE_MAX_BYTES);
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(error_done) struct error err = ERROR_INIT;
	int status = parse(argc, argv, &options, &is_verbose);

	if (status >= 0)
		return status;
	if (machine_open(&machine, "/", /* root_path= */ NULL, &err) < 0)
		return refuse(err.text, "");
	status = (int)growpart_run(&machine, &options, &observer, &line);
	puts(text_str(&line));
	return fflush(stdout) == 0 ? status : GROWPART_FAILED;
}
