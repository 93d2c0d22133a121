#include "disk/raid_plan.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/number.h"
#include "base/text.h"
#include "disk/device_use.h"
#include "disk/identity.h"
#include "disk/kernel.h"
#include "disk/raid.h"

#define SCOPE "createRaids"
/* mdadm waits for udev, and writes to every device; devices that are asleep take a while. */
#define MDADM_MS      300000
#define ARRAY_WAIT_MS 60000
#define UDEV_WAIT_MS  10000
#define ATTRIBUTE_MAX 64

/* The devices of an array, and what was seen of them; all in an arena but what places own. */
struct survey {
	const struct machine *machine;
	const struct raid_request *request;
	struct arena *arena;
	struct place *places;
	struct raid_member *members;
	struct raid_facts facts;
	bool is_known; /* every device, so that the decision is final */
};

static void survey_done(struct survey *survey)
{
	for (size_t i = 0; survey->places && i < survey->request->device_count; i++)
		place_done(&survey->places[i]);
	arena_free(survey->arena);
}

DEFINE_DONE(struct survey, survey_done)

static void survey_init(struct survey *survey, const struct machine *machine,
			const struct raid_request *request)
{
	struct arena *arena = arena_new();

	*survey = (struct survey){
		.machine = machine,
		.request = request,
		.arena = arena,
		.places = arena_array(arena, request->device_count, sizeof(struct place)),
		.members = arena_array(arena, request->device_count, sizeof(struct raid_member)),
		.is_known = true,
	};
}

/* An array as its kernel name, anybody else in words. */
static void add_use(struct survey *survey, struct raid_member *member, const struct device_use *use)
{
	AUTO_FREE char *text = NULL;

	if (use->kind == DEVICE_USE_HOLDER && strncmp(use->who, "md", 2) == 0) {
		member->array = arena_strdup(survey->arena, use->who);
		return;
	}
	text = device_use_text(use);
	member->user = arena_strdup(survey->arena, text);
}

static int look_at_member(struct survey *survey, size_t index, struct error *err)
{
	struct place *place = &survey->places[index];
	struct raid_member *member = &survey->members[index];
	AUTO(device_uses_done) struct device_uses uses = { 0 };
	int r = place_probe(place, err);

	if (r < 0)
		return r;
	*member = (struct raid_member){
		.path = place->path,
		.contents = place->found.type,
		.uuid = place->found.uuid,
	};
	survey->is_known &= place->node != NULL;
	if (!place->device.name)
		return 0;
	r = device_uses_find(survey->machine, &place->device, &uses, err);
	for (size_t i = 0; i < uses.count; i++)
		add_use(survey, member, &uses.uses[i]);
	return r;
}

static int refuse_twice(const struct survey *survey, size_t left, size_t right, struct error *err)
{
	return error_set(err, ERROR_INPUT, EINVAL,
			 "array \"%.*s\" lists \"%s\" and \"%s\", which are the same device",
			 SLICE_ARGS(survey->request->name), survey->places[left].path,
			 survey->places[right].path);
}

static int check_twice(const struct survey *survey, struct error *err)
{
	for (size_t i = 1; i < survey->request->device_count; i++)
		for (size_t k = 0; k < i; k++)
			if (place_is_same(&survey->places[k], &survey->places[i]))
				return refuse_twice(survey, k, i, err);
	return 0;
}

/* The first line of an attribute of the array @name; NULL when it has none. */
static const char *array_attribute(const struct survey *survey, const char *name, const char *what)
{
	AUTO_FREE char *path = xasprintf("sys/class/block/%s/md/%s", name, what);
	AUTO_FREE char *text = NULL;

	if (machine_read(survey->machine, path, ATTRIBUTE_MAX, &text, /* ret_length= */ NULL,
			 /* err= */ NULL) < 0)
		return NULL;

	struct slice line = slice_trim(slice_of(text));

	return arena_strndup(survey->arena, line.data, line.length);
}

/* raid0 and linear have no such attribute: without a device they do not run. */
static bool is_degraded(const struct survey *survey, const char *array)
{
	const char *degraded = array_attribute(survey, array, "degraded");

	return degraded && strcmp(degraded, "0") != 0;
}

static void look_at_array(struct survey *survey)
{
	const char *array = NULL;
	const char *state = NULL;

	for (size_t i = 0; i < survey->request->device_count && !array; i++)
		array = survey->members[i].array;
	if (!array)
		return;
	state = array_attribute(survey, array, "array_state");
	survey->facts.is_inactive =
		state && (strcmp(state, "inactive") == 0 || strcmp(state, "clear") == 0);
	survey->facts.is_degraded = is_degraded(survey, array);
}

