/*
 * unit_text - the part of systemd's unit grammar that the validator knows (spec ignition 3.5).
 *
 * Owns: which texts upstream's parser accepts, down to its limit on long lines, which depends on
 * where a line falls in that parser's read buffer.
 * Leaves to others: what sections and options mean.
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
 * Return: 0; -EINVAL with upstream's words in @err, without "invalid unit content: ".
 */
int unit_text_check(struct slice text, bool *ret_has_install, struct error *err);

#endif
