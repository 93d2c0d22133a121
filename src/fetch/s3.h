/*
 * s3 - objects of Amazon S3: s3: and arn: URLs (spec ignition 5.5).
 *
 * Owns: how the region of a bucket is found out, how requests are signed, and what S3's refusals
 * mean.  Leaves to others: names and addresses (fetch/s3_place), the signature (fetch/sigv4).
 */
#ifndef SLIPWAY_FETCH_S3_H
#define SLIPWAY_FETCH_S3_H

#include "fetch/object_store.h"

extern const struct object_class s3_class;

#endif
