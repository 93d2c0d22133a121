/*
 * driver - kernel modules that a platform's own devices need.
 */
#ifndef SLIPWAY_PROVIDERS_DRIVER_H
#define SLIPWAY_PROVIDERS_DRIVER_H

#include "providers/provider.h"

/**
 * driver_load - load @module unless @mark is there already.
 * @mark: relative to the host's "/": what the module makes
 *
 * It may be built in, or missing: either shows at what it is for, so a failure is only told.
 */
void driver_load(const struct provider_context *context, const char *module, const char *mark);

#endif
