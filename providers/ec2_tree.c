#include "providers/ec2_tree.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/number.h"

/* A machine has a handful. */
#define KEYS_MAX 256

static int add_leaf(const struct ec2_leaf *leaf, struct slice text, struct metadata *ret,
		    struct error *err)
{
	int r = leaf->attribute ? metadata_add_attribute(ret, leaf->attribute, text, err) : 0;

	return r == 0 && leaf->is_hostname ? metadata_set_hostname(ret, text, err) : r;
}

int ec2_tree_add_leaves(struct metadata_client *client, const char *root,
			const struct ec2_leaf *leaves, size_t count, struct metadata *ret,
			struct error *err)
{
	AUTO_FREE struct metadata_item *items = xcalloc(count, sizeof(*items));
	AUTO_FREE char **paths = xcalloc(count, sizeof(*paths));

	for (size_t i = 0; i < count; i++)
		items[i].path = paths[i] = xasprintf("%s%s", root, leaves[i].path);

	int r = metadata_http_get_all(client, items, count, err);

	for (size_t i = 0; i < count && r == 0; i++)
		r = add_leaf(&leaves[i], metadata_http_item_text(&items[i]), ret, err);
	metadata_http_items_done(items, count);
	for (size_t i = 0; i < count; i++)
		free(paths[i]);
	return r;
}

/* "0=my-key" names a key; anything else is one. */
static bool is_index(struct slice line, struct slice *ret_index)
{
	const char *equals = line.length ? memchr(line.data, '=', line.length) : NULL;
	uint64_t number = 0;

	if (!equals)
		return false;
	*ret_index = (struct slice){ line.data, (size_t)(equals - line.data) };
	return number_parse_u64(*ret_index, 0, UINT32_MAX, &number) == 0;
}

static int add_indexed(struct metadata_client *client, struct metadata_item *items, size_t count,
		       struct metadata *ret, struct error *err)
{
	int r = metadata_http_get_all(client, items, count, err);

	for (size_t i = 0; i < count && r == 0; i++)
		r = metadata_add_keys(ret, /* user= */ NULL, metadata_http_item_text(&items[i]),
				      err);
	metadata_http_items_done(items, count);
	return r;
}

static int add_listed(struct metadata_client *client, const char *path, struct slice list,
		      struct metadata *ret, struct error *err)
{
	struct metadata_item items[KEYS_MAX] = { { .path = NULL } };
	char *paths[KEYS_MAX];
	size_t count = 0;
	int r = 0;

	while (list.length && r == 0) {
		struct slice line = slice_trim(slice_take_line(&list));
		struct slice index;

		if (!is_index(line, &index))
			r = metadata_add_keys(ret, /* user= */ NULL, line, err);
		else if (count == KEYS_MAX)
			r = error_set(err, ERROR_INPUT, E2BIG, "%s lists more than %d keys", path,
				      KEYS_MAX);
		else
			paths[count++] = xasprintf("%s/%.*s/openssh-key", path, SLICE_ARGS(index));
	}
	for (size_t i = 0; i < count; i++)
		items[i].path = paths[i];
	if (r == 0 && count)
		r = add_indexed(client, items, count, ret, err);
	for (size_t i = 0; i < count; i++)
		free(paths[i]);
	return r;
}

int ec2_tree_add_keys(struct metadata_client *client, const char *path, struct metadata *ret,
		      struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	AUTO_FREE char *list = NULL;
	size_t length = 0;
	int r = metadata_http_get(client, path, &list, &length, &problem);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_set(err, problem.kind, -r, "%s", problem.text);
	return add_listed(client, path, (struct slice){ list, length }, ret, err);
}
