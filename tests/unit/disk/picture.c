/* picture - widths, escaping, eliding, and drawings in which every change is told. */
#include "disk/picture.h"

#include <errno.h>
#include <stdint.h>

#include "disk/picture_scale.h"
#include "disk/svg.h"
#include "tap.h"

#define MIB	   (UINT64_C(1) << 20)
#define GIB	   (UINT64_C(1) << 30)
#define BLOCKS_MAX 130
#define SVG_MAX	   ((size_t)1 << 22)
#define ROW(array)                                                                                 \
	{                                                                                          \
		(array), ARRAY_SIZE(array)                                                         \
	}
#define BLOCK(gib, what)                                                                           \
	{                                                                                          \
		.number = 1, .size_bytes = (gib)*GIB, .change = (what)                             \
	}

static const struct width_row {
	const char *label;
	struct picture_block blocks[8];
	size_t count;
	unsigned bar_px;
	const char *want;
} width_rows[] = {
	{ "one block fills the bar", { BLOCK(8, PICTURE_KEPT) }, 1, 868, "868" },
	{ "a row without blocks has no widths", { { 0 } }, 0, 868, "" },
	{ "a block of no size has a place as well", { { .number = 1 } }, 1, 868, "868" },
	{ "sizes are to scale",
	  { BLOCK(1, PICTURE_KEPT), BLOCK(3, PICTURE_KEPT) },
	  2,
	  1000,
	  "250 750" },
	{ "a remainder of rounding is not lost",
	  { BLOCK(1, PICTURE_KEPT), BLOCK(1, PICTURE_KEPT), BLOCK(1, PICTURE_KEPT) },
	  3,
	  1000,
	  "333 333 334" },
	{ "a small block gets its floor, and the order stays",
	  { BLOCK(900, PICTURE_KEPT), BLOCK(1, PICTURE_KEPT), BLOCK(100, PICTURE_KEPT) },
	  3,
	  1000,
	  "792 104 104" },
	{ "free space has a lower floor",
	  { BLOCK(900, PICTURE_KEPT), BLOCK(1, PICTURE_FREE) },
	  2,
	  1000,
	  "936 64" },
	{ "what the floor takes is taken from the others to scale",
	  { BLOCK(1, PICTURE_KEPT), BLOCK(300, PICTURE_KEPT), BLOCK(100, PICTURE_FREE) },
	  3,
	  1000,
	  "104 672 224" },
	{ "sizes near the end of 64 bits do not overflow",
	  { { .number = 1, .size_bytes = UINT64_MAX / 2 },
	    { .number = 2, .size_bytes = UINT64_MAX / 2 } },
	  2,
	  1000,
	  "500 500" },
};

static void test_widths(const struct width_row *row)
{
	const struct picture_row blocks = { row->blocks, row->count };
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
	unsigned widths[ARRAY_SIZE(row->blocks)];

	picture_widths(&blocks, row->bar_px, widths);
	for (size_t i = 0; i < row->count; i++)
		text_printf(&got, "%s%u", i ? " " : "", widths[i]);
	tap_str(text_str(&got), row->want, row->label);
}

static void fill(struct picture_block *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		blocks[i] = (struct picture_block){
			.number = (unsigned)i + 1,
			.label = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
			.size_bytes = i == 4 ? 500 * GIB : MIB,
		};
}

