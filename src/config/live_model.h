/*
 * live_model - what a config asks of a system that runs: an Ignition config, and what no Ignition
 * config can say.
 *
 * Owns: the structs, and nothing else.  Strings are as in config/model.h.
 */
#ifndef SLIPWAY_CONFIG_LIVE_MODEL_H
#define SLIPWAY_CONFIG_LIVE_MODEL_H

#include "config/model.h"

/* Keys of a user that come and go together, under a name of their own. */
struct live_keys {
	struct origin origin;
	struct slice user;
	struct slice group;
	struct config_list keys; /* struct config_text */
};

/* Lines "NAME=value" of a file that keeps its other lines. */
struct live_lines {
	struct origin origin;
	struct slice path;
	struct slice base;	      /* read while @path is not there; absent: none is */
	bool by_prefix;		      /* a line that begins with the name is its line */
	struct config_list variables; /* struct config_header */
};

struct live_unit {
	struct origin origin;
	struct slice name;
	struct slice unmask;  /* path that is removed when it masks the unit; absent: none */
	struct slice command; /* absent, or a verb of systemctl */
	bool enables;
};

struct live_config {
	const struct config *config; /* users without keys, files, links */
	struct slice hostname;	     /* absent: it stays */
	struct config_list keys;     /* struct live_keys */
	struct config_list lines;    /* struct live_lines */
	struct config_list units;    /* struct live_unit; their files are in config */
	struct slice script;	     /* absent: there is none */
	bool reloads;		     /* files of units are among those of config */
	bool restarts_network;	     /* files of networkd are */
};

#endif
