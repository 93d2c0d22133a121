/*
 * ovf - the OVF environment that a hypervisor hands to a machine (spec providers 3.5).
 *
 * Owns: properties by their keys, and the removal of some.  Both happen in a worker: the document
 * is somebody else's.
 */
#ifndef SLIPWAY_PROVIDERS_OVF_H
#define SLIPWAY_PROVIDERS_OVF_H

#include "base/error.h"
#include "base/text.h"

#define OVF_KEYS_MAX 8

/**
 * ovf_properties - values of the properties @keys, in any namespace; of several the last counts.
 * @count: at most OVF_KEYS_MAX
 * @ret: one for each key: freed with free(), NULL for one that is not there
 *
 * Properties of the root's own PropertySection only: its siblings may be other machines'.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) for what is no such document.
 */
int ovf_properties(struct slice environment, const char *const *keys, size_t count, char **ret,
		   struct error *err);

/**
 * ovf_remove - @environment without the properties @keys; every other byte stays.
 * @ret: appended to; of the same length when there was nothing to remove
 *
 * Only elements and attributes in OVF's namespace count: what was not understood is not touched.
 *
 * Return: 0; -EINVAL (ERROR_INPUT).
 */
int ovf_remove(struct slice environment, const char *const *keys, size_t count, struct text *ret,
	       struct error *err);

#endif
