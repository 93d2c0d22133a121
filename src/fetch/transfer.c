#include "fetch/transfer.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <time.h>

#include "base/alloc.h"
#include "fetch/attempt.h"

#define NS_PER_MS 1000000

int64_t transfer_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

/* --- the loop */

static void begin_attempt(const struct transfer_run *run, struct transfer *transfer)
{
	const struct transfer_params *params = run->params;
	int64_t total = params->settings->total_ms;

	if (transfer->attempt++ == 0) {
		transfer->deadline_ms =
			total ? transfer_now_ms() + total - transfer->job->spent_ms : NEVER;
		transfer->tell_ms = transfer_now_ms() + FETCH_TELL_EVERY_MS;
		transfer->progress_ms = transfer_now_ms() + FETCH_PROGRESS_EVERY_MS;
	}
	event_message(params->observer, EVENT_INFO, "%s %s: attempt #%u", attempt_method(transfer),
		      transfer->printable, transfer->attempt);
}

static void start(struct transfer_run *run, struct transfer *transfer)
{
	const struct transfer_params *params = run->params;
	const struct transfer_engine *engine = run->engine;
	const struct exchange_params exchange = {
		.library = &engine->library,
		.request = transfer->job->request,
		.settings = params->settings,
		.authorities = params->authorities,
		.url = transfer->target ?: transfer->url,
		.is_redirected = transfer->target,
		.signer = transfer->job->signer,
		.refusal = transfer->job->answer ? &transfer->job->answer->refusal : NULL,
		.body = &transfer->body,
		.owner = transfer,
	};
	AUTO(error_done) struct error err = ERROR_INIT;

	if (!transfer->target)
		begin_attempt(run, transfer);

	int r = exchange_init(&transfer->exchange, &exchange, &err);

	if (r < 0) {
		attempt_finish(run, transfer,
			       error_set(&transfer->job->error, err.kind, -r, "%s %s: %s",
					 attempt_method(transfer), transfer->printable, err.text));
		return;
	}
	transfer->phase = TRANSFER_RUNNING;
	transfer->exchange.started_ms = transfer_now_ms();
	engine->library.multi_add_handle(engine->multi, transfer->exchange.easy);
	run->running++;
}

static void tell(const struct transfer_run *run, struct transfer *transfer, int64_t now)
{
	if (now >= transfer->progress_ms && transfer->body.delivered) {
		const struct event progress = attempt_progress(transfer);

		event_notify(run->params->observer, &progress);
		transfer->progress_ms = now + FETCH_PROGRESS_EVERY_MS;
	}
	if (now < transfer->tell_ms)
		return;
	transfer->tell_ms = now + FETCH_TELL_EVERY_MS;
	event_notify(run->params->observer,
		     &(struct event){ .kind = EVENT_WAIT,
				      .level = EVENT_INFO,
				      .text = transfer->printable,
				      .remaining_ms = transfer->deadline_ms == NEVER
							      ? -1
							      : transfer->deadline_ms - now });
}

static void stop_late(struct transfer_run *run, struct transfer *transfer)
{
	if (transfer->phase == TRANSFER_RUNNING) {
		if (!transfer->cause || transfer->exchange.has_headers)
			attempt_set_cause(
				transfer,
				(struct failure){ .hint = "check the server, or raise "
							  "ignition.timeouts.httpTotal" },
				xasprintf("%" PRIu64 " bytes came", transfer->body.delivered));
		attempt_end_exchange(run, transfer);
	}
	attempt_finish_late(run, transfer);
}

static void give_up(struct transfer_run *run, struct transfer *transfer)
{
	if (transfer->phase == TRANSFER_RUNNING)
		attempt_end_exchange(run, transfer);
	attempt_finish(run, transfer,
		       error_set(&transfer->job->error, ERROR_NETWORK, ECANCELED,
				 "%s %s: given up: an "
				 "earlier one failed",
				 attempt_method(transfer), transfer->printable));
}

/* Whatever time makes of @transfer. */
static void step(struct transfer_run *run, struct transfer *transfer, int64_t now)
{
	static const struct failure late_headers = {
		ERROR_NETWORK, ETIMEDOUT, false,
		"check the server, or raise ignition.timeouts.httpResponseHeaders"
	};

	if (transfer->phase == TRANSFER_DONE)
		return;
	if (transfer >= run->transfers + run->wanted) {
		give_up(run, transfer);
		return;
	}
	if (now >= transfer->deadline_ms) {
		stop_late(run, transfer);
		return;
	}
	if (transfer->attempt)
		tell(run, transfer, now);
	if (transfer->phase == TRANSFER_WAITING) {
		if (now >= transfer->next_ms && run->running < FETCH_PARALLEL_MAX)
			start(run, transfer);
	} else if (exchange_is_late(&transfer->exchange, now)) {
		AUTO_FREE char *limit =
			attempt_duration_text(run->params->settings->response_headers_ms);

		attempt_break(run, transfer, late_headers,
			      xasprintf("timeout awaiting response headers (%s)", limit));
	}
}

