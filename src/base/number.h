/*
 * number - integers, durations and sizes enter and leave as text here and nowhere else.
 */
#ifndef SLIPWAY_BASE_NUMBER_H
#define SLIPWAY_BASE_NUMBER_H

#include <stdint.h>

#include "base/text.h"

/**
 * number_parse_u64 - a plain decimal integer, whole @s, without sign, space or leading "+".
 * @ret: set on success only
 *
 * Return: 0; -EINVAL when @s is not a number; -ERANGE outside [@min, @max].
 */
int number_parse_u64(struct slice s, uint64_t min, uint64_t max, uint64_t *ret);

/** number_parse_i64 - as number_parse_u64(), with an optional leading '-'. */
int number_parse_i64(struct slice s, int64_t min, int64_t max, int64_t *ret);

/** number_parse_octal - digits 0-7 only, at most @max.  Return: as number_parse_u64(). */
int number_parse_octal(struct slice s, uint32_t max, uint32_t *ret);

/**
 * number_parse_duration - Go's duration text ("1h2m3.5s", "300ms", "0") as milliseconds; units ns
 * us µs ms s m h; a sign is accepted and negative results are returned as they are.
 *
 * Return: 0; -EINVAL; -ERANGE.
 */
int number_parse_duration(struct slice s, int64_t *ret_ms);

/**
 * number_parse_size - "8G", "512M", "4096": bytes; units K M G T are powers of 1024, with or
 * without "iB" behind them.
 *
 * Return: as number_parse_u64().
 */
int number_parse_size(struct slice s, uint64_t *ret_bytes);

/** number_append_size - "512 B", "4.5 GiB": IEC units, one decimal, none when it would be 0. */
int number_append_size(struct text *text, uint64_t size_bytes);

#endif
