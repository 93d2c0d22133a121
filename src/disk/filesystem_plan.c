#include "disk/filesystem_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/text.h"
#include "disk/filesystem.h"
#include "disk/kernel.h"
#include "disk/probe.h"

#define SCOPE	     "createFilesystems"
#define UDEV_WAIT_MS 10000
/* A mkfs that outlived a run that was killed is waited for, and udev's look at a new node. */
#define EXCLUSIVE_WAIT_MS 60000
#define EXCLUSIVE_STEP_MS 100

static int refuse_found(const struct place *place, struct error *err)
{
	AUTO_FREE char *text = probe_text(&place->found);

	return error_set(err, ERROR_INPUT, EINVAL,
			 "filesystem is not of the correct type: %s is on \"%s\"; set "
			 "wipeFilesystem to replace it",
			 text, place->path);
}

/* What the operation points at. */
struct filesystem_step {
	const struct filesystem_request *request;
	const struct history_record *record;   /* of an earlier run; NULL: there was none */
	const struct filesystem_request *made; /* the same with the UUID that was drawn */
	const char *path;
};

/* What to do with what is there now; upstream's words for what it says of it. */
static int decide(const struct filesystem_step *step, struct place *place,
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
	*ret = filesystem_decide_again(step->request, found, step->record);
	if (*ret == FILESYSTEM_KEEP)
		event_message(observer, EVENT_INFO,
			      "filesystem at \"%s\" is already correctly formatted. Skipping "
			      "mkfs...",
			      place->path);
	return *ret == FILESYSTEM_REFUSE ? refuse_found(place, err) : 0;
}

static char *summarize(const struct filesystem_request *request, const struct place *place,
		       struct arena *arena)
{
	AUTO(text_done) struct text summary = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (slice_is(request->format, "none"))
		text_append_str(&summary, "wipe");
	else
		text_printf(&summary, "create %.*s filesystem", SLICE_ARGS(request->format));
	if (request->label.length) {
		text_append_str(&summary, " ");
		text_append_quoted(&summary, request->label);
	}
	if (!place->node)
		text_append_str(&summary, ", unless a matching one is there");
	if (place->found.type) {
		AUTO_FREE char *text = probe_text(&place->found);

		text_printf(&summary, ", destroying %s", text);
	}
	return arena_strdup(arena, text_str(&summary));
}

/* The node that it will be on; the name it was given as long as nothing has that. */
static const char *resource_of(const struct place *place, struct arena *arena)
{
	if (place->number) {
		AUTO_FREE char *node = kernel_partition_name(place->node, place->number);

		return arena_strdup(arena, node);
	}
	return arena_strdup(arena, place->node ?: place->path);
}

/* The UUID of the request, of the earlier run, or a new one. */
static int settle_uuid(struct filesystem_step *step, struct arena *arena, const char **ret,
		       struct error *err)
{
	struct filesystem_request *made = arena_alloc(arena, sizeof(*made));
	int r = filesystem_draw_uuid(step->request, arena, ret, err);

	*made = *step->request;
	step->made = made;
	if (r < 0 || !*ret)
		return r;
	if (step->record && step->record->identity.uuid)
		*ret = arena_strdup(arena, step->record->identity.uuid);
	made->uuid = slice_of(*ret);
	return 0;
}

static int add_create(struct filesystem_step *step, const struct place *place, struct plan *plan,
		      struct error *err)
{
	const struct filesystem_request *request = step->request;
	const char *uuid = NULL;
	int r = settle_uuid(step, plan->arena, &uuid, err);

	if (r < 0)
		return r;
	plan_add(plan, &(struct operation){
			       .class = &filesystem_create_class,
			       .phase = FILESYSTEM_PHASE,
			       .object = place->path,
			       .summary = summarize(request, place, plan->arena),
			       .log_text = arena_printf(plan->arena,
							"creating \"%.*s\" filesystem on \"%s\"",
							SLICE_ARGS(request->format), place->path),
			       .scope = SCOPE,
			       .origin = request->origin,
			       .detail = step,
			       .resource = resource_of(place, plan->arena),
			       .identity = { .uuid = uuid },
		       });
	return 0;
}

static int refuse_unwritable(const struct place *place, struct error *err)
{
	if (!place->device.name || !place->device.is_read_only)
		return 0;
	return error_set(err, ERROR_INPUT, EROFS,
			 "\"%s\" is read-only; a filesystem cannot be made on it", place->path);
}

/* Better before a table is written than when its turn comes. */
static int find_program(const struct filesystem_request *request, struct error *err)
{
	const struct filesystem_format *format = filesystem_format_find(request->format);
	AUTO_FREE char *path = NULL;
	int r = 0;

	if (!format || !format->program)
		return 0;
	r = command_find(format->program, &path, err);
	return r < 0 ? error_wrap(err, r, "make a filesystem of format %s", format->name) : 0;
}

