#include "disk/picture.h"

#include <stdbool.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/scope.h"
#include "disk/picture_scale.h"
#include "disk/svg.h"

/* All in pixels. */
#define MARGIN	      16
#define BAR_X	      76 /* right of "before" and "after" */
#define BAR_HEIGHT    86
#define BADGE_HEIGHT  18
#define TITLE_HEIGHT  34
#define SHADE_HEIGHT  40
#define DISK_GAP      30
#define PADDING	      6
#define LINE_HEIGHT   16
#define KEY_WIDTH     434
#define KEY_GAP	      8
#define KEY_BOX	      12
#define LEGEND_HEIGHT 24
#define SWATCH_WIDTH  24
#define SIZE_TEXT_MAX 32

/*
 * What is coloured, by class.  The light colours are attributes, which any viewer knows; the dark
 * ones are a style sheet's.
 */
static const struct colour {
	const char *class, *property, *light, *dark;
} colours[] = {
	{ "paper", "fill", "#ffffff", "#0d1117" },  { "ink", "fill", "#1b1f24", "#e6edf3" },
	{ "faint", "fill", "#57606a", "#9da7b3" },  { "badge", "fill", "#ffffff", "#0d1117" },
	{ "mark", "stroke", "#ffffff", "#0d1117" }, { "edge", "stroke", "#6e7781", "#8b949e" },
};

/* Told apart without seeing colours as well; words on them have a contrast of 4.5 and more. */
static const struct change {
	const char *name;
	const char *meaning;
	const char *accent_light, *accent_dark; /* behind the name */
	const char *tint_light, *tint_dark;	/* behind the rest */
	const char *mark;			/* path of a tile of MARK_WIDTH by BADGE_HEIGHT */
} changes[] = {
	[PICTURE_KEPT] = { "kept", "as it is", "#5b6672", "#93a1ae", "#eef1f4", "#222931",
			   "M4 9h2" },
	[PICTURE_CREATED] = { "created", "new", "#00785a", "#35c79b", "#dff4ec", "#0c3327",
			      "M2 9h6M5 6v6" },
	[PICTURE_RESIZED] = { "resized", "contents stay", "#0068a8", "#5fb5ee", "#e0effa",
			      "#0e2b44", "M0 6v6M4 6v6" },
	[PICTURE_FORMATTED] = { "formatted", "stays, with new contents", "#9a3674", "#e08fc0",
				"#f9e6f1", "#3b1c30", "M2 12l6-6" },
	[PICTURE_DESTROYED] = { "destroyed", "removed with its contents", "#b34700", "#ff8a4c",
				"#fde8db", "#43200c", "M2 6l6 6M8 6l-6 6" },
	[PICTURE_FREE] = { "free", "space of no partition", NULL, NULL, "#ffffff", "#0d1117",
			   NULL },
};
_Static_assert(ARRAY_SIZE(changes) == PICTURE_CHANGE_COUNT, "every change has a name");
#define MARK_WIDTH 10

struct font {
	const char *class, *light; /* as in colours */
	const char *attributes;
	unsigned px; /* to measure with: bold is wider */
};

static const struct font font_title = { "ink", "#1b1f24", "font-size='16' font-weight='bold'", 18 };
static const struct font font_label = { "ink", "#1b1f24", "font-size='12' font-weight='bold'", 13 };
static const struct font font_plain = { "ink", "#1b1f24", "font-size='12'", 12 };
static const struct font font_faint = { "faint", "#57606a", "font-size='12'", 12 };
static const struct font font_badge = { "badge", "#ffffff", "font-size='11' font-weight='bold'",
					12 };

struct spot {
	unsigned x, y;
	unsigned max_px; /* of text; 0: as long as it is */
};

/* A block and where it is. */
struct placed {
	const struct picture_block *block;
	unsigned x, width;
};

struct placed_row {
	const char *name;
	struct placed *list; /* owned */
	size_t count;
};

static void placed_row_done(struct placed_row *row)
{
	free(row->list);
}

