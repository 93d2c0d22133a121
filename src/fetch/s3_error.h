/*
 * s3_error - why S3 refused, from the body of its answer.
 *
 * Owns: the XML of it, read with expat: no document type (and so no entities), bounded depth; what
 * is no such answer says nothing.  Pure.
 */
#ifndef SLIPWAY_FETCH_S3_ERROR_H
#define SLIPWAY_FETCH_S3_ERROR_H

#include "base/text.h"
#include "fetch/s3_place.h"

/* "AuthorizationHeaderMalformed" and the like; longer ones are taken for none. */
#define S3_CODE_MAX 64

struct s3_error {
	char code[S3_CODE_MAX];	    /* letters and digits; "": not said */
	char region[S3_REGION_MAX]; /* where the bucket is; "": not said */
};

/** s3_error_parse - @ret is filled with what @body says. */
void s3_error_parse(struct slice body, struct s3_error *ret);

#endif
