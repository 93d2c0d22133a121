#include "host/node_order.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/root.h"

/* The parent that was last asked for: entries of one directory mostly come together. */
struct last_parent {
	struct slice path;
	const char *answer; /* resolved parent with a slash at its end; NULL: nothing asked yet */
};

/* An element of what is sorted and searched. */
struct place {
	struct node_entry *entry;
};

struct node_order {
	struct arena *arena;
	int root_fd;
	const char *prefix;
	struct node_entry *entries;
	size_t count;
	struct place *by_path;
	struct place *overwriting; /* directories with overwrite, by path of the request */
	size_t overwriting_count;
	struct last_parent resolved;
	struct slice above_parent; /* last asked of node_order_above() */
	const struct node_entry *above;
};

static const char *const kind_names[] = {
	[HOST_DIRECTORY] = "directory",
	[HOST_FILE] = "file",
	[HOST_SYMLINK] = "link",
	[HOST_HARDLINK] = "link",
};

/* "/a/b" → "/a/", "/a" → "/" */
static struct slice parent_of(struct slice path)
{
	const char *slash = path.length ? memrchr(path.data, '/', path.length) : NULL;

	return (struct slice){ path.data, slash ? (size_t)(slash - path.data) + 1 : 0 };
}

/* "/a/b" → "/a", "/a" → "/", "/" → "" */
static struct slice directory_of(struct slice path)
{
	struct slice parent = parent_of(path);

	if (path.length <= 1)
		return (struct slice){ path.data, 0 };
	if (parent.length > 1)
		parent.length--;
	return parent;
}

static int compare_request_path(const void *key, const void *element)
{
	const struct place *place = element;

	return slice_compare(*(const struct slice *)key, place->entry->request->path);
}

static int compare_request_paths(const void *a, const void *b)
{
	const struct place *place = a;

	return compare_request_path(&place->entry->request->path, b);
}

static int compare_path(const void *key, const void *element)
{
	const struct place *place = element;

	return slice_compare(*(const struct slice *)key, slice_of(place->entry->path));
}

static int compare_paths(const void *a, const void *b)
{
	const struct place *place = a;
	struct slice path = slice_of(place->entry->path);

	return compare_path(&path, b);
}

/* Directories, files, symbolic links by depth; then hard links; among equals as configured. */
static int compare_turns(const void *a, const void *b)
{
	const struct node_entry *first = a;
	const struct node_entry *second = b;
	bool first_is_last = first->request->kind == HOST_HARDLINK;
	bool second_is_last = second->request->kind == HOST_HARDLINK;

	if (first_is_last != second_is_last)
		return first_is_last ? 1 : -1;
	if (!first_is_last && first->depth != second->depth)
		return first->depth < second->depth ? -1 : 1;
	if (first->request->kind != second->request->kind)
		return first->request->kind < second->request->kind ? -1 : 1;
	return first->index < second->index ? -1 : first->index > second->index;
}

/* The nearest directory with overwrite above @path as it is written; NULL mostly. */
static struct node_entry *find_overwriting(const struct node_order *order, struct slice path)
{
	for (path = directory_of(path); order->overwriting_count && path.length;
	     path = directory_of(path)) {
		const struct place *found =
			bsearch(&path, order->overwriting, order->overwriting_count,
				sizeof(*order->overwriting), compare_request_path);

		if (found)
			return found->entry;
	}
	return NULL;
}

/* root_resolve(), or the last answer when the parent is the same. */
static int resolve_on_disk(struct node_order *order, struct slice path, const char **ret,
			   struct error *err)
{
	struct slice parent = parent_of(path);
	struct last_parent *last = &order->resolved;

	if (!last->answer || !slice_equal(parent, last->path)) {
		AUTO_FREE char *text = slice_dup(path);
		AUTO_FREE char *real = NULL;
		int r = root_resolve(order->root_fd, text, &real, err);

		if (r < 0)
			return r;

		struct slice answer = parent_of(slice_of(real));

		last->path = parent;
		last->answer = arena_strndup(order->arena, answer.data, answer.length);
	}
	*ret = arena_printf(order->arena, "%s%.*s", last->answer,
			    SLICE_ARGS(slice_from(path, parent.length)));
	return 0;
}

static int resolve_entry(struct node_order *order, struct node_entry *entry, struct error *err)
{
	if (entry->path)
		return 0;
	return node_order_resolve(order, entry->request->path, &entry->path, err);
}

int node_order_resolve(struct node_order *order, struct slice path, const char **ret,
		       struct error *err)
{
	struct node_entry *above = find_overwriting(order, path);

	if (!above)
		return resolve_on_disk(order, path, ret, err);

	int r = resolve_entry(order, above, err);

	if (r < 0)
		return r;
	*ret = arena_printf(order->arena, "%s%.*s", above->path,
			    SLICE_ARGS(slice_from(path, above->request->path.length)));
	return 0;
}

