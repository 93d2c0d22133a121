#include "providers/encoding.h"

#include <errno.h>

#include "base/alloc.h"
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
