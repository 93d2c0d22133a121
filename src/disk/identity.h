/*
 * identity - the UUIDs by which a rerun knows the arrays and volumes that it made.
 */
#ifndef SLIPWAY_DISK_IDENTITY_H
#define SLIPWAY_DISK_IDENTITY_H

#include "base/error.h"
#include "base/history.h"
#include "disk/request.h"

/**
 * identity_settle - the UUID that an earlier run drew for an operation, or a new one.
 * @history: NULL: this is the first run
 * @given: UUID that was asked for, which is ours only once an earlier run began to give it; absent:
 *	one is drawn
 * @ret: lower case; "" for one that is given, and not ours
 */
int identity_settle(const struct history *history, const struct operation_class *class,
		    const char *object, struct slice given, char ret[static REQUEST_UUID_SIZE],
		    struct error *err);

#endif