DEFINE_DONE(struct placed_row, placed_row_done)

/* The drawing, down to @y. */
struct sheet {
	struct svg svg;
	unsigned bar_px;
	unsigned y;
	bool is_used[PICTURE_CHANGE_COUNT];
};

const char *picture_change_name(enum picture_change change)
{
	return changes[change].name;
}

static struct slice size_text(uint64_t size_bytes, struct text *buffer)
{
	number_append_size(buffer, size_bytes);
	return text_slice(buffer);
}

static void put_text(struct sheet *sheet, const struct font *font, struct spot spot, struct slice s)
{
	if (!s.length)
		return;
	svg_put(&sheet->svg, "<text x='%u' y='%u' class='%s' fill='%s' %s>", spot.x, spot.y,
		font->class, font->light, font->attributes);
	if (spot.max_px)
		svg_put_elided(&sheet->svg, s, font->px, spot.max_px);
	else
		svg_put_escaped(&sheet->svg, s);
	svg_put(&sheet->svg, "</text>\n");
}

static void put_size(struct sheet *sheet, const struct font *font, struct spot spot,
		     uint64_t size_bytes)
{
	AUTO(text_done) struct text buffer = TEXT_INIT(SIZE_TEXT_MAX);

	put_text(sheet, font, spot, size_text(size_bytes, &buffer));
}

/* 'partition 9 ROOT, 2 GiB, ext4 "ROOT", created': all that is known, for tooltips and readers. */
static void put_sentence(struct svg *svg, const struct picture_block *block)
{
	AUTO(text_done) struct text buffer = TEXT_INIT(SIZE_TEXT_MAX);

	if (block->number)
		svg_put(svg, "partition %u ", block->number);
	if (block->label && block->label[0])
		svg_put_escaped(svg, slice_of(block->label));
	size_text(block->size_bytes, &buffer);
	svg_put(svg, "%s%s", block->number || block->label ? ", " : "", text_str(&buffer));
	if (block->contents) {
		svg_put(svg, ", ");
		svg_put_escaped(svg, slice_of(block->contents));
	}
	svg_put(svg, ", %s", changes[block->change].name);
}

/* A box from (0, 0): the change in colour and pattern. */
static void put_box(struct svg *svg, enum picture_change change, unsigned width, unsigned height)
{
	const struct change *look = &changes[change];

	if (change == PICTURE_FREE) {
		svg_put(svg,
			"<rect x='.5' y='.5' width='%u' height='%u' class='tint-free edge' "
			"fill='%s' stroke='#6e7781' stroke-dasharray='4 3'/>\n",
			width - 1, height - 1, look->tint_light);
		return;
	}
	svg_put(svg,
		"<rect width='%u' height='%u' class='tint-%s' fill='%s'/>\n"
		"<rect width='%u' height='%u' class='accent-%s' fill='%s'/>\n"
		"<rect width='%u' height='%u' fill='url(#slipway-mark-%s)'/>\n",
		width, height, look->name, look->tint_light, width, BADGE_HEIGHT, look->name,
		look->accent_light, width, BADGE_HEIGHT, look->name);
}

/* "9 created" over the pattern, which goes on behind it. */
static void put_badge(struct sheet *sheet, const struct picture_block *block, unsigned width)
{
	const struct change *look = &changes[block->change];
	AUTO(text_done) struct text words = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (block->number)
		text_printf(&words, "%u ", block->number);
	text_append_str(&words, look->name);
	if (block->change == PICTURE_FREE) {
		put_text(sheet, &font_faint, (struct spot){ PADDING, 15, width - PADDING },
			 text_slice(&words));
		return;
	}

	unsigned tiles = (svg_width(text_slice(&words), font_badge.px) + PADDING) / MARK_WIDTH + 1;

	/* Whole tiles: the pattern goes on with a whole mark. */
	svg_put(&sheet->svg, "<rect width='%u' height='%u' class='accent-%s' fill='%s'/>\n",
		tiles * MARK_WIDTH, BADGE_HEIGHT, look->name, look->accent_light);
	put_text(sheet, &font_badge, (struct spot){ PADDING, 13, 0 }, text_slice(&words));
}

