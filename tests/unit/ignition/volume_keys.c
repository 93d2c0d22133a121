/* volume_keys - keys of volumes in the state, and back. */
#include "ignition/volume_keys.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

static const struct load_row {
	const char *label;
	const char *state;
	int want;
	size_t want_count;
} load_rows[] = {
	{ "an unset member is no keys", "null", 0, 0 },
	{ "an empty object is no keys", "{}", 0, 0 },
	{ "a key in upstream's form", "{\"a\":\"data:text/plain;charset=utf-8;base64,a2V5\"}", 0,
	  1 },
	{ "another kind of data URL", "{\"a\":\"data:,key\",\"b\":\"data:,\"}", 0, 2 },
	{ "a URL of another scheme", "{\"a\":\"http://x/\"}", -EINVAL, 0 },
	{ "bytes that are no base64", "{\"a\":\"data:;base64,?\"}", -EINVAL, 0 },
	{ "a member that is no string", "{\"a\":1}", -EINVAL, 0 },
	{ "a list", "[]", -EINVAL, 0 },
	{ "cut short", "{\"a\":", -EINVAL, 0 },
};

static void test_load(const struct load_row *row)
{
	AUTO(state_free) struct state *state = state_new();
	AUTO(luks_keyring_done) struct luks_keyring ring = { .entries = NULL };
	AUTO(error_done) struct error err = ERROR_INIT;

	state->members[STATE_LUKS_PERSIST_KEY_FILES] = row->state;

	int r = volume_keys_load(state, &ring, &err);

	tap_ok(r == row->want && (r < 0 || ring.count == row->want_count), "%s", row->label);
	if (r < 0)
		tap_ok(!strstr(err.text, "?") && !strstr(err.text, "http"),
		       "%s: the message holds nothing of it", row->label);
}

static const struct store_row {
	const char *label;
	struct slice key;
	const char *want;
} store_rows[] = {
	{ "text is text",
	  { "key\n", 4 },
	  "{\"root\\\"\":\"data:text/plain;charset=utf-8;base64,a2V5Cg==\"}" },
	{ "a NUL is not",
	  { "k\0y", 3 },
	  "{\"root\\\"\":\"data:application/octet-stream;base64,awB5\"}" },
	{ "an empty key", { "", 0 }, "{\"root\\\"\":\"data:text/plain;charset=utf-8;base64,\"}" },
};

static void test_store(const struct store_row *row)
{
	AUTO(state_free) struct state *state = state_new();
	AUTO(luks_keyring_done) struct luks_keyring ring = { .entries = NULL };
	AUTO(luks_keyring_done) struct luks_keyring again = { .entries = NULL };
	AUTO(luks_key_done) struct luks_key key = LUKS_KEY_INIT;
	const struct luks_key *found = NULL;

	luks_key_copy(&key, row->key);
	luks_keyring_put(&ring, SLICE("root\""), &key);
	luks_keyring_put(&ring, SLICE("root\""), &key);
	volume_keys_store(state, &ring);
	tap_str(state->members[STATE_LUKS_PERSIST_KEY_FILES], row->want, row->label);
	volume_keys_load(state, &again, /* err= */ NULL);
	found = luks_keyring_find(&again, SLICE("root\""));
	tap_ok(found && found->length == row->key.length &&
		       memcmp(found->data, row->key.data, row->key.length) == 0,
	       "%s: and back", row->label);
}

static void test_none(void)
{
	AUTO(state_free) struct state *state = state_new();
	AUTO(luks_keyring_done) struct luks_keyring ring = { .entries = NULL };
	AUTO(luks_key_done) struct luks_key key = LUKS_KEY_INIT;

	luks_key_copy(&key, SLICE("k"));
	luks_keyring_put(&ring, SLICE("a"), &key);
	luks_keyring_put(&ring, SLICE("b"), &key);
	luks_keyring_remove(&ring, SLICE("a"));
	luks_keyring_remove(&ring, SLICE("a"));
	tap_ok(!luks_keyring_find(&ring, SLICE("a")) && luks_keyring_find(&ring, SLICE("b")),
	       "a key that is removed leaves the others");
	luks_keyring_remove(&ring, SLICE("b"));
	volume_keys_store(state, &ring);
	tap_str(state->members[STATE_LUKS_PERSIST_KEY_FILES], "null", "no keys are null");
}

static void test_draw(void)
{
	AUTO(luks_key_done) struct luks_key one = LUKS_KEY_INIT;
	AUTO(luks_key_done) struct luks_key two = LUKS_KEY_INIT;
	AUTO_FREE char *read = xcalloc(1, 8193);

	luks_key_draw(&one, /* err= */ NULL);
	luks_key_draw(&two, /* err= */ NULL);
	tap_int((int64_t)one.length, 8192, "a drawn key has 8192 digits");
	tap_ok(strspn(one.data, "0123456789abcdef") >= one.length &&
		       memcmp(one.data, two.data, one.length) != 0,
	       "they are hexadecimal, and others each time");
	luks_key_show(&one, /* err= */ NULL);

	FILE *file = fopen(one.path, "re");

	tap_ok(file && fread(read, 1, 8193, file) == 8192 && memcmp(read, one.data, 8192) == 0,
	       "a child reads it at its path");
	if (file)
		fclose(file);
}

/* As a second disks stage does, which makes nothing. */
static void test_again(void)
{
	AUTO(state_free) struct state *state = state_new();
	AUTO(luks_keyring_done) struct luks_keyring ring = { .entries = NULL };
	AUTO(luks_keyring_done) struct luks_keyring again = { .entries = NULL };
	AUTO(luks_key_done) struct luks_key key = LUKS_KEY_INIT;

	luks_key_draw(&key, /* err= */ NULL);
	luks_keyring_put(&ring, SLICE("vault"), &key);
	volume_keys_store(state, &ring);

	const char *before = state->members[STATE_LUKS_PERSIST_KEY_FILES];

	volume_keys_load(state, &again, /* err= */ NULL);
	volume_keys_store(state, &again);
	tap_str(state->members[STATE_LUKS_PERSIST_KEY_FILES], before,
		"a key that is handed on twice is the same");
}

int main(void)
{
	test_again();
	for (size_t i = 0; i < ARRAY_SIZE(load_rows); i++)
		test_load(&load_rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(store_rows); i++)
		test_store(&store_rows[i]);
	test_none();
	test_draw();
	return tap_done();
}
