#include "config/cloud_config/cloud_config.h"

#include <errno.h>

#include "config/cloud_config/lowering.h"
#include "config/cloud_config/schema.h"
#include "config/yaml_text.h"

/* What is lowered says nothing that the first 3.x cannot. */
#define CLOUD_SPEC SPEC_3_0

static void check_document(struct cloud_lowering *lowering)
{
	struct draft *draft = &lowering->draft;
	struct cloud_config *config = arena_alloc(draft->arena, sizeof(*config));

	lowering->config = config;
	yaml_decode_object(&lowering->decode, &cloud_config_schema, config, 0);
	draft->config->origin = config->origin;
	cloud_check(lowering);
}

static int read_yaml(struct cloud_lowering *lowering, const struct source *source,
		     struct error *err)
{
	struct draft *draft = &lowering->draft;
	struct document *document = NULL;
	int r = yaml_text_read(draft->input->pool, source, draft->input->report, &document, err);

	if (r < 0)
		return r;
	draft->document = document;
	lowering->decode = (struct yaml_decode){ .arena = draft->arena,
						 .document = document,
						 .report = draft->input->report,
						 .flags = YAML_DECODE_COREOS };
	return 0;
}

static bool is_mapping(const struct cloud_lowering *lowering)
{
	return lowering->decode.document->nodes[0].kind == NODE_OBJECT;
}

int cloud_read(struct cloud_lowering *lowering, const struct source *source, struct error *err)
{
	int r = read_yaml(lowering, source, err);

	if (r == 0 && is_mapping(lowering))
		check_document(lowering);
	return r;
}

static int lower_yaml(struct cloud_lowering *lowering, const struct source *source,
		      struct error *err)
{
	int r = cloud_read(lowering, source, err);

	if (r < 0 || !lowering->config)
		return r;
	cloud_lower_users(lowering);
	cloud_lower_files(lowering);
	cloud_lower_units(lowering);
	cloud_lower_services(lowering);
	return 0;
}

int cloud_config_validate(const struct front_end_input *input, struct error *err)
{
	struct cloud_lowering lowering = { .config = NULL };
	int r = 0;

	if (slice_starts(source_text(input->source), "#!"))
		return 0;
	draft_init(&lowering.draft, input);
	r = cloud_read(&lowering, input->source, err);
	draft_done(&lowering.draft);
	return r;
}

static int lower(const struct front_end_input *input, struct lowered *ret, struct error *err)
{
	struct cloud_lowering lowering = { .config = NULL };
	const struct source *source = NULL;
	int r;

	if (source_text(input->source).length == 0)
		return error_set(err, ERROR_EMPTY, ENODATA, "not a config (empty)");
	r = cloud_substitute(input, &source, err);
	if (r < 0)
		return r;
	draft_init(&lowering.draft, input);
	if (slice_starts(source_text(source), "#!"))
		cloud_lower_script(&lowering.draft, source_text(source));
	else
		r = lower_yaml(&lowering, source, err);
	if (r == 0)
		r = draft_check(&lowering.draft, CLOUD_SPEC, err);
	if (r == 0)
		*ret = (struct lowered){ .config = lowering.draft.config, .version = CLOUD_SPEC };
	draft_done(&lowering.draft);
	return r;
}

const struct front_end front_end_cloud_config = {
	.name = "cloud-config",
	.title = "CoreOS cloud-config",
	.lower = lower,
};
