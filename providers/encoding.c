#include "providers/encoding.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "fetch/gzip.h"

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

static int keep(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	if (text_append(sink->context, data, length) == 0)
		return 0;
	return error_set(err, ERROR_INPUT, EFBIG, "more than %zu MiB when decompressed",
			 PROVIDER_CONFIG_MAX >> 20);
}

int encoding_gunzip(struct provider_config *config, struct error *err)
{
	AUTO(text_done) struct text plain = TEXT_INIT(PROVIDER_CONFIG_MAX);
	struct content_sink sink = { .write = keep, .context = &plain };

	if (!slice_starts((struct slice){ config->data, config->length }, "\x1f\x8b"))
		return 0;

	AUTO(gzip_free) struct gzip *gzip = gzip_new(&sink);
	struct content_sink *compressed = gzip_sink(gzip);
	int r = compressed->write(compressed, config->data, config->length, err);

	if (r == 0)
		r = gzip_finish(gzip, err);
	if (r < 0)
		return error_wrap(err, r, "%s", config->name);
	free(config->data);
	config->length = plain.length;
	config->data = plain.length ? text_take(&plain) : xstrdup("");
	return 0;
}
