#include "config/unit_name.h"

static bool is_literal(char c, bool is_first)
{
	if (c == '.')
		return !is_first;
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == ':';
}

int unit_name_escape_path(struct text *out, struct slice path)
{
	const size_t start = out->length;
	int r = 0;

	while (path.length && path.data[path.length - 1] == '/')
		path.length--;
	for (size_t i = 0; i < path.length && r == 0; i++) {
		const bool is_first = out->length == start;

		if (path.data[i] == '/' && (is_first || path.data[i - 1] == '/'))
			continue;
		if (path.data[i] == '/')
			r = text_append_char(out, '-');
		else if (is_literal(path.data[i], is_first))
			r = text_append_char(out, path.data[i]);
		else
			r = text_printf(out, "\\x%02x", (unsigned char)path.data[i]);
	}
	if (r == 0 && out->length == start)
		r = text_append_char(out, '-');
	return r;
}
