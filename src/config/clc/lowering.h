/*
 * lowering - one Container Linux Config on its way to Ignition: what the steps share.
 *
 * Owns: the state.  Only config/clc includes it.
 */
#ifndef SLIPWAY_CONFIG_CLC_LOWERING_H
#define SLIPWAY_CONFIG_CLC_LOWERING_H

#include "config/clc/model.h"
#include "config/clc/platform.h"
#include "config/draft.h"

struct clc_lowering {
	struct draft draft;
	struct yaml_decode decode;
	const struct clc_config *config;
	const struct clc_platform *platform; /* NULL: not given */
	bool is_boot; /* the platform is the machine's own, and can be asked */
};

/** clc_lower_services - units of the platform, docker, etcd and flannel. */
void clc_lower_services(struct clc_lowering *lowering);

/** clc_lower_update - /etc/coreos/update.conf, of update and locksmith. */
void clc_lower_update(struct clc_lowering *lowering);

/** clc_lower_disks - disks, arrays, filesystems. */
void clc_lower_disks(struct clc_lowering *lowering);

/** clc_lower_nodes - files, directories and links. */
void clc_lower_nodes(struct clc_lowering *lowering);

/** clc_lower_system - users, groups, and the units that the user wrote. */
void clc_lower_system(struct clc_lowering *lowering);

/** clc_set_hash - both halves of a verification, or nothing. */
void clc_set_hash(struct clc_lowering *lowering, const struct clc_verification *verification,
		  struct config_verification *ret);

#endif
