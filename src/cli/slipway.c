/* slipway - the human's command: runs slipway-<verb>, as git runs its commands. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/scope.h"
#include "cli/options.h"

static const struct {
	const char *name;
	const char *summary;
} verbs[] = {
	{ "validate", "check a config: every mistake at once, each with its place" },
	{ "convert", "translate a config of any dialect into Ignition, of any version" },
	{ "schema", "print what a dialect allows as JSON Schema" },
	{ "plan", "show what a config would change on a machine, and change nothing" },
	{ "detect", "name the platform that this machine is on, with the evidence" },
	{ "metadata", "write what the platform says: attributes, SSH keys, host name" },
	{ "rehearse", "provision a directory as a first boot would" },
	{ "install", "put an image on a disk: all of it and verified, or nothing that boots" },
	{ "resize", "make the root, or another filesystem, as large as its disk allows" },
};

static void print_help(FILE *out)
{
	fputs("Usage: slipway COMMAND [options]\n\n"
	      "Provisions image-based Linux machines: from a config to the machine it "
	      "describes.\n\n"
	      "Commands:\n",
	      out);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(out, "  %-12s %s\n", verbs[i].name, verbs[i].summary);
	fputs("\n'slipway COMMAND --help' shows the options of a command.\n", out);
}

/* The directory this program was started from may be a build tree, whose verbs are then meant. */
static void run_beside(char **argv, const char *verb)
{
	char self[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length < 0)
		return;
	self[length] = '\0';

	char *slash = strrchr(self, '/');

	if (!slash)
		return;
	*slash = '\0';

	AUTO_FREE char *path = xasprintf("%s/slipway-%s", self, verb);

	execv(path, argv);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return CLI_EXIT_USAGE;
	}

	const char *verb = argv[1];

	if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0 || strcmp(verb, "help") == 0) {
		print_help(stdout);
		return 0;
	}
	if (strcmp(verb, "--version") == 0) {
		printf("slipway %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (verb[0] != '-' && !strchr(verb, '/')) {
		AUTO_FREE char *name = xasprintf("slipway-%s", verb);

		argv[1] = name;
		run_beside(argv + 1, verb);
		execvp(name, argv + 1);
		if (errno != ENOENT) {
			fprintf(stderr, "slipway: cannot run %s: %s\n", name,
				strerrordesc_np(errno));
			return CLI_EXIT_USAGE;
		}
	}
	fprintf(stderr, "slipway: '%s' is not a command of slipway\n\n", verb);
	print_help(stderr);
	return CLI_EXIT_USAGE;
}
