/* generated - Ignition's rules on what became of a config, in the user's own names and places. */
#include "config/butane/lowering.h"
#include "config/butane/schema.h"
#include "config/locate.h"
#include "config/validate.h"

/* Sections that stand for something else: what is wrong with that has no name below them. */
static const char *const sugar[] = { "boot_device", "grub", "trees", "quadlets" };

/* Members of Ignition, and those of Butane that they may have come from. */
static const struct {
	const char *name;
	const char *origin;
} replaced[] = {
	{ "source", "inline" },		  { "source", "local" },
	{ "compression", "inline" },	  { "compression", "local" },
	{ "contents", "contents_local" },
};

static bool is_sugar(const struct report_path *path)
{
	for (; path; path = path->parent)
		for (size_t i = 0; i < ARRAY_SIZE(sugar); i++)
			if (slice_is(path->key, sugar[i]))
				return true;
	return false;
}

/* The name of a step in Butane, below @node, which is an object of the text or 0. */
static void append_step(struct butane_lowering *lowering, struct text *out, struct slice step,
			uint32_t *node, bool *exists)
{
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);
	uint32_t child = 0;

	butane_append_name(&name, step);
	if (*exists)
		child = butane_child(lowering->document, *node, text_slice(&name));
	for (size_t i = 0; *exists && !child && i < ARRAY_SIZE(replaced); i++) {
		if (!slice_is(step, replaced[i].name))
			continue;
		child = butane_child(lowering->document, *node, slice_of(replaced[i].origin));
		if (child) {
			text_clear(&name);
			text_append_str(&name, replaced[i].origin);
		}
	}
	*exists = child != 0;
	*node = child;
	text_printf(out, ".%s", text_str(&name));
}

static void relocate(struct butane_lowering *lowering, const struct report_entry *entry)
{
	AUTO(text_done) struct text rest = TEXT_INIT(TEXT_MESSAGE_MAX);
	const struct report_path *path = NULL;
	const char *step = NULL;
	const struct origin origin =
		locate_origin(lowering->config, lowering->dialect->spec, entry->path, &step);
	uint32_t node = butane_place(lowering, origin, &path);
	bool exists = lowering->document->nodes[node].kind == NODE_OBJECT;

	if (!exists || is_sugar(path))
		step = "";
	while (*step == '.') {
		const size_t length = strcspn(++step, ".");

		append_step(lowering, &rest, (struct slice){ step, length }, &node, &exists);
		step += length;
	}

	struct report_entry *moved =
		butane_report(lowering, entry->severity, origin, text_str(&rest), entry->message);

	moved->hint =
		entry->hint ? arena_strdup(report_arena(lowering->report), entry->hint) : NULL;
	moved->rule = entry->rule;
}

void butane_relocate(struct butane_lowering *lowering, const struct report *report)
{
	for (size_t i = 0; i < report_count(report); i++)
		relocate(lowering, report_entry_at(report, i));
}

void butane_check_generated(struct butane_lowering *lowering)
{
	AUTO(report_free) struct report *report = report_new();

	validate_duplicates(lowering->config, lowering->dialect->spec, report);
	validate_rules(lowering->config, lowering->dialect->spec,
		       config_pool_dialect(lowering->pool), report);
	butane_relocate(lowering, report);
}
