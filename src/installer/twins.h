/*
 * twins - other disks that an installed system may take for its own.
 *
 * Owns: looking for partitions with the GUIDs of the image, and with labels that systems are booted
 * by, on every disk but the target.  Looks and changes nothing.
 */
#ifndef SLIPWAY_INSTALLER_TWINS_H
#define SLIPWAY_INSTALLER_TWINS_H

#include "base/machine.h"
#include "base/text.h"
#include "disk/table.h"
#include "installer/target.h"

/**
 * twins_find - append a line to @out for each partition that may be mistaken for one of @image.
 *
 * A disk that cannot be read is passed over: it is none of the install's.
 */
void twins_find(const struct machine *machine, const struct target *target,
		const struct table *image, struct text *out);

/** twins_compare - the same for one disk, @node with @other on it; pure. */
void twins_compare(const struct table *image, const char *node, const struct table *other,
		   struct text *out);

#endif
