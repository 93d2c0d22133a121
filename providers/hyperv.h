/*
 * hyperv - configs in the pool that a Hyper-V host's administrator writes.
 */
#ifndef SLIPWAY_PROVIDERS_HYPERV_H
#define SLIPWAY_PROVIDERS_HYPERV_H

#include "providers/kvp.h"
#include "providers/provider.h"

/** hyperv_join - the config in @kvp: one value, or several that are numbered from 0. */
void hyperv_join(const struct kvp *kvp, struct provider_config *ret);

/** hyperv_output_files - the pools' files as a list of storage.files.  Return: 0; -E2BIG. */
int hyperv_output_files(const struct kvp *kvp, struct text *ret);

/** hyperv_load_files - what hyperv_output_files() made.  Return: 0; -EINVAL (ERROR_INPUT). */
int hyperv_load_files(const char *files, struct kvp *kvp, struct error *err);

#endif
