/*
 * failure - what an answer or an error of libcurl means, and what a person can do about it.
 *
 * Owns: the tables.  Pure.
 */
#ifndef SLIPWAY_FETCH_FAILURE_H
#define SLIPWAY_FETCH_FAILURE_H

#include <stdbool.h>

#include "base/error.h"

struct failure {
	enum error_kind kind;
	int errnum;
	bool is_final;	  /* trying again cannot help */
	const char *hint; /* the next step for a person */
};

/** failure_of_status - an answer that is no success. */
struct failure failure_of_status(long status);
/** failure_of_code - a CURLcode. */
struct failure failure_of_code(int code);
/** status_text - the reason phrase as Go has it; "" when the status is not known. */
const char *status_text(long status);

#endif
