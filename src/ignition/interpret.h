/*
 * interpret - a text that a person wrote, in whatever dialect, as a config.
 *
 * Owns: which dialects a profile takes at boot (spec configs 0.1), and answers to what front ends
 * ask for: attributes from whoever knows the platform, URLs from the fetcher.
 * Leaves to others: the dialects (config/dialect), merging what a config refers to (acquire).
 */
#ifndef SLIPWAY_IGNITION_INTERPRET_H
#define SLIPWAY_IGNITION_INTERPRET_H

#include "base/machine.h"
#include "config/dialect.h"
#include "fetch/fetch.h"
#include "ignition/profile.h"

/* The kernel argument that says which dialect the user config is in. */
#define INTERPRET_ARGUMENT "slipway.config.dialect"

/* Who knows the attributes of this machine's platform. */
struct attribute_source {
	/*
	 * The attribute @name, "private_ipv4", in @arena; an empty text when the platform has none
	 * of that kind.
	 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when nobody knows; any other error.
	 */
	int (*find)(void *context, const char *name, struct arena *arena, struct slice *ret,
		    struct error *err);
	void *context;
};

/* Who answers before everybody else, as a program that may read local files. */
struct interpret_helper {
	/* Return: whether anything was answered. */
	bool (*answer)(void *context, struct supplies *supplies);
	void *context;
};

struct interpret_params {
	struct config_pool *pool;
	const struct attribute_source *attributes;  /* NULL: nobody knows any */
	struct fetcher *fetcher;		    /* NULL: nothing is fetched */
	const char *platform;			    /* for the front ends; NULL: not known */
	const struct platform_variables *variables; /* at boot, in its place */
	enum dialect dialect;			    /* DIALECT_UNKNOWN: by sniffing */
	const struct interpret_helper *helper;	    /* NULL: none */
	unsigned flags;				    /* enum config_parse_flag */
};

/**
 * interpret_boot_dialect - what a boot takes @text for.
 * @machine: its kernel arguments may say
 *
 * Return: DIALECT_IGNITION for all that is left to the reader of Ignition configs, which refuses
 * it; DIALECT_EMPTY for what the profile ignores.
 */
enum dialect interpret_boot_dialect(const struct profile *profile, const struct machine *machine,
				    struct slice text);

/**
 * interpret - read @source.
 * @report: of the last attempt, entries of those before it are not in it
 *
 * Return: as dialect_read(); ERROR_NEED_NETWORK when what it wants cannot be fetched offline.
 */
int interpret(const struct interpret_params *params, const struct source *source,
	      struct report **report, struct lowered *ret, struct error *err);

/**
 * interpret_answer - answer what a front end asked for and nobody has answered yet.
 *
 * Return: 1 when something was answered, 0 when nothing was missing; as interpret().
 */
int interpret_answer(const struct interpret_params *params, struct supplies *supplies,
		     struct error *err);

#endif
