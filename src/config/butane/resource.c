/* resource - contents that are in the config, or beside it, as URLs (spec configs 4.6). */
#include "base/base64.h"
#include "base/deflate.h"
#include "config/butane/lowering.h"
#include "config/butane/schema.h"
#include "config/parse.h"

/* A URL is at most three times as long as the bytes, which are capped when they are read. */
#define URL_BYTES_MAX ((size_t)1 << 30)

#define PLAIN_PREFIX  "data:,"
#define BASE64_PREFIX "data:;base64,"

/* What the member compression = "gzip" costs beside the URL. */
#define GZIP_WORD_BYTES (sizeof("gzip") - 1)
/* Header and trailer of a gzip member, and one empty block (RFC 1952, 1951). */
#define GZIP_BYTES_MIN 20

/* Bytes that stand for themselves behind data:, */
static const bool is_literal[256] = {
	['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true, ['-'] = true,
	['_'] = true,	      ['.'] = true,	    ['!'] = true,	  ['~'] = true,
	['*'] = true,	      ['\''] = true,	    ['('] = true,	  [')'] = true,
};

static size_t base64_length(size_t bytes)
{
	return (bytes + 2) / 3 * 4;
}

static size_t escaped_length(struct slice bytes)
{
	size_t length = bytes.length;

	for (size_t i = 0; i < bytes.length; i++)
		if (!is_literal[(unsigned char)bytes.data[i]])
			length += 2;
	return length;
}

static void append_escaped(struct text *out, struct slice bytes)
{
	static const char digits[] = "0123456789ABCDEF";

	text_append_str(out, PLAIN_PREFIX);
	for (size_t i = 0; i < bytes.length; i++) {
		const unsigned char byte = (unsigned char)bytes.data[i];

		if (is_literal[byte]) {
			text_append_char(out, (char)byte);
		} else {
			const char escape[] = { '%', digits[byte >> 4], digits[byte & 0xf] };

			text_append(out, escape, sizeof(escape));
		}
	}
}

static void append_base64(struct text *out, struct slice bytes)
{
	text_append_str(out, BASE64_PREFIX);
	base64_append(out, bytes.data, bytes.length);
}

/* Return: whether @bytes compressed are shorter than @best, the length of a URL without "data:". */
static bool compress(struct butane_lowering *lowering, struct slice bytes, size_t best,
		     struct text *out)
{
	const size_t prefix = strlen(BASE64_PREFIX) - strlen("data:");

	if (prefix + base64_length(GZIP_BYTES_MIN) + GZIP_WORD_BYTES >= best)
		return false;
	if (!lowering->deflate)
		lowering->deflate = deflate_new();
	if (deflate_gzip(lowering->deflate, bytes, out) < 0)
		return false;
	return prefix + base64_length(out->length) + GZIP_WORD_BYTES < best;
}

/* Of the candidates the shortest, and of equals the first: plain, base64, compressed. */
static void encode(struct butane_lowering *lowering, struct config_resource *resource,
		   struct slice bytes, struct text *url)
{
	AUTO(text_done) struct text compressed = TEXT_INIT(URL_BYTES_MAX);
	const size_t plain = strlen(PLAIN_PREFIX) - strlen("data:") + escaped_length(bytes);
	const size_t base64 = strlen(BASE64_PREFIX) - strlen("data:") + base64_length(bytes.length);
	const bool may_compress = !(lowering->dialect->features & BUTANE_NO_GZIP) &&
				  resource->compression.length == 0;

	if (!resource->compression.data)
		resource->compression = SLICE("");
	if (may_compress &&
	    compress(lowering, bytes, base64 < plain ? base64 : plain, &compressed)) {
		append_base64(url, text_slice(&compressed));
		resource->compression = SLICE("gzip");
	} else if (base64 < plain) {
		append_base64(url, bytes);
	} else {
		append_escaped(url, bytes);
	}
}

void butane_set_contents(struct butane_lowering *lowering, struct config_resource *resource,
			 struct slice bytes)
{
	AUTO(text_done) struct text url = TEXT_INIT(URL_BYTES_MAX);

	/* The first version only escaped, and said nothing about compression. */
	if (lowering->dialect->spec < SPEC_3_1)
		append_escaped(&url, bytes);
	else
		encode(lowering, resource, bytes, &url);
	resource->source =
		(struct slice){ arena_strndup(lowering->arena, text_str(&url), url.length),
				url.length };
}

/* A config within the config is checked as what it is; its mistakes are those of its text. */
static void check_child(struct butane_lowering *lowering, const struct butane_resource *resource)
{
	AUTO(report_free) struct report *report = report_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct source *source = config_pool_borrow_source(
		lowering->pool, source_name(lowering->document->source), resource->inline_text);
	const struct config *child = NULL;
	int r = config_parse(lowering->pool, source, /* flags= */ 0, report, &child,
			     /* ret_version= */ NULL, &err);

	for (size_t i = 0; i < report_count(report); i++) {
		const struct report_entry *entry = report_entry_at(report, i);

		butane_report(lowering, entry->severity, resource->origin, "", entry->message);
	}
	if (r < 0 && !report_has_errors(report))
		butane_warn(lowering, resource->origin, "",
			    "skipping validation for the merge/replace ignition config due to an "
			    "unkown version");
}

static bool is_reference(const struct butane_lowering *lowering, const void *resource)
{
	const struct config_refs *refs = &lowering->config->ignition.config;

	CONFIG_EACH (const struct config_resource, merged, &refs->merge)
		if (merged == resource)
			return true;
	return resource == &refs->replace;
}

static void lower_resource(struct butane_lowering *lowering, struct config_resource *resource,
			   const struct butane_resource *beside)
{
	if (beside->inline_text.data) {
		if (is_reference(lowering, resource))
			check_child(lowering, beside);
		butane_set_contents(lowering, resource, beside->inline_text);
	} else if (beside->local.data) {
		butane_set_contents(lowering, resource,
				    butane_supply(lowering, beside->local, beside->origin, ""));
	}
}

void butane_lower_resources(struct butane_lowering *lowering)
{
	for (size_t i = 0; i < lowering->object_count; i++) {
		const struct butane_object *object = &lowering->objects[i];

		if (object->beside && object->beside_schema == &butane_resource_schema)
			lower_resource(lowering, object->object, object->beside);
	}
}
