/*
 * engine - one invocation of `ignition`: a stage on a platform.
 *
 * Owns: the order of an invocation (spec ignition 1.2), the table of stages, and the exit status of
 * each way to fail.
 */
#ifndef SLIPWAY_IGNITION_ENGINE_H
#define SLIPWAY_IGNITION_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/event.h"

struct engine_params {
	const char *platform; /* a name that provider_find() knows, or "auto" */
	const char *stage;    /* a name that engine_has_stage() knows */
	const char *root;     /* "" is "/" */
	const char *config_cache;
	const char *state_file;
	const char *need_net;
	int64_t fetch_timeout_ms;	       /* in whole seconds; less than one: no limit */
	bool clears_cache;		       /* the cache of an earlier run goes first */
	const char *kernel_command_line;       /* file instead of /proc/cmdline; NULL: none */
	const char *config_file;	       /* of platform "file"; NULL: config.ign */
	const char *const *config_directories; /* highest priority first; NULL-terminated */
	const char *oem_directory;	       /* of oem: URLs; NULL: /oem, then /usr/share/oem */
	const char *oem_device; /* that they are looked for on next; NULL: the one labelled OEM */
	/* true or false: overrides the profile; NULL: as the profile says */
	const bool *keys_fragment;
	const struct event_observer *observer;
};

enum engine_status {
	ENGINE_OK = 0,
	ENGINE_STAGE_FAILED = 1, /* or the state could not be saved */
	ENGINE_NOT_STARTED = 3,	 /* no fetcher, or the state is unreadable */
};

/** engine_has_stage - whether @name is a stage. */
bool engine_has_stage(const char *name);

/** engine_run - run the stage.  Return: the exit status of the program. */
enum engine_status engine_run(const struct engine_params *params);

#endif
