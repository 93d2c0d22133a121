/*
 * dataurl - what is accepted decodes, whole and in pieces, to the same bytes, and these bytes,
 * encoded again, decode to themselves; what is refused has a message, and base64 that the parser
 * refuses is refused by the decoder too.
 */
#include "base/dataurl.h"

#include "base/base64.h"
#include "fuzz.h"

#define BYTES_MAX ((size_t)1 << 24)

static int append(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	(void)err;
	return text_append(sink->context, data, length);
}

/* Both ways; the bytes are freed with free(). */
static unsigned char *decode(const struct dataurl *url, size_t *ret_length)
{
	AUTO(text_done) struct text delivered = TEXT_INIT(BYTES_MAX);
	struct content_sink sink = { .write = append, .context = &delivered };
	unsigned char *bytes = NULL;

	FUZZ_REQUIRE(dataurl_decode(url, &bytes, ret_length, /* err= */ NULL) == 0);
	FUZZ_REQUIRE(bytes[*ret_length] == '\0');
	FUZZ_REQUIRE(dataurl_deliver(url, &sink, /* err= */ NULL) == 0);
	FUZZ_REQUIRE(slice_equal(text_slice(&delivered),
				 (struct slice){ (const char *)bytes, *ret_length }));
	return bytes;
}

static void check_round_trip(const unsigned char *bytes, size_t length)
{
	AUTO(text_done) struct text text = TEXT_INIT(BYTES_MAX);
	struct dataurl url = { 0 };
	size_t again_length = 0;

	FUZZ_REQUIRE(text_append_str(&text, "data:;base64,") == 0);
	FUZZ_REQUIRE(base64_append(&text, bytes, length) == 0);
	FUZZ_REQUIRE(dataurl_parse(text_slice(&text), &url, /* err= */ NULL) == 0);

	AUTO_FREE unsigned char *again = decode(&url, &again_length);

	FUZZ_REQUIRE(again_length == length && memcmp(again, bytes, length) == 0);
}

/*
 * A URL whose data alone is wrong is not decodable; but newlines, which only the grammar of URLs
 * refuses.
 */
static void check_refused_data(struct slice url)
{
	const char *comma = url.length ? memchr(url.data, ',', url.length) : NULL;
	size_t front = comma ? (size_t)(comma - url.data) + 1 : 0;
	struct dataurl parsed = { 0 };
	AUTO_FREE unsigned char *bytes = NULL;
	size_t length = 0;

	if (!comma || dataurl_parse((struct slice){ url.data, front }, &parsed, NULL) < 0 ||
	    !parsed.is_base64)
		return;
	parsed.data = slice_from(url, front);
	if (memchr(parsed.data.data, '\n', parsed.data.length) ||
	    memchr(parsed.data.data, '\r', parsed.data.length))
		return;
	FUZZ_REQUIRE(dataurl_decode(&parsed, &bytes, &length, /* err= */ NULL) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	struct slice text = { (const char *)data, size };
	struct dataurl url = { 0 };
	size_t length = 0;

	if (dataurl_parse(text, &url, &err) < 0) {
		FUZZ_REQUIRE(err.kind == ERROR_INPUT && err.text && !url.data.data);
		check_refused_data(text);
		return 0;
	}

	AUTO_FREE unsigned char *bytes = decode(&url, &length);

	check_round_trip(bytes, length);
	return 0;
}
