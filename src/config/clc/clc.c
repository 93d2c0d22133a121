#include "config/clc/clc.h"

#include <errno.h>

#include "config/clc/lowering.h"
#include "config/clc/platform.h"
#include "config/clc/schema.h"
#include "config/yaml_text.h"

/* Ignition 2.3, which the dialect was made for, says nothing that the first 3.x cannot. */
#define CLC_SPEC SPEC_3_0

void clc_set_hash(struct clc_lowering *lowering, const struct clc_verification *verification,
		  struct config_verification *ret)
{
	const struct clc_hash *hash = &verification->hash;

	if (!hash->function.data || !hash->sum.data)
		return;
	ret->origin = verification->origin;
	ret->hash = slice_of(arena_printf(lowering->draft.arena, "%.*s-%.*s",
					  SLICE_ARGS(hash->function), SLICE_ARGS(hash->sum)));
}

static void lower_reference(struct clc_lowering *lowering, const struct clc_reference *reference,
			    struct config_resource *out)
{
	out->origin = reference->origin;
	out->source = reference->source;
	clc_set_hash(lowering, &reference->verification, &out->verification);
}

static void lower_references(struct clc_lowering *lowering, const struct config_list *from,
			     struct config_list *to)
{
	CONFIG_EACH (const struct clc_reference, reference, from)
		lower_reference(lowering, reference,
				draft_add(&lowering->draft, to, sizeof(struct config_resource),
					  reference->origin));
}

static void lower_ignition(struct clc_lowering *lowering)
{
	const struct clc_ignition *from = &lowering->config->ignition;
	struct config_ignition *to = &lowering->draft.config->ignition;

	to->origin = from->origin;
	lower_references(lowering, &from->config.append, &to->config.merge);
	if (from->config.replace.origin.source)
		lower_reference(lowering, &from->config.replace, &to->config.replace);
	lower_references(lowering, &from->security.tls.certificate_authorities,
			 &to->security.tls.certificate_authorities);
	to->timeouts = from->timeouts;
}

static int lower_document(struct clc_lowering *lowering, struct error *err)
{
	struct draft *draft = &lowering->draft;
	struct clc_config *config = arena_alloc(draft->arena, sizeof(*config));

	lowering->config = config;
	yaml_decode_object(&lowering->decode, &clc_schema, config, 0);
	draft->config->origin = config->origin;
	if (report_has_errors(draft->input->report))
		return error_set(err, ERROR_INPUT, EINVAL, "Failed to parse config");
	if (config->version.value != 0)
		draft_report(draft, REPORT_ERROR, config->origin, "version",
			     "Invalid version. Only version 0 is supported");
	lower_ignition(lowering);
	clc_lower_services(lowering);
	clc_lower_disks(lowering);
	clc_lower_nodes(lowering);
	clc_lower_system(lowering);
	clc_lower_update(lowering);
	return draft_check(draft, CLC_SPEC, err);
}

/* Nothing at all is a config that asks for nothing. */
static int lower_nothing(struct draft *draft, struct error *err)
{
	report_add(draft->input->report, REPORT_WARNING, /* path= */ NULL,
		   (struct origin){ .source = NULL }, "Configuration is empty")
		->has_path = false;
	return draft_check(draft, CLC_SPEC, err);
}

/* @own: filled when it is the machine's */
static const struct clc_platform *find_platform(const struct front_end_input *input,
						struct clc_platform *own)
{
	if (!input->variables)
		return input->platform ? clc_platform_find(input->platform) : NULL;
	own->name = input->variables->platform;
	memcpy(own->fields, input->variables->names, sizeof(own->fields));
	return own;
}

static int lower(const struct front_end_input *input, struct lowered *ret, struct error *err)
{
	struct clc_platform own = { .name = NULL };
	struct clc_lowering lowering = { .platform = find_platform(input, &own),
					 .is_boot = input->variables != NULL };
	struct draft *draft = &lowering.draft;
	struct document *document = NULL;
	int r;

	if (input->platform && !lowering.platform)
		return error_set(err, ERROR_INPUT, EINVAL, "error: unsupported platform");
	r = yaml_text_read(input->pool, input->source, input->report, &document, err);
	if (r < 0)
		return error_wrap(err, r, "Failed to parse config");
	draft_init(draft, input);
	draft->document = document;
	lowering.decode = (struct yaml_decode){ .arena = draft->arena,
						.document = document,
						.report = input->report };
	r = document->nodes[0].kind == NODE_NULL ? lower_nothing(draft, err)
						 : lower_document(&lowering, err);
	if (r == 0)
		*ret = (struct lowered){ .config = draft->config, .version = CLC_SPEC };
	draft_done(draft);
	return r;
}

const struct front_end front_end_clc = {
	.name = "clc",
	.title = "Container Linux Config",
	.lower = lower,
};
