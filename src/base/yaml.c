#include "base/yaml.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/node_builder.h"
#include "base/yaml_graph.h"

/* How many of the nodes may come by aliases (yaml.v3, decode.go, allowedAliasRatio()). */
#define STEPS_FREE	   1000
#define ALIAS_STEPS_FREE   100
#define STEPS_SMALL	   400000
#define STEPS_LARGE	   4000000
#define ALIASES_OF_100_MAX 99
#define ALIASES_OF_100_MIN 10

/* The graph on its way into the nodes that decoders read. */
struct expander {
	const struct yaml_context *context;
	struct document *document; /* its nodes are the graph */
	struct node_builder nodes;
	uint32_t steps;	      /* nodes visited, however often */
	uint32_t alias_steps; /* of these, below an alias */
	uint32_t alias_depth; /* aliases within aliases */
	uint32_t merge_depth; /* merges within merges */
};

/* A pair of an object, its own or merged into it.  What comes first wins. */
struct pair {
	struct slice key;
	uint32_t key_item;
	uint32_t value_item;
	bool repeated; /* another of the same key came before */
};

struct pairs {
	struct pair *list;
	size_t count;
	size_t capacity;
	bool has_merged;
};

static void pairs_done(struct pairs *pairs)
{
	free(pairs->list);
}
DEFINE_DONE(struct pairs, pairs_done)

static struct pair *add_pair(struct pairs *pairs)
{
	if (pairs->count == pairs->capacity) {
		pairs->capacity = pairs->capacity ? pairs->capacity * 2 : 8;
		pairs->list = xreallocarray(pairs->list, pairs->capacity, sizeof(*pairs->list));
	}
	return &pairs->list[pairs->count++];
}

static const struct node *item_at(const struct expander *expander, uint32_t item)
{
	return &expander->document->nodes[item];
}

/* An alias refers to a node that is no alias. */
static uint32_t follow(const struct expander *expander, uint32_t item)
{
	const struct node *node = item_at(expander, item);

	return node->kind == YAML_ALIAS ? node->value : item;
}

static int fail_item(struct expander *expander, uint32_t item, const char *message)
{
	return yaml_fail(expander->context, item_at(expander, item)->start, "%s", message);
}

/*
 * Whether too much of what was visited stands for something else, as yaml.v3 has it: 99 of 100 in
 * a small text, 10 of 100 in a large one, and in between by the straight line.
 */
static bool is_excessive(const struct expander *expander)
{
	const uint64_t steps = expander->steps;
	uint64_t allowed = ALIASES_OF_100_MAX;

	if (steps <= STEPS_FREE || expander->alias_steps <= ALIAS_STEPS_FREE)
		return false;
	if (steps >= STEPS_LARGE)
		allowed = ALIASES_OF_100_MIN;
	else if (steps > STEPS_SMALL)
		allowed -= (ALIASES_OF_100_MAX - ALIASES_OF_100_MIN) * (steps - STEPS_SMALL) /
			   (STEPS_LARGE - STEPS_SMALL);
	return (uint64_t)expander->alias_steps * 100 > allowed * steps;
}

static int count_step(struct expander *expander, uint32_t item)
{
	if (expander->steps == YAML_NODES_MAX)
		return fail_item(expander, item, "too many values once aliases are expanded");
	expander->steps++;
	expander->alias_steps += expander->alias_depth > 0;
	if (is_excessive(expander))
		return fail_item(expander, item, "document contains excessive aliasing");
	return 0;
}

/* Equal keys together, in the order of the list. */
static int compare_pairs(const void *a, const void *b)
{
	const struct pair *first = *(struct pair *const *)a;
	const struct pair *second = *(struct pair *const *)b;
	int order = slice_compare(first->key, second->key);

	return order ? order : (first > second) - (first < second);
}

/*
 * Marks each pair whose key an earlier one has.  Return: the first of them, or NULL; *ret_original
 * is the one that it repeats.
 */
