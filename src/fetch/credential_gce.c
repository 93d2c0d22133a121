/* The service account of a GCE machine (spec ignition 5.6, providers 4.2). */
#include "fetch/credential.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/number.h"
#include "fetch/limits.h"
#include "fetch/metadata_json.h"

/* The address, not the name: DNS may not be up. */
#define ACCOUNT_URL "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/"
#define SCOPE_QUERY "?scopes=https://www.googleapis.com/auth/devstorage.read_only"
#define FLAVOR	    "Metadata-Flavor"
/* A year; tokens live for an hour. */
#define LIFETIME_MAX_SECONDS ((uint64_t)366 * 24 * 3600)

static int ask(const struct inquirer *inquirer, const char *url, struct inquiry_answer *ret,
	       struct error *err)
{
	const struct fetch_header flavor = { SLICE(FLAVOR), SLICE("Google") };
	const struct inquiry inquiry = {
		.request = { .url = slice_of(url), .headers = &flavor, .header_count = 1 },
		.limit_ms = FETCH_METADATA_MS,
		.header_name = FLAVOR,
	};
	int r = inquire(inquirer, &inquiry, ret, err);

	if (r == 0 && (!ret->header || strcmp(ret->header, "Google") != 0))
		return error_set(err, ERROR_NETWORK_FINAL, EPROTO,
				 "who answered is not Google's metadata server");
	return r;
}

/* Without an account, or one without scopes, there is nothing to prove. */
static int check_scopes(const struct inquirer *inquirer, struct error *err)
{
	AUTO(inquiry_answer_done) struct inquiry_answer scopes = { 0 };
	int r = ask(inquirer, ACCOUNT_URL "scopes", &scopes, err);

	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && slice_trim((struct slice){ scopes.body, scopes.length }).length)
		return 0;
	if (err)
		error_done(err);
	return error_set(err, ERROR_EMPTY, ENODATA,
			 "the machine has no service account with scopes");
}

static int read_token(const struct inquiry_answer *answer, struct credentials *ret,
		      struct error *err)
{
	AUTO(metadata_json_free) struct metadata_json *json = NULL;
	int r = metadata_json_parse((struct slice){ answer->body, answer->length }, &json, err);

	if (r < 0)
		return r;

	struct slice token = metadata_json_get(json, "access_token");
	uint64_t lifetime = 0;

	if (token.length == 0 || !slice_is(metadata_json_get(json, "token_type"), "Bearer"))
		return error_set(err, ERROR_INPUT, EINVAL, "the answer has no token");
	if (number_parse_u64(metadata_json_get(json, "expires_in"), 0, LIFETIME_MAX_SECONDS,
			     &lifetime) < 0)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the token does not say when it expires");
	*ret = (struct credentials){ .token = xasprintf("Bearer %.*s", SLICE_ARGS(token)),
				     .expires_at = time(NULL) + (int64_t)lifetime };
	return 0;
}

static int load(const struct inquirer *inquirer, struct credentials *ret, struct error *err)
{
	AUTO(inquiry_answer_done) struct inquiry_answer answer = { 0 };
	int r = check_scopes(inquirer, err);

	if (r == 0)
		r = ask(inquirer, ACCOUNT_URL "token" SCOPE_QUERY, &answer, err);
	return r < 0 ? r : read_token(&answer, ret, err);
}

const struct credential_source credential_gce = {
	.name = "the service account of the GCE machine",
	.kind = CREDENTIAL_BEARER,
	.load = load,
};
