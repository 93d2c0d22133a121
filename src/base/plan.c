#include "base/plan.h"

#include <inttypes.h>

#include "base/alloc.h"

struct plan *plan_new(void)
{
	struct plan *plan = xcalloc(1, sizeof(*plan));

	plan->arena = arena_new();
	return plan;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	arena_free(plan->arena);
	free(plan->operations);
	free(plan);
}

void plan_add(struct plan *plan, const struct operation *operation)
{
	if (plan->count == plan->capacity) {
		plan->capacity = plan->capacity ? 2 * plan->capacity : 16;
		plan->operations =
			xreallocarray(plan->operations, plan->capacity, sizeof(*plan->operations));
	}
	plan->operations[plan->count++] = *operation;
}

void plan_append_line(const struct operation *operation, struct text *out)
{
	text_printf(out, "%s %s: %s", operation->class->noun, operation->object,
		    operation->summary);
}

static void append_member(struct text *out, const char *name, const char *value)
{
	text_printf(out, "\"%s\":", name);
	text_append_json(out, slice_of(value));
	text_append_char(out, ',');
}

static void append_identity(struct text *out, const struct operation_identity *identity)
{
	if (identity->entry)
		text_printf(out, ",\"entry\":%u", identity->entry);
	if (identity->number)
		text_printf(out, ",\"number\":%u", identity->number);
	if (identity->uuid) {
		text_append_str(out, ",\"uuid\":");
		text_append_json(out, slice_of(identity->uuid));
	}
}

void plan_append_json(const struct operation *operation, size_t index, struct text *out)
{
	text_append_char(out, '{');
	text_printf(out, "\"index\":%zu,", index);
	append_member(out, "phase", operation->phase);
	append_member(out, "operation", operation->class->name);
	append_member(out, "object", operation->object);
	append_member(out, "summary", operation->summary);
	text_append_str(out, "\"origin\":");
	if (operation->origin.source) {
		text_append_char(out, '{');
		append_member(out, "file", source_name(operation->origin.source));
		text_printf(out, "\"line\":%" PRIu32 ",\"column\":%" PRIu32 "}",
			    operation->origin.line, operation->origin.column);
	} else {
		text_append_str(out, "null");
	}
	append_identity(out, &operation->identity);
	text_append_char(out, '}');
}
