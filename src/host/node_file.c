#include "host/node_turn.h"

#include <errno.h>

#include "base/alloc.h"

/* An append that was done is looked for among this many counts of what was there before. */
#define COUNTS_TRIED_MAX 1024

static const char *receipt(const struct turn *turn, const char *what, const char *more)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(&out, "{\"%s\":", what);
	text_append_json(&out, slice_of(turn->entry->path));
	text_printf(&out, "%s}", more);
	return arena_strdup(turn_arena(turn), text_str(&out));
}

static const char *append_receipt(const struct turn *turn, size_t count_before)
{
	AUTO_FREE char *more = xasprintf(",\"before\":%zu", count_before);

	return receipt(turn, "append", more);
}

/* When the fragments come from the network, nobody knows how often they are there already. */
static const char *remote_append_receipt(const struct turn *turn)
{
	return receipt(turn, "append", ",\"before\":null");
}

static bool was_done(const struct turn *turn, const char *receipt_text)
{
	const struct host_plan_params *params = turn->planner->params;

	return params->was_done && params->was_done(params->was_done_context, receipt_text);
}

/*
 * An earlier run recorded how often the fragments were in the file before it appended them; when
 * they are there more often now, it did.  Neither what came to the file before nor what came after
 * the append (users, other stages) changes that.
 */
static bool was_appended(const struct turn *turn, size_t count, bool is_local)
{
	size_t least = count > COUNTS_TRIED_MAX ? count - COUNTS_TRIED_MAX : 0;

	if (!is_local)
		return count > 0;
	for (size_t before = count; before-- > least;)
		if (was_done(turn, append_receipt(turn, before)))
			return true;
	return false;
}

static struct node_look look_for(const struct turn *turn)
{
	return (struct node_look){
		.root_fd = turn->planner->root_fd,
		.path = turn->entry->path,
		.request = turn->request,
		.observer = turn->planner->params->observer,
	};
}

static int plan_append(struct turn *turn, struct error *err)
{
	const struct node_look look = look_for(turn);
	bool is_local = host_node_is_local(turn->request);
	const char *receipt_text = remote_append_receipt(turn);
	size_t count = 0;
	size_t length = 0;

	if (is_local || was_done(turn, receipt_text)) {
		int r = host_node_count_fragments(&look, &count, &length, err);

		if (r < 0)
			return r;
		if (length && was_appended(turn, count, is_local))
			return turn_set_attributes(turn, NODE_FILE_SET);
		if (length == 0 && turn->exists)
			return turn_set_attributes(turn, NODE_FILE_SET);
	}
	if (is_local)
		receipt_text = append_receipt(turn, count);
	turn_add(turn, NODE_FILE_APPEND, turn->exists ? "append" : "create", receipt_text);
	return 0;
}

/* Whether what is there has the contents asked for; what needs a network is not known to. */
static int has_contents(const struct turn *turn, bool *ret, struct error *err)
{
	const struct node_look look = look_for(turn);

	*ret = false;
	if (!S_ISREG(turn->st.st_mode) || !host_node_is_local(turn->request))
		return 0;
	return host_node_has_contents(&look, ret, err);
}

static int plan_overwritten_file(struct turn *turn, struct error *err)
{
	bool is_same = false;
	int r = has_contents(turn, &is_same, err);

	if (r < 0)
		return r;
	turn_want_attributes_of_new(turn, NODE_FILE_MODE);
	if (!is_same || turn_has_other_attributes(turn))
		turn_add_new(turn, NODE_FILE_WRITE, /* receipt= */ NULL);
	return 0;
}

/* Contents are asked for, and a regular file is there. */
static int plan_existing_file(struct turn *turn, struct error *err)
{
	bool is_same = false;
	int r = has_contents(turn, &is_same, err);

	if (r < 0)
		return r;
	/* It was not there when this was recorded, and it is put in place whole. */
	if (is_same ||
	    (!host_node_is_local(turn->request) && was_done(turn, receipt(turn, "create", ""))))
		return turn_set_attributes(turn, NODE_FILE_SET);
	return turn_refuse(
		turn, err, EEXIST,
		"A file exists there already and overwrite is false; set overwrite to replace "
		"it, or append to it");
}

static int plan_new_file(struct turn *turn, struct error *err)
{
	bool is_recorded = !turn->overwrite && !host_node_is_local(turn->request);

	if (turn->request->append_count && !turn->request->contents && !turn->overwrite)
		return plan_append(turn, err);
	turn_add_new(turn, NODE_FILE_WRITE, is_recorded ? receipt(turn, "create", "") : NULL);
	return 0;
}

int turn_plan_file(struct turn *turn, struct error *err)
{
	if (!turn->exists)
		return plan_new_file(turn, err);
	if (turn->overwrite)
		return plan_overwritten_file(turn, err);
	if (!S_ISREG(turn->st.st_mode))
		return turn_refuse(
			turn, err, EEXIST,
			"A non regular file exists there already and overwrite is false; set "
			"overwrite to replace it");
	if (turn->request->contents)
		return plan_existing_file(turn, err);
	if (turn->request->append_count)
		return plan_append(turn, err);
	return turn_set_attributes(turn, NODE_FILE_SET);
}
