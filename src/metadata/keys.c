#include "metadata/keys.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "host/accounts.h"
#include "host/passwd_keys.h"

#define KEYS_MAX_BYTES ((size_t)16 << 20)
/* MESSAGE_IDs of the peers. */
#define KEYS_WRITTEN_ID "0f7d7a502f2d433caa1323440a6b4190"
#define KEYS_REMOVED_ID "f8b91c53f5544868a3a10d0dcf68e9ea"
/* A user of keys that means "whoever the image's user is". */
#define ANY_USER "cloudinit"

static const char *const key_types[] = {
	"ssh-",
	"ecdsa-sha2-",
	"sk-ssh-",
	"sk-ecdsa-",
};

static struct slice take_word(struct slice *rest)
{
	size_t length = 0;

	*rest = slice_trim(*rest);
	while (length < rest->length && rest->data[length] != ' ' && rest->data[length] != '\t')
		length++;

	struct slice word = { rest->data, length };

	*rest = slice_from(*rest, length);
	return word;
}

static bool is_type(struct slice word)
{
	for (size_t i = 0; i < ARRAY_SIZE(key_types); i++)
		if (slice_starts(word, key_types[i]))
			return true;
	return false;
}

/* Options may stand before the type, with blanks in their quotes: the type is looked for. */
static bool is_key(const char *line)
{
	struct slice rest = slice_of(line);

	for (struct slice word; (word = take_word(&rest)).length;) {
		if (!is_type(word))
			continue;
		word = take_word(&rest);
		return word.length && base64_decode(word, /* out= */ NULL, /* ret_length= */ NULL,
						    /* ret_offset= */ NULL) == 0;
	}
	return false;
}

static bool is_for(const struct metadata_key *key, const char *user)
{
	return !key->user || strcmp(key->user, user) == 0 || strcmp(key->user, ANY_USER) == 0;
}

static bool is_repeated(const struct metadata *metadata, size_t index, const char *user)
{
	for (size_t i = 0; i < index; i++)
		if (is_for(&metadata->keys[i], user) &&
		    strcmp(metadata->keys[i].line, metadata->keys[index].line) == 0)
			return true;
	return false;
}

size_t keys_append(struct text *out, const struct metadata *metadata, const char *user,
		   const struct event_observer *observer)
{
	size_t count = 0;

	for (size_t i = 0; i < metadata->key_count; i++) {
		const struct metadata_key *key = &metadata->keys[i];

		if (!is_for(key, user)) {
			event_message(observer, EVENT_INFO,
				      "key %zu of the platform is for user %s: not given to %s",
				      i + 1, key->user, user);
		} else if (!is_key(key->line)) {
			event_message(observer, EVENT_WARNING,
				      "key %zu of the platform is no SSH key: left out", i + 1);
		} else if (!is_repeated(metadata, i, user)) {
			text_append_str(out, key->line);
			text_append_char(out, '\n');
			count++;
		}
	}
	return count;
}

static void record(const struct event_observer *observer, const struct account_user *user,
		   const char *path, size_t count)
{
	const struct event_field fields[] = {
		{ "AFTERBURN_USER_NAME", user->name },
		{ "AFTERBURN_PATH", path },
		{ NULL, NULL },
	};
	const struct event_record entry = { .id = count ? KEYS_WRITTEN_ID : KEYS_REMOVED_ID,
					    .fields = fields };
	AUTO_FREE char *text =
		count ? xasprintf("wrote %zu SSH keys for user %s to %s", count, user->name, path)
		      : xasprintf("no SSH keys for user %s: %s is not there", user->name, path);

	event_notify(observer, &(struct event){ .kind = EVENT_RECORD,
						.level = EVENT_INFO,
						.text = text,
						.record = &entry });
}

int keys_write(const struct machine *machine, const struct metadata *metadata, const char *user,
	       const char *file, const struct event_observer *observer, struct error *err)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;
	AUTO(text_done) struct text lines = TEXT_INIT(KEYS_MAX_BYTES);
	AUTO_FREE char *subpath = xasprintf(".ssh/authorized_keys.d/%s", file);
	int r = accounts_load(machine->root_fd, &accounts, err);

	if (r < 0)
		return r;

	const struct account_user *account = accounts_find_user(accounts, slice_of(user));

	if (!account)
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "there is no user %s", user);

	size_t count = keys_append(&lines, metadata, user, observer);
	const struct passwd_keys keys = { .user = user,
					  .subpath = subpath,
					  .text = text_slice(&lines) };

	r = passwd_keys_write(machine, account, &keys, err);
	if (r < 0)
		return error_wrap(err, r, "SSH keys of user %s", user);

	AUTO_FREE char *path = xasprintf("%s/%s", account->home, subpath);

	record(observer, account, path, count);
	return 0;
}
