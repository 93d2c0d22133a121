/*
 * pool - the memory of a family of configs.
 *
 * Owns: sources, documents and arenas that decoded configs point into.  Merging shares strings
 * between configs, so they live and end together.
 */
#ifndef SLIPWAY_CONFIG_POOL_H
#define SLIPWAY_CONFIG_POOL_H

#include "base/arena.h"
#include "base/node.h"
#include "base/source.h"

struct config_pool;

struct config_pool *config_pool_new(void);
void config_pool_free(struct config_pool *pool);

/* What configs of a pool may have beside upstream's language. */
enum config_dialect {
	CONFIG_DIALECT_OEM = 1 << 0, /* oem: URLs, as Flatcar's engine */
};

/** config_pool_allow - flags of enum config_dialect; for what is parsed and checked from now on. */
void config_pool_allow(struct config_pool *pool, unsigned dialect);
/** config_pool_dialect - what was allowed; 0 at first. */
unsigned config_pool_dialect(const struct config_pool *pool);

/** config_pool_arena - where decoded structs go. */
struct arena *config_pool_arena(struct config_pool *pool);

/**
 * config_pool_add_source - keep a text.
 * @data: taken: malloc'ed bytes that the pool frees, or NULL for a source with a name only
 */
const struct source *config_pool_add_source(struct config_pool *pool, const char *name, char *data,
					    size_t length);

/** config_pool_borrow_source - as above for bytes that outlive the pool (a mapped file). */
const struct source *config_pool_borrow_source(struct config_pool *pool, const char *name,
					       struct slice data);

/** config_pool_add_document - @document is taken. */
void config_pool_add_document(struct config_pool *pool, struct document *document);

DEFINE_RELEASE(struct config_pool *, config_pool_free)

#endif
