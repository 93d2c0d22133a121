/*
 * preview_output - what `slipway plan` and `slipway rehearse` say on the terminal alike.
 */
#ifndef SLIPWAY_CLI_PREVIEW_OUTPUT_H
#define SLIPWAY_CLI_PREVIEW_OUTPUT_H

#include "cli/dialect_options.h"
#include "ignition/preview.h"

/**
 * preview_output_load - preview_load(), its report on standard error.
 * @dialect: what the user says about the config
 * @ret_local: local files that the config may point into: freed after @preview is done
 */
int preview_output_load(struct preview *preview, const char *path,
			const struct dialect_values *dialect, struct local_supplies **ret_local,
			struct error *err);

#endif
