/*
 * config_output - where a translated config goes.
 *
 * Owns: collecting it whole, so that nothing is written of one that fails, and writing it to
 * standard output or to a file.
 */
#ifndef SLIPWAY_CLI_CONFIG_OUTPUT_H
#define SLIPWAY_CLI_CONFIG_OUTPUT_H

#include "base/content.h"

#define CONFIG_OUTPUT_MAX ((size_t)1 << 30)

/** config_output_sink - what is written to it is appended to @out, up to its ceiling. */
struct content_sink config_output_sink(struct text *out);

/**
 * config_output_write - all of @data at once.
 * @path: NULL: standard output.  An existing file is written to, so that a link or a device stays
 *	what it is.
 */
int config_output_write(const char *path, struct slice data, struct error *err);

#endif
