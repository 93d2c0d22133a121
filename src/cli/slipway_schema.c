/* slipway-schema - what a dialect allows, as JSON Schema. */
#include <stddef.h>
#include <stdio.h>

#include "cli/options.h"
#include "config/json_schema.h"
#include "config/version.h"

#define SCHEMA_BYTES_MAX ((size_t)16 << 20)

#define IGNITION "ignition"

struct values {
	bool lists;
};

static const struct cli_option options[] = {
	{ .name = "list",
	  .letter = 'l',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, lists),
	  .help = "list the dialects and their versions" },
};

static const struct cli_program program = {
	.name = "slipway schema",
	.summary = "Prints what a config may contain as JSON Schema (2020-12).",
	.operands = "[DIALECT [VERSION]]",
	.details = "DIALECT is ignition (the default) or a variant of Butane: fcos, flatcar,\n"
		   "openshift, r4e, fiot.  VERSION is the newest stable one unless given.\n"
		   "Exit status: 0 done, 1 no such dialect or version, 2 wrong usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

static bool is_stable(const char *version)
{
	return !strchr(version, '-');
}

static void list_all(void)
{
	const struct butane_dialect *dialect;

	for (size_t i = 0; i < SPEC_VERSION_COUNT; i++)
		printf(IGNITION " %s\n", spec_version_name((enum spec_version)i));
	for (size_t i = 0; (dialect = butane_dialect_at(i)); i++)
		printf("%s %s\n", dialect->variant, dialect->version);
}

/* @version: NULL: the newest stable one.  Return: whether there is one. */
static bool append_ignition(const char *version, struct text *out)
{
	for (size_t i = SPEC_VERSION_COUNT; i-- > 0;) {
		const char *name = spec_version_name((enum spec_version)i);

		if (version ? strcmp(name, version) == 0 : is_stable(name)) {
			json_schema_ignition((enum spec_version)i, out);
			return true;
		}
	}
	return false;
}

/* As append_ignition(); the table has older versions first. */
static bool append_butane(const char *variant, const char *version, struct text *out)
{
	const struct butane_dialect *found = NULL;
	const struct butane_dialect *dialect;

	for (size_t i = 0; (dialect = butane_dialect_at(i)); i++)
		if (strcmp(dialect->variant, variant) == 0 &&
		    (version ? strcmp(dialect->version, version) == 0
			     : is_stable(dialect->version)))
			found = dialect;
	if (found)
		json_schema_butane(found, out);
	return found;
}

static int print_schema(const char *dialect, const char *version)
{
	AUTO(text_done) struct text out = TEXT_INIT(SCHEMA_BYTES_MAX);
	const bool is_known = strcmp(dialect, IGNITION) == 0
				      ? append_ignition(version, &out)
				      : append_butane(dialect, version, &out);

	if (!is_known) {
		fprintf(stderr, "slipway schema: there is no %s%s%s; --list tells what there is\n",
			dialect, version ? " " : "", version ? version : "");
		return 1;
	}
	fputs(text_str(&out), stdout);
	return 0;
}

int main(int argc, char **argv)
{
	struct values values = { .lists = false };
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (argc - operand > 2 || (values.lists && operand < argc))
		return cli_usage_error(&program, "slipway schema: too many words");
	if (values.lists)
		list_all();
	else
		status = print_schema(operand < argc ? argv[operand] : IGNITION,
				      operand + 1 < argc ? argv[operand + 1] : NULL);
	return cli_finish(&program, status);
}
