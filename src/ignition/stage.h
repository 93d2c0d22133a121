/*
 * stage - what the stages share: one run's objects, and the interface of each.
 */
#ifndef SLIPWAY_IGNITION_STAGE_H
#define SLIPWAY_IGNITION_STAGE_H

#include "base/error.h"
#include "ignition/acquire.h"
#include "ignition/engine.h"
#include "ignition/journal.h"
#include "ignition/oem.h"
#include "ignition/profile.h"

struct engine {
	const struct engine_params *params;
	const struct profile *profile;
	struct machine machine;
	struct config_pool *pool;
	struct fetcher *fetcher;
	struct oem oem; /* that the fetcher uses */
	struct state *state;
	const struct provider *platform;
	struct provider_context context;
	const struct config *base;   /* set before a stage runs */
	const struct config *config; /* what the failure dump shows: base and user, merged */
};

struct stage {
	const char *name;
	enum fetcher_mode fetcher_mode;
	bool fetches_config; /* needs no root; afterwards the journal is told which configs */
	int (*run)(struct engine *engine, struct error *err); /* @err: not NULL, for the log */
};

/**
 * stage_load_config - read the cache and merge it over the base config, into engine->config.
 * @ret_key: of the provisioning
 */
int stage_load_config(struct engine *engine, char ret_key[static HASH_HEX_MAX], struct error *err);

/** stage_open_journal - the journal beside the state file; free with journal_free(). */
int stage_open_journal(const struct engine *engine, const char *key, struct journal **ret,
		       struct error *err);

extern const struct stage stage_disks;
extern const struct stage stage_fetch;
extern const struct stage stage_fetch_offline;
extern const struct stage stage_files;
extern const struct stage stage_kargs;
extern const struct stage stage_mount;
extern const struct stage stage_umount;

#endif
