/*
 * shell_assignments - each assignment takes something off the text, has a name and a value without
 * NUL that is no longer than the text; what is refused names its line.
 */
#include "providers/shell_assignments.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = { (const char *)data, size };
	AUTO(text_done) struct text value = TEXT_INIT((size_t)1 << 20);
	AUTO(error_done) struct error err = ERROR_INIT;
	struct shell_reader reader = SHELL_READER_INIT(text);
	struct slice name;
	size_t left = size;
	int r;

	while ((r = shell_assignments_next(&reader, &name, &value, &err)) == 1) {
		FUZZ_REQUIRE(reader.rest.length < left && name.length && value.length <= size);
		FUZZ_REQUIRE(!value.length || !memchr(value.data, '\0', value.length));
		left = reader.rest.length;
	}
	FUZZ_REQUIRE((r < 0) == (err.text != NULL));
	FUZZ_REQUIRE(r < 0 ? strncmp(err.text, "line ", 5) == 0 : reader.rest.length == 0);
	return 0;
}
