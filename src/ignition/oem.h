/*
 * oem - oem: URLs, files of the vendor's own on the machine (spec ignition 5.8).
 *
 * Owns: where such a file is looked for: in a directory of the running system, then on the drive
 * that is labelled OEM.
 */
#ifndef SLIPWAY_IGNITION_OEM_H
#define SLIPWAY_IGNITION_OEM_H

#include "base/machine.h"
#include "fetch/fetch.h"

struct oem {
	const struct machine *machine;
	const struct event_observer *observer;
	/* Looked in before the drive; NULL: /oem, then /usr/share/oem. */
	const char *directory;
	const char *device; /* NULL: the one that is labelled OEM */
	struct fetch_oem reader;
};

/** oem_allow - let @fetcher deliver oem: URLs by @oem, which is borrowed and filled up to reader.
 */
void oem_allow(struct oem *oem, struct fetcher *fetcher);

#endif
