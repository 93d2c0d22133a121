/*
 * options - the options of etcd and flannel that Container Linux Configs know, by version.
 *
 * Owns: the tables, in the order in which options are printed (spec configs 3.4), and which of them
 * a version has.
 * Leaves to others: what is printed of them (clc/service).
 */
#ifndef SLIPWAY_CONFIG_CLC_OPTIONS_H
#define SLIPWAY_CONFIG_CLC_OPTIONS_H

#include "config/draft.h"

/* Versions as one number, 3.2 is 302. */
#define CLC_MINOR(major, minor) ((major)*100 + (minor))

struct clc_option {
	const char *key;
	const char *flag; /* of the program, without dashes; NULL: the key with '-' for '_' */
	const char *deprecated;
	enum yaml_type type;
	unsigned since; /* CLC_MINOR(); 0: all */
	unsigned until; /* the first that does not have it; 0: all later ones do */
};

struct clc_release {
	const struct clc_option *options;
	size_t count;
	unsigned minor;	     /* whose options hold */
	struct slice number; /* "3.2.1" as the user wrote it; data NULL: not given */
};

/**
 * clc_etcd_release - what the member version of etcd's section @section stands for.
 *
 * Return: 0; -EINVAL, reported.
 */
int clc_etcd_release(struct draft *draft, const struct yaml_node *section, struct slice version,
		     struct clc_release *ret);

/** clc_flannel_release - the same for flannel. */
int clc_flannel_release(struct draft *draft, const struct yaml_node *section, struct slice version,
			struct clc_release *ret);

/** clc_option_is_in - whether @release has @option. */
bool clc_option_is_in(const struct clc_release *release, const struct clc_option *option);

#endif
