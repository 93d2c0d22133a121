/*
 * picture_survey - what is on a disk now and will be there after a plan, for a picture.
 *
 * Owns: comparing the two tables, the space between partitions, and what is in each partition:
 * found there, or asked for.  Looks and changes nothing.
 * Leaves to others: drawing it (disk/picture).
 */
#ifndef SLIPWAY_DISK_PICTURE_SURVEY_H
#define SLIPWAY_DISK_PICTURE_SURVEY_H

#include <stddef.h>

#include "base/arena.h"
#include "base/machine.h"
#include "disk/partition_plan.h"
#include "disk/picture.h"
#include "disk/request.h"

struct picture_survey_params {
	const struct machine *machine;
	const struct partition_layout *layout; /* planned, and not yet changed */
	/*
	 * Those of other disks are passed over.  A format that is none of a filesystem's is drawn
	 * as it is: "RAID", "LUKS" of what becomes part of an array or a volume.
	 */
	const struct filesystem_request *requests;
	size_t count;
};

/**
 * picture_survey - fill @ret from a disk that was planned.
 * @arena: owns all that @ret points at
 *
 * What cannot be read is drawn as empty: the plan has told what is wrong with it.
 */
void picture_survey(const struct picture_survey_params *params, struct arena *arena,
		    struct picture_disk *ret);

#endif
