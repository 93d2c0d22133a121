#include "fetch/retry.h"

#include "fetch/limits.h"

#define STATUS_SERVER_ERROR 500

bool retry_wants_status(long status, const unsigned *extra, size_t extra_count)
{
	for (size_t i = 0; i < extra_count; i++)
		if ((long)extra[i] == status)
			return true;
	return status >= STATUS_SERVER_ERROR;
}

static int64_t backoff_ms(unsigned attempt)
{
	int64_t wait = FETCH_BACKOFF_FIRST_MS;

	for (unsigned i = 1; i < attempt && wait < FETCH_BACKOFF_LAST_MS; i++)
		wait *= 2;
	return wait < FETCH_BACKOFF_LAST_MS ? wait : FETCH_BACKOFF_LAST_MS;
}

int64_t retry_wait_ms(unsigned attempt, int64_t retry_after_ms, uint32_t random)
{
	int64_t wait = backoff_ms(attempt);

	wait -= random % (wait / 4 + 1);
	if (retry_after_ms > FETCH_RETRY_AFTER_MAX_MS)
		retry_after_ms = FETCH_RETRY_AFTER_MAX_MS;
	return retry_after_ms > wait ? retry_after_ms : wait;
}