/* What has the name of the array already. */
static int look_at_name(struct survey *survey, struct error *err)
{
	AUTO(error_done) struct error failure = ERROR_INIT;
	AUTO(device_done) struct device device = { 0 };
	int r = device_find(survey->machine, raid_path(survey->request, survey->arena), &device,
			    &failure);

	/* In a rehearsal the arrays of this machine do not count. */
	if (r < 0 && r != -ENOENT && !survey->machine->disk_stand_in)
		return error_set(err, failure.kind, -r, "%s", failure.text);
	if (r == 0)
		survey->facts.array = arena_strdup(survey->arena, device.name);
	return 0;
}

/* After its places were found. */
static int look(struct survey *survey, struct error *err)
{
	int r = check_twice(survey, err);

	for (size_t i = 0; i < survey->request->device_count && r == 0; i++)
		r = look_at_member(survey, i, err);
	if (r == 0)
		r = look_at_name(survey, err);
	if (r < 0)
		return r;
	look_at_array(survey);
	survey->facts.members = survey->members;
	survey->facts.count = survey->request->device_count;
	return 0;
}

static const char *device_path(const struct survey *survey, size_t index)
{
	struct slice device = survey->request->devices[index];

	return arena_strndup(survey->arena, device.data, device.length);
}

static int find_places(struct survey *survey, const struct projection *projection,
		       struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < survey->request->device_count && r == 0; i++)
		r = projection_find(projection, device_path(survey, i), &survey->places[i], err);
	return r;
}

static void append_summary(const struct survey *survey, enum raid_action action, struct text *out)
{
	const struct raid_request *request = survey->request;
	AUTO_FREE char *level = slice_dup(request->level);

	if (action == RAID_ASSEMBLE) {
		text_printf(out, "start, of");
	} else {
		text_printf(out, "create %s%s of", strncmp(level, "raid", 4) == 0 ? "" : "RAID ",
			    level);
	}
	for (size_t i = 0; i < request->device_count; i++)
		text_printf(out, "%s %s", i ? "," : "", survey->places[i].path);
	if (request->spares)
		text_printf(out, " (the last %ju spare)", (uintmax_t)request->spares);
	if (!survey->is_known)
		text_append_str(out, ", unless it is there");
	for (size_t i = 0; action != RAID_ASSEMBLE && i < request->device_count; i++) {
		const struct place *place = &survey->places[i];
		AUTO_FREE char *found = probe_text(&place->found);

		if (place->found.type)
			text_printf(out, ", destroying %s on %s", found, place->path);
	}
}

/* What an operation points at; in the plan's arena. */
struct raid_step {
	const struct raid_request *request;
	bool was_free; /* no array ran on the members when the plan was made */
	bool was_made; /* by an earlier run */
};

static bool is_free(const struct survey *survey)
{
	for (size_t i = 0; i < survey->request->device_count; i++)
		if (survey->members[i].array)
			return false;
	return survey->facts.array == NULL;
}

static void add_operation(const struct survey *survey, enum raid_action action, struct plan *plan)
{
	AUTO(text_done) struct text summary = TEXT_INIT(TEXT_MESSAGE_MAX);
	const char *path = raid_path(survey->request, plan->arena);
	struct raid_step *step = arena_alloc(plan->arena, sizeof(*step));

	*step = (struct raid_step){ survey->request, is_free(survey), survey->facts.was_made };
	append_summary(survey, action, &summary);
	plan_add(plan, &(struct operation){
			       .class = &raid_create_class,
			       .phase = RAID_PHASE,
			       .object = path,
			       .summary = arena_strdup(plan->arena, text_str(&summary)),
			       .log_text = arena_printf(plan->arena, "creating \"%.*s\"",
							SLICE_ARGS(survey->request->name)),
			       .scope = SCOPE,
			       .origin = survey->request->origin,
			       .detail = step,
			       .identity = { .uuid = survey->request->identity },
		       });
}

static bool was_made(const struct history *history, const char *path)
{
	const struct history_record *record =
		history_find(history, raid_create_class.name, path, /* entry= */ 0);

	return record && record->progress == OPERATION_DONE;
}

static int plan_one(const struct raid_plan_params *params, const struct raid_request *asked,
		    struct plan *plan, struct error *err)
{
	AUTO(survey_done) struct survey survey = { .places = NULL };
	struct raid_request *request = arena_alloc(plan->arena, sizeof(*request));
	enum raid_action action = RAID_CREATE;
	int r = 0;

