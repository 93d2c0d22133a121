#include "config/path.h"

#include <errno.h>

bool path_is_absolute(struct slice path)
{
	return slice_starts(path, "/");
}

/* Takes the component off the front of @rest, which is moved behind the slash that ends it. */
static struct slice next_component(struct slice *rest)
{
	const char *slash = rest->length ? memchr(rest->data, '/', rest->length) : NULL;
	struct slice component = *rest;

	if (slash)
		component.length = (size_t)(slash - rest->data);
	*rest = slice_from(*rest, component.length + (slash != NULL));
	return component;
}

bool path_is_clean(struct slice path)
{
	struct slice rest = slice_from(path, 1);

	if (slice_is(path, "/"))
		return true;
	if (!path_is_absolute(path) || slice_ends(path, "/"))
		return false;
	while (rest.length) {
		struct slice component = next_component(&rest);

		if (component.length == 0 || slice_is(component, ".") || slice_is(component, ".."))
			return false;
	}
	return true;
}

/* Drops the last component of @out; @root is what must stay. */
static void drop_component(struct text *out, size_t root)
{
	size_t length = out->length;

	while (length > root && out->data[length - 1] != '/')
		length--;
	if (length > root)
		length--;
	text_truncate(out, length);
}

static int add_component(struct text *out, size_t start, struct slice component)
{
	size_t before = out->length;
	int r = 0;

	if (before > start && out->data[before - 1] != '/')
		r = text_append_char(out, '/');
	if (r == 0)
		r = text_append_slice(out, component);
	if (r < 0)
		text_truncate(out, before);
	return r;
}

/* @root: end of what ".." cannot remove, the first slash or the ".." in front. */
static int clean_component(struct text *out, size_t start, size_t *root, struct slice component)
{
	int r;

	if (component.length == 0 || slice_is(component, "."))
		return 0;
	if (!slice_is(component, ".."))
		return add_component(out, start, component);
	if (out->length > *root) {
		drop_component(out, *root);
		return 0;
	}
	/* The root is its own parent. */
	if (out->length > start && out->data[start] == '/')
		return 0;
	r = add_component(out, start, component);
	*root = out->length;
	return r;
}

int path_clean(struct text *out, struct slice path)
{
	size_t start = out->length;
	int r = path_is_absolute(path) ? text_append_char(out, '/') : 0;
	size_t root = out->length;
	struct slice rest = path;

	while (rest.length && r == 0)
		r = clean_component(out, start, &root, next_component(&rest));
	if (r == 0 && out->length == start)
		r = text_append_char(out, '.');
	if (r < 0)
		text_truncate(out, start);
	return r;
}

int path_join(struct text *out, struct slice base, struct slice name)
{
	AUTO(text_done) struct text joined = TEXT_INIT(out->max);
	int r;

	if (base.length == 0 && name.length == 0)
		return 0;
	if (base.length == 0 || name.length == 0)
		return path_clean(out, base.length ? base : name);
	r = text_append_slice(&joined, base);
	if (r == 0)
		r = text_append_char(&joined, '/');
	if (r == 0)
		r = text_append_slice(&joined, name);
	return r < 0 ? r : path_clean(out, text_slice(&joined));
}

struct slice path_extension(struct slice path)
{
	for (size_t at = path.length; at > 0 && path.data[at - 1] != '/'; at--)
		if (path.data[at - 1] == '.')
			return slice_from(path, at - 1);
	return (struct slice){ "", 0 };
}
