#include "disk/filesystem_plan.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/filesystem.h"
#include "disk/kernel.h"
#include "disk/probe.h"

#define SCOPE "createFilesystems"
/* Discarding the blocks of a large and slow disk takes minutes. */
#define MKFS_MS	     1800000
#define UDEV_WAIT_MS 10000

static int refuse_found(const struct place *place, struct error *err)
{
	AUTO_FREE char *text = probe_text(&place->found);

	return error_set(err, ERROR_INPUT, EINVAL,
			 "filesystem is not of the correct type: %s is on \"%s\"; set "
			 "wipeFilesystem to replace it",
			 text, place->path);
}

/* What to do with what is there now; upstream's words for what it says of it. */
static int decide(const struct filesystem_request *request, struct place *place,
		  const struct event_observer *observer, enum filesystem_decision *ret,
		  struct error *err)
{
	struct probe_result *found = &place->found;
	int r = place_probe(place, err);

	if (r < 0)
		return r;
	if (found->is_ambiguous)
		event_message(observer, EVENT_WARNING,
			      "got multiple filesystem types on \"%s\"; taking %s", place->path,
			      found->type ?: "none");
	*ret = filesystem_decide(request, found);
	if (*ret == FILESYSTEM_KEEP)
		event_message(observer, EVENT_INFO,
			      "filesystem at \"%s\" is already correctly formatted. Skipping "
			      "mkfs...",
			      place->path);
	return *ret == FILESYSTEM_REFUSE ? refuse_found(place, err) : 0;
}

/* What the operation points at. */
struct filesystem_step {
	const struct filesystem_request *request;
	const char *path;
};

static void add_create(const struct filesystem_request *request, const struct place *place,
		       struct plan *plan)
{
	const struct probe_result *found = &place->found;
	struct filesystem_step *step = arena_alloc(plan->arena, sizeof(*step));
	AUTO(text_done) struct text summary = TEXT_INIT(TEXT_MESSAGE_MAX);
	bool is_none = slice_is(request->format, "none");

	if (is_none)
		text_append_str(&summary, "wipe");
	else
		text_printf(&summary, "create %.*s filesystem", SLICE_ARGS(request->format));
	if (request->label.length) {
		text_append_str(&summary, " ");
		text_append_quoted(&summary, request->label);
	}
	if (!place->node)
		text_append_str(&summary, ", unless a matching one is there");
	if (found->type) {
		AUTO_FREE char *text = probe_text(found);

		text_printf(&summary, ", destroying %s", text);
	}
	*step = (struct filesystem_step){ .request = request, .path = place->path };
	plan_add(plan, &(struct operation){
			       .class = &filesystem_create_class,
			       .phase = FILESYSTEM_PHASE,
			       .object = place->path,
			       .summary = arena_strdup(plan->arena, text_str(&summary)),
			       .log_text = arena_printf(plan->arena,
							"creating \"%.*s\" filesystem on \"%s\"",
							SLICE_ARGS(request->format), place->path),
			       .scope = SCOPE,
			       .origin = request->origin,
			       .detail = step,
		       });
}

static int plan_one(const struct filesystem_plan_params *params,
		    const struct filesystem_request *request, struct plan *plan, struct error *err)
{
	AUTO(place_done) struct place place = { .path = NULL };
	enum filesystem_decision decision = FILESYSTEM_CREATE;
	int r = 0;

	if (!request->format.length)
		return 0;

	const char *path =
		arena_strndup(plan->arena, request->device.data ?: "", request->device.length);

	r = projection_find(params->projection, path, &place, err);
	if (r == 0 && place.node)
		r = decide(request, &place, params->observer, &decision, err);
	if (r == 0 && decision == FILESYSTEM_CREATE)
		r = place_refuse_in_use(params->projection->machine, &place, "format", err);
	if (r == 0 && decision == FILESYSTEM_CREATE)
		add_create(request, &place, plan);
	return r;
}

/* One more line of what is wrong; the first decides kind and number. */
static void join(struct error *all, struct error *one)
{
	if (!all)
		return;
	if (!all->text) {
		*all = *one;
		*one = ERROR_INIT;
		return;
	}

	AUTO_FREE char *before = take_ptr(&all->text);

	all->text = xasprintf("%s\n%s", before, one->text);
}

int filesystem_plan(const struct filesystem_plan_params *params, struct plan *plan,
		    struct error *err)
{
	int first = 0;

	for (size_t i = 0; i < params->count; i++) {
		AUTO(error_done) struct error failure = ERROR_INIT;
		int r = plan_one(params, &params->requests[i], plan, &failure);

		if (r < 0)
			join(err, &failure);
		first = first ?: r;
	}
	return first;
}

/* Looked at again: what was planned over bytes is now a device, and somebody may have been there.
 */
static int create(const struct operation *operation, struct machine *machine,
		  const struct event_observer *observer, struct error *err)
{
	const struct filesystem_step *step = operation->detail;
	AUTO(place_done) struct place place = { .path = step->path };
	enum filesystem_decision decision = FILESYSTEM_CREATE;
	int r = device_find(machine, step->path, &place.device, err);

	if (r < 0)
		return r;
	place.node = place.device.node;
	r = decide(step->request, &place, observer, &decision, err);
	if (r < 0 || decision != FILESYSTEM_CREATE)
		return r;
	r = place_refuse_in_use(machine, &place, "format", err);
	if (r == 0)
		r = filesystem_make(step->request, place.node, MKFS_MS, observer, err);
	return r < 0 ? r : kernel_notify(machine, place.device.name, UDEV_WAIT_MS, err);
}

const struct operation_class filesystem_create_class = {
	.name = "filesystem.create",
	.noun = "device",
	.apply = create,
};
