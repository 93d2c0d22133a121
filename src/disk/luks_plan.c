#include "disk/luks_plan.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/device_use.h"
#include "disk/identity.h"
#include "disk/luks.h"
#include "disk/luks_apply.h"

#define SCOPE "createLuks"

/* What an operation points at; in the plan's arena. */
struct luks_step {
	const struct luks_request *request;
	struct luks_keyring *keys;
	const char *path; /* of the device, as it was asked for */
};

/* The device of a volume, and what was seen of it. */
struct survey {
	const struct machine *machine;
	const struct luks_request *request;
	const struct luks_keyring *keys;
	const struct event_observer *observer;
	struct place place;
	struct luks_header header;
	struct luks_facts facts;
	char *damage; /* owned */
	char *user;   /* owned */
};

static void survey_done(struct survey *survey)
{
	place_done(&survey->place);
	free(survey->damage);
	free(survey->user);
}

DEFINE_DONE(struct survey, survey_done)

/* "dm-0 (root)" of the mapping that was asked for. */
static bool is_mapping(const struct survey *survey, const struct device_use *use)
{
	AUTO_FREE char *name = xasprintf(" (%.*s)", SLICE_ARGS(survey->request->name));

	return use->kind == DEVICE_USE_HOLDER && strncmp(use->who, "dm-", 3) == 0 &&
	       slice_ends(slice_of(use->who), name);
}

static int look_at_users(struct survey *survey, struct error *err)
{
	AUTO(device_uses_done) struct device_uses uses = { 0 };
	int r = 0;

	if (!survey->place.device.name)
		return 0;
	r = device_uses_find(survey->machine, &survey->place.device, &uses, err);
	for (size_t i = 0; i < uses.count; i++) {
		if (is_mapping(survey, &uses.uses[i]))
			survey->facts.is_open = true;
		else if (!survey->user)
			survey->user = device_use_text(&uses.uses[i]);
	}
	survey->facts.user = survey->user;
	return r;
}

static int look_at_header(struct survey *survey, struct error *err)
{
	const struct probe_result *found = &survey->place.found;
	AUTO(error_done) struct error failure = ERROR_INIT;
	int r = 0;

	if (!survey->place.is_there || !found->type || strcmp(found->type, "crypto_LUKS") != 0)
		return 0;
	r = luks_header_read(survey->place.device.node, survey->observer, &survey->header,
			     &failure);
	if (r == -EBADMSG)
		survey->facts.damage = survey->damage = take_ptr(&failure.text);
	else if (r < 0)
		return error_set(err, failure.kind, -r, "%s", failure.text);
	else
		survey->facts.header = &survey->header;
	return 0;
}

/* After its place was found. */
static int look(struct survey *survey, struct error *err)
{
	int r = place_probe(&survey->place, err);

	if (r == 0)
		r = look_at_users(survey, err);
	if (r == 0)
		r = look_at_header(survey, err);
	survey->facts.found = &survey->place.found;
	survey->facts.has_key = luks_keyring_find(survey->keys, survey->request->name);
	return r;
}

static void append_binding(const struct clevis_request *clevis, struct text *out)
{
	if (clevis->pin.length) {
		text_printf(out, ", bound by clevis pin %.*s", SLICE_ARGS(clevis->pin));
		return;
	}
	text_printf(out, ", bound to %ju of", (uintmax_t)(clevis->threshold ?: 1));
	for (size_t i = 0; i < clevis->tang_count; i++)
		text_printf(out, "%s %.*s", i ? "," : "", SLICE_ARGS(clevis->tang[i].url));
	if (clevis->tpm2)
		text_append_str(out, clevis->tang_count ? ", the TPM" : " the TPM");
}

static void append_summary(const struct survey *survey, enum luks_action action, struct text *out)
{
	const struct luks_request *request = survey->request;
	const struct probe_result *found = &survey->place.found;

	if (action != LUKS_FORMAT) {
		text_printf(out, "%s %s", action == LUKS_OPEN ? "open" : "check the key of",
			    survey->place.path);
		return;
	}
	text_printf(out, "format %s as LUKS2", survey->place.path);
	if (request->label.length) {
		text_append_char(out, ' ');
		text_append_quoted(out, request->label);
	}
	text_append_str(out, request->key ? ", key of the config" : ", key drawn");
	if (request->has_clevis)
		append_binding(&request->clevis, out);
	if (!survey->place.node && !request->wipe)
		text_append_str(out, ", unless a matching one is there");
	if (found->type) {
		AUTO_FREE char *text = probe_text(found);

		text_printf(out, ", destroying %s", text);
	}
}

