/*
 * authorities - the certificates that TLS trusts, as one text.
 *
 * Owns: what a bundle is allowed to be (spec ignition 5.3), and where systems keep theirs.
 */
#ifndef SLIPWAY_FETCH_AUTHORITIES_H
#define SLIPWAY_FETCH_AUTHORITIES_H

#include "base/error.h"
#include "base/event.h"
#include "base/text.h"

/**
 * authorities_check - whether @bundle is PEM blocks and, behind the last, nothing.
 *
 * Return: 0; ERROR_INPUT.
 */
int authorities_check(struct slice bundle, struct error *err);

/**
 * authorities_join - the certificates of the system, and those of @bundles.
 * @out: appended to
 *
 * As in Go, the file SSL_CERT_FILE takes the place of the system's, and all files of the
 * directories SSL_CERT_DIR, separated by colons, are added.  A system without certificates is no
 * error: then only the bundles are trusted.
 *
 * Return: 0; -EINVAL, -E2BIG (ERROR_INPUT).
 */
int authorities_join(const struct slice *bundles, size_t count, struct text *out,
		     struct error *err);

/** authorities_are_named - whether SSL_CERT_FILE or SSL_CERT_DIR say where the system's are. */
bool authorities_are_named(void);

/** authorities_tell - say whose certificates @bundles hold, in upstream's words. */
void authorities_tell(const struct slice *bundles, size_t count,
		      const struct event_observer *observer);

#endif
