#include "config/parse.h"

#include <errno.h>

#include "base/json.h"
#include "config/decode.h"
#include "config/lint.h"
#include "config/lint_model.h"
#include "config/positions.h"
#include "config/sniff.h"
#include "config/translate.h"
#include "config/unused.h"
#include "config/validate.h"
#include "config/version.h"

/* Just enough of a config to find its version, under the names that upstream's errors print. */
static const struct schema_field version_stub_fields[] = {
	{ .name = "Version",
	  .go_name = "Version",
	  .type = FIELD_STRING,
	  .flags = FIELD_PLAIN,
	  .offset = offsetof(struct config_ignition, version),
	  .description = "The version." },
};

static const struct schema version_stub = {
	.go_name = "",
	.go_type = "struct { Version string }",
	.size = sizeof(struct config_ignition),
	.fields = version_stub_fields,
	.field_count = ARRAY_SIZE(version_stub_fields),
};

static const struct schema_field config_stub_fields[] = {
	{ .name = "Ignition",
	  .go_name = "Ignition",
	  .type = FIELD_OBJECT,
	  .offset = offsetof(struct config, ignition),
	  .item = &version_stub,
	  .description = "Where the version is." },
};

static const struct schema config_stub = {
	.go_name = "versionStub",
	.go_type = "util.versionStub",
	.size = sizeof(struct config),
	.fields = config_stub_fields,
	.field_count = ARRAY_SIZE(config_stub_fields),
};

/* One text on its way to a config. */
struct parse {
	struct config_pool *pool;
	const struct source *source;
	struct document *document; /* owned by the pool */
	struct report *report;
	size_t first_entry; /* in report, of this text */
};

static int invalid(struct error *err)
{
	return error_set(err, ERROR_INPUT, EINVAL, "config is not valid");
}

/*
 * An entry about the text as a whole: no path.  Upstream's position is the byte after the offence,
 * and forgotten at the end of the text; people are shown @start.
 */
static struct report_entry *report_offset(const struct parse *parse, size_t offset, size_t start,
					  const char *message)
{
	const size_t length = source_text(parse->source).length;
	const size_t known = offset < length ? offset : length;
	struct report_entry *entry = report_add(parse->report, REPORT_ERROR, /* path= */ NULL,
						source_origin(parse->source, known), "%s", message);

	entry->place = source_origin(parse->source, start < length ? start : length);
	entry->has_path = false;
	entry->past_end = offset >= length;
	return entry;
}

static int read_nodes(struct parse *parse, struct error *err)
{
	struct json_error json_error;
	struct document *document = NULL;

	int r = json_parse(parse->source, &document, &json_error, err);

	if (r < 0 && r != -EINVAL)
		return r;
	if (r < 0) {
		if (err)
			error_done(err);
		/* At the end of the text nothing offends: what is missing belongs behind it. */
		const bool is_cut = json_error.offset > source_text(parse->source).length;

		report_offset(parse, json_error.offset, json_error.offset - !is_cut,
			      json_error.message)
			->hint = sniff_hint(source_text(parse->source));
		return invalid(err);
	}
	config_pool_add_document(parse->pool, document);
	parse->document = document;
	return 0;
}

static int decode_as(const struct parse *parse, const struct schema *schema,
		     enum spec_version version, struct config *ret, struct error *err)
{
	struct decode_error decode_error;

	int r = config_decode(config_pool_arena(parse->pool), parse->document, schema, version, ret,
			      &decode_error);
	if (r < 0) {
		report_offset(parse, decode_error.offset, decode_error.start, decode_error.message);
		return invalid(err);
	}
	return 0;
}

/* Upstream's report is silent about versions; with lint the entry shows which one is meant. */
static void report_version(const struct parse *parse, struct slice version, const char *message)
{
	const struct report_path ignition = { .key = SLICE("ignition") };
	const struct report_path path = { .parent = &ignition, .key = SLICE("version") };
	const size_t index = report_count(parse->report);
	struct report_entry *entry =
		report_add(parse->report, REPORT_ERROR, &path, (struct origin){ .source = NULL },
			   "%s \"%.*s\"", message, SLICE_ARGS(version));

	entry->hint = "known are 3.0.0 to 3.6.0 and 3.7.0-experimental";
	positions_find(parse->report, index, parse->document);
}

