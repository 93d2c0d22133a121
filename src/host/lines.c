#include "host/lines.h"

#include <stdlib.h>

#include "base/alloc.h"

static bool is_line_of(struct slice line, const struct lines_variable *variable, unsigned flags)
{
	const size_t length = variable->name.length;

	if (line.length < length || memcmp(line.data, variable->name.data, length) != 0)
		return false;
	return (flags & LINES_BY_PREFIX) || (line.length > length && line.data[length] == '=');
}

static void append_variable(struct text *out, const struct lines_variable *variable)
{
	text_printf(out, "%.*s=%.*s\n", SLICE_ARGS(variable->name), SLICE_ARGS(variable->value));
}

static int compare(const void *a, const void *b)
{
	const struct lines_variable *const *left = a;
	const struct lines_variable *const *right = b;

	return slice_compare((*left)->name, (*right)->name);
}

/* What no line was found for, sorted by name. */
static void append_missing(const struct lines_variable *variables, size_t count, const bool *found,
			   struct text *out)
{
	const struct lines_variable **missing = xcalloc(count + 1, sizeof(*missing));
	size_t missing_count = 0;

	for (size_t i = 0; i < count; i++)
		if (!found[i])
			missing[missing_count++] = &variables[i];
	qsort(missing, missing_count, sizeof(*missing), compare);
	for (size_t i = 0; i < missing_count; i++)
		append_variable(out, missing[i]);
	free(missing);
}

void lines_merge(struct slice old, const struct lines_variable *variables, size_t count,
		 unsigned flags, struct text *out)
{
	AUTO_FREE bool *found = xcalloc(count + 1, sizeof(*found));

	while (old.length) {
		struct slice line = slice_take_line(&old);
		size_t i = 0;

		if (slice_ends(line, "\r"))
			line.length--;
		while (i < count && !is_line_of(line, &variables[i], flags))
			i++;
		if (i < count) {
			append_variable(out, &variables[i]);
			found[i] = true;
			continue;
		}
		text_append_slice(out, line);
		text_append_char(out, '\n');
	}
	append_missing(variables, count, found, out);
}
