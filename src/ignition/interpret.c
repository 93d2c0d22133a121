#include "ignition/interpret.h"

#include <errno.h>

#include "base/url.h"
#include "config/parse.h"

/* Front ends ask anew for what they learn; no config needs more turns. */
#define TURNS_MAX 16

static bool is_for_others(enum dialect dialect)
{
	return dialect == DIALECT_CLOUD_CONFIG || dialect == DIALECT_CLOUD_INIT ||
	       dialect == DIALECT_SCRIPT;
}

static enum dialect argued_dialect(const struct machine *machine)
{
	AUTO_FREE char *name = NULL;

	machine_karg(machine, INTERPRET_ARGUMENT, &name);
	return name ? dialect_parse(name) : DIALECT_UNKNOWN;
}

enum dialect interpret_boot_dialect(const struct profile *profile, const struct machine *machine,
				    struct slice text)
{
	enum dialect dialect = sniff_dialect(text);

	if (profile->dialects == PROFILE_IGNITION_ALONE)
		return DIALECT_IGNITION;
	if (profile->dialects == PROFILE_LEAVES_OTHERS)
		return is_for_others(dialect) ? DIALECT_EMPTY : DIALECT_IGNITION;
	if (argued_dialect(machine) != DIALECT_UNKNOWN)
		return argued_dialect(machine);
	/* Nothing marks a Container Linux Config but its author. */
	if (dialect == DIALECT_CLC && !sniff_announces_clc(text))
		return DIALECT_IGNITION;
	return dialect_front_end(dialect) || dialect == DIALECT_CLOUD_INIT ? dialect
									   : DIALECT_IGNITION;
}

static struct supply *new_supply(const struct interpret_params *params)
{
	return arena_alloc(config_pool_arena(params->pool), sizeof(struct supply));
}

static const char *keep(const struct interpret_params *params, const char *text)
{
	return arena_strdup(config_pool_arena(params->pool), text);
}

/* Return: 0, also when the answer is a problem; ERROR_NEED_NETWORK. */
static int fetch(const struct interpret_params *params, const struct supply_question *question,
		 struct supply *supply, struct error *err)
{
	const struct fetch_request request = { .url = question->name };
	AUTO(error_done) struct error problem = ERROR_INIT;
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);
	char *data = NULL;
	size_t length = 0;
	int r;

	if (!params->fetcher) {
		supply->problem = "nothing is fetched here";
		return 0;
	}
	url_append_printable(&name, question->name);
	r = fetch_memory(params->fetcher, &request, &data, &length, &problem);
	if (r < 0 && problem.kind == ERROR_NEED_NETWORK)
		return error_set(err, problem.kind, -r, "fetch %s: %s", text_str(&name),
				 problem.text);
	if (r < 0)
		supply->problem = keep(params, problem.text);
	else
		supply->data = source_text(
			config_pool_add_source(params->pool, text_str(&name), data, length));
	return 0;
}

static int find_attribute(const struct interpret_params *params,
			  const struct supply_question *question, struct supply *supply,
			  struct error *err)
{
	AUTO_FREE char *name = slice_dup(question->name);
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = -ENOENT;

	if (params->attributes)
		r = params->attributes->find(params->attributes->context, name,
					     config_pool_arena(params->pool), &supply->data,
					     &problem);
	else
		error_set(&problem, ERROR_NOT_FOUND, ENOENT,
			  "no provider tells the attribute %s here", name);
	if (r < 0 && problem.kind == ERROR_NEED_NETWORK)
		return error_set(err, problem.kind, -r, "%s", problem.text);
	if (r < 0)
		supply->problem = keep(params, problem.text);
	return 0;
}

static int answer_one(const struct interpret_params *params, struct supplies *supplies,
		      const struct supply_question *question, struct error *err)
{
	struct supply *supply = new_supply(params);
	int r = 0;

	if (question->kind == SUPPLY_URL)
		r = fetch(params, question, supply, err);
	else if (question->kind == SUPPLY_ATTRIBUTE)
		r = find_attribute(params, question, supply, err);
	else
		supply->problem = "local files are not to be had here";
	if (r == 0)
		supplies_add(supplies, question->kind, question->name, supply);
	return r;
}

int interpret_answer(const struct interpret_params *params, struct supplies *supplies,
		     struct error *err)
{
	const struct supply_question *question;
	size_t position = 0;
	int any = 0;

	if (params->helper && params->helper->answer(params->helper->context, supplies))
		any = 1;
	while ((question = supplies_next_missing(supplies, &position))) {
		int r = answer_one(params, supplies, question, err);

		if (r < 0)
			return r;
		any = 1;
	}
	return any;
}

int interpret(const struct interpret_params *params, const struct source *source,
	      struct report **report, struct lowered *ret, struct error *err)
{
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	enum dialect dialect = params->dialect;
	int r = 0;

	if (dialect == DIALECT_UNKNOWN)
		dialect = sniff_dialect(source_text(source));
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		AUTO(error_done) struct error verdict = ERROR_INIT;

		report_free(*report);
		*report = report_new();

		const struct front_end_input input = {
			.pool = params->pool,
			.source = source,
			.supplies = supplies,
			.report = *report,
			.platform = params->platform,
			.variables = params->variables,
		};
		int lowered = dialect_read(&input, dialect, params->flags, ret, &verdict);

		r = interpret_answer(params, supplies, err);
		if (r < 0)
			return r;
		if (r == 0)
			return lowered < 0
				       ? error_set(err, verdict.kind, -lowered, "%s", verdict.text)
				       : 0;
	}
	return error_set(err, ERROR_INPUT, ELOOP, "%s asks for ever more", source_name(source));
}
