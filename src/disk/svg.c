#include "disk/svg.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/scope.h"
#include "base/utf8.h"

#define ELLIPSIS "\xe2\x80\xa6"
/* Widths are in hundredths of the font's size. */
#define EM 100

/* The first range that has a character decides.  Measured with DejaVu Sans, which is a wide font.
 */
static const struct {
	uint32_t first, last;
	unsigned width;
} widths[] = {
	{ ' ', '"', 40 },      { '#', '&', 84 }, { '\'', '/', 40 }, { '0', '9', 64 },
	{ ':', ';', 34 },      { '<', '>', 84 }, { 'I', 'J', 32 },  { 'M', 'M', 87 },
	{ 'W', 'W', 99 },      { '@', '@', EM }, { 'A', 'Z', 70 },  { 'i', 'j', 30 },
	{ 'l', 'l', 30 },      { 'm', 'm', 98 }, { 'w', 'w', 82 },  { 'f', 'f', 38 },
	{ 'r', 't', 48 },      { 'a', 'z', 63 }, { 0, 0x2ff, 66 },  { 0x300, 0x36f, 0 },
	{ 0x370, 0x10ff, 72 },
};

/* Where a character is not drawn as it is. */
static const struct {
	uint32_t first, last;
	const char *text;
} replaced[] = {
	{ '&', '&', "&amp;" },
	{ '<', '<', "&lt;" },
	{ '>', '>', "&gt;" },
	{ '"', '"', "&quot;" },
	{ '\'', '\'', "&#39;" },
	{ 0, 0x1f, "\xef\xbf\xbd" },
	{ 0x7f, 0x9f, "\xef\xbf\xbd" },
	{ 0x200e, 0x200f, "\xef\xbf\xbd" }, /* direction marks */
	{ 0x2028, 0x202e, "\xef\xbf\xbd" }, /* line ends; embeddings and overrides of direction */
	{ 0x2066, 0x2069, "\xef\xbf\xbd" }, /* isolates */
	{ 0xfffe, 0xffff, "\xef\xbf\xbd" },
};

static void put(struct svg *svg, const char *data, size_t length)
{
	if (svg->r == 0)
		svg->r = text_append(svg->out, data, length);
}

void svg_put(struct svg *svg, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (svg->r == 0)
		svg->r = text_vprintf(svg->out, format, args);
	va_end(args);
}

/* What @rune is drawn as; NULL: as it is. */
static const char *replacement(uint32_t rune)
{
	for (size_t i = 0; i < ARRAY_SIZE(replaced); i++)
		if (rune >= replaced[i].first && rune <= replaced[i].last)
			return replaced[i].text;
	return NULL;
}

/* Bytes of the first character of @s, which is not empty; one that is none is a byte of U+FFFD. */
static size_t next_rune(struct slice s, uint32_t *ret)
{
	size_t length = utf8_decode(s, ret);

	if (length)
		return length;
	*ret = UTF8_REPLACEMENT;
	return 1;
}

void svg_put_escaped(struct svg *svg, struct slice s)
{
	while (s.length) {
		char bytes[UTF8_BYTES_MAX];
		uint32_t rune = 0;
		size_t length = next_rune(s, &rune);
		const char *text = replacement(rune);

		if (text)
			put(svg, text, strlen(text));
		else
			put(svg, bytes, utf8_encode(rune, bytes));
		s = slice_from(s, length);
	}
}

static unsigned rune_width(uint32_t rune)
{
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++)
		if (rune >= widths[i].first && rune <= widths[i].last)
			return widths[i].width;
	return EM;
}

unsigned svg_width(struct slice s, unsigned font_px)
{
	size_t width = 0;

	while (s.length) {
		uint32_t rune = 0;
		size_t length = next_rune(s, &rune);

		width += rune_width(rune);
		s = slice_from(s, length);
	}
	width = (width * font_px + EM - 1) / EM;
	return width < UINT32_MAX ? (unsigned)width : UINT32_MAX;
}

size_t svg_fit(struct slice s, unsigned font_px, unsigned max_px)
{
	size_t width = 0;
	size_t end = 0;

	while (end < s.length) {
		uint32_t rune = 0;
		size_t length = next_rune(slice_from(s, end), &rune);

		width += rune_width(rune);
		if (width * font_px > (size_t)max_px * EM)
			break;
		end += length;
	}
	return end;
}

void svg_put_elided(struct svg *svg, struct slice s, unsigned font_px, unsigned max_px)
{
	if (svg_width(s, font_px) <= max_px) {
		svg_put_escaped(svg, s);
		return;
	}

	unsigned dots = svg_width(SLICE(ELLIPSIS), font_px);

	s.length = svg_fit(s, font_px, max_px > dots ? max_px - dots : 0);
	svg_put_escaped(svg, s);
	svg_put(svg, "%s", ELLIPSIS);
}