/* 'ext4 "ROOT"' in one line, or in two where it does not fit.  Return: where the next line is. */
static unsigned put_contents(struct sheet *sheet, struct slice contents, struct spot spot)
{
	size_t fits = svg_fit(contents, font_plain.px, spot.max_px);
	const char *space = contents.length ? memchr(contents.data, ' ', contents.length) : NULL;
	size_t first = space ? (size_t)(space - contents.data) : contents.length;

	if (!contents.length)
		return spot.y;
	if (fits == contents.length || first > fits || first == contents.length) {
		put_text(sheet, &font_plain, spot, contents);
		return spot.y + LINE_HEIGHT;
	}
	put_text(sheet, &font_plain, spot, (struct slice){ contents.data, first });
	spot.y += LINE_HEIGHT;
	put_text(sheet, &font_plain, spot, slice_from(contents, first + 1));
	return spot.y + LINE_HEIGHT;
}

static void put_words(struct sheet *sheet, const struct picture_block *block, unsigned width)
{
	struct spot spot = { PADDING, BADGE_HEIGHT + 15, width - 2 * PADDING };

	put_badge(sheet, block, width);
	if (block->label && block->label[0]) {
		put_text(sheet, &font_label, spot, slice_of(block->label));
		spot.y += LINE_HEIGHT;
	}
	spot.y = put_contents(sheet, slice_of(block->contents), spot);
	put_size(sheet, &font_faint, spot, block->size_bytes);
}

/* Too narrow for words: the key below or above has them. */
static void put_number(struct sheet *sheet, const struct placed *placed)
{
	AUTO(text_done) struct text number = TEXT_INIT(SIZE_TEXT_MAX);

	if (!placed->block->number)
		return;
	text_printf(&number, "%u", placed->block->number);

	unsigned width = svg_width(text_slice(&number), font_label.px);
	unsigned x = placed->width > width ? (placed->width - width) / 2 : 0;

	put_text(sheet, &font_label, (struct spot){ x, BADGE_HEIGHT + 15, 0 }, text_slice(&number));
}

/* An inner drawing clips what is too wide in a font that is wider than any expected. */
static void put_block(struct sheet *sheet, const struct placed *placed)
{
	/* A line of paper is left between two blocks. */
	unsigned width = placed->width - 1;

	sheet->is_used[placed->block->change] = true;
	svg_put(&sheet->svg, "<svg x='%u' y='%u' width='%u' height='%u'>\n<title>", placed->x,
		sheet->y, width, BAR_HEIGHT);
	put_sentence(&sheet->svg, placed->block);
	svg_put(&sheet->svg, "</title>\n");
	put_box(&sheet->svg, placed->block->change, width, BAR_HEIGHT);
	if (placed->width >= PICTURE_WORDS_PX)
		put_words(sheet, placed->block, width);
	else
		put_number(sheet, placed);
	svg_put(&sheet->svg, "</svg>\n");
}

static void put_bar(struct sheet *sheet, const struct placed_row *row)
{
	put_text(sheet, &font_faint, (struct spot){ MARGIN, sheet->y + 13, 0 },
		 slice_of(row->name));
	for (size_t i = 0; i < row->count; i++)
		put_block(sheet, &row->list[i]);
	sheet->y += BAR_HEIGHT;
}

/* What stays: drawn from where it was to where it will be. */
static bool stays(const struct picture_block *block)
{
	return block->number && block->change != PICTURE_CREATED &&
	       block->change != PICTURE_DESTROYED && block->change != PICTURE_FREE;
}