static void list_overwriting(struct node_order *order)
{
	order->overwriting = arena_array(order->arena, order->count, sizeof(*order->overwriting));
	order->overwriting_count = 0;
	for (size_t i = 0; i < order->count; i++) {
		const struct node_request *request = order->entries[i].request;

		/* The root itself will be refused. */
		if (request->kind == HOST_DIRECTORY && request->overwrite &&
		    request->path.length > 1)
			order->overwriting[order->overwriting_count++].entry = &order->entries[i];
	}
	qsort(order->overwriting, order->overwriting_count, sizeof(*order->overwriting),
	      compare_request_paths);
}

static size_t count_components(const char *path)
{
	size_t count = 0;

	for (; *path; path++)
		count += path[0] == '/' && path[1];
	return count;
}

static int resolve_entries(struct node_order *order, struct error *err)
{
	for (size_t i = 0; i < order->count; i++) {
		struct node_entry *entry = &order->entries[i];
		int r = resolve_entry(order, entry, err);

		if (r < 0)
			return error_wrap(err, r, "%s at %.*s%s", kind_names[entry->request->kind],
					  SLICE_ARGS(entry->request->path),
					  node_where(order->arena, entry->request));
		entry->depth = count_components(entry->path);
	}
	return 0;
}

static int refuse_second(const struct node_order *order, const struct node_entry *entry,
			 const struct node_entry *other, struct error *err)
{
	return error_set(
		err, ERROR_INPUT, EEXIST,
		"%s at %.*s resolved to %s%s after symlink chasing, but another entry with "
		"path %.*s also resolves there%s",
		kind_names[entry->request->kind], SLICE_ARGS(entry->request->path), order->prefix,
		entry->path, SLICE_ARGS(other->request->path),
		node_where(order->arena, entry->request));
}

static int check_places(const struct node_order *order, struct error *err)
{
	for (size_t i = 1; i < order->count; i++) {
		const struct node_entry *a = order->by_path[i - 1].entry;
		const struct node_entry *b = order->by_path[i].entry;

		/* Both are in one array: the later in memory has its turn later. */
		if (strcmp(a->path, b->path) == 0)
			return refuse_second(order, a < b ? b : a, a < b ? a : b, err);
	}
	return 0;
}

int node_order_new(const struct node_order_params *params, struct node_order **ret,
		   struct error *err)
{
	struct node_order *order = arena_alloc(params->arena, sizeof(*order));

	order->arena = params->arena;
	order->root_fd = params->root_fd;
	order->prefix = params->prefix;
	order->count = params->count;
	order->entries = arena_array(order->arena, order->count, sizeof(*order->entries));
	for (size_t i = 0; i < order->count; i++)
		order->entries[i] =
			(struct node_entry){ .request = &params->requests[i], .index = i };
	list_overwriting(order);

	int r = resolve_entries(order, err);

	if (r < 0)
		return r;
	qsort(order->entries, order->count, sizeof(*order->entries), compare_turns);
	/* The entries have moved. */
	list_overwriting(order);
	order->by_path = arena_array(order->arena, order->count, sizeof(*order->by_path));
	for (size_t i = 0; i < order->count; i++)
		order->by_path[i].entry = &order->entries[i];
	qsort(order->by_path, order->count, sizeof(*order->by_path), compare_paths);
	r = check_places(order, err);
	if (r == 0)
		*ret = order;
	return r;
}

struct node_entry *node_order_entries(struct node_order *order, size_t *ret_count)
{
	*ret_count = order->count;
	return order->entries;
}

static const struct node_entry *find(const struct node_order *order, struct slice path)
{
	const struct place *found =
		bsearch(&path, order->by_path, order->count, sizeof(*order->by_path), compare_path);

	return found ? found->entry : NULL;
}

const struct node_entry *node_order_find(const struct node_order *order, const char *path)
{
	return find(order, slice_of(path));
}

const struct node_entry *node_order_above(struct node_order *order, const char *path)
{
	struct slice parent = directory_of(slice_of(path));

	if (order->above_parent.data && slice_equal(parent, order->above_parent))
		return order->above;
	order->above_parent = parent;
	order->above = NULL;
	for (; parent.length && !order->above; parent = directory_of(parent))
		order->above = find(order, parent);
	return order->above;
}

bool node_order_expects(const struct node_order *order, const char *path)
{
	AUTO_FREE char *below = xasprintf("%s/", path);
	size_t low = 0;
	size_t high = order->count;

	if (node_order_find(order, path))
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(order->by_path[middle].entry->path, below) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < order->count && slice_starts(slice_of(order->by_path[low].entry->path), below);
}

const char *node_where(struct arena *arena, const struct node_request *request)
{
	const struct origin *origin = &request->origin;

	if (!origin->source)
		return "";
	return arena_printf(arena, " (%s:%" PRIu32 ":%" PRIu32 ")", source_name(origin->source),
			    origin->line, origin->column);
}
