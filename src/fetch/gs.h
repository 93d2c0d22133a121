/*
 * gs - objects of Google Cloud Storage: gs: URLs (spec ignition 5.6).
 */
#ifndef SLIPWAY_FETCH_GS_H
#define SLIPWAY_FETCH_GS_H

#include "fetch/object_store.h"

extern const struct object_class gs_class;

#endif