static void put_shade(struct sheet *sheet, const struct placed *from, const struct placed *to)
{
	const struct change *look = &changes[to->block->change];
	unsigned top = sheet->y;
	unsigned bottom = sheet->y + SHADE_HEIGHT;

	svg_put(&sheet->svg,
		"<path d='M%u %uL%u %uL%u %uL%u %uZ' class='accent-%s' fill='%s' "
		"fill-opacity='.25'/>\n",
		from->x, top, from->x + from->width - 1, top, to->x + to->width - 1, bottom, to->x,
		bottom, look->name, look->accent_light);
}

static void put_shades(struct sheet *sheet, const struct placed_row *before,
		       const struct placed_row *after)
{
	for (size_t i = 0; i < before->count; i++)
		for (size_t k = 0; k < after->count; k++) {
			const struct picture_block *old = before->list[i].block;
			const struct picture_block *new = after->list[k].block;

			if (stays(old) && stays(new) && old->number == new->number)
				put_shade(sheet, &before->list[i], &after->list[k]);
		}
	sheet->y += SHADE_HEIGHT;
}

static void put_key_line(struct sheet *sheet, const struct picture_block *block, struct spot spot)
{
	AUTO(text_done) struct text number = TEXT_INIT(SIZE_TEXT_MAX);

	text_printf(&number, "%u", block->number);
	svg_put(&sheet->svg, "<g>\n<title>");
	put_sentence(&sheet->svg, block);
	/* The middle of a badge. */
	svg_put(&sheet->svg,
		"</title>\n<svg x='%u' y='%u' width='%u' height='%u' "
		"viewBox='0 3 %u %u'>\n",
		spot.x, spot.y - KEY_BOX + 2, KEY_BOX, KEY_BOX, KEY_BOX, KEY_BOX);
	put_box(&sheet->svg, block->change, KEY_BOX, BADGE_HEIGHT);
	svg_put(&sheet->svg, "</svg>\n");
	put_text(sheet, &font_label, (struct spot){ spot.x + 18, spot.y, 0 }, text_slice(&number));
	put_text(sheet, &font_plain, (struct spot){ spot.x + 46, spot.y, 141 },
		 slice_of(block->label));
	put_size(sheet, &font_faint, (struct spot){ spot.x + 190, spot.y, 0 }, block->size_bytes);
	put_text(sheet, &font_plain, (struct spot){ spot.x + 252, spot.y, 108 },
		 slice_of(block->contents));
	put_text(sheet, &font_faint, (struct spot){ spot.x + 362, spot.y, 0 },
		 slice_of(changes[block->change].name));
	svg_put(&sheet->svg, "</g>\n");
}

enum key_row { KEY_BEFORE, KEY_AFTER };

/* What is kept is the same in both rows, and one key is enough. */
static bool needs_key(const struct placed *placed, enum key_row which)
{
	return placed->width < PICTURE_WORDS_PX && placed->block->number &&
	       (which == KEY_AFTER || placed->block->change != PICTURE_KEPT);
}

/* Columns are read downwards. */
static void put_key(struct sheet *sheet, const struct placed_row *row, enum key_row which)
{
	unsigned columns = sheet->bar_px / KEY_WIDTH;
	unsigned count = 0;
	unsigned done = 0;

	for (size_t i = 0; i < row->count; i++)
		count += needs_key(&row->list[i], which);
	if (!count)
		return;

	unsigned lines = (count + columns - 1) / columns;

	sheet->y += which == KEY_AFTER ? KEY_GAP : 0;
	for (size_t i = 0; i < row->count; i++) {
		if (!needs_key(&row->list[i], which))
			continue;
		put_key_line(sheet, row->list[i].block,
			     (struct spot){ BAR_X + done / lines * KEY_WIDTH,
					    sheet->y + 12 + done % lines * LINE_HEIGHT, 0 });
		done++;
	}
	sheet->y += lines * LINE_HEIGHT + (which == KEY_BEFORE ? KEY_GAP : 0);
}

static struct placed_row place(const struct picture_row *row, const char *name, unsigned bar_px)
{
	AUTO_FREE unsigned *widths = xcalloc(row->count + 1, sizeof(*widths));
	struct placed_row placed = { .name = name, .count = row->count };
	unsigned x = BAR_X;

