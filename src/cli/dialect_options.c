#include "cli/dialect_options.h"

bool dialect_options_is_dialect(const char *name)
{
	const enum dialect dialect = dialect_parse(name);

	return dialect == DIALECT_IGNITION || dialect_front_end(dialect);
}

enum dialect dialect_options_choice(const struct dialect_values *values)
{
	return values->dialect ? dialect_parse(values->dialect) : DIALECT_UNKNOWN;
}

static bool answer(void *context, struct supplies *supplies)
{
	return local_supplies_answer(context, supplies);
}

struct interpret_helper dialect_options_helper(struct local_supplies *local)
{
	return (struct interpret_helper){ .answer = answer, .context = local };
}
