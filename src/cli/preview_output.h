/*
 * preview_output - what `slipway plan` and `slipway rehearse` say on the terminal alike.
 */
#ifndef SLIPWAY_CLI_PREVIEW_OUTPUT_H
#define SLIPWAY_CLI_PREVIEW_OUTPUT_H

#include "ignition/preview.h"

/** preview_output_load - preview_load(), its report on standard error. */
int preview_output_load(struct preview *preview, const char *path, struct error *err);

#endif