static const struct pair *mark_repeated(struct pair *list, size_t count,
					const struct pair **ret_original)
{
	AUTO_FREE struct pair **sorted = xcalloc(count + 1, sizeof(struct pair *));
	const struct pair *found = NULL;
	size_t original = 0;

	for (size_t i = 0; i < count; i++)
		sorted[i] = &list[i];
	qsort(sorted, count, sizeof(struct pair *), compare_pairs);
	for (size_t i = 1; i < count; i++) {
		if (!slice_equal(sorted[i]->key, sorted[original]->key)) {
			original = i;
			continue;
		}
		sorted[i]->repeated = true;
		if (!found || sorted[i] < found) {
			found = sorted[i];
			*ret_original = sorted[original];
		}
	}
	return found;
}

static int fail_repeated(struct expander *expander, struct slice key, uint32_t item,
			 uint32_t original)
{
	AUTO(text_done) struct text quoted = TEXT_INIT(TEXT_MESSAGE_MAX);
	struct origin first =
		source_origin(expander->context->source, item_at(expander, original)->start);

	text_append_quoted(&quoted, key);
	return yaml_fail(expander->context, item_at(expander, item)->start,
			 "mapping key %s already defined at line %u", text_str(&quoted),
			 first.line);
}

/* Those from @first on are one object's own. */
static int check_unique(struct expander *expander, const struct pairs *pairs, size_t first)
{
	const struct pair *original = NULL;

	if (pairs->count - first < 2)
		return 0;

	const struct pair *repeated =
		mark_repeated(&pairs->list[first], pairs->count - first, &original);

	if (!repeated)
		return 0;
	return fail_repeated(expander, repeated->key, repeated->key_item, original->key_item);
}

/* @key may be an alias of a number: what was written there is the text. */
static int add_own_pair(struct expander *expander, uint32_t key, struct pairs *pairs)
{
	uint32_t item = follow(expander, key);
	const struct node *node = item_at(expander, item);
	struct slice text = source_text(expander->context->source);

	if (node->kind == NODE_OBJECT || node->kind == NODE_ARRAY)
		return fail_item(expander, key, "a mapping key must be a scalar");
	*add_pair(pairs) = (struct pair){
		.key = node->kind == NODE_STRING
			       ? expander->document->values[node->value]
			       : (struct slice){ text.data + node->start, node->length },
		.key_item = item,
		.value_item = item_at(expander, key)->next,
	};
	return 0;
}

/* The pairs of @object but for the merge key, whose value becomes *ret_merge. */
static int collect_own(struct expander *expander, uint32_t object, struct pairs *pairs,
		       uint32_t *ret_merge)
{
	uint32_t merge_key = 0;
	size_t first = pairs->count;

	for (uint32_t key = node_first(expander->document, object); key;
	     key = item_at(expander, item_at(expander, key)->next)->next) {
		int r = count_step(expander, key);

		if (r < 0)
			return r;
		if (!(item_at(expander, key)->flags & YAML_MERGE)) {
			r = add_own_pair(expander, key, pairs);
		} else if (merge_key) {
			r = fail_repeated(expander, SLICE("<<"), key, merge_key);
		} else {
			merge_key = key;
			*ret_merge = item_at(expander, key)->next;
		}
		if (r < 0)
			return r;
	}
	return check_unique(expander, pairs, first);
}

static int collect(struct expander *expander, uint32_t object, struct pairs *pairs);

/* The pairs of one object that is the value of a merge key, or an element of it. */
static int collect_merged_object(struct expander *expander, uint32_t item, struct pairs *pairs)
{
	uint32_t object = follow(expander, item);

	if (item_at(expander, object)->kind != NODE_OBJECT)
		return fail_item(expander, item,
				 "map merge requires map or sequence of maps as the value");
	if (expander->merge_depth == YAML_DEPTH_MAX)
		return fail_item(expander, item, "merged too deeply");

	int r = count_step(expander, item);

	if (r < 0)
		return r;
	expander->merge_depth++;
	expander->alias_depth += object != item;
	r = collect(expander, object, pairs);
	expander->alias_depth -= object != item;
	expander->merge_depth--;
	return r;
}

