#include "fetch/sigv4.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <nettle/hmac.h>

#include "base/hash.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
/* "20130524" */
#define DATE_LENGTH 8
#define KEY_MAX	    256

struct digest {
	unsigned char bytes[SHA256_DIGEST_SIZE];
};

void sigv4_format_time(int64_t seconds, char ret[static SIGV4_TIME_BYTES])
{
	time_t time = (time_t)seconds;
	struct tm tm;

	gmtime_r(&time, &tm);
	if (strftime(ret, SIGV4_TIME_BYTES, "%Y%m%dT%H%M%SZ", &tm) == 0)
		ret[0] = '\0';
}

static int too_long(struct error *err)
{
	return error_set(err, ERROR_INPUT, E2BIG, "the request is too long to be signed");
}

/* --- the canonical request */

struct parameter {
	struct slice name;
	struct slice value;
};

static int compare_parameters(const void *a, const void *b)
{
	const struct parameter *left = a;
	const struct parameter *right = b;
	int order = slice_compare(left->name, right->name);

	return order ? order : slice_compare(left->value, right->value);
}

static struct parameter parse_parameter(struct slice pair)
{
	const char *equals = memchr(pair.data, '=', pair.length);

	if (!equals)
		return (struct parameter){ .name = pair };
	return (struct parameter){
		.name = { pair.data, (size_t)(equals - pair.data) },
		.value = slice_from(pair, (size_t)(equals - pair.data) + 1),
	};
}

/* Return: how many; SIGV4_PARAMETERS_MAX + 1 when there are more. */
static size_t split_query(struct slice query, struct parameter ret[SIGV4_PARAMETERS_MAX])
{
	size_t count = 0;

	while (query.length) {
		const char *end = memchr(query.data, '&', query.length);
		struct slice pair = { query.data, end ? (size_t)(end - query.data) : query.length };

		query = slice_from(query, pair.length + 1);
		if (pair.length == 0)
			continue;
		if (count == SIGV4_PARAMETERS_MAX)
			return SIGV4_PARAMETERS_MAX + 1;
		ret[count++] = parse_parameter(pair);
	}
	return count;
}

static int append_query(struct text *out, struct slice query)
{
	struct parameter parameters[SIGV4_PARAMETERS_MAX];
	size_t count = split_query(query, parameters);
	int r = count > SIGV4_PARAMETERS_MAX ? -E2BIG : 0;

	if (r == 0)
		qsort(parameters, count, sizeof(parameters[0]), compare_parameters);
	for (size_t i = 0; i < count && r == 0; i++)
		r = text_printf(out, "%s%.*s=%.*s", i ? "&" : "", SLICE_ARGS(parameters[i].name),
				SLICE_ARGS(parameters[i].value));
	return r;
}

/* Without spaces around it, and runs of them within as one. */
static int append_value(struct text *out, struct slice value)
{
	int r = 0;

	value = slice_trim(value);
	for (size_t i = 0; i < value.length && r == 0; i++)
		if (value.data[i] != ' ' || value.data[i - 1] != ' ')
			r = text_append_char(out, value.data[i]);
	return r;
}

static int append_headers(struct text *out, const struct sigv4_request *request)
{
	int r = 0;

	for (size_t i = 0; i < request->header_count && r == 0; i++) {
		r = text_printf(out, "%s:", request->headers[i].name);
		if (r == 0)
			r = append_value(out, request->headers[i].value);
		if (r == 0)
			r = text_append_char(out, '\n');
	}
	return r;
}

/* "host;x-amz-date" */
static int append_names(struct text *out, const struct sigv4_request *request)
{
	int r = 0;

	for (size_t i = 0; i < request->header_count && r == 0; i++)
		r = text_printf(out, "%s%s", i ? ";" : "", request->headers[i].name);
	return r;
}

int sigv4_canonical(const struct sigv4_request *request, struct text *out, struct error *err)
{
	int r = text_printf(out, "%s\n%.*s\n", request->method, SLICE_ARGS(request->path));

	if (r == 0)
		r = append_query(out, request->query);
	if (r == 0)
		r = text_append_char(out, '\n');
	if (r == 0)
		r = append_headers(out, request);
	if (r == 0)
		r = text_append_char(out, '\n');
	if (r == 0)
		r = append_names(out, request);
	if (r == 0)
		r = text_printf(out, "\n%s", request->payload_hash);
	return r < 0 ? too_long(err) : 0;
}

