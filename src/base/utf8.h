/*
 * utf8 - one character at a time, strict (RFC 3629): no surrogates, no overlong forms.
 */
#ifndef SLIPWAY_BASE_UTF8_H
#define SLIPWAY_BASE_UTF8_H

#include <stdint.h>

#include "base/text.h"

/* U+FFFD, what unreadable bytes are replaced by. */
#define UTF8_REPLACEMENT 0xfffdU
#define UTF8_BYTES_MAX	 4

/**
 * utf8_decode - the first character of @s.
 * @ret: set on success only
 *
 * Return: bytes it takes, 1 to 4; 0 when @s is empty or does not begin with a valid character.
 */
size_t utf8_decode(struct slice s, uint32_t *ret);

/** utf8_encode - @rune (a valid scalar value) as bytes.  Return: 1 to 4. */
size_t utf8_encode(uint32_t rune, char ret[static UTF8_BYTES_MAX]);

#endif
