#include "ignition/volume_keys.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/dataurl.h"
#include "base/json.h"

/* As upstream's library names the kind of the bytes. */
#define TEXT_PREFIX   "data:text/plain;charset=utf-8;base64,"
#define BINARY_PREFIX "data:application/octet-stream;base64,"
/* Each key grows by a third. */
#define KEYS_MAX ((size_t)256 << 20)

static int bad_keys(struct error *err)
{
	return error_set(err, ERROR_INPUT, EINVAL,
			 "state: luksPersistKeyFiles is no object of data URLs");
}

static int load_one(struct luks_keyring *ring, struct slice name, struct slice url,
		    struct error *err)
{
	struct dataurl parsed;
	AUTO(luks_key_done) struct luks_key key = LUKS_KEY_INIT;
	unsigned char *bytes = NULL;
	int r = dataurl_parse(url, &parsed, /* err= */ NULL);

	if (r == 0)
		r = dataurl_decode(&parsed, &bytes, &key.length, /* err= */ NULL);
	if (r < 0)
		return bad_keys(err);
	key.data = (char *)bytes;
	luks_keyring_put(ring, name, &key);
	return 0;
}

int volume_keys_load(const struct state *state, struct luks_keyring *ret, struct error *err)
{
	const char *text = state->members[STATE_LUKS_PERSIST_KEY_FILES];
	AUTO(source_free) struct source *source = source_new("luksPersistKeyFiles", slice_of(text));
	AUTO(document_free) struct document *document = NULL;
	int r = json_parse(source, &document, /* ret_error= */ NULL, /* err= */ NULL);

	if (r < 0)
		return bad_keys(err);
	if (document->nodes[0].kind == NODE_NULL)
		return 0;
	if (document->nodes[0].kind != NODE_OBJECT)
		return bad_keys(err);
	for (uint32_t name = node_first(document, 0); name && r == 0;) {
		uint32_t url = node_next(document, name);

		if (document->nodes[url].kind != NODE_STRING)
			return bad_keys(err);
		r = load_one(ret, node_string(document, name), node_string(document, url), err);
		name = node_next(document, url);
	}
	return r;
}

static bool is_binary(const struct luks_key *key)
{
	for (size_t i = 0; i < key->length; i++) {
		unsigned char c = (unsigned char)key->data[i];

		if ((c < ' ' && c != '\t' && c != '\n' && c != '\f' && c != '\r' && c != 0x1b) ||
		    c == 0x7f)
			return true;
	}
	return false;
}

static void append_url(struct text *out, const struct luks_key *key)
{
	AUTO(text_done) struct text encoded = TEXT_INIT(KEYS_MAX);

	text_append_char(out, '"');
	text_append_str(out, is_binary(key) ? BINARY_PREFIX : TEXT_PREFIX);
	base64_append(&encoded, key->data, key->length);
	text_append_slice(out, text_slice(&encoded));
	text_append_char(out, '"');
	if (encoded.data)
		explicit_bzero(encoded.data, encoded.length);
}

void volume_keys_store(struct state *state, const struct luks_keyring *ring)
{
	AUTO(text_done) struct text out = TEXT_INIT(KEYS_MAX);

	for (size_t i = 0; i < ring->count; i++) {
		text_append_str(&out, i ? "," : "{");
		text_append_json(&out, slice_of(ring->entries[i].name));
		text_append_char(&out, ':');
		append_url(&out, &ring->entries[i].key);
	}
	text_append_str(&out, ring->count ? "}" : "null");
	state->members[STATE_LUKS_PERSIST_KEY_FILES] = arena_strdup(state->arena, text_str(&out));
	explicit_bzero(out.data, out.length);
}
