/* The role of an EC2 instance (spec providers 4.1, 12; EC2 User Guide, "Instance metadata"). */
#include "fetch/credential.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/url.h"
#include "fetch/limits.h"
#include "fetch/metadata_json.h"
#include "fetch/s3_place.h"

#define TOKEN_HEADER "X-aws-ec2-metadata-token"
#define TTL_HEADER   "X-aws-ec2-metadata-token-ttl-seconds"
#define TTL_SECONDS  "21600"

#define TOKEN_PATH    "/latest/api/token"
#define ROLES_PATH    "/latest/meta-data/iam/security-credentials/"
#define IDENTITY_PATH "/latest/dynamic/instance-identity/document"

#define STATUS_NOT_FOUND 404

/* The second is for instances with IPv6 only; both together have the time of one question. */
#define SECOND_LIMIT_MS ((int64_t)5 * 1000)
static const struct {
	const char *base;
	int64_t limit_ms;
} services[] = {
	{ "http://169.254.169.254", FETCH_METADATA_MS - SECOND_LIMIT_MS },
	{ "http://[fd00:ec2::254]", SECOND_LIMIT_MS },
};

/* One that answers. */
struct service {
	const struct inquirer *inquirer;
	const char *base;
	struct inquiry_answer token; /* without a body: the service knows no tokens (IMDSv1) */
};

static void service_done(struct service *service)
{
	inquiry_answer_done(&service->token);
}
DEFINE_DONE(struct service, service_done)

static int ask_token(struct service *service, int64_t limit_ms, struct error *err)
{
	AUTO_FREE char *url = xasprintf("%s" TOKEN_PATH, service->base);
	const struct fetch_header ttl = { SLICE(TTL_HEADER), SLICE(TTL_SECONDS) };
	const struct inquiry inquiry = {
		.request = { .url = slice_of(url),
			     .method = "PUT",
			     .headers = &ttl,
			     .header_count = 1 },
		.limit_ms = limit_ms,
	};
	int r = inquire(service->inquirer, &inquiry, &service->token, err);

	/* Spec providers 12.2: the older protocol only when this one is not known. */
	if (r == 0 || service->token.status != STATUS_NOT_FOUND)
		return r;
	if (err)
		error_done(err);
	return 0;
}

/* The first that answers; when none does, @err is that of the first. */
static int connect_service(const struct inquirer *inquirer, struct service *ret, struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		struct service service = { .inquirer = inquirer, .base = services[i].base };
		int r = ask_token(&service, services[i].limit_ms, i == 0 ? err : NULL);
		bool answered = service.token.status != 0;

		result = i == 0 ? r : result;
		if (r == 0) {
			if (err)
				error_done(err);
			*ret = service;
			return 0;
		}
		service_done(&service);
		if (answered)
			return result;
	}
	return result;
}

static int ask(const struct service *service, const char *path, struct inquiry_answer *ret,
	       struct error *err)
{
	AUTO_FREE char *url = xasprintf("%s%s", service->base, path);
	const struct fetch_header token = { SLICE(TOKEN_HEADER), slice_of(service->token.body) };
	const struct inquiry inquiry = {
		.request = { .url = slice_of(url),
			     .headers = &token,
			     .header_count = service->token.length ? 1 : 0 },
		.limit_ms = FETCH_METADATA_MS,
	};

	return inquire(service->inquirer, &inquiry, ret, err);
}

/* "/latest/meta-data/iam/security-credentials/<role>" */
static int ask_role_path(const struct service *service, struct text *path, struct error *err)
{
	AUTO(inquiry_answer_done) struct inquiry_answer roles = { 0 };
	int r = ask(service, ROLES_PATH, &roles, err);

	if (r == -ENOENT) {
		if (err)
			error_done(err);
		return error_set(err, ERROR_EMPTY, ENODATA, "the instance has no role");
	}
	if (r < 0)
		return r;

	struct slice rest = { roles.body, roles.length };
	struct slice role = slice_trim(slice_take_line(&rest));

	if (role.length == 0)
		return error_set(err, ERROR_EMPTY, ENODATA, "the instance has no role");
	r = text_append_str(path, ROLES_PATH);
	if (r == 0)
		r = url_append_escaped(path, role);
	return r < 0 ? error_set(err, ERROR_INPUT, E2BIG, "the name of the role is too long") : 0;
}

static int read_credentials(const struct inquiry_answer *answer, struct credentials *ret,
			    struct error *err)
{
	AUTO(metadata_json_free) struct metadata_json *json = NULL;
	int r = metadata_json_parse((struct slice){ answer->body, answer->length }, &json, err);

	if (r < 0)
		return r;

	struct slice code = metadata_json_get(json, "Code");
	struct slice key_id = metadata_json_get(json, "AccessKeyId");
	struct slice secret = metadata_json_get(json, "SecretAccessKey");
	struct slice token = metadata_json_get(json, "Token");
	int64_t expires_at = 0;

	if (code.data && !slice_is(code, "Success"))
		return error_set(err, ERROR_NETWORK_FINAL, EACCES,
				 "the role's credentials could not be made");
	if (key_id.length == 0 || secret.length == 0)
		return error_set(err, ERROR_INPUT, EINVAL, "the answer has no credentials");
	if (credential_parse_time(metadata_json_get(json, "Expiration"), &expires_at) < 0)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the credentials do not say when they expire");
	*ret = (struct credentials){ .key_id = slice_dup(key_id),
				     .secret = slice_dup(secret),
				     .token = token.length ? slice_dup(token) : NULL,
				     .expires_at = expires_at };
	return 0;
}

static int load(const struct inquirer *inquirer, struct credentials *ret, struct error *err)
{
	AUTO(service_done) struct service service = { .inquirer = inquirer };
	AUTO(text_done) struct text path = TEXT_INIT(INQUIRY_MAX_BYTES);
	AUTO(inquiry_answer_done) struct inquiry_answer answer = { 0 };
	int r = connect_service(inquirer, &service, err);

	if (r == 0)
		r = ask_role_path(&service, &path, err);
	if (r == 0)
		r = ask(&service, text_str(&path), &answer, err);
	return r < 0 ? r : read_credentials(&answer, ret, err);
}

static int load_region(const struct inquirer *inquirer, char **ret, struct error *err)
{
	AUTO(service_done) struct service service = { .inquirer = inquirer };
	AUTO(inquiry_answer_done) struct inquiry_answer answer = { 0 };
	AUTO(metadata_json_free) struct metadata_json *json = NULL;
	int r = connect_service(inquirer, &service, err);

	if (r == 0)
		r = ask(&service, IDENTITY_PATH, &answer, err);
	if (r == 0)
		r = metadata_json_parse((struct slice){ answer.body, answer.length }, &json, err);
	if (r < 0)
		return r;

	struct slice region = metadata_json_get(json, "region");

	if (!s3_is_region(region))
		return error_set(err, ERROR_INPUT, EINVAL, "the answer names no region");
	*ret = slice_dup(region);
	return 0;
}

const struct credential_source credential_ec2 = {
	.name = "the role of the EC2 instance",
	.kind = CREDENTIAL_AWS,
	.load = load,
	.load_region = load_region,
};
