/*
 * lower_volumes - arrays and encrypted volumes of a config as requests.
 */
#ifndef SLIPWAY_IGNITION_LOWER_VOLUMES_H
#define SLIPWAY_IGNITION_LOWER_VOLUMES_H

#include "base/arena.h"
#include "config/model.h"
#include "disk/request.h"
#include "fetch/prefetch.h"

/** lower_raid - @raid; identity stays "". */
void lower_raid(const struct config_raid *raid, struct arena *arena, struct raid_request *ret);

/**
 * lower_luks - @luks; identity stays "".
 * @prefetch: delivers keys and advertisements; borrowed for as long as the request lives; NULL when
 *	none of them will be asked for
 *
 * Return: 0; -EOPNOTSUPP (ERROR_UNSUPPORTED) for a key of a crypto card (cex).
 */
int lower_luks(const struct config_luks *luks, struct arena *arena, struct prefetch *prefetch,
	       struct luks_request *ret, struct error *err);

#endif
