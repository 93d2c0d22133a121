/*
 * yaml_text - the text of a dialect that is YAML, as nodes.
 *
 * Owns: the ceiling on its size, that its top is a mapping, and syntax errors as entries of a
 * report, with what to do about the usual ones.
 * Leaves to others: YAML itself (base/yaml), what members mean (yaml_decode, the dialects).
 */
#ifndef SLIPWAY_CONFIG_YAML_TEXT_H
#define SLIPWAY_CONFIG_YAML_TEXT_H

#include "base/error.h"
#include "base/node.h"
#include "base/report.h"
#include "config/pool.h"

/* A larger text is refused. */
#define YAML_TEXT_SIZE_MAX ((size_t)16 << 20)

/**
 * yaml_text_read - the nodes of @source.
 * @ret: owned by @pool; its top is a mapping, or null when the text says nothing
 *
 * Return: 0; -EINVAL (ERROR_INPUT) with an entry in @report; -EFBIG.
 */
int yaml_text_read(struct config_pool *pool, const struct source *source, struct report *report,
		   struct document **ret, struct error *err);

#endif
