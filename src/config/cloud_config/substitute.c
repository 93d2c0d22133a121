/* substitute - addresses in the text of a cloud-config or script (spec configs 1.5). */
#include <errno.h>

#include "config/cloud_config/lowering.h"
#include "config/yaml_text.h"

static const struct {
	const char *variable;
	const char *attribute;
} variables[] = {
	{ "$public_ipv4", "public_ipv4" },
	{ "$private_ipv4", "private_ipv4" },
	{ "$public_ipv6", "public_ipv6" },
	{ "$private_ipv6", "private_ipv6" },
};

/* Appends the address; what is not known yet is empty. */
static void append_address(const struct front_end_input *input, size_t variable, size_t offset,
			   struct text *out)
{
	const struct slice name = slice_of(variables[variable].attribute);
	const struct origin origin = source_origin(input->source, offset);
	const struct supply *supply =
		supplies_find(input->supplies, SUPPLY_ATTRIBUTE, name, origin);

	if (!supply)
		return;
	if (!supply->problem) {
		text_append_slice(out, supply->data);
		return;
	}

	struct report_entry *entry =
		report_add(input->report, REPORT_ERROR, /* path= */ NULL, origin,
			   "%s is not known: %s", variables[variable].variable, supply->problem);

	entry->has_path = false;
	entry->length = (uint32_t)strlen(variables[variable].variable);
}

/* Which variable @text begins with; ARRAY_SIZE(variables): none. */
static size_t find_variable(struct slice text)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(variables) && !slice_starts(text, variables[i].variable))
		i++;
	return i;
}

/* Upstream misses the second of two that touch; here each is replaced. */
static void substitute(const struct front_end_input *input, struct text *out)
{
	const struct slice text = source_text(input->source);
	size_t done = 0;

	for (const char *at = text.data;
	     (at = memchr(at, '$', text.length - (size_t)(at - text.data))); at++) {
		const size_t offset = (size_t)(at - text.data);
		const size_t variable = find_variable(slice_from(text, offset));
		size_t plain = offset - done;
		bool is_escaped;

		if (variable == ARRAY_SIZE(variables))
			continue;
		is_escaped = plain && at[-1] == '\\';
		text_append(out, text.data + done, plain - is_escaped);
		if (is_escaped)
			text_append_str(out, variables[variable].variable);
		else
			append_address(input, variable, offset, out);
		done = offset + strlen(variables[variable].variable);
	}
	text_append(out, text.data + done, text.length - done);
}

int cloud_substitute(const struct front_end_input *input, const struct source **ret,
		     struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(8 * YAML_TEXT_SIZE_MAX);
	const struct slice text = source_text(input->source);
	const size_t length = text.length;

	if (length > YAML_TEXT_SIZE_MAX)
		return error_set(err, ERROR_INPUT, EFBIG, "config is larger than %zu bytes",
				 YAML_TEXT_SIZE_MAX);
	substitute(input, &out);
	if (report_has_errors(input->report))
		return error_set(err, ERROR_INPUT, EINVAL, "config is not valid");
	if (slice_equal(text_slice(&out), text)) {
		*ret = input->source;
		return 0;
	}

	const size_t replaced = out.length;

	*ret = config_pool_add_source(input->pool, source_name(input->source), text_take(&out),
				      replaced);
	return 0;
}
