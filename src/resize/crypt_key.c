#include "resize/crypt_key.h"

#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"

#define CRYPTTAB     "etc/crypttab"
#define CRYPTTAB_MAX ((size_t)1 << 20)
#define BLANKS	     " \t"

/* Where the key is when the table names none. */
static const char *const usual[] = { "/etc/cryptsetup-keys.d", "/run/cryptsetup-keys.d" };

/* The next word of a line; empty at its end. */
static struct slice take_word(struct slice *line)
{
	size_t skip = 0;
	size_t length = 0;

	while (skip < line->length && strchr(BLANKS, line->data[skip]))
		skip++;
	*line = slice_from(*line, skip);
	while (length < line->length && !strchr(BLANKS, line->data[length]))
		length++;

	const struct slice word = { line->data, length };

	*line = slice_from(*line, length);
	return word;
}

static bool contains(struct slice text, const char *part)
{
	return text.length && memmem(text.data, text.length, part, strlen(part));
}

/* A path that is the whole key: not "file:device", no part of it, no header elsewhere. */
static bool is_plain(struct slice key, struct slice options)
{
	return key.length && key.data[0] == '/' && !contains(key, ":") &&
	       !contains(options, "keyfile-") && !contains(options, "header=");
}

static bool is_file(const struct machine *machine, const char *path)
{
	struct stat st;

	return fstatat(machine->host_fd, path + 1, &st, 0) == 0 && S_ISREG(st.st_mode);
}

static char *usual_path(const struct machine *machine, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		AUTO_FREE char *path = xasprintf("%s/%s.key", usual[i], name);

		if (is_file(machine, path))
			return take_ptr(&path);
	}
	return NULL;
}

/* By the words behind the name of the device. */
static char *path_of(const struct machine *machine, const char *name, struct slice line)
{
	struct slice key = { 0 };
	AUTO_FREE char *path = NULL;

	take_word(&line);
	key = take_word(&line);
	if (key.length == 0 || slice_is(key, "none") || slice_is(key, "-"))
		return usual_path(machine, name);
	if (!is_plain(key, take_word(&line)))
		return NULL;
	path = slice_dup(key);
	return is_file(machine, path) ? take_ptr(&path) : NULL;
}

char *crypt_key_path(const struct machine *machine, const char *name)
{
	AUTO_FREE char *table = NULL;

	if (machine_read(machine, CRYPTTAB, CRYPTTAB_MAX, &table, /* ret_length= */ NULL,
			 /* err= */ NULL) < 0)
		return NULL;

	struct slice rest = slice_of(table);

	while (rest.length) {
		struct slice line = slice_take_line(&rest);

		if (slice_is(take_word(&line), name))
			return path_of(machine, name, line);
	}
	return NULL;
}
