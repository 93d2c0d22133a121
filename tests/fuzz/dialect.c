/*
 * dialect - any text is lowered or refused by the front end that sniffing gives it, and what it
 * becomes is valid Ignition of its version.
 */
#include <errno.h>

#include "config/dialect.h"
#include "config/express.h"
#include "config/parse.h"

#include "fuzz.h"

static int append(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	(void)err;
	return text_append(sink->context, data, length);
}

/* Whatever is asked for is there; every other thing cannot be had. */
static bool answer(struct supplies *supplies)
{
	static const struct supply given = { .data = { "[{\"key\":\"k\"}]", 13 } };
	static const struct supply problem = { .problem = "cannot be had" };
	const struct supply_question *question;
	size_t position = 0;
	bool any = false;

	for (; (question = supplies_next_missing(supplies, &position)); any = true)
		supplies_add(supplies, question->kind, question->name,
			     question->name.length % 2 ? &problem : &given);
	return any;
}

static void check_ignition(struct config_pool *pool, const struct lowered *lowered)
{
	AUTO(text_done) struct text text = TEXT_INIT(SIZE_MAX / 2);
	AUTO(report_free) struct report *report = report_new();
	struct content_sink sink = { .write = append, .context = &text };
	const struct config *config = NULL;
	enum spec_version version = SPEC_OLDEST;

	FUZZ_REQUIRE(express_encode(lowered->config, lowered->version, ENCODE_OMIT_EMPTY, &sink,
				    NULL) == 0);

	const struct source *source = config_pool_borrow_source(pool, "output", text_slice(&text));

	FUZZ_REQUIRE(config_parse(pool, source, 0, report, &config, &version, NULL) == 0);
	FUZZ_REQUIRE(version == lowered->version);
}

/* Return: whether something was asked for, and @lowered may change. */
static bool lower(struct config_pool *pool, struct supplies *supplies, const struct source *source,
		  int *ret, struct lowered *lowered)
{
	AUTO(report_free) struct report *report = report_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct front_end *front_end = dialect_front_end(sniff_dialect(source_text(source)));
	const struct front_end_input input = {
		.pool = pool,
		.source = source,
		.supplies = supplies,
		.report = report,
		.platform = "ec2",
	};

	*ret = front_end->lower(&input, lowered, &err);
	FUZZ_REQUIRE((*ret < 0) == (err.text != NULL));
	FUZZ_REQUIRE((*ret == -EINVAL) == report_has_errors(report));
	return answer(supplies);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	const struct slice text = { (const char *)data, size };
	const struct source *source = config_pool_borrow_source(pool, "input", text);
	struct lowered lowered;
	int r = 0;

	/* Butane has a target of its own. */
	if (!dialect_front_end(sniff_dialect(text)) || sniff_dialect(text) == DIALECT_BUTANE)
		return 0;
	while (lower(pool, supplies, source, &r, &lowered))
		;
	if (r == 0)
		check_ignition(pool, &lowered);
	return 0;
}
