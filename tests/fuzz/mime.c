/* mime - a part is no longer than its message; what is refused has a message. */
#include "providers/mime.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = { (const char *)data, size };
	AUTO(text_done) struct text part = TEXT_INIT((size_t)1 << 20);
	AUTO(error_done) struct error err = ERROR_INIT;
	int r = mime_find_part(text, "text/cloud-config", &part, &err);

	FUZZ_REQUIRE(r <= 0 && part.length <= size);
	FUZZ_REQUIRE(r != -22 || err.text);
	return 0;
}
