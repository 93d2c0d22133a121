/*
 * parse - bytes into a checked config of the newest spec.
 *
 * Owns: version detection (spec ignition 3.1), the order decode, validate, translate, and the
 * verdicts.  Pure: no I/O.
 * Leaves to others: tables (schema), rules (rules), syntax (base/json), other dialects.
 */
#ifndef SLIPWAY_CONFIG_PARSE_H
#define SLIPWAY_CONFIG_PARSE_H

#include "base/error.h"
#include "base/report.h"
#include "config/pool.h"
#include "config/schema.h"

/* A larger config is refused: nothing real is near it, and nodes are counted in 32 bits. */
#define CONFIG_SIZE_MAX ((size_t)256 << 20)

/* What a caller may want beyond upstream's verdict. */
enum config_parse_flag {
	/* Add what upstream is silent about: duplicate keys, invalid UTF-8, case-folded keys. */
	CONFIG_PARSE_LINT = 1 << 0,
};

/**
 * config_parse - decode, validate and translate one config.
 * @pool: owns the result
 * @source: of the config; in @pool
 * @report: entries are added, errors and warnings
 * @ret: of the newest spec, not rendered; set on success only
 * @ret_version: the version the text was written in; may be NULL
 *
 * Return: 0; -ENODATA for an empty text (ERROR_EMPTY, "not a config (empty)"); -EINVAL
 * (ERROR_INPUT, "config is not valid", "invalid config version (couldn't parse)", "unsupported
 * config version"); -EFBIG above CONFIG_SIZE_MAX.
 */
int config_parse(struct config_pool *pool, const struct source *source, unsigned flags,
		 struct report *report, const struct config **ret, enum spec_version *ret_version,
		 struct error *err);

/**
 * config_load_cache - decode a config that this program wrote with config_encode(): newest version,
 * no validation.
 *
 * Return: 0; -EINVAL.
 */
int config_load_cache(struct config_pool *pool, const struct source *source,
		      const struct config **ret, struct error *err);

/** config_validate - the rules alone, on a merged config; entries have paths and no lines. */
void config_validate(const struct config_pool *pool, const struct config *config,
		     struct report *report);

/** config_new - the empty config of the newest version. */
const struct config *config_new(struct config_pool *pool);

#endif
