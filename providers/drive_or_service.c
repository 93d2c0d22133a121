#include "providers/drive_or_service.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <time.h>

#include "base/alloc.h"
#include "providers/config_drive.h"

#define POLL_MS 1000
/* Once the drive or the service said that there is no config, the other gets so long. */
#define SECOND_CHANCE_MS 30000

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum answer {
	ANSWER_NONE,  /* not there yet */
	ANSWER_EMPTY, /* there, without a config */
	ANSWER_REFUSED,
};

struct search {
	const struct provider_context *context;
	const struct search_places *places;
	enum answer drive;
	enum answer service;
	int64_t started_ms;
	int64_t answered_ms;	/* when the first of the two said no */
	struct error complaint; /* the service's last */
};

static void search_done(struct search *search)
{
	error_done(&search->complaint);
}

DEFINE_DONE(struct search, search_done)

static void note(struct search *search, enum answer *which, enum answer answer)
{
	*which = answer;
	if (!search->answered_ms)
		search->answered_ms = now_ms();
}

/* Return: 1 with a config; 0; -errno when the drive cannot be read. */
static int look_at_drive(struct search *search, struct provider_config *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = search->drive == ANSWER_NONE
			? config_drive_find(search->context, config_drive_openstack, &drive,
					    &problem)
			: -ENOENT;

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = config_drive_get_config(&drive, search->places->path, ret, &problem);
	if (r < 0)
		return error_set(err, problem.kind, -r, "%s", problem.text);
	if (ret->length)
		return 1;
	provider_config_done(ret);
	event_message(search->context->observer, EVENT_INFO, "the drive \"%s\" has no %s",
		      drive.label, search->places->path);
	note(search, &search->drive, ANSWER_EMPTY);
	return 0;
}

/* Return: 1 with a config; 0; ERROR_NEED_NETWORK. */
static int ask_service(struct search *search, struct provider_config *ret, struct error *err)
{
	if (search->service != ANSWER_NONE)
		return 0;
	error_done(&search->complaint);

	int r = search->places->ask_once(search->context, ret, &search->complaint);

	if (r == 0 && ret->length)
		return 1;
	provider_config_done(ret);
	if (r == 0)
		note(search, &search->service, ANSWER_EMPTY);
	else if (search->complaint.kind == ERROR_NEED_NETWORK)
		return error_set(err, ERROR_NEED_NETWORK, -r, "%s", search->complaint.text);
	else if (search->complaint.kind != ERROR_NETWORK && search->complaint.kind != ERROR_TIMEOUT)
		note(search, &search->service, ANSWER_REFUSED);
	return 0;
}

/* Return: 1: decided, without a config; 0: go on; -errno. */
static int decide(const struct search *search, struct error *err)
{
	const int64_t waited = now_ms() - search->started_ms;
	const int64_t since_no = search->answered_ms ? now_ms() - search->answered_ms : 0;

	if (search->drive == ANSWER_EMPTY && search->service == ANSWER_EMPTY)
		return 1;
	if (since_no < SECOND_CHANCE_MS && waited < search->context->wait_ms)
		return 0;
	if (search->service == ANSWER_REFUSED)
		return error_set(err, search->complaint.kind, search->complaint.errnum,
				 "no drive is labelled \"%s\", and %s", config_drive_openstack[0],
				 search->complaint.text);
	if (search->answered_ms)
		return 1;
	return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
			 "within %" PRId64 " s no drive labelled \"%s\" appeared, and the "
			 "metadata service did not answer: %s",
			 waited / 1000, config_drive_openstack[0],
			 search->complaint.text ?: "not asked");
}

static void say_wait(const struct search *search)
{
	event_notify(search->context->observer,
		     &(struct event){ .kind = EVENT_WAIT,
				      .level = EVENT_INFO,
				      .text = "the config drive or the metadata service",
				      .remaining_ms = search->context->wait_ms -
						      (now_ms() - search->started_ms) });
}

int drive_or_service(const struct provider_context *context, const struct search_places *places,
		     struct provider_config *ret, struct error *err)
{
	AUTO(search_done)
	struct search search = { .context = context, .places = places, .started_ms = now_ms() };
	int r = 0;

	for (unsigned turn = 0; r == 0; turn++) {
		if (turn)
			poll(NULL, 0, POLL_MS);
		if (turn == 1)
			say_wait(&search);
		r = look_at_drive(&search, ret, err);
		if (r == 0)
			r = ask_service(&search, ret, err);
		if (r)
			return r < 0 ? r : 0;
		r = decide(&search, err);
	}
	if (r < 0)
		return r;
	ret->data = xstrdup("");
	ret->name = xstrdup(places->name);
	return 0;
}