static void add_operation(const struct luks_plan_params *params, const struct survey *survey,
			  enum luks_action action, struct plan *plan)
{
	AUTO(text_done) struct text summary = TEXT_INIT(TEXT_MESSAGE_MAX);
	struct luks_step *step = arena_alloc(plan->arena, sizeof(*step));

	append_summary(survey, action, &summary);
	*step = (struct luks_step){ .request = survey->request,
				    .keys = params->keys,
				    .path = survey->place.path };
	plan_add(plan,
		 &(struct operation){
			 .class = action == LUKS_FORMAT ? &luks_format_class : &luks_open_class,
			 .phase = LUKS_PHASE,
			 .object = luks_path(survey->request, plan->arena),
			 .summary = arena_strdup(plan->arena, text_str(&summary)),
			 .log_text = arena_printf(plan->arena, "creating \"%.*s\"",
						  SLICE_ARGS(survey->request->name)),
			 .scope = SCOPE,
			 .origin = survey->request->origin,
			 .detail = step,
			 .identity = { .uuid = luks_uuid(survey->request, plan->arena) },
		 });
}

/* As it was asked for, with its identity. */
static int take_request(const struct luks_plan_params *params, const struct luks_request *asked,
			struct plan *plan, const struct luks_request **ret, struct error *err)
{
	struct luks_request *request = arena_alloc(plan->arena, sizeof(*request));

	*request = *asked;
	*ret = request;
	return identity_settle(params->history, &luks_format_class, luks_path(asked, plan->arena),
			       asked->uuid, request->identity, err);
}

static int plan_one(const struct luks_plan_params *params, const struct luks_request *asked,
		    struct plan *plan, struct error *err)
{
	const struct luks_request *request = NULL;
	int r = take_request(params, asked, plan, &request, err);
	AUTO(survey_done)
	struct survey survey = {
		.machine = params->projection->machine,
		.request = request,
		.keys = params->keys,
		.observer = params->observer,
	};
	enum luks_action action = LUKS_FORMAT;
	const char *path =
		arena_strndup(plan->arena, request->device.data ?: "", request->device.length);

	if (r == 0)
		r = projection_find(params->projection, path, &survey.place, err);
	if (r == 0)
		r = look(&survey, err);
	if (r == 0)
		r = luks_decide(request, &survey.facts, &action, err);
	if (r < 0 || action == LUKS_KEEP)
		return r;
	add_operation(params, &survey, action, plan);
	if (action != LUKS_REMEMBER)
		projection_add(params->projection, luks_path(request, plan->arena));
	return 0;
}

int luks_plan(const struct luks_plan_params *params, struct plan *plan, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < params->count && r == 0; i++)
		r = plan_one(params, &params->requests[i], plan, err);
	return r;
}

/* Looked at again: what was yet to be made is there now. */
static int make(const struct operation *operation, struct machine *machine,
		const struct event_observer *observer, struct error *err)
{
	const struct luks_step *step = operation->detail;
	AUTO(survey_done)
	struct survey survey = {
		.machine = machine,
		.request = step->request,
		.keys = step->keys,
		.observer = observer,
		.place = { .path = step->path, .is_there = true },
	};
	struct device *device = &survey.place.device;
	enum luks_action action = LUKS_FORMAT;
	int r = device_wait(machine, step->path, DEVICE_WAIT_MS, observer, device, err);

	if (r < 0)
		return r;
	survey.place.node = device->node;
	r = look(&survey, err);
	if (r == 0)
		r = luks_decide(step->request, &survey.facts, &action, err);
	if (r < 0)
		return r;

	const struct luks_work work = {
		.machine = machine,
		.request = step->request,
		.node = device->node,
		.action = action,
		.is_open = survey.facts.is_open,
		.keys = step->keys,
		.observer = observer,
	};

	return luks_apply(&work, err);
}

const struct operation_class luks_format_class = {
	.name = "luks.format",
	.noun = "volume",
	.apply = make,
};

const struct operation_class luks_open_class = {
	.name = "luks.open",
	.noun = "volume",
	.apply = make,
};
