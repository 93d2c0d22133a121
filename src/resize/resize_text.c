/* What a resize came to, for people and for programs. */
#include "resize/resize.h"

static const char *const result_names[] = {
	[RESIZE_UNCHANGED] = "unchanged", [RESIZE_PLANNED] = "planned",
	[RESIZE_CHANGED] = "changed",	  [RESIZE_SKIPPED] = "skipped",
	[RESIZE_FAILED] = "failed",
};
_Static_assert(ARRAY_SIZE(result_names) == RESIZE_RESULT_COUNT, "every result has a name");

/* A plan is a list of what is to come: there nothing is missing. */
static bool is_missing(const struct resize_item *item, size_t index)
{
	return index >= item->done &&
	       (item->result == RESIZE_SKIPPED || item->result == RESIZE_FAILED);
}

void resize_append_text(const struct resize *resize, struct text *out)
{
	for (size_t i = 0; i < resize->count; i++) {
		const struct resize_item *item = &resize->items[i];

		text_printf(out, "%s: %s%s%s\n", item->name, result_names[item->result],
			    item->reason ? ": " : "", item->reason ?: "");
		for (size_t at = 0; at < item->count; at++) {
			text_append_str(out, is_missing(item, at) ? "  not done: " : "  ");
			plan_append_line(&resize->work.plan->operations[item->first + at], out);
			text_append_char(out, '\n');
		}
	}
}

static void append_item(const struct resize *resize, const struct resize_item *item,
			struct text *out)
{
	text_append_str(out, "{\"name\":");
	text_append_json(out, slice_of(item->name));
	text_printf(out, ",\"result\":\"%s\",\"reason\":", result_names[item->result]);
	if (item->reason)
		text_append_json(out, slice_of(item->reason));
	else
		text_append_str(out, "null");
	text_printf(out, ",\"done\":%zu,\"operations\":[", item->done);
	for (size_t at = item->first; at < item->first + item->count; at++) {
		if (at > item->first)
			text_append_char(out, ',');
		plan_append_json(&resize->work.plan->operations[at], at, out);
	}
	text_append_str(out, "]}");
}

void resize_append_json(const struct resize *resize, struct text *out)
{
	text_append_str(out, "{\"items\":[");
	for (size_t i = 0; i < resize->count; i++) {
		if (i)
			text_append_char(out, ',');
		append_item(resize, &resize->items[i], out);
	}
	text_append_str(out, "]}\n");
}
