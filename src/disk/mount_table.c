#include "disk/mount_table.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/text.h"

#define MOUNTINFO "proc/self/mountinfo"
#define PROC_MAX  ((size_t)16 << 20)
/* Words of a line (proc(5)); behind the optional ones come a dash, type, source and options. */
enum {
	WORD_ID,
	WORD_NUMBER = 2,
	WORD_ROOT,
	WORD_PLACE,
	WORD_OPTIONS,
	WORD_OPTIONAL,
	WORDS_MAX = 64,
};

static bool is_octal(struct slice s)
{
	for (size_t i = 1; i <= 3; i++)
		if (i >= s.length || s.data[i] < '0' || s.data[i] > '7')
			return false;
	return s.data[0] == '\\';
}

/* The kernel writes blanks and backslashes of a path as \040. */
static char *unescape(struct slice s)
{
	char *out = xmalloc(s.length + 1);
	size_t length = 0;

	while (s.length) {
		bool is_escape = is_octal(s);

		if (is_escape)
			out[length++] = (char)((s.data[1] - '0') * 64 + (s.data[2] - '0') * 8 +
					       (s.data[3] - '0'));
		else
			out[length++] = s.data[0];
		s = slice_from(s, is_escape ? 4 : 1);
	}
	out[length] = '\0';
	return out;
}

/* What comes before @delimiter, which is taken off the front of @rest as well. */
static struct slice take(struct slice *rest, char delimiter)
{
	const char *end = rest->length ? memchr(rest->data, delimiter, rest->length) : NULL;
	struct slice taken = { rest->data, end ? (size_t)(end - rest->data) : rest->length };

	*rest = slice_from(*rest, taken.length + 1);
	return taken;
}

static size_t split(struct slice line, struct slice words[static WORDS_MAX])
{
	size_t count = 0;

	while (line.length && count < WORDS_MAX)
		words[count++] = take(&line, ' ');
	return count;
}

static bool parse_number(struct slice text, dev_t *ret)
{
	struct slice major_text = take(&text, ':');
	uint64_t high = 0;
	uint64_t low = 0;

	if (number_parse_u64(major_text, 0, UINT32_MAX, &high) < 0 ||
	    number_parse_u64(text, 0, UINT32_MAX, &low) < 0)
		return false;
	*ret = makedev((unsigned)high, (unsigned)low);
	return true;
}

static bool has_option(struct slice options, const char *name)
{
	while (options.length)
		if (slice_is(take(&options, ','), name))
			return true;
	return false;
}

static void add(struct mount_table *table, const struct slice *words, const struct slice *tail,
		const struct mount_entry *numbers)
{
	table->entries = xreallocarray(table->entries, table->count + 1, sizeof(*table->entries));
	table->entries[table->count++] = (struct mount_entry){
		.id = numbers->id,
		.number = numbers->number,
		.root = unescape(words[WORD_ROOT]),
		.place = unescape(words[WORD_PLACE]),
		.type = unescape(tail[0]),
		.source = unescape(tail[1]),
		.is_read_only = has_option(words[WORD_OPTIONS], "ro") || has_option(tail[2], "ro"),
	};
}

static void parse_line(struct mount_table *table, struct slice line)
{
	struct slice words[WORDS_MAX];
	size_t count = split(line, words);
	size_t dash = WORD_OPTIONAL;
	struct mount_entry numbers = { .number = 0 };

	while (dash < count && !slice_is(words[dash], "-"))
		dash++;
	if (dash + 3 < count && parse_number(words[WORD_NUMBER], &numbers.number) &&
	    number_parse_u64(words[WORD_ID], 0, UINT64_MAX, &numbers.id) == 0)
		add(table, words, &words[dash + 1], &numbers);
}

int mount_table_read(const struct machine *machine, struct mount_table *ret, struct error *err)
{
	AUTO_FREE char *text = NULL;
	int r = machine_read(machine, MOUNTINFO, PROC_MAX, &text, /* ret_length= */ NULL, err);

	if (r < 0)
		return r;
	*ret = (struct mount_table){ .count = 0 };
	for (struct slice rest = slice_of(text); rest.length;)
		parse_line(ret, take(&rest, '\n'));
	return 0;
}

void mount_table_done(struct mount_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		free(table->entries[i].root);
		free(table->entries[i].place);
		free(table->entries[i].type);
		free(table->entries[i].source);
	}
	free(table->entries);
	*table = (struct mount_table){ .count = 0 };
}

const struct mount_entry *mount_table_at(const struct mount_table *table, const char *place)
{
	for (size_t i = table->count; i-- > 0;)
		if (strcmp(table->entries[i].place, place) == 0)
			return &table->entries[i];
	return NULL;
}

char *mount_table_word(struct slice line)
{
	size_t length = 0;

	while (length < line.length && line.data[length] != ' ' && line.data[length] != '\t')
		length++;
	return unescape((struct slice){ line.data, length });
}