static int detect_version(const struct parse *parse, unsigned flags, enum spec_version *ret,
			  struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	struct config stub = { 0 };

	int r = decode_as(parse, &config_stub, SPEC_OLDEST, &stub, err);
	if (r < 0)
		return r;
	r = spec_version_parse(stub.ignition.version, ret, &problem);
	if (r == 0)
		return 0;
	if (flags & CONFIG_PARSE_LINT)
		report_version(parse, stub.ignition.version, problem.text);
	return error_set(err, problem.kind, -r, "%s", problem.text);
}

static bool has_errors(const struct parse *parse)
{
	for (size_t i = parse->first_entry; i < report_count(parse->report); i++)
		if (report_entry_at(parse->report, i)->severity == REPORT_ERROR)
			return true;
	return false;
}

static void lint(const struct parse *parse, const struct config *config, enum spec_version version)
{
	size_t first;

	lint_report(parse->document, version, parse->report);
	first = report_count(parse->report);
	lint_model(config, LINT_MODES, parse->report);
	positions_find(parse->report, first, parse->document);
}

/* Upstream's order: rules, duplicates, unused keys. */
static int validate(const struct parse *parse, const struct config *config,
		    enum spec_version version, unsigned flags, struct error *err)
{
	const size_t first = report_count(parse->report);

	validate_rules(config, version, config_pool_dialect(parse->pool), parse->report);
	validate_duplicates(config, version, parse->report);
	positions_find(parse->report, first, parse->document);
	unused_report(parse->document, config, version, parse->report);
	if (flags & CONFIG_PARSE_LINT)
		lint(parse, config, version);
	return has_errors(parse) ? invalid(err) : 0;
}

static int check_size(const struct source *source, struct error *err)
{
	const size_t length = source_text(source).length;

	if (length == 0)
		return error_set(err, ERROR_EMPTY, ENODATA, "not a config (empty)");
	if (length > CONFIG_SIZE_MAX)
		return error_set(err, ERROR_INPUT, EFBIG,
				 "config of %zu bytes is larger than %zu bytes", length,
				 CONFIG_SIZE_MAX);
	return 0;
}

int config_parse(struct config_pool *pool, const struct source *source, unsigned flags,
		 struct report *report, const struct config **ret, enum spec_version *ret_version,
		 struct error *err)
{
	struct parse parse = { .pool = pool,
			       .source = source,
			       .report = report,
			       .first_entry = report_count(report) };
	enum spec_version version = SPEC_NEWEST;

	int r = check_size(source, err);
	if (r == 0)
		r = read_nodes(&parse, err);
	if (r == 0)
		r = detect_version(&parse, flags, &version, err);
	if (r < 0)
		return r;

	struct config *config = arena_alloc(config_pool_arena(pool), sizeof(*config));

	r = decode_as(&parse, &config_schema, version, config, err);
	if (r == 0)
		r = validate(&parse, config, version, flags, err);
	if (r < 0)
		return r;

	config_translate(config, version);
	*ret = config;
	if (ret_version)
		*ret_version = version;
	return 0;
}

int config_load_cache(struct config_pool *pool, const struct source *source,
		      const struct config **ret, struct error *err)
{
	AUTO(report_free) struct report *report = report_new();
	struct parse parse = { .pool = pool, .source = source, .report = report };
	struct config *config = arena_alloc(config_pool_arena(pool), sizeof(*config));

	int r = read_nodes(&parse, err);
	if (r == 0)
		r = decode_as(&parse, &config_schema, SPEC_NEWEST, config, err);
	if (r < 0 && err && report_count(report))
		return error_wrap(err, r, "config cache: %s", report_entry_at(report, 0)->message);
	if (r == 0)
		*ret = config;
	return r;
}

void config_validate(const struct config_pool *pool, const struct config *config,
		     struct report *report)
{
	validate_rules(config, SPEC_NEWEST, config_pool_dialect(pool), report);
}

const struct config *config_new(struct config_pool *pool)
{
	struct config *config = arena_alloc(config_pool_arena(pool), sizeof(*config));

	config->ignition.version = slice_of(spec_version_name(SPEC_NEWEST));
	return config;
}
