#include "fetch/s3.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "fetch/s3_error.h"
#include "fetch/s3_place.h"
#include "fetch/sigv4.h"

#define REGION_HEADER "x-amz-bucket-region"
#define REGION_LAST   "us-east-1"

/* Wrong region, and expired credentials, each once. */
#define RECONSIDER_MAX 2

struct s3_object {
	struct object object; /* the first member: object_store knows only this one */
	struct s3_place place;
	struct s3_address address;
	char region[S3_REGION_MAX]; /* that the address is in */
	unsigned reconsidered;
};

static struct s3_object *of_object(struct object *object)
{
	return (struct s3_object *)object;
}

/* --- signing */

static int append_lines(const struct s3_object *s3, const struct credentials *credentials,
			const struct sigv4_scope *scope, struct text *lines, struct error *err)
{
	const struct sigv4_header headers[] = {
		{ "host", slice_of(s3->address.host) },
		{ "x-amz-content-sha256", SLICE(SIGV4_EMPTY_PAYLOAD) },
		{ "x-amz-date", slice_of(scope->time) },
		{ "x-amz-security-token", slice_of(credentials->token) },
	};
	const struct sigv4_request request = {
		.method = "GET",
		.path = slice_of(s3->address.path),
		.query = slice_of(s3->address.query),
		.headers = headers,
		.header_count = ARRAY_SIZE(headers) - (credentials->token ? 0 : 1),
		.payload_hash = SIGV4_EMPTY_PAYLOAD,
	};
	const struct sigv4_key key = { credentials->key_id, credentials->secret };
	int r = 0;

	/* The host is libcurl's to send. */
	for (size_t i = 1; i < request.header_count && r == 0; i++)
		r = text_printf(lines, "%s: %.*s\n", headers[i].name, SLICE_ARGS(headers[i].value));
	if (r == 0)
		r = text_append_str(lines, "Authorization: ");
	if (r < 0)
		return error_set(err, ERROR_INPUT, E2BIG, "the credentials are too long");
	r = sigv4_authorization(&request, scope, &key, lines, err);
	return r < 0 ? r : text_append_char(lines, '\n');
}

static int sign(const struct signer *signer, struct text *lines, struct error *err)
{
	const struct s3_object *s3 = signer->context;
	const struct credentials *credentials =
		object_store_credentials(s3->object.store, CREDENTIAL_AWS);
	struct sigv4_scope scope = { .region = s3->region, .service = "s3" };

	if (!credentials)
		return 0;
	sigv4_format_time(time(NULL), scope.time);
	return append_lines(s3, credentials, &scope, lines, err);
}

/* --- where it is */

static int new_object(struct object_store *store, const struct url *url, struct object **ret,
		      struct error *err)
{
	struct s3_place place = { 0 };
	int r = s3_place_parse(url, &place, err);

	if (r < 0)
		return r;

	struct s3_object *s3 = xcalloc(1, sizeof(*s3));

	s3->object = (struct object){ .class = &s3_class,
				      .store = store,
				      .signer = { .sign = sign, .context = s3 } };
	s3->place = place;
	*ret = &s3->object;
	return 0;
}

static void free_object(struct object *object)
{
	struct s3_object *s3 = of_object(object);

	s3_place_done(&s3->place);
	s3_address_done(&s3->address);
	free(s3);
}

/* S3 says where a bucket is to everyone, also in a refusal. */
static int discover_region(const struct s3_object *s3, const struct inquirer *inquirer,
			   struct error *err)
{
	struct object_store *store = s3->object.store;
	const char *hint = s3_place_hint(&s3->place)
				   ?: object_store_machine_region(store, inquirer) ?: REGION_LAST;
	AUTO_FREE char *url = s3_bucket_url(&s3->place, hint);
	const struct inquiry inquiry = {
		.request = { .url = slice_of(url), .method = "HEAD" },
		.header_name = REGION_HEADER,
	};
	AUTO(inquiry_answer_done) struct inquiry_answer answer = { 0 };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = inquire(inquirer, &inquiry, &answer, &problem);

