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

int path_clean(struct text *out, struct slice path)
{
	size_t start = out->length;
	bool is_absolute = path_is_absolute(path);
	int r = is_absolute ? text_append_char(out, '/') : 0;
	size_t root = out->length; /* end of what ".." cannot remove */
	struct slice rest = path;

	while (rest.length && r == 0) {
		struct slice component = next_component(&rest);
		bool is_parent = slice_is(component, "..");

		/* The root is its own parent. */
		if (component.length == 0 || slice_is(component, ".") ||
		    (is_parent && is_absolute && out->length == root))
			continue;
		if (is_parent && out->length > root) {
			drop_component(out, root);
			continue;
		}
		r = add_component(out, start, component);
		if (is_parent)
			root = out->length;
	}
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
