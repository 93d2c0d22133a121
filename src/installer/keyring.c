#include "installer/keyring.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/file.h"

#define BEGIN "-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define END   "-----END PGP PUBLIC KEY BLOCK-----"

static int refuse(const char *path, struct error *err)
{
	return error_set(err, ERROR_INPUT, EINVAL, "%s holds no public key of OpenPGP", path);
}

/* The lines of one block behind its headers, which an empty line ends, up to the checksum. */
static int take_block(struct slice *text, struct text *encoded)
{
	bool is_body = false;

	while (text->length) {
		const struct slice line = slice_trim(slice_take_line(text));

		if (slice_is(line, END))
			return 0;
		if (line.length == 0)
			is_body = true;
		else if (is_body && line.data[0] != '=' && text_append_slice(encoded, line) < 0)
			return -E2BIG;
	}
	return -EINVAL;
}

static int append_block(struct slice *text, const char *path, struct text *out, struct error *err)
{
	AUTO(text_done) struct text encoded = TEXT_INIT(KEYRING_MAX);
	AUTO_FREE unsigned char *bytes = NULL;
	size_t length = 0;

	if (take_block(text, &encoded) < 0)
		return refuse(path, err);
	bytes = xmalloc(BASE64_DECODED_MAX(encoded.length));
	if (base64_decode(text_slice(&encoded), bytes, &length, /* ret_offset= */ NULL) < 0 ||
	    text_append(out, bytes, length) < 0)
		return refuse(path, err);
	return 0;
}

int keyring_parse(struct slice bytes, const char *path, struct text *out, struct error *err)
{
	const size_t before = out->length;
	/* The first byte of a packet has its highest bit set (RFC 4880, 4.2). */
	const bool is_binary = bytes.length && (bytes.data[0] & 0x80);
	int r = 0;

	if (is_binary)
		return text_append_slice(out, bytes) < 0 ? refuse(path, err) : 0;
	while (bytes.length && r == 0)
		if (slice_is(slice_trim(slice_take_line(&bytes)), BEGIN))
			r = append_block(&bytes, path, out, err);
	return r == 0 && out->length == before ? refuse(path, err) : r;
}

int keyring_load(const char *path, struct text *out, struct error *err)
{
	AUTO_FREE char *bytes = NULL;
	size_t length = 0;
	int r = file_read(path, KEYRING_MAX, /* flags= */ 0, &bytes, &length, err);

	if (r < 0)
		return error_wrap(err, r, "keyring");
	return keyring_parse((struct slice){ bytes, length }, path, out, err);
}
