#include "resize/crypt_key.h"

#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/text.h"

#define CRYPTTAB     "etc/crypttab"
#define CRYPTTAB_MAX ((size_t)1 << 20)
#define BLANKS	     " \t"

#define CLEVIS_TIMEOUT_MS 60000
#define LIST_MAX	  ((size_t)64 << 10)
/* Of two digits: LUKS2 has 32 slots. */
#define SLOT_SIZE 3

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

/* The first slot of a list whose lines are as `1: tang '{"url":"…"}'`. */
static bool take_slot(const char *list, char ret[static SLOT_SIZE])
{
	const size_t digits = strspn(list, "0123456789");

	if (digits == 0 || digits >= SLOT_SIZE || list[digits] != ':')
		return false;
	memcpy(ret, list, digits);
	ret[digits] = '\0';
	return true;
}

static bool find_slot(const char *node, const struct event_observer *observer,
		      char ret[static SLOT_SIZE])
{
	const char *const argv[] = { "clevis", "luks", "list", "-d", node, NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = CLEVIS_TIMEOUT_MS,
					 .observer = observer };
	AUTO(text_done) struct text list = TEXT_INIT(LIST_MAX);

	return command_run(&command, &list, /* ret_status= */ NULL, /* err= */ NULL) == 0 &&
	       take_slot(text_str(&list), ret);
}

static void forget(struct text *secret)
{
	if (secret->data)
		explicit_bzero(secret->data, secret->length);
	text_done(secret);
}

DEFINE_DONE(struct text, forget)

bool crypt_key_ask_clevis(const char *node, const struct event_observer *observer,
			  struct luks_key *ret)
{
	char slot[SLOT_SIZE] = "";
	const char *const argv[] = { "clevis", "luks", "pass", "-d", node, "-s", slot, NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = CLEVIS_TIMEOUT_MS,
					 .observer = observer };
	AUTO(forget) struct text key = TEXT_INIT(LUKS_KEY_MAX);

	if (!find_slot(node, observer, slot) ||
	    command_run(&command, &key, /* ret_status= */ NULL, /* err= */ NULL) < 0 ||
	    key.length == 0)
		return false;
	luks_key_copy(ret, (struct slice){ key.data, key.length });
	return luks_key_show(ret, /* err= */ NULL) == 0;
}