/* Properties that hold for any number of blocks. */
static void test_counts(void)
{
	struct picture_block blocks[BLOCKS_MAX];
	unsigned widths[BLOCKS_MAX];
	bool sums = true;
	bool readable = true;

	fill(blocks, BLOCKS_MAX);
	for (size_t count = 1; count <= BLOCKS_MAX; count++) {
		const struct picture_row row = { blocks, count };
		unsigned bar_px = picture_bar_px(&row);
		unsigned sum = 0;

		picture_widths(&row, bar_px, widths);
		for (size_t i = 0; i < count; i++) {
			sum += widths[i];
			readable = readable && widths[i] >= 28;
		}
		sums = sums && sum == bar_px;
	}
	tap_ok(sums, "widths of 1 to %d blocks sum up to the bar", BLOCKS_MAX);
	tap_ok(readable, "none of 1 to %d blocks is too narrow for its number", BLOCKS_MAX);
	tap_int(picture_bar_px(&(struct picture_row){ blocks, 6 }), PICTURE_BAR_PX,
		"six blocks have room for words in the usual width");
	tap_int(picture_bar_px(&(struct picture_row){ blocks, 7 }), 971,
		"seven blocks get a wider bar, so that they have it too");
	tap_int(picture_bar_px(&(struct picture_row){ blocks, 20 }), PICTURE_BAR_PX,
		"twenty blocks have numbers in the usual width");
	tap_int(picture_bar_px(&(struct picture_row){ blocks, 128 }), 128 * 28,
		"128 blocks get the bar that their numbers need");
}

static const struct text_row {
	const char *label;
	const char *text;
	unsigned max_px; /* of a font of 10; 0: escaped only */
	const char *want;
} text_rows[] = {
	{ "what XML gives a meaning is escaped", "<a b='1' c=\"2\">&amp;", 0,
	  "&lt;a b=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;" },
	{ "other characters stay", "\u00fc \u65e5\u672c", 0, "\u00fc \u65e5\u672c" },
	{ "control characters are replaced", "a\x01\n\tb\x7f", 0, "a\ufffd\ufffd\ufffdb\ufffd" },
	{ "bytes that are no UTF-8 are replaced one by one", "a\xff\xc3", 0, "a\ufffd\ufffd" },
	{ "an override of the direction is replaced", "\u202egpj", 0, "\ufffdgpj" },
	{ "what XML excludes is replaced", "\uffff", 0, "\ufffd" },
	{ "what fits is whole", "AAAA", 28, "AAAA" },
	{ "what does not fit ends in an ellipsis", "AAAA", 27, "AA\u2026" },
	{ "what is elided is escaped", "&&&&", 30, "&amp;&amp;\u2026" },
	{ "characters are not cut in two", "\u65e5\u672c\u8a9e", 25, "\u65e5\u2026" },
	{ "where nothing fits, the ellipsis is all", "AAAA", 1, "\u2026" },
};

static void test_text(const struct text_row *row)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
	struct svg svg = { .out = &out };

	if (row->max_px)
		svg_put_elided(&svg, slice_of(row->text), 10, row->max_px);
	else
		svg_put_escaped(&svg, slice_of(row->text));
	tap_str(text_str(&out), row->want, row->label);
}