	placed.list = xcalloc(row->count + 1, sizeof(*placed.list));
	picture_widths(row, bar_px, widths);
	for (size_t i = 0; i < row->count; i++) {
		placed.list[i] = (struct placed){ &row->blocks[i], x, widths[i] };
		x += widths[i];
	}
	return placed;
}

static void put_heading(struct sheet *sheet, const struct picture_disk *disk)
{
	const unsigned max_px = sheet->bar_px - KEY_WIDTH / 4;
	const unsigned base = sheet->y + 16;
	unsigned width = svg_width(slice_of(disk->title), font_title.px);

	width = width < max_px ? width : max_px;
	svg_put(&sheet->svg, "<g>\n<title>");
	svg_put_escaped(&sheet->svg, slice_of(disk->title));
	svg_put(&sheet->svg, "</title>\n");
	put_text(sheet, &font_title, (struct spot){ MARGIN, base, max_px }, slice_of(disk->title));
	put_size(sheet, &font_faint, (struct spot){ MARGIN + width + PADDING, base, 0 },
		 disk->size_bytes);
	svg_put(&sheet->svg, "</g>\n");
	sheet->y += TITLE_HEIGHT;
}

static void put_disk(struct sheet *sheet, const struct picture_disk *disk)
{
	AUTO(placed_row_done)
	struct placed_row before = place(&disk->before, "before", sheet->bar_px);
	AUTO(placed_row_done) struct placed_row after = place(&disk->after, "after", sheet->bar_px);

	put_heading(sheet, disk);
	put_key(sheet, &before, KEY_BEFORE);
	put_bar(sheet, &before);
	put_shades(sheet, &before, &after);
	put_bar(sheet, &after);
	put_key(sheet, &after, KEY_AFTER);
	sheet->y += DISK_GAP;
}

static void put_legend_entry(struct sheet *sheet, enum picture_change change, struct spot spot)
{
	svg_put(&sheet->svg, "<svg x='%u' y='%u' width='%u' height='%u'>\n", spot.x, spot.y,
		SWATCH_WIDTH, BADGE_HEIGHT);
	put_box(&sheet->svg, change, SWATCH_WIDTH, BADGE_HEIGHT);
	svg_put(&sheet->svg, "</svg>\n");
	spot = (struct spot){ spot.x + SWATCH_WIDTH + PADDING, spot.y + 13, 0 };
	put_text(sheet, &font_label, spot, slice_of(changes[change].name));
	spot.x += svg_width(slice_of(changes[change].name), font_label.px) + PADDING;
	put_text(sheet, &font_faint, spot, slice_of(changes[change].meaning));
}

static unsigned legend_width(enum picture_change change)
{
	return SWATCH_WIDTH + 2 * PADDING +
	       svg_width(slice_of(changes[change].name), font_label.px) +
	       svg_width(slice_of(changes[change].meaning), font_faint.px) + MARGIN;
}

/* Only of what is in the picture. */
static void put_legend(struct sheet *sheet)
{
	unsigned x = BAR_X;

	for (unsigned i = 0; i < PICTURE_CHANGE_COUNT; i++) {
		unsigned width = legend_width(i);

		if (!sheet->is_used[i])
			continue;
		if (x > BAR_X && x + width > BAR_X + sheet->bar_px) {
			x = BAR_X;
			sheet->y += LEGEND_HEIGHT;
		}
		put_legend_entry(sheet, i, (struct spot){ x, sheet->y, 0 });
		x += width;
	}
	sheet->y += LEGEND_HEIGHT + MARGIN / 2;
}

static void put_row_sentences(struct svg *svg, const char *name, const struct picture_row *row)
{
	svg_put(svg, " %s:", name);
	for (size_t i = 0; i < row->count; i++) {
		svg_put(svg, "%s ", i ? ";" : "");
		put_sentence(svg, &row->blocks[i]);
	}
	svg_put(svg, ".");
}

