/*
 * s3_place - which object an s3: or arn: URL names, and under which address a region has it.
 *
 * Owns: the grammar of both (spec ignition 3.4, 5.5), and S3's endpoints: partitions, dual stack,
 * the bucket as part of the host or of the path, access points.  Pure.
 */
#ifndef SLIPWAY_FETCH_S3_PLACE_H
#define SLIPWAY_FETCH_S3_PLACE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "base/url.h"

/* Longer names of regions are taken for none. */
#define S3_REGION_MAX 32

/* Texts are owned; what is NULL was not named. */
struct s3_place {
	char *bucket;	 /* name of the bucket, or of the access point */
	char *key;	 /* not escaped, without leading slashes */
	char *version;	 /* not escaped */
	char *region;	 /* of an access point */
	char *account;	 /* of an access point; NULL: a bucket */
	char *partition; /* of an ARN: "aws", "aws-cn" */
};

/* Where an object is asked for; texts are escaped and owned. */
struct s3_address {
	char *host;
	char *path;
	char *query; /* "" or "versionId=..." */
};

void s3_place_done(struct s3_place *place);
void s3_address_done(struct s3_address *address);

/**
 * s3_place_parse - @url, of scheme s3 or arn.
 *
 * Return: 0; -EINVAL (ERROR_INPUT); -EOPNOTSUPP (ERROR_UNSUPPORTED) for access points of several
 * regions, which need another kind of signature.
 */
int s3_place_parse(const struct url *url, struct s3_place *ret, struct error *err);

/** s3_place_hint - a region of the partition that the place names; NULL when it names none. */
const char *s3_place_hint(const struct s3_place *place);

/** s3_is_region - whether @text can be the name of a region, and so part of a host's. */
bool s3_is_region(struct slice text);

/** s3_place_address - the object's address in @region.  Return: 0; -E2BIG (ERROR_INPUT). */
int s3_place_address(const struct s3_place *place, const char *region, struct s3_address *ret,
		     struct error *err);

/** s3_bucket_url - the bucket's URL in @region, which also tells when it is in another one. */
char *s3_bucket_url(const struct s3_place *place, const char *region);

DEFINE_DONE(struct s3_place, s3_place_done)
DEFINE_DONE(struct s3_address, s3_address_done)

#endif
