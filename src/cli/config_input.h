/*
 * config_input - a config in any dialect, from a file to the newest model and its report.
 *
 * Owns: reading the file, choosing the front end, its local files, and what is warned of beyond
 * the dialect's own rules.
 * Leaves to others: the dialects (struct front_end), which one a text is in (config/sniff), the
 * report's form (cli/report_format).
 */
#ifndef SLIPWAY_CLI_CONFIG_INPUT_H
#define SLIPWAY_CLI_CONFIG_INPUT_H

#include "base/error.h"
#include "config/pool.h"
#include "config/schema.h"
#include "config/sniff.h"
#include "config/supplies.h"

struct local_supplies;

struct config_input_params {
	const char *path;	/* "-" is standard input */
	const char *name;	/* for messages; NULL: the path */
	const char *files_dir;	/* NULL: local files may not be read */
	const char *platform;	/* id, "ec2"; NULL: not known */
	enum dialect dialect;	/* DIALECT_UNKNOWN: what the text looks like */
	const char *unsupplied; /* what it means that the platform was not asked, for messages */
};

struct config_input {
	struct config_pool *pool;     /* owned */
	struct local_supplies *local; /* owned */
	struct supplies *supplies;    /* owned */
	struct report *report;	      /* owned; of the last attempt */
	const struct source *source;  /* of the pool */
	enum dialect dialect;	      /* that it was read as */
	const struct config *config;  /* of the newest version; NULL: the report has errors */
	enum spec_version version;    /* that the text was written for */
};

/**
 * config_input_read - read one config; what is wrong with it is in the report.
 * @ret: to be released with config_input_done(), also on failure
 *
 * Return: 0, also when the config is wrong; -errno when it cannot be read.
 */
int config_input_read(const struct config_input_params *params, struct config_input *ret,
		      struct error *err);
void config_input_done(struct config_input *input);

/** config_input_dialect_is_valid - whether @name is a dialect that can be read. */
bool config_input_dialect_is_valid(const char *name);

/** config_input_name - of the source, as messages have it. */
const char *config_input_name(const struct config_input *input);

DEFINE_DONE(struct config_input, config_input_done)

#endif