	*request = *asked;
	r = identity_settle(params->history, &raid_create_class, raid_path(asked, plan->arena),
			    /* given= */ (struct slice){ NULL, 0 }, request->identity, err);
	survey_init(&survey, params->projection->machine, request);
	survey.facts.was_made = was_made(params->history, raid_path(asked, plan->arena));
	if (r == 0)
		r = find_places(&survey, params->projection, err);
	if (r == 0)
		r = look(&survey, err);
	if (r == 0)
		r = raid_decide(request, &survey.facts, &action, err);
	if (r < 0 || action == RAID_KEEP)
		return r;
	add_operation(&survey, action, plan);
	projection_add(params->projection, raid_path(request, plan->arena));
	return 0;
}

int raid_plan(const struct raid_plan_params *params, struct plan *plan, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < params->count && r == 0; i++)
		r = plan_one(params, &params->requests[i], plan, err);
	return r;
}

static int wait_for_devices(struct survey *survey, const struct event_observer *observer,
			    struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < survey->request->device_count && r == 0; i++) {
		struct place *place = &survey->places[i];

		place->path = device_path(survey, i);
		r = device_wait(survey->machine, place->path, DEVICE_WAIT_MS, observer,
				&place->device, err);
		place->node = place->device.node;
	}
	return r;
}

static int run_mdadm(const char *const *argv, const struct event_observer *observer,
		     struct error *err)
{
	const struct command command = {
		.argv = argv,
		.timeout_ms = MDADM_MS,
		.observer = observer,
	};
	int r = command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);

	return r < 0 ? error_wrap(err, r, "mdadm failed") : 0;
}

/* Of an array that another member has been seen in already. */
static bool is_seen(const struct survey *survey, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (survey->members[i].array &&
		    strcmp(survey->members[i].array, survey->members[index].array) == 0)
			return true;
	return false;
}

/* What udev put together of the members. */
static int stop(const struct survey *survey, const struct event_observer *observer,
		struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < survey->request->device_count && r == 0; i++) {
		const char *array = survey->members[i].array;

		if (!array || is_seen(survey, i))
			continue;

		const char *node = arena_printf(survey->arena, "/dev/%s", array);
		const char *argv[] = { "mdadm", "--stop", node, NULL };

		r = run_mdadm(argv, observer, err);
	}
	return r;
}

static int make(const struct survey *survey, enum raid_action action,
		const struct event_observer *observer, struct error *err)
{
	const size_t count = survey->request->device_count;
	const char **nodes = arena_array(survey->arena, count, sizeof(*nodes));
	int r = stop(survey, observer, err);

	for (size_t i = 0; i < count; i++)
		nodes[i] = survey->places[i].node;
	if (r < 0)
		return r;
	if (action == RAID_ASSEMBLE)
		return run_mdadm(raid_assemble_argv(survey->request, nodes, survey->arena),
				 observer, err);
	return run_mdadm(raid_create_argv(survey->request, nodes, survey->arena), observer, err);
}

/* The node of the array is there, and it is whole. */
static int check_made(const struct survey *survey, const struct event_observer *observer,
		      struct error *err)
{
	AUTO(device_done) struct device device = { 0 };
	int r = device_wait(survey->machine, raid_path(survey->request, survey->arena),
			    ARRAY_WAIT_MS, observer, &device, err);

	if (r < 0)
		return r;
	if (is_degraded(survey, device.name))
		return error_set(err, ERROR_VERIFY, EUCLEAN,
				 "array \"%.*s\" (%s) is degraded right after it was started: a "
				 "device failed",
				 SLICE_ARGS(survey->request->name), device.name);
	return kernel_notify(survey->machine, device.name, UDEV_WAIT_MS, err);
}

/* Looked at again: devices that were yet to be made are there now. */
static int create(const struct operation *operation, struct machine *machine,
		  const struct event_observer *observer, struct error *err)
{
	const struct raid_step *step = operation->detail;
	AUTO(survey_done) struct survey survey = { .places = NULL };
	enum raid_action action = RAID_CREATE;
	int r = 0;

	survey_init(&survey, machine, step->request);
	survey.facts.is_late = step->was_free;
	survey.facts.was_made = step->was_made;
	r = wait_for_devices(&survey, observer, err);
	if (r == 0)
		r = look(&survey, err);
	if (r == 0)
		r = raid_decide(survey.request, &survey.facts, &action, err);
	if (r == 0 && action != RAID_KEEP)
		r = make(&survey, action, observer, err);
	return r < 0 ? r : check_made(&survey, observer, err);
}

const struct operation_class raid_create_class = {
	.name = "raid.create",
	.noun = "array",
	.apply = create,
};
