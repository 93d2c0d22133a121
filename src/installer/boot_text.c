#include "installer/boot_text.h"

#include <errno.h>

#define PLATFORM_KARG	 "ignition.platform.id="
#define PLATFORM_DEFAULT PLATFORM_KARG "metal"
#define OPTIONS_KEY	 "options"
#define CONSOLES_START	 "# CONSOLE-SETTINGS-START"
#define CONSOLES_END	 "# CONSOLE-SETTINGS-END"

/* Take a word off the front of @line. */
static struct slice take_word(struct slice *line)
{
	size_t length = 0;

	while (length < line->length && line->data[length] != ' ' && line->data[length] != '\t')
		length++;

	struct slice word = { line->data, length };

	*line = slice_from(*line, length < line->length ? length + 1 : length);
	return word;
}

static bool is_listed(struct slice word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_is(word, list[i]))
			return true;
	return false;
}

static void append_word(struct text *out, struct slice word)
{
	if (out->length && out->data[out->length - 1] != '\n')
		text_append_char(out, ' ');
	text_append_slice(out, word);
}

int kargs_edit_line(struct slice line, const struct kargs_edit *edit, struct text *out,
		    struct error *err)
{
	AUTO(text_done) struct text platform = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text edited = TEXT_INIT(TEXT_MESSAGE_MAX);
	bool is_replaced = !edit->platform;

	if (edit->platform)
		text_printf(&platform, PLATFORM_KARG "%s", edit->platform);
	while (line.length) {
		struct slice word = take_word(&line);

		if (edit->platform && slice_is(word, PLATFORM_DEFAULT)) {
			is_replaced = true;
			word = text_slice(&platform);
		}
		if (word.length && !is_listed(word, edit->deletes, edit->delete_count))
			append_word(&edited, word);
	}
	if (!is_replaced)
		return error_set(err, ERROR_INPUT, ENOENT,
				 "the kernel arguments have no " PLATFORM_DEFAULT
				 " that could be replaced");
	for (size_t i = 0; i < edit->append_count; i++)
		append_word(&edited, slice_of(edit->appends[i]));
	return text_append_slice(out, text_slice(&edited));
}

/* Whether @line is the key "options" with arguments; they are what is left in it. */
static bool take_options(struct slice *line)
{
	struct slice rest = *line;

	if (!slice_is(take_word(&rest), OPTIONS_KEY))
		return false;
	*line = slice_trim(rest);
	return true;
}

int entry_edit_options(struct slice entry, const struct kargs_edit *edit, struct text *out,
		       struct error *err)
{
	unsigned count = 0;
	int r = 0;

	while (entry.length && r == 0) {
		struct slice line = slice_take_line(&entry);

		if (!take_options(&line)) {
			text_append_slice(out, line);
		} else {
			AUTO(text_done) struct text options = TEXT_INIT(TEXT_MESSAGE_MAX);

			count++;
			r = kargs_edit_line(line, edit, &options, err);
			text_printf(out, OPTIONS_KEY " %s", text_str(&options));
		}
		text_append_char(out, '\n');
	}
	if (r < 0)
		return r;
	if (count != 1)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the boot loader entry has %s of options",
				 count ? "several lines" : "no line");
	return 0;
}

int grub_replace_consoles(struct slice config, struct slice commands, struct text *out,
			  struct error *err)
{
	unsigned starts = 0;
	unsigned ends = 0;
	bool is_between = false;
	bool is_ordered = false;

	while (config.length) {
		struct slice line = slice_take_line(&config);
		struct slice word = slice_trim(line);
		bool is_end = slice_is(word, CONSOLES_END);

		ends += is_end;
		is_between = is_between && !is_end;
		if (!is_between) {
			text_append_slice(out, line);
			text_append_char(out, '\n');
		}
		if (slice_is(word, CONSOLES_START)) {
			is_ordered = ends == 0;
			is_between = true;
			starts++;
			text_append_slice(out, commands);
		}
	}
	if (starts == 1 && ends == 1 && is_ordered)
		return 0;
	return error_set(err, ERROR_INPUT, EINVAL,
			 "GRUB's config has no place for the settings of consoles: one line "
			 "\"" CONSOLES_START "\", and one line \"" CONSOLES_END "\" behind it");
}
