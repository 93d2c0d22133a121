/* Strings of the firmware's table, whole and broken off. */
#include "providers/smbios.h"

#include "tap.h"

#define SYSTEM "\x01\x05\0\0\x01QEMU\0\0"
#define OEM    "\x0b\x05\x01\0\x02"
#define END    "\x7f\x04\x02\0\0\0"

static const struct {
	const char *label;
	struct slice table;
	const char *want; /* each with '|' behind it */
} rows[] = {
	{ "no table", SLICE_INIT(""), "" },
	{ "two strings", SLICE_INIT(SYSTEM OEM "a=b\0c\0\0" END), "a=b|c|" },
	{ "of two structures", SLICE_INIT(OEM "a\0\0" SYSTEM OEM "b\0\0" END), "a|b|" },
	{ "a structure without strings", SLICE_INIT(OEM "\0\0" OEM "b\0\0" END), "b|" },
	{ "nothing behind the end counts", SLICE_INIT(END OEM "a\0\0"), "" },
	{ "strings of other structures do not", SLICE_INIT(SYSTEM END), "" },
	{ "a structure shorter than its head", SLICE_INIT("\x0b\x03\0\0a\0\0" END), "" },
	{ "one longer than the table", SLICE_INIT("\x0b\xff\0\0a\0\0"), "" },
	{ "strings that do not end", SLICE_INIT(OEM "a\0b"), "" },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct smbios_reader reader = SMBIOS_READER_INIT(rows[i].table, SMBIOS_OEM_STRINGS);
		AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
		struct slice string;

		while (smbios_next_string(&reader, &string))
			text_printf(&got, "%.*s|", SLICE_ARGS(string));
		tap_str(text_str(&got), rows[i].want, rows[i].label);
	}
	return tap_done();
}