static const struct picture_block old[] = {
	{ 1, "EFI", MIB, 128 * MIB, "vfat", PICTURE_KEPT },
	{ 2, "a<b>&c", GIB, 4 * GIB, "xfs \"old\"", PICTURE_DESTROYED },
	{ 3, "OEM", 5 * GIB, GIB, "btrfs \"OEM\"", PICTURE_FORMATTED },
	{ 9, "ROOT", 6 * GIB, GIB, "ext4 \"ROOT\"", PICTURE_RESIZED },
	{ 0, NULL, 7 * GIB, 9 * GIB, NULL, PICTURE_FREE },
};
static const struct picture_block new[] = {
	{ 1, "EFI", MIB, 128 * MIB, "vfat", PICTURE_KEPT },
	{ 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", GIB, GIB, "swap", PICTURE_CREATED },
	{ 3, "OEM", 5 * GIB, GIB, "ext4 \"OEM\"", PICTURE_FORMATTED },
	{ 9, "ROOT", 6 * GIB, 10 * GIB, "ext4 \"ROOT\"", PICTURE_RESIZED },
};

/* Whether each tag that is opened is closed, in order.  Attributes hold no '<' or '>'. */
static bool is_balanced(const char *svg)
{
	struct slice open[16];
	size_t depth = 0;

	for (const char *tag = strchr(svg, '<'); tag; tag = strchr(tag, '<')) {
		const char *end = strchr(tag++, '>');
		bool is_end = *tag == '/';
		struct slice name = { tag + is_end, strcspn(tag + is_end, " />\n") };

		if (!end || depth == ARRAY_SIZE(open))
			return false;
		if (is_end && (depth == 0 || !slice_equal(open[--depth], name)))
			return false;
		if (!is_end && end[-1] != '/')
			open[depth++] = name;
	}
	return depth == 0;
}

static unsigned occurrences(const char *svg, const char *word)
{
	unsigned count = 0;

	for (const char *at = strstr(svg, word); at; at = strstr(at + 1, word))
		count++;
	return count;
}

static const struct has_row {
	const char *label;
	const char *text;
	unsigned count;
} has_rows[] = {
	{ "kept is told in words", ">1 kept</text>", 2 },
	{ "created is told in words", ">2 created</text>", 1 },
	{ "resized is told in words", ">9 resized</text>", 2 },
	{ "formatted is told in words", ">3 formatted</text>", 2 },
	{ "destroyed is told in words", ">2 destroyed</text>", 1 },
	{ "free space is told in words", ">free</text>", 2 },
	{ "a pattern tells destroyed as well", "url(#slipway-mark-destroyed)", 2 },
	{ "a label is escaped", ">a&lt;b&gt;&amp;c</text>", 1 },
	{ "a label that is elided is whole in title and description",
	  "partition 2 ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789, 1 GiB, swap, created", 2 },
	{ "what stays is joined by a shade, the rest is not", "fill-opacity=", 3 },
	{ "dark colours are those of a style sheet", "@media (prefers-color-scheme: dark)", 1 },
	{ "the disk is named, in heading, tooltip and description", "/dev/vda", 3 },
};

static void test_drawing(void)
{
	const struct picture_disk disk = { "/dev/vda", 16 * GIB, ROW(old), ROW(new) };
	AUTO(text_done) struct text out = TEXT_INIT(SVG_MAX);

	tap_int(picture_append_svg(&disk, 1, &out), 0, "a disk is drawn");
	tap_ok(is_balanced(text_str(&out)), "the drawing is well-formed");
	for (size_t i = 0; i < ARRAY_SIZE(has_rows); i++)
		tap_int(occurrences(text_str(&out), has_rows[i].text), has_rows[i].count,
			has_rows[i].label);
}

static void test_many(void)
{
	struct picture_block blocks[20];
	AUTO(text_done) struct text out = TEXT_INIT(SVG_MAX);

	fill(blocks, ARRAY_SIZE(blocks));
	blocks[2].change = PICTURE_DESTROYED;

	const struct picture_disk disk = { "many.img", 512 * GIB, ROW(blocks), ROW(blocks) };

	picture_append_svg(&disk, 1, &out);
	tap_ok(is_balanced(text_str(&out)), "twenty partitions: the drawing is well-formed");
	tap_int(occurrences(text_str(&out), ">kept</text>"), 18 + 1,
		"twenty partitions: the key tells what is kept once, and so does the legend");
	tap_int(occurrences(text_str(&out), ">destroyed</text>"), 2 + 1,
		"twenty partitions: the keys of both rows tell what is destroyed");
	tap_int(occurrences(text_str(&out), "font-weight='bold'>20</text>"), 3,
		"twenty partitions: the last number is in both bars and in the key");
}

static void test_ends(void)
{
	const struct picture_disk disk = { "/dev/vda", 16 * GIB, ROW(old), ROW(new) };
	AUTO(text_done) struct text out = TEXT_INIT(4096);
	AUTO(text_done) struct text none = TEXT_INIT(SVG_MAX);

	text_append_str(&out, "before");
	tap_int(picture_append_svg(&disk, 1, &out), -E2BIG, "a text that is full is an error");
	tap_str(text_str(&out), "before", "and then it is as it was");
	tap_int(picture_append_svg(NULL, 0, &none), 0, "no disks are a drawing as well");
	tap_ok(is_balanced(text_str(&none)), "and that is well-formed");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(width_rows); i++)
		test_widths(&width_rows[i]);
	test_counts();
	for (size_t i = 0; i < ARRAY_SIZE(text_rows); i++)
		test_text(&text_rows[i]);
	test_drawing();
	test_many();
	test_ends();
	return tap_done();
}