static int collect_merged(struct expander *expander, uint32_t item, struct pairs *pairs)
{
	pairs->has_merged = true;
	if (item_at(expander, item)->kind != NODE_ARRAY)
		return collect_merged_object(expander, item, pairs);
	for (uint32_t at = node_first(expander->document, item); at;
	     at = item_at(expander, at)->next) {
		int r = collect_merged_object(expander, at, pairs);

		if (r < 0)
			return r;
	}
	return 0;
}

/* All pairs of @object, its own before those merged into it, earlier merges before later ones. */
static int collect(struct expander *expander, uint32_t object, struct pairs *pairs)
{
	uint32_t merge = 0;
	int r = collect_own(expander, object, pairs, &merge);

	if (r < 0 || !merge)
		return r;
	return collect_merged(expander, merge, pairs);
}

static int expand(struct expander *expander, uint32_t item);

static int expand_pair(struct expander *expander, const struct pair *pair)
{
	const struct node *key = item_at(expander, pair->key_item);
	uint32_t index = node_builder_add(&expander->nodes, NODE_STRING, key->start);
	struct node *node = &expander->nodes.nodes[index];

	node->length = key->length;
	node->flags = NODE_EXTERNAL;
	node->value = key->kind == NODE_STRING ? key->value
					       : document_add_value(expander->document, pair->key);
	return expand(expander, pair->value_item);
}

static int expand_object(struct expander *expander, uint32_t item)
{
	AUTO(pairs_done) struct pairs pairs = { 0 };
	const struct pair *original = NULL;
	int r = collect(expander, item, &pairs);

	if (r == 0 && pairs.has_merged)
		mark_repeated(pairs.list, pairs.count, &original);
	for (size_t i = 0; i < pairs.count && r == 0; i++) {
		if (!pairs.list[i].repeated)
			r = expand_pair(expander, &pairs.list[i]);
	}
	return r;
}

static int expand_array(struct expander *expander, uint32_t item)
{
	for (uint32_t at = node_first(expander->document, item); at;
	     at = item_at(expander, at)->next) {
		int r = expand(expander, at);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Recursion ends at YAML_DEPTH_MAX, which aliases count towards. */
static int expand(struct expander *expander, uint32_t alias)
{
	uint32_t item = follow(expander, alias);
	const struct node *from = item_at(expander, item);
	int r = count_step(expander, alias);

	if (r < 0)
		return r;

	uint32_t index = node_builder_add(&expander->nodes, from->kind, from->start);

	if (from->kind != NODE_OBJECT && from->kind != NODE_ARRAY) {
		struct node *node = &expander->nodes.nodes[index];

		node->length = from->length;
		node->value = from->value;
		node->flags = from->flags;
		return 0;
	}
	if (expander->nodes.depth == YAML_DEPTH_MAX)
		return fail_item(expander, alias, "nested too deeply");
	node_builder_open(&expander->nodes, index);
	expander->alias_depth += item != alias;
	r = from->kind == NODE_OBJECT ? expand_object(expander, item)
				      : expand_array(expander, item);
	expander->alias_depth -= item != alias;
	node_builder_close(&expander->nodes, from->start + from->length);
	return r;
}

static void expander_done(struct expander *expander)
{
	node_builder_done(&expander->nodes);
}
DEFINE_DONE(struct expander, expander_done)

int yaml_parse(const struct source *source, struct document **ret, struct origin *ret_origin,
	       struct error *err)
{
	const struct yaml_context context = { source, ret_origin, err };

	if (source_text(source).length > YAML_SIZE_MAX)
		return error_set(err, ERROR_INPUT, EFBIG, "%s: larger than %zu bytes",
				 source_name(source), YAML_SIZE_MAX);

	AUTO(document_free) struct document *document = document_new(source);
	int r = yaml_graph_load(&context, document);

	if (r < 0)
		return r;

	AUTO(expander_done)
	struct expander expander = {
		.context = &context,
		.document = document,
		.nodes = NODE_BUILDER_INIT,
	};

	r = expand(&expander, 0);
	if (r < 0)
		return r;
	document_take_nodes(document, &expander.nodes);
	*ret = take_ptr(&document);
	return 0;
}
