/* slipway-detect - which platform this machine is on, and what proves it. */
#include <stddef.h>
#include <stdio.h>

#include "base/machine.h"
#include "cli/options.h"
#include "providers/detect.h"

#define OUTPUT_MAX ((size_t)1 << 20)

struct values {
	bool as_json;
	bool lists_platforms;
	const char *root;
};

static const struct cli_option options[] = {
	{ .name = "json",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, as_json),
	  .help = "print an object: platform, argument, evidence" },
	{ .name = "platforms",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, lists_platforms),
	  .help = "list the platforms that there are, and look at nothing" },
	{ .name = "root",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, root),
	  .argument = "DIR",
	  .help = "where the machine's /proc, /sys and /dev are",
	  .fallback = "/" },
};

static const struct cli_program program = {
	.name = "slipway detect",
	.summary = "Names the platform that this machine is on, with the evidence.",
	.details =
		"Looks at firmware, hypervisor, drives and the kernel command line, and asks no "
		"network.\n"
		"Exit status: 0 one platform has proof, 1 none has or several have, 2 wrong usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

static const char *const rank_names[] = {
	[PROOF_HYPERVISOR] = "hypervisor",
	[PROOF_DRIVE] = "drive",
	[PROOF_PLATFORM] = "platform",
	[PROOF_MEDIUM] = "medium",
};

static void append_member(struct text *out, const char *name, const char *value)
{
	text_printf(out, "\"%s\":", name);
	if (value)
		text_append_json(out, slice_of(value));
	else
		text_append_str(out, "null");
}

static void print_json(const struct detection *found, const char *problem)
{
	AUTO(text_done) struct text out = TEXT_INIT(OUTPUT_MAX);

	text_append_char(&out, '{');
	append_member(&out, "platform", found->provider ? found->provider->name : NULL);
	text_append_char(&out, ',');
	append_member(&out, "argument", found->argument);
	text_append_char(&out, ',');
	append_member(&out, "problem", problem);
	text_append_str(&out, ",\"evidence\":[");
	for (size_t i = 0; i < found->count; i++) {
		text_append_str(&out, i ? ",{" : "{");
		append_member(&out, "platform", found->items[i].provider->name);
		text_append_char(&out, ',');
		append_member(&out, "rank", rank_names[found->items[i].rank]);
		text_append_char(&out, ',');
		append_member(&out, "text", found->items[i].text);
		text_append_char(&out, '}');
	}
	text_append_str(&out, "]}");
	puts(text_str(&out));
}

static void print_text(const struct detection *found)
{
	if (found->provider && found->argument)
		printf("%s: named by %s on the kernel command line\n", found->provider->name,
		       found->argument);
	else if (found->provider)
		printf("%s: %s\n", found->provider->name, detection_reason(found));
	for (size_t i = 0; i < found->count; i++)
		if (found->items[i].provider != found->provider)
			printf("  also %s: %s\n", found->items[i].provider->name,
			       found->items[i].text);
}

static void append_platform(struct text *out, const struct provider *provider)
{
	text_append_char(out, '{');
	append_member(out, "name", provider->name);
	text_append_char(out, ',');
	append_member(out, "title", provider->title);
	text_append_str(out, ",\"aliases\":[");
	for (size_t i = 0; i < PROVIDER_ALIASES_MAX && provider->aliases[i]; i++) {
		text_append_str(out, i ? "," : "");
		text_append_json(out, slice_of(provider->aliases[i]));
	}
	text_printf(out,
		    "],\"detected\":%s,\"needs_network\":%s,\"config\":%s,\"metadata\":%s,"
		    "\"deletes_config\":%s}",
		    provider->proof_count ? "true" : "false",
		    provider->needs_network ? "true" : "false",
		    provider->fetch_config ? "true" : "false",
		    provider->fetch_metadata ? "true" : "false",
		    provider->delete_config ? "true" : "false");
}

static void print_platforms(bool as_json)
{
	AUTO(text_done) struct text out = TEXT_INIT(OUTPUT_MAX);

	for (size_t i = 0; provider_at(i); i++) {
		if (!as_json) {
			printf("%-20s %s\n", provider_at(i)->name, provider_at(i)->title);
			continue;
		}
		text_append_str(&out, i ? ",\n" : "[");
		append_platform(&out, provider_at(i));
	}
	if (as_json)
		printf("%s]\n", text_str(&out));
}

static int print_detection(const struct values *values)
{
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(detection_done) struct detection found = { .provider = NULL };
	AUTO(error_done) struct error err = ERROR_INIT;
	int r = machine_open(&machine, values->root, /* root_path= */ NULL, &err);

	if (r == 0)
		r = detect(&machine, &found, &err);
	if (values->as_json)
		print_json(&found, err.text);
	else
		print_text(&found);
	if (r < 0)
		fprintf(stderr, "slipway detect: %s\n", err.text);
	return r < 0;
}

int main(int argc, char **argv)
{
	struct values values = { .root = "/" };
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (operand < argc)
		return cli_usage_error(&program, "slipway detect: unexpected '%s'", argv[operand]);
	if (values.lists_platforms)
		print_platforms(values.as_json);
	else
		status = print_detection(&values);
	return cli_finish(&program, status);
}
