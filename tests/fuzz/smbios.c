/* smbios - strings lie in the table, one behind the other, without NUL. */
#include "providers/smbios.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = { (const char *)data, size };
	struct smbios_reader reader = SMBIOS_READER_INIT(text, SMBIOS_OEM_STRINGS);
	const char *end = text.data;
	struct slice string;

	while (smbios_next_string(&reader, &string)) {
		FUZZ_REQUIRE(string.data >= end && string.data + string.length < text.data + size);
		FUZZ_REQUIRE(!memchr(string.data, '\0', string.length));
		end = string.data + string.length;
	}
	return 0;
}
