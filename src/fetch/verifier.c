#include "fetch/verifier.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static int verifier_write(struct content_sink *sink, const void *data, size_t length,
			  struct error *err)
{
	struct verifier *verifier = sink->context;

	if (verifier->expected.data)
		hash_update(&verifier->hash, data, length);
	return verifier->next->write(verifier->next, data, length, err);
}

/* "sha512-<hex>" taken apart. */
static int parse_hash(struct slice text, enum hash_kind *ret_kind, struct slice *ret_hex,
		      struct error *err)
{
	const char *dash = text.length ? memchr(text.data, '-', text.length) : NULL;

	if (!dash)
		return error_set(err, ERROR_INPUT, EINVAL, "malformed hash specifier");

	struct slice function = { text.data, (size_t)(dash - text.data) };
	struct slice hex = slice_from(text, function.length + 1);
	enum hash_kind kind = 0;

	while (kind < HASH_KIND_COUNT && !slice_is(function, hash_kind_name(kind)))
		kind++;
	if (kind == HASH_KIND_COUNT)
		return error_set(err, ERROR_INPUT, EINVAL, "unrecognized hash function");
	if (hex.length != 2 * hash_bytes(kind))
		return error_set(err, ERROR_INPUT, EINVAL, "incorrect size for hash sum");
	*ret_kind = kind;
	*ret_hex = hex;
	return 0;
}

static int check_hex(struct slice hex, struct error *err)
{
	for (size_t i = 0; i < hex.length; i++)
		if (!isxdigit((unsigned char)hex.data[i]))
			return error_set(err, ERROR_INPUT, EINVAL,
					 "invalid byte 0x%02x in hash sum",
					 (unsigned char)hex.data[i]);
	return 0;
}

int verifier_init(struct verifier *ret, const struct fetch_request *request,
		  struct content_sink *next, struct error *err)
{
	enum hash_kind kind = 0;
	int r = 0;

	*ret = (struct verifier){ .sink = { .write = verifier_write, .context = ret },
				  .next = next };
	if (!request->hash.data)
		return 0;
	r = parse_hash(request->hash, &kind, &ret->expected, err);
	if (r == 0 && !request->case_exact_hash)
		r = check_hex(ret->expected, err);
	if (r == 0)
		hash_init(&ret->hash, kind);
	return r;
}

int verifier_finish(struct verifier *verifier, const struct fetch_request *request,
		    const struct event_observer *observer, struct error *err)
{
	char calculated[HASH_HEX_MAX];
	char expected[HASH_HEX_MAX] = "";

	if (!verifier->expected.data)
		return 0;
	hash_hex(&verifier->hash, calculated);
	memcpy(expected, verifier->expected.data, verifier->expected.length);
	for (char *c = expected; *c && !request->case_exact_hash; c++)
		*c = (char)tolower((unsigned char)*c);
	if (strcmp(calculated, expected) != 0)
		return error_set(err, ERROR_VERIFY, EBADMSG,
				 "hash verification failed (calculated %s but expected %s)",
				 calculated, expected);
	if (!request->case_exact_hash)
		event_message(observer, EVENT_DEBUG, "file matches expected sum of: %s", expected);
	return 0;
}
