/*
 * credential - what proves to an object store who is asking, and where that comes from.
 *
 * Owns: the interface that a platform fills (its provider names a source), and the source that
 * every platform has, the environment.  No credential is ever shown in a log or an error.
 * Leaves to others: when to ask and for how long to keep (fetch/object_store).
 */
#ifndef SLIPWAY_FETCH_CREDENTIAL_H
#define SLIPWAY_FETCH_CREDENTIAL_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/inquiry.h"

enum credential_kind {
	CREDENTIAL_AWS,	   /* key id, secret, and perhaps a token: signs requests */
	CREDENTIAL_BEARER, /* a token, sent as it is */
	CREDENTIAL_KIND_COUNT,
};

struct credentials {
	char *key_id; /* of AWS; owned */
	char *secret; /* likewise */
	char *token;  /* AWS: of the session, or NULL; bearer: value of Authorization; owned */
	int64_t expires_at; /* seconds since 1970; 0: never */
};

/** credentials_done - overwrite and release them. */
void credentials_done(struct credentials *credentials);

/* One place where credentials of one kind come from. */
struct credential_source {
	const char *name; /* as in "no credentials from <name>" */
	enum credential_kind kind;
	/*
	 * Ask for them; bounded in time.
	 * Return: 0; -ENODATA (ERROR_EMPTY) when this machine has none; as fetch_stream().
	 */
	int (*load)(const struct inquirer *inquirer, struct credentials *ret, struct error *err);
	/* The region that the machine is in, malloc'ed; NULL: the platform has none. */
	int (*load_region)(const struct inquirer *inquirer, char **ret, struct error *err);
};

/** AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; asks nobody. */
extern const struct credential_source credential_environment;
/** The role of an EC2 instance, from its metadata service (token first: IMDSv2). */
extern const struct credential_source credential_ec2;
/** The service account of a GCE machine, from its metadata server. */
extern const struct credential_source credential_gce;

/**
 * credential_parse_time - "2017-05-17T15:09:54Z" (RFC 3339, in UTC, without fractions).
 *
 * Return: 0; -EINVAL.
 */
int credential_parse_time(struct slice text, int64_t *ret_seconds);

DEFINE_DONE(struct credentials, credentials_done)

#endif
