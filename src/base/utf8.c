#include "base/utf8.h"

/* Lead bytes by length: mask and value of the lead, smallest value that needs that length. */
static const struct {
	uint8_t mask;
	uint8_t lead;
	uint32_t min;
} forms[] = {
	{ 0x80, 0x00, 0 },
	{ 0xe0, 0xc0, 0x80 },
	{ 0xf0, 0xe0, 0x800 },
	{ 0xf8, 0xf0, 0x10000 },
};

size_t utf8_decode(struct slice s, uint32_t *ret)
{
	if (s.length == 0)
		return 0;

	const unsigned char *bytes = (const unsigned char *)s.data;
	size_t width = 1;

	while (width <= UTF8_BYTES_MAX &&
	       (bytes[0] & forms[width - 1].mask) != forms[width - 1].lead)
		width++;
	if (width > UTF8_BYTES_MAX || width > s.length)
		return 0;

	uint32_t rune = bytes[0] & (uint8_t)~forms[width - 1].mask;

	for (size_t i = 1; i < width; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		rune = rune << 6 | (bytes[i] & 0x3f);
	}
	if (rune < forms[width - 1].min || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff))
		return 0;
	*ret = rune;
	return width;
}

size_t utf8_encode(uint32_t rune, char ret[static UTF8_BYTES_MAX])
{
	size_t width = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;

	for (size_t i = width; i-- > 1; rune >>= 6)
		ret[i] = (char)(0x80 | (rune & 0x3f));
	ret[0] = (char)(forms[width - 1].lead | rune);
	return width;
}