/* --- the signature */

static void sign(const void *key, size_t key_length, struct slice text, struct digest *ret)
{
	struct hmac_sha256_ctx context;

	hmac_sha256_set_key(&context, key_length, key);
	hmac_sha256_update(&context, text.length, (const uint8_t *)text.data);
	hmac_sha256_digest(&context, sizeof(ret->bytes), ret->bytes);
	explicit_bzero(&context, sizeof(context));
}

static struct slice date_of(const struct sigv4_scope *scope)
{
	return (struct slice){ scope->time, strnlen(scope->time, DATE_LENGTH) };
}

static int derive_key(const struct sigv4_scope *scope, const char *secret, struct digest *ret,
		      struct error *err)
{
	const struct slice steps[] = { slice_of(scope->region), slice_of(scope->service),
				       SLICE("aws4_request") };
	struct text first = TEXT_INIT(KEY_MAX);
	int r = text_printf(&first, "AWS4%s", secret);

	if (r == 0)
		sign(first.data, first.length, date_of(scope), ret);
	for (size_t i = 0; i < ARRAY_SIZE(steps) && r == 0; i++)
		sign(ret->bytes, sizeof(ret->bytes), steps[i], ret);
	if (first.data)
		explicit_bzero(first.data, first.length);
	text_done(&first);
	return r < 0 ? error_set(err, ERROR_INPUT, E2BIG,
				 "the secret of the access key is longer "
				 "than any")
		     : 0;
}

static int append_scope(struct text *out, const struct sigv4_scope *scope)
{
	return text_printf(out, "%.*s/%s/%s/aws4_request", SLICE_ARGS(date_of(scope)),
			   scope->region, scope->service);
}

/* Of the hash of the canonical request, in time and scope. */
static int string_to_sign(const struct sigv4_request *request, const struct sigv4_scope *scope,
			  struct text *out, struct error *err)
{
	AUTO(text_done) struct text canonical = TEXT_INIT(SIGV4_TEXT_MAX);
	struct hash hash;
	char digest[HASH_HEX_MAX];
	int r = sigv4_canonical(request, &canonical, err);

	if (r < 0)
		return r;
	hash_init(&hash, HASH_SHA256);
	hash_update(&hash, text_str(&canonical), canonical.length);
	hash_hex(&hash, digest);
	r = text_printf(out, ALGORITHM "\n%s\n", scope->time);
	if (r == 0)
		r = append_scope(out, scope);
	if (r == 0)
		r = text_printf(out, "\n%s", digest);
	return r < 0 ? too_long(err) : 0;
}

static int append_hex(struct text *out, const struct digest *signature)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(signature->bytes) && r == 0; i++)
		r = text_printf(out, "%02x", signature->bytes[i]);
	return r;
}

static int append_authorization(struct text *out, const struct sigv4_request *request,
				const struct sigv4_scope *scope, const char *key_id)
{
	int r = text_printf(out, ALGORITHM " Credential=%s/", key_id);

	if (r == 0)
		r = append_scope(out, scope);
	if (r == 0)
		r = text_append_str(out, ", SignedHeaders=");
	if (r == 0)
		r = append_names(out, request);
	return r < 0 ? r : text_append_str(out, ", Signature=");
}

int sigv4_authorization(const struct sigv4_request *request, const struct sigv4_scope *scope,
			const struct sigv4_key *key, struct text *out, struct error *err)
{
	AUTO(text_done) struct text to_sign = TEXT_INIT(SIGV4_TEXT_MAX);
	struct digest derived;
	struct digest signature;
	int r = string_to_sign(request, scope, &to_sign, err);

	if (r == 0)
		r = derive_key(scope, key->secret, &derived, err);
	if (r < 0)
		return r;
	sign(derived.bytes, sizeof(derived.bytes), text_slice(&to_sign), &signature);
	explicit_bzero(&derived, sizeof(derived));
	r = append_authorization(out, request, scope, key->id);
	if (r == 0)
		r = append_hex(out, &signature);
	return r < 0 ? too_long(err) : 0;
}
