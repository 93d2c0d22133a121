/*
 * lower_value - values of a config as requests take them.
 */
#ifndef SLIPWAY_IGNITION_LOWER_VALUE_H
#define SLIPWAY_IGNITION_LOWER_VALUE_H

#include "base/arena.h"
#include "config/model.h"

/** lower_is_true - set, and true. */
bool lower_is_true(struct config_bool value);

/** lower_is_not_false - true unless it says false. */
bool lower_is_not_false(struct config_bool value);

/** lower_texts - the strings of @list as an array in @arena. */
struct slice *lower_texts(struct arena *arena, const struct config_list *list);

#endif
