#include "providers/encoding.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/inflate.h"
#include "base/base64.h"

int encoding_decode_base64(struct provider_config *config, struct error *err)
{
	struct slice encoded = slice_trim((struct slice){ config->data, config->length });
	AUTO_FREE unsigned char *decoded = xmalloc(BASE64_DECODED_MAX(encoded.length));
	size_t length = 0;
	size_t offset = 0;

	if (base64_decode(encoded, decoded, &length, &offset) < 0)
		return error_set(err, ERROR_INPUT, EINVAL, "%s: no base64 at byte %zu",
				 config->name, offset);
	free(config->data);
	config->data = (char *)take_ptr(&decoded);
	config->length = length;
	return 0;
}

int encoding_decode_gzip(struct provider_config *config, struct error *err)
{
	AUTO(text_done) struct text plain = TEXT_INIT(PROVIDER_CONFIG_MAX);
	int r = inflate_gzip((struct slice){ config->data, config->length }, &plain, err);

	if (r < 0)
		return error_wrap(err, r, "%s", config->name);
	free(config->data);
	config->length = plain.length;
	config->data = plain.length ? text_take(&plain) : xstrdup("");
	return 0;
}

int encoding_gunzip(struct provider_config *config, struct error *err)
{
	if (!slice_starts((struct slice){ config->data, config->length }, "\x1f\x8b"))
		return 0;
	return encoding_decode_gzip(config, err);
}

enum step {
	STEP_BASE64 = 1 << 0, /* the first to be undone */
	STEP_GZIP = 1 << 1,
};

static const struct encoding_row {
	const char *name;
	unsigned steps;
} encodings[] = {
	{ "", 0 },
	{ "b64", STEP_BASE64 },
	{ "base64", STEP_BASE64 },
	{ "gz", STEP_GZIP },
	{ "gzip", STEP_GZIP },
	{ "gz+b64", STEP_BASE64 | STEP_GZIP },
	{ "gz+base64", STEP_BASE64 | STEP_GZIP },
	{ "gzip+b64", STEP_BASE64 | STEP_GZIP },
	{ "gzip+base64", STEP_BASE64 | STEP_GZIP },
};

int encoding_decode(struct provider_config *config, const char *name, struct error *err)
{
	size_t i = 0;
	int r = 0;

	while (i < ARRAY_SIZE(encodings) && strcmp(encodings[i].name, name) != 0)
		i++;
	if (i == ARRAY_SIZE(encodings))
		return error_set(err, ERROR_INPUT, EINVAL, "%s: unsupported encoding \"%s\"",
				 config->name, name);
	if (encodings[i].steps & STEP_BASE64)
		r = encoding_decode_base64(config, err);
	if (r == 0 && encodings[i].steps & STEP_GZIP)
		r = encoding_decode_gzip(config, err);
	return r;
}
