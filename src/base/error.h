/*
 * error - why a call failed, as text for a person and as a kind for a decision.
 *
 * Owns: the one error model.  What can fail returns 0 or a negative errno equal to -err->errnum and
 * fills a struct error that its caller passed (or NULL, when nobody will read it).  It is set once,
 * where the failure happens, wrapped once by each layer that knows a new noun, and printed once, in
 * a program.  Flow reads the return value and the kind, never the text.
 */
#ifndef SLIPWAY_BASE_ERROR_H
#define SLIPWAY_BASE_ERROR_H

#include "base/scope.h"

enum error_kind {
	ERROR_NONE,
	ERROR_SYSTEM,	     /* the kernel or a helper program refused */
	ERROR_INPUT,	     /* what the user or a peer wrote is wrong */
	ERROR_NOT_FOUND,     /* what was asked for does not exist */
	ERROR_BUSY,	     /* somebody else uses it */
	ERROR_NEED_NETWORK,  /* cannot go on while offline */
	ERROR_NETWORK,	     /* the network failed; the only kind that is tried again */
	ERROR_NETWORK_FINAL, /* the network answered, and the answer is no */
	ERROR_TIMEOUT,	     /* a bounded wait ran out */
	ERROR_VERIFY,	     /* bytes are not what their hash or signature says; never ignored */
	ERROR_UNSUPPORTED,   /* a known thing that this program does not do */
	ERROR_EMPTY,	     /* there is nothing there, and that may be all right */
	ERROR_KIND_COUNT,
};

struct error {
	int errnum;	      /* positive errno of the root cause; 0 = empty */
	enum error_kind kind; /* decides retries and exit codes */
	char *text;	      /* "outermost: ...: root cause"; owned */
};

#define ERROR_INIT ((struct error){ .errnum = 0 })

/**
 * error_set - fill an empty error at the place where a failure happens.
 * @err: may be NULL; must be empty otherwise
 * @errnum: positive errno that callers may act on
 *
 * Return: -@errnum.
 */
int error_set(struct error *err, enum error_kind kind, int errnum, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * error_errno - error_set for what the kernel said: ": <strerror>" is appended, and the kind
 * follows from @errnum (ENOENT: not found, EBUSY and ETXTBSY: busy, ETIMEDOUT: timeout, else
 * system).
 *
 * Return: -@errnum.
 */
int error_errno(struct error *err, int errnum, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * error_wrap - put a layer's noun in front: "<new>: <old>".
 * @r: the negative errno that came with @err
 *
 * Return: @r unchanged.
 */
int error_wrap(struct error *err, int r, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * error_move - hand what @from holds over to @err, which is empty, or NULL; @from is empty then.
 *
 * Return: @r.
 */
int error_move(struct error *err, struct error *from, int r);

/** error_done - release the text; the error is empty again. */
void error_done(struct error *err);

/** error_kind_name - "system", "input" … as JSON reports print it. */
const char *error_kind_name(enum error_kind kind);

DEFINE_DONE(struct error, error_done)

#endif
