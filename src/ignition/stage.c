#include "ignition/stage.h"

#include "base/alloc.h"
#include "config/merge.h"
#include "ignition/cache.h"
#include "ignition/network.h"

int stage_load_config(struct engine *engine, char ret_key[static HASH_HEX_MAX], struct error *err)
{
	struct acquired acquired = { .config = NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = cache_read(engine->params->config_cache, engine->pool, &acquired, &problem);

	if (r < 0) {
		event_message(engine->params->observer, EVENT_CRITICAL,
			      "failed to acquire config: %s", problem.text);
		return error_set(err, problem.kind, -r, "%s", problem.text);
	}
	engine->config = config_merge(engine->pool, engine->base, acquired.config);
	memcpy(ret_key, acquired.key, HASH_HEX_MAX);
	return 0;
}

int stage_open_journal(const struct engine *engine, const char *key, struct journal **ret,
		       struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s.journal", engine->params->state_file);

	return journal_open(ret, path, &engine->machine, key, err);
}