	if (answer.header && s3_is_region(slice_of(answer.header)))
		hint = answer.header;
	else if (r < 0)
		return error_set(err, problem.kind, -r,
				 "couldn't determine the region for bucket \"%s\": %s",
				 s3->place.bucket, problem.text);
	object_store_set_region(store, s3->place.bucket, hint);
	return 0;
}

static int find_region(struct s3_object *s3, const struct inquirer *inquirer, struct error *err)
{
	const struct object_store *store = s3->object.store;
	const char *region = s3->place.region ?: object_store_region(store, s3->place.bucket);

	if (!region) {
		int r = discover_region(s3, inquirer, err);

		if (r < 0)
			return r;
		region = object_store_region(store, s3->place.bucket);
	}
	memcpy(s3->region, region, strlen(region) + 1);
	return 0;
}

static int locate(struct object *object, const struct inquirer *inquirer, struct error *err)
{
	struct s3_object *s3 = of_object(object);
	int r = find_region(s3, inquirer, err);

	s3_address_done(&s3->address);
	if (r == 0)
		r = s3_place_address(&s3->place, s3->region, &s3->address, err);
	if (r < 0)
		return r;
	free(object->url);
	object->url = xasprintf("https://%s%s%s%s", s3->address.host, s3->address.path,
				s3->address.query[0] ? "?" : "", s3->address.query);
	return 0;
}

/* --- refusals */

/* S3's words for what a person can do something about. */
static const struct code {
	const char *name;
	bool is_expiry; /* of the credentials: others may be had */
	const char *advice;
} codes[] = {
	{ "ExpiredToken", true, "the credentials have expired" },
	{ "TokenRefreshRequired", true, "the credentials have to be renewed" },
	{ "InvalidToken", true, "the session token is not valid" },
	{ "InvalidAccessKeyId", false, "check the access key id" },
	{ "SignatureDoesNotMatch", false, "check the secret access key" },
	{ "RequestTimeTooSkewed", false, "check the clock of this machine" },
	{ "NoSuchBucket", false, "check the name of the bucket" },
	{ "NoSuchKey", false, "check the key of the object" },
	{ "NoSuchVersion", false, "check the versionId" },
	{ "InvalidObjectState", false, "the object is archived: restore it first" },
};

static const struct code *find_code(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (strcmp(codes[i].name, name) == 0)
			return &codes[i];
	return NULL;
}

static struct s3_error read_refusal(const struct transfer_answer *answer)
{
	struct s3_error error;

	s3_error_parse(text_slice(&answer->refusal), &error);
	return error;
}

/* Where the bucket is, when it is not where it was asked for. */
static bool move(struct s3_object *s3, struct slice region)
{
	if (s3->place.region || !s3_is_region(region) || slice_is(region, s3->region))
		return false;

	AUTO_FREE char *name = slice_dup(region);

	object_store_set_region(s3->object.store, s3->place.bucket, name);
	return true;
}

static bool reconsider(struct object *object, const struct transfer_answer *answer)
{
	struct s3_object *s3 = of_object(object);
	const struct s3_error error = read_refusal(answer);
	const struct code *code = find_code(error.code);

	if (s3->reconsidered++ == RECONSIDER_MAX)
		return false;
	if (move(s3, slice_of(answer->header)) || move(s3, slice_of(error.region)))
		return true;
	return code && code->is_expiry && object_store_forget(object->store, CREDENTIAL_AWS);
}

static char *explain(const struct transfer_answer *answer)
{
	const struct s3_error error = read_refusal(answer);
	const struct code *code = find_code(error.code);

	if (!error.code[0])
		return NULL;
	return code ? xasprintf("%s (%s)", error.code, code->advice) : xstrdup(error.code);
}

const struct object_class s3_class = {
	.kind = CREDENTIAL_AWS,
	.new = new_object,
	.locate = locate,
	.reconsider = reconsider,
	.explain = explain,
	.header_name = REGION_HEADER,
	.transfer_flags = TRANSFER_STAY,
	.free = free_object,
};
