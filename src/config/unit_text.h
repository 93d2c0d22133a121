/*
 * unit_text - the part of systemd's unit grammar that the validator knows (spec ignition 3.5).
 */
#ifndef SLIPWAY_CONFIG_UNIT_TEXT_H
#define SLIPWAY_CONFIG_UNIT_TEXT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"

/**
 * unit_text_check - parse a unit file.
 * @ret_has_install: whether an [Install] section has at least one option; may be NULL
 *
 * Return: 0; -EINVAL with upstream's words in @err.
 */
int unit_text_check(struct slice text, bool *ret_has_install, struct error *err);

#endif