static int plan_create(const struct filesystem_plan_params *params, struct filesystem_step *step,
		       const struct place *place, struct plan *plan, struct error *err)
{
	int r = place_refuse_in_use(params->projection->machine, place, "format", err);

	if (r == 0)
		r = refuse_unwritable(place, err);
	if (r == 0)
		r = find_program(step->request, err);
	return r < 0 ? r : add_create(step, place, plan, err);
}

static int plan_one(const struct filesystem_plan_params *params,
		    const struct filesystem_request *request, struct plan *plan, struct error *err)
{
	struct filesystem_step *step = arena_alloc(plan->arena, sizeof(*step));
	const char *path =
		arena_strndup(plan->arena, request->device.data ?: "", request->device.length);
	AUTO(place_done) struct place place = { .path = NULL };
	enum filesystem_decision decision = FILESYSTEM_CREATE;
	int r = 0;

	if (!request->format.length)
		return 0;
	*step = (struct filesystem_step){
		.request = request,
		.record = history_find(params->history, filesystem_create_class.name, path,
				       /* entry= */ 0),
		.path = path,
	};
	r = projection_find(params->projection, path, &place, err);
	if (r == 0 && place.node)
		r = decide(step, &place, params->observer, &decision, err);
	if (r == 0 && decision == FILESYSTEM_CREATE)
		r = plan_create(params, step, &place, plan, err);
	return r < 0 ? source_wrap(err, r, &request->origin) : 0;
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

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Return: 0 when nobody else has @node for himself; -EBUSY, without an error, when somebody has. */
static int try_exclusive(const char *node, struct error *err)
{
	AUTO_CLOSE int fd = open(node, O_RDWR | O_EXCL | O_CLOEXEC);

	if (fd >= 0)
		return 0;
	return errno == EBUSY ? -EBUSY : error_errno(err, errno, "open %s", node);
}

static int refuse_taken(const struct place *place, struct error *err)
{
	return error_set(
		err, ERROR_BUSY, EBUSY,
		"another program has \"%s\" open for itself, as the mkfs of a run that was "
		"killed would; run again when it has ended",
		place->path);
}

/*
 * One look at what was planned over bytes and is now a device; somebody may have been there.
 * Return: 0; OPERATION_NEEDLESS; -EBUSY, without an error, while somebody has it for himself.
 */
static int look(const struct filesystem_step *step, const struct machine *machine,
		struct place *place, const struct event_observer *observer, struct error *err)
{
	enum filesystem_decision decision = FILESYSTEM_CREATE;
	int r = decide(step, place, observer, &decision, err);

	if (r < 0)
		return r;
	if (decision != FILESYSTEM_CREATE)
		return OPERATION_NEEDLESS;
	r = place_refuse_in_use(machine, place, "format", err);
	return r < 0 ? r : try_exclusive(place->node, err);
}

static int check(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	const struct filesystem_step *step = operation->detail;
	const int64_t deadline_ms = monotonic_ms() + EXCLUSIVE_WAIT_MS;
	AUTO(place_done) struct place place = { .path = step->path };
	AUTO(error_done) struct error failure = ERROR_INIT;
	int r = device_find(machine, step->path, &place.device, err);

	if (r < 0)
		return r;
	place.node = place.device.node;
	for (bool is_told = false;; is_told = true) {
		int64_t left_ms = deadline_ms - monotonic_ms();

		r = look(step, machine, &place, observer, &failure);
		if (r != -EBUSY || failure.text)
			break;
		if (left_ms <= 0)
			return refuse_taken(&place, err);
		if (!is_told)
			event_notify(observer, &(struct event){ .kind = EVENT_WAIT,
								.text = place.node,
								.remaining_ms = left_ms });
		poll(NULL, 0, EXCLUSIVE_STEP_MS);
	}
	return failure.text ? error_set(err, failure.kind, -r, "%s", failure.text) : r;
}

static int begin(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct command_process **ret,
		 struct error *err)
{
	const struct filesystem_step *step = operation->detail;
	AUTO(device_done) struct device device = { .node = NULL };
	int r = device_find(machine, step->path, &device, err);

	return r < 0 ? r : filesystem_begin(step->made, device.node, observer, ret, err);
}

static int finish(const struct operation *operation, struct machine *machine,
		  const struct event_observer *observer, struct error *err)
{
	const struct filesystem_step *step = operation->detail;
	AUTO(device_done) struct device device = { .node = NULL };
	int r = device_find(machine, step->path, &device, err);

	(void)observer;
	return r < 0 ? r : kernel_notify(machine, device.name, UDEV_WAIT_MS, err);
}

const struct operation_class filesystem_create_class = {
	.name = "filesystem.create",
	.noun = "device",
	.check = check,
	.begin = begin,
	.finish = finish,
};