/* The whole picture in words, for who cannot see it. */
static void put_description(struct svg *svg, const struct picture_disk *disks, size_t count)
{
	svg_put(svg, "<title id='slipway-title'>Disks before and after</title>\n"
		     "<desc id='slipway-desc'>");
	for (size_t i = 0; i < count; i++) {
		AUTO(text_done) struct text buffer = TEXT_INIT(SIZE_TEXT_MAX);

		svg_put(svg, "%s", i ? "\n" : "");
		svg_put_escaped(svg, slice_of(disks[i].title));
		size_text(disks[i].size_bytes, &buffer);
		svg_put(svg, ", %s.", text_str(&buffer));
		put_row_sentences(svg, "Before", &disks[i].before);
		put_row_sentences(svg, "After", &disks[i].after);
	}
	svg_put(svg, "</desc>\n");
}

static void put_style(struct svg *svg)
{
	svg_put(svg, "<style>\n@media (prefers-color-scheme: dark) {\n");
	for (size_t i = 0; i < ARRAY_SIZE(colours); i++)
		svg_put(svg, ".slipway .%s { %s: %s }\n", colours[i].class, colours[i].property,
			colours[i].dark);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		svg_put(svg, ".slipway .tint-%s { fill: %s }\n", changes[i].name,
			changes[i].tint_dark);
		if (changes[i].accent_dark)
			svg_put(svg, ".slipway .accent-%s { fill: %s }\n", changes[i].name,
				changes[i].accent_dark);
	}
	svg_put(svg, "}\n</style>\n");
}

static void put_patterns(struct svg *svg)
{
	svg_put(svg, "<defs>\n");
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		if (changes[i].mark)
			svg_put(svg,
				"<pattern id='slipway-mark-%s' width='%u' height='%u' "
				"patternUnits='userSpaceOnUse'><path d='%s' class='mark' "
				"stroke='#ffffff' stroke-width='1.5' fill='none'/></pattern>\n",
				changes[i].name, MARK_WIDTH, BADGE_HEIGHT, changes[i].mark);
	svg_put(svg, "</defs>\n");
}

static void put_head(struct svg *svg, unsigned width, unsigned height)
{
	svg_put(svg,
		"<svg xmlns='http://www.w3.org/2000/svg' class='slipway' role='img' "
		"aria-labelledby='slipway-title slipway-desc' width='%u' height='%u' "
		"viewBox='0 0 %u %u' font-family='sans-serif'>\n",
		width, height, width, height);
}

static unsigned bar_px(const struct picture_disk *disks, size_t count)
{
	unsigned widest = PICTURE_BAR_PX;

	for (size_t i = 0; i < count; i++) {
		unsigned before = picture_bar_px(&disks[i].before);
		unsigned after = picture_bar_px(&disks[i].after);

		widest = before > widest ? before : widest;
		widest = after > widest ? after : widest;
	}
	return widest;
}

int picture_append_svg(const struct picture_disk *disks, size_t count, struct text *out)
{
	AUTO(text_done) struct text body = TEXT_INIT(out->max);
	struct sheet sheet = { .svg = { .out = &body }, .y = MARGIN };
	struct svg svg = { .out = out };
	size_t length = out->length;

	/* The head needs the height, which is known when all is drawn. */
	sheet.bar_px = bar_px(disks, count);
	for (size_t i = 0; i < count; i++)
		put_disk(&sheet, &disks[i]);
	put_legend(&sheet);
	svg.r = sheet.svg.r;
	put_head(&svg, BAR_X + sheet.bar_px + MARGIN, sheet.y);
	put_description(&svg, disks, count);
	put_style(&svg);
	put_patterns(&svg);
	svg_put(&svg,
		"<rect width='100%%' height='100%%' class='paper' fill='#ffffff'/>\n%s</svg>\n",
		text_str(&body));
	if (svg.r < 0)
		text_truncate(out, length);
	return svg.r;
}
