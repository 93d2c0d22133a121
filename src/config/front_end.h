/*
 * front_end - the dialects that people write, and what every one of them is lowered to.
 *
 * Owns: the interface between a dialect and the rest: text in, the newest Ignition model out, with
 * every object's origin in the user's own text.  Leaves to others: each dialect (config/butane,
 * config/clc, config/cloud_config), which dialect a text is in (config/sniff), reading files and
 * asking platforms (the programs).
 *
 * A front end is pure.  What it needs from outside (a local file, a tree, an attribute of the
 * platform) it looks up in struct supplies; what is not there yet is noted as missing, and the
 * front end goes on as if it were empty.  The caller supplies what is missing and lowers again,
 * until nothing is: lowering is cheap, and an offline plan can list what is missing.
 */
#ifndef SLIPWAY_CONFIG_FRONT_END_H
#define SLIPWAY_CONFIG_FRONT_END_H

#include "base/error.h"
#include "base/report.h"
#include "config/platform_role.h"
#include "config/pool.h"
#include "config/schema.h"
#include "config/supplies.h"

/* What is lowered, and what the dialect may want to know about where. */
struct front_end_input {
	struct config_pool *pool;
	const struct source *source;
	struct supplies *supplies;
	struct report *report;
	const char *platform; /* id, "ec2"; NULL: not known, or it does not matter */
	/* At boot, in place of @platform: the one that the machine is on, which can be asked. */
	const struct platform_variables *variables;
};

struct lowered {
	const struct config *config; /* of the newest version, checked as the dialect demands */
	enum spec_version version;   /* that the dialect's own version stands for */
};

struct front_end {
	const char *name;  /* "butane": in options and messages */
	const char *title; /* "Butane config" */
	/*
	 * Lower one text.  Every mistake is in the report, in the user's own text.
	 * Return: 0, also while something is missing; -EINVAL (ERROR_INPUT) when the report has
	 * errors; -ENODATA (ERROR_EMPTY) for an empty text.
	 */
	int (*lower)(const struct front_end_input *input, struct lowered *ret, struct error *err);
};

extern const struct front_end front_end_butane;
extern const struct front_end front_end_clc;
extern const struct front_end front_end_cloud_config;

#endif
