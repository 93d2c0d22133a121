#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"

static const char *const kind_names[] = {
	[ERROR_NONE] = "none",
	[ERROR_SYSTEM] = "system",
	[ERROR_INPUT] = "input",
	[ERROR_NOT_FOUND] = "not found",
	[ERROR_BUSY] = "busy",
	[ERROR_NEED_NETWORK] = "need network",
	[ERROR_NETWORK] = "network",
	[ERROR_NETWORK_FINAL] = "network final",
	[ERROR_TIMEOUT] = "timeout",
	[ERROR_VERIFY] = "verify",
	[ERROR_UNSUPPORTED] = "unsupported",
	[ERROR_EMPTY] = "empty",
};
_Static_assert(ARRAY_SIZE(kind_names) == ERROR_KIND_COUNT, "every error kind has a name");

const char *error_kind_name(enum error_kind kind)
{
	return kind_names[kind];
}

static enum error_kind kind_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return ERROR_NOT_FOUND;
	case EBUSY:
	case ETXTBSY:
		return ERROR_BUSY;
	case ETIMEDOUT:
		return ERROR_TIMEOUT;
	default:
		return ERROR_SYSTEM;
	}
}

int error_set(struct error *err, enum error_kind kind, int errnum, const char *format, ...)
{
	assert(errnum > 0);
	if (!err)
		return -errnum;
	assert(!err->text);

	va_list args;

	va_start(args, format);
	err->text = xvasprintf(format, args);
	va_end(args);
	err->kind = kind;
	err->errnum = errnum;
	return -errnum;
}

int error_errno(struct error *err, int errnum, const char *format, ...)
{
	assert(errnum > 0);
	if (!err)
		return -errnum;
	assert(!err->text);

	va_list args;

	va_start(args, format);
	AUTO_FREE char *what = xvasprintf(format, args);
	va_end(args);
	err->text = xasprintf("%s: %s", what, strerrordesc_np(errnum) ?: "unknown error");
	err->kind = kind_of_errno(errnum);
	err->errnum = errnum;
	return -errnum;
}

int error_wrap(struct error *err, int r, const char *format, ...)
{
	if (!err || !err->text)
		return r;

	va_list args;

	va_start(args, format);
	AUTO_FREE char *noun = xvasprintf(format, args);
	va_end(args);
	AUTO_FREE char *old = take_ptr(&err->text);

	err->text = xasprintf("%s: %s", noun, old);
	return r;
}

int error_move(struct error *err, struct error *from, int r)
{
	if (err) {
		*err = *from;
		*from = ERROR_INIT;
	}
	error_done(from);
	return r;
}

void error_done(struct error *err)
{
	free(err->text);
	*err = ERROR_INIT;
}
