#include "config/pool.h"

#include "base/alloc.h"

/* What the pool has to release, each kept as a chain in its arena. */
struct kept_source {
	struct kept_source *next;
	struct source *source;
	char *data; /* NULL when borrowed */
};

struct kept_document {
	struct kept_document *next;
	struct document *document;
};

struct config_pool {
	struct arena *arena;
	struct kept_source *sources;
	struct kept_document *documents;
	unsigned dialect;
};

void config_pool_allow(struct config_pool *pool, unsigned dialect)
{
	pool->dialect = dialect;
}

unsigned config_pool_dialect(const struct config_pool *pool)
{
	return pool->dialect;
}

struct config_pool *config_pool_new(void)
{
	struct config_pool *pool = xcalloc(1, sizeof(*pool));

	pool->arena = arena_new();
	return pool;
}

void config_pool_free(struct config_pool *pool)
{
	if (!pool)
		return;
	for (struct kept_document *kept = pool->documents; kept; kept = kept->next)
		document_free(kept->document);
	for (struct kept_source *kept = pool->sources; kept; kept = kept->next) {
		source_free(kept->source);
		free(kept->data);
	}
	arena_free(pool->arena);
	free(pool);
}

struct arena *config_pool_arena(struct config_pool *pool)
{
	return pool->arena;
}

static const struct source *keep_source(struct config_pool *pool, struct source *source, char *data)
{
	struct kept_source *kept = arena_alloc(pool->arena, sizeof(*kept));

	*kept = (struct kept_source){ .next = pool->sources, .source = source, .data = data };
	pool->sources = kept;
	return source;
}

const struct source *config_pool_add_source(struct config_pool *pool, const char *name, char *data,
					    size_t length)
{
	struct slice text = { data, length };

	return keep_source(pool, source_new(name, text), data);
}

const struct source *config_pool_borrow_source(struct config_pool *pool, const char *name,
					       struct slice data)
{
	return keep_source(pool, source_new(name, data), /* data= */ NULL);
}

void config_pool_add_document(struct config_pool *pool, struct document *document)
{
	struct kept_document *kept = arena_alloc(pool->arena, sizeof(*kept));

	*kept = (struct kept_document){ .next = pool->documents, .document = document };
	pool->documents = kept;
}
