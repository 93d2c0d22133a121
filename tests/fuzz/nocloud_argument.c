/* nocloud_argument - what is read is part of the text; an absent argument says nothing. */
#include "providers/nocloud_argument.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = { (const char *)data, size };
	AUTO(nocloud_argument_done) struct nocloud_argument serial = { .seed = NULL };
	AUTO(nocloud_argument_done) struct nocloud_argument value = { .seed = NULL };

	nocloud_argument_read_serial(text, &serial);

	const char *const all[] = { serial.seed, serial.instance_id, serial.hostname };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		FUZZ_REQUIRE(!all[i] || (serial.is_present && strlen(all[i]) <= size));
	nocloud_argument_read(text, &value);
	FUZZ_REQUIRE(value.is_present || (!value.seed && !value.instance_id && !value.hostname));
	return 0;
}