static void earlier(int64_t *wake, int64_t at)
{
	if (at < *wake)
		*wake = at;
}

/* When step() has something to do again. */
static int64_t wake_ms(const struct transfer_run *run, int64_t now)
{
	int64_t limit = run->params->settings->response_headers_ms;
	int64_t wake = now + FETCH_TELL_EVERY_MS;

	earlier(&wake, run->decided_ms);
	for (size_t i = 0; i < run->count; i++) {
		const struct transfer *transfer = &run->transfers[i];

		if (transfer->phase == TRANSFER_DONE)
			continue;
		earlier(&wake, transfer->deadline_ms);
		if (transfer->phase == TRANSFER_WAITING && run->running < FETCH_PARALLEL_MAX)
			earlier(&wake, transfer->next_ms);
		/* How long connecting takes is not known: looked at often enough. */
		if (transfer->phase == TRANSFER_RUNNING && !transfer->exchange.has_headers && limit)
			earlier(&wake, now + (limit < MS_PER_SECOND ? limit / 4 + 1 : limit / 10));
	}
	return wake;
}

static void take_messages(struct transfer_run *run)
{
	const struct curl_library *library = &run->engine->library;
	const CURLMsg *message = NULL;
	int left = 0;

	while ((message = library->multi_info_read(run->engine->multi, &left))) {
		struct transfer *transfer = NULL;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		library->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
		attempt_end(run, transfer, code);
	}
}

static void turn(struct transfer_run *run)
{
	const struct transfer_engine *engine = run->engine;
	int64_t now = transfer_now_ms();
	int still_running = 0;

	for (size_t i = 0; i < run->count; i++)
		step(run, &run->transfers[i], now);
	engine->library.multi_perform(engine->multi, &still_running);

	size_t done = run->done;
	size_t running = run->running;

	take_messages(run);
	/* What ended may let another begin: look again before sleeping. */
	if (run->done != done || run->running != running || run->done == run->count)
		return;
	now = transfer_now_ms();

	int64_t wait = wake_ms(run, now) - now;

	if (wait > 0)
		engine->library.multi_poll(engine->multi, /* extra= */ NULL, 0,
					   wait < INT_MAX ? (int)wait : INT_MAX, NULL);
}

static void init_transfer(struct transfer *transfer, struct transfer_job *job)
{
	job->result = 0;
	job->error = ERROR_INIT;
	if (job->answer)
		job->answer->refusal = TEXT_INIT(FETCH_REFUSAL_MAX_BYTES);
	*transfer = (struct transfer){
		.job = job,
		.body = { .sink = job->sink },
		.url = slice_dup(job->request->url),
		.printable = attempt_printable(job->request->url),
		.deadline_ms = NEVER,
	};
}

/* Others of a race that is over. */
static void give_up_rest(struct transfer_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		struct transfer *transfer = &run->transfers[i];

		if (transfer->phase == TRANSFER_DONE)
			continue;
		if (transfer->phase == TRANSFER_RUNNING)
			attempt_end_exchange(run, transfer);
		attempt_finish(run, transfer,
			       error_set(&transfer->job->error, ERROR_NETWORK, ECANCELED,
					 "%s %s: another one was faster", attempt_method(transfer),
					 transfer->printable));
	}
}

void transfer_answer_done(struct transfer_answer *answer)
{
	free(answer->header);
	text_done(&answer->refusal);
	*answer = (struct transfer_answer){ .status = 0 };
}

void transfer_run(struct transfer_engine *engine, const struct transfer_params *params,
		  struct transfer_job *jobs, size_t count)
{
	AUTO_FREE struct transfer *transfers = xcalloc(count, sizeof(*transfers));
	struct transfer_run run = {
		.engine = engine,
		.params = params,
		.transfers = transfers,
		.count = count,
		.wanted = count,
		.decided_ms = NEVER,
	};

	for (size_t i = 0; i < count; i++)
		init_transfer(&transfers[i], &jobs[i]);
	while (run.done < count && transfer_now_ms() < run.decided_ms)
		turn(&run);
	give_up_rest(&run);
	for (size_t i = 0; i < count; i++)
		attempt_release(&transfers[i]);
}

int transfer_engine_new(struct transfer_engine **ret, struct error *err)
{
	AUTO_FREE struct transfer_engine *engine = xcalloc(1, sizeof(*engine));
	int r = curl_library_load(&engine->library, err);

	if (r < 0)
		return r;
	engine->multi = engine->library.multi_init();
	if (!engine->multi)
		abort();
	engine->library.multi_setopt(engine->multi, CURLMOPT_MAXCONNECTS, (long)FETCH_PARALLEL_MAX);
	*ret = take_ptr(&engine);
	return 0;
}

void transfer_engine_free(struct transfer_engine *engine)
{
	if (!engine)
		return;
	engine->library.multi_cleanup(engine->multi);
	curl_library_done(&engine->library);
	free(engine);
}
