#include "fetch/transfer.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/random.h>
#include <time.h>

#include "base/alloc.h"
#include "base/url.h"
#include "fetch/exchange.h"
#include "fetch/failure.h"
#include "fetch/redirect.h"
#include "fetch/retry.h"

#define STATUS_OK	  200
#define STATUS_NO_CONTENT 204
#define STATUS_PARTIAL	  206
#define STATUS_REDIRECTS  300
#define STATUS_REFUSALS	  400
#define MS_PER_SECOND	  1000
#define NS_PER_MS	  1000000
#define NEVER		  INT64_MAX

struct transfer_engine {
	struct curl_library library;
	CURLM *multi;
};

enum transfer_phase {
	TRANSFER_WAITING, /* until next_ms */
	TRANSFER_RUNNING,
	TRANSFER_DONE,
};

struct transfer {
	struct transfer_job *job;
	enum transfer_phase phase;
	struct exchange exchange; /* while it runs */
	struct body body;
	char *url;	 /* the request's; owned */
	char *printable; /* the same, without secrets; owned */
	char *target;	 /* where a redirect led to; NULL: the URL itself; owned */
	unsigned attempt;
	unsigned redirects;
	int64_t next_ms;
	int64_t deadline_ms;	/* NEVER until the first attempt */
	int64_t tell_ms;	/* when a wait is told next */
	int64_t progress_ms;	/* when progress is */
	char *cause;		/* of the last attempt's failure; owned */
	struct failure failure; /* likewise */
};

struct run {
	struct transfer_engine *engine;
	const struct transfer_params *params;
	struct transfer *transfers;
	size_t count;
	size_t running;
	size_t done;
	int64_t decided_ms; /* of a race: when it ends; NEVER until then */
	size_t wanted;	    /* those behind are given up */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

int64_t transfer_now_ms(void)
{
	return now_ms();
}

static uint32_t random_number(void)
{
	uint32_t number = 0;

	/* Early in a boot there may be none yet: then nothing is taken off. */
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		return 0;
	return number;
}

static char *printable(struct slice url)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (url_append_printable(&out, url) < 0)
		text_append_str(&out, "(long URL)");
	return xstrdup(text_str(&out));
}

static const char *method_of(const struct transfer *transfer)
{
	return transfer->job->request->method ?: "GET";
}

/* --- ends */

static void release(struct transfer *transfer)
{
	error_done(&transfer->body.failure);
	free(transfer->url);
	free(transfer->printable);
	free(transfer->target);
	free(transfer->cause);
}

static void end_exchange(struct run *run, struct transfer *transfer)
{
	const struct transfer_engine *engine = run->engine;

	engine->library.multi_remove_handle(engine->multi, transfer->exchange.easy);
	exchange_done(&transfer->exchange);
	run->running--;
}

static void finish(struct run *run, struct transfer *transfer, int result)
{
	transfer->job->result = result;
	transfer->phase = TRANSFER_DONE;
	run->done++;
	if (run->params->is_race && (result == 0 || run->decided_ms == NEVER))
		run->decided_ms = now_ms() + (result < 0 ? run->params->grace_ms : 0);

	size_t index = (size_t)(transfer - run->transfers);

	if (result < 0 && run->params->stops_at_failure && index < run->wanted)
		run->wanted = index + 1;
}

/* "GET http://host/x: attempt #2: <what>: <cause>; <hint>" */
static void finish_failed(struct run *run, struct transfer *transfer, enum error_kind kind,
			  int errnum, const char *what)
{
	const char *hint = transfer->failure.hint;
	int r = error_set(&transfer->job->error, kind, errnum, "%s %s: attempt #%u: %s: %s%s%s",
			  method_of(transfer), transfer->printable, transfer->attempt, what,
			  transfer->cause ?: "no answer", hint ? "; " : "", hint ?: "");

	finish(run, transfer, r);
}

/* What was found while the body came: the sink's own error stays as it is. */
static void finish_body_failure(struct run *run, struct transfer *transfer)
{
	struct body *body = &transfer->body;

	transfer->job->error = body->failure;
	body->failure = ERROR_INIT;
	error_wrap(&transfer->job->error, body->failure_result, "%s %s: attempt #%u",
		   method_of(transfer), transfer->printable, transfer->attempt);
	finish(run, transfer, body->failure_result);
}

/* "15 s", or "1500 ms" where seconds are not enough. */
static char *duration_text(int64_t ms)
{
	return ms % MS_PER_SECOND ? xasprintf("%" PRId64 " ms", ms)
				  : xasprintf("%" PRId64 " s", ms / MS_PER_SECOND);
}

static void finish_late(struct run *run, struct transfer *transfer)
{
	AUTO_FREE char *limit = duration_text(run->params->settings->total_ms);
	AUTO_FREE char *what = xasprintf("unable to fetch resource in time (%s)", limit);

	finish_failed(run, transfer, ERROR_TIMEOUT, ETIMEDOUT, what);
}

static struct event progress_of(const struct transfer *transfer)
{
	return (struct event){ .kind = EVENT_PROGRESS,
			       .level = EVENT_DEBUG,
			       .text = transfer->printable,
			       .done = transfer->body.delivered,
			       .total = transfer->body.total };
}

static void finish_whole(struct run *run, struct transfer *transfer)
{
	struct event progress = progress_of(transfer);

	progress.is_last = true;
	event_notify(run->params->observer, &progress);
	finish(run, transfer, 0);
}

/* --- what comes after an attempt */

static void set_cause(struct transfer *transfer, struct failure failure, char *cause)
{
	free(transfer->cause);
	transfer->cause = cause;
	transfer->failure = failure;
}

/* For who wants to understand it. */
static void keep_answer(const struct transfer *transfer)
{
	struct transfer_answer *answer = transfer->job->answer;

	if (!answer)
		return;
	free(answer->header);
	answer->header = exchange_header(&transfer->exchange, answer->header_name);
	answer->status = exchange_status(&transfer->exchange);
	answer->delivered = transfer->body.delivered;
}

static void restart_from_url(struct transfer *transfer)
{
	free(take_ptr(&transfer->target));
	transfer->redirects = 0;
}

static void retry(struct run *run, struct transfer *transfer, int64_t retry_after_ms)
{
	unsigned most = transfer->job->request->attempts_max;

	if (most && transfer->attempt >= most) {
		finish_failed(run, transfer, transfer->failure.kind, transfer->failure.errnum,
			      "failed to fetch resource");
		return;
	}

	int64_t wait = retry_wait_ms(transfer->attempt, retry_after_ms, random_number());
	AUTO_FREE char *text = xasprintf("%s %s", method_of(transfer), transfer->printable);

	event_notify(run->params->observer, &(struct event){ .kind = EVENT_RETRY,
							     .level = EVENT_INFO,
							     .text = text,
							     .cause = transfer->cause,
							     .attempt = transfer->attempt,
							     .next_ms = wait });
	restart_from_url(transfer);
	transfer->phase = TRANSFER_WAITING;
	transfer->next_ms = now_ms() + wait;
}

static int64_t retry_after_ms(const struct run *run, CURL *easy)
{
	curl_off_t seconds = 0;

	run->engine->library.easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
	if (seconds <= 0 || seconds > FETCH_RETRY_AFTER_MAX_MS)
		return seconds > 0 ? FETCH_RETRY_AFTER_MAX_MS : 0;
	return (int64_t)seconds * MS_PER_SECOND;
}

static void follow(struct run *run, struct transfer *transfer, const char *target)
{
	const char *from = transfer->target ?: transfer->url;
	AUTO_FREE char *shown = printable(slice_of(target));
	AUTO(error_done) struct error refusal = ERROR_INIT;
	int r = redirect_check(slice_of(from), slice_of(target), ++transfer->redirects, &refusal);

	if (r < 0) {
		set_cause(transfer, (struct failure){ .hint = "use a URL that needs no redirect" },
			  xasprintf("%s (%s)", refusal.text, shown));
		finish_failed(run, transfer, ERROR_NETWORK_FINAL, -r, "failed to fetch resource");
		return;
	}
	event_message(run->params->observer, EVENT_INFO, "redirected to %s", shown);
	free(transfer->target);
	transfer->target = xstrdup(target);
	transfer->phase = TRANSFER_WAITING;
	transfer->next_ms = now_ms();
}

/* An answer that is neither a success nor a redirect. */
static void take_refusal(struct run *run, struct transfer *transfer, long status, int64_t after_ms)
{
	const struct fetch_request *request = transfer->job->request;
	struct failure failure = failure_of_status(status);

	set_cause(transfer, failure, xasprintf("%ld %s", status, status_text(status)));
	if (retry_wants_status(status, request->retry_statuses, request->retry_status_count))
		retry(run, transfer, after_ms);
	else
		finish_failed(run, transfer, failure.kind, failure.errnum,
			      failure.kind == ERROR_NOT_FOUND ? "resource not found"
							      : "failed to fetch resource");
}

static void take_answer(struct run *run, struct transfer *transfer)
{
	const struct exchange *exchange = &transfer->exchange;
	long status = exchange_status(exchange);
	int64_t after_ms = retry_after_ms(run, exchange->easy);
	char *target = NULL;

	event_message(run->params->observer, EVENT_INFO, "%s result: %s", method_of(transfer),
		      status_text(status));
	run->engine->library.easy_getinfo(exchange->easy, CURLINFO_REDIRECT_URL, &target);

	AUTO_FREE char *redirect =
		target && !(transfer->job->flags & TRANSFER_STAY) ? xstrdup(target) : NULL;

	keep_answer(transfer);
	end_exchange(run, transfer);
	if (status == STATUS_OK || status == STATUS_NO_CONTENT ||
	    (status == STATUS_PARTIAL && transfer->body.delivered))
		finish_whole(run, transfer);
	else if (status >= STATUS_REDIRECTS && status < STATUS_REFUSALS && redirect)
		follow(run, transfer, redirect);
	else
		take_refusal(run, transfer, status, after_ms);
}

/* There was no whole answer. */
static void take_break(struct run *run, struct transfer *transfer, struct failure failure,
		       char *cause)
{
	set_cause(transfer, failure, cause);
	event_message(run->params->observer, EVENT_INFO, "%s error: %s", method_of(transfer),
		      cause);
	end_exchange(run, transfer);
	if (failure.is_final) {
		finish_failed(run, transfer, failure.kind, failure.errnum,
			      failure.kind == ERROR_NOT_FOUND ? "resource not found"
							      : "failed to fetch resource");
	} else if (body_can_resume(&transfer->body)) {
		retry(run, transfer, /* retry_after_ms= */ 0);
	} else {
		AUTO_FREE char *what = xasprintf("broke off after %" PRIu64 " bytes, and cannot go "
						 "on there",
						 transfer->body.delivered);

		finish_failed(run, transfer, ERROR_NETWORK, failure.errnum, what);
	}
}

static void take_error(struct run *run, struct transfer *transfer, CURLcode code)
{
	const struct exchange *exchange = &transfer->exchange;
	const char *text =
		exchange->text[0] ? exchange->text : run->engine->library.easy_strerror(code);
	struct failure failure = failure_of_code((int)code);

	if (exchange->met_link_local) {
		failure = (struct failure){ ERROR_NETWORK_FINAL, EPERM, true,
					    "use a URL that needs no redirect" };
		text = "redirected to a name with a link-local address";
	} else if (exchange->bind_result == -EACCES) {
		failure = (struct failure){ ERROR_NETWORK_FINAL, EACCES, true, "run this as root" };
		text = "the service answers ports below 1024 only, and none may be used";
	}
	take_break(run, transfer, failure, xstrdup(text));
}

static void take_end(struct run *run, struct transfer *transfer, CURLcode code)
{
	const struct exchange *exchange = &transfer->exchange;

	if (transfer->body.failure_result < 0) {
		end_exchange(run, transfer);
		finish_body_failure(run, transfer);
	} else if (code == CURLE_OK && exchange->skip) {
		take_error(run, transfer, CURLE_PARTIAL_FILE);
	} else if (code == CURLE_OK && !exchange->has_headers) {
		/* Of libcurl that would be an empty body. */
		take_break(run, transfer, failure_of_code(CURLE_RECV_ERROR),
			   xstrdup("the answer broke off in its headers"));
	} else if (code == CURLE_OK || exchange->is_refusal) {
		take_answer(run, transfer);
	} else {
		take_error(run, transfer, code);
	}
}

/* --- the loop */

static void begin_attempt(const struct run *run, struct transfer *transfer)
{
	const struct transfer_params *params = run->params;
	int64_t total = params->settings->total_ms;

	if (transfer->attempt++ == 0) {
		transfer->deadline_ms = total ? now_ms() + total - transfer->job->spent_ms : NEVER;
		transfer->tell_ms = now_ms() + FETCH_TELL_EVERY_MS;
		transfer->progress_ms = now_ms() + FETCH_PROGRESS_EVERY_MS;
	}
	event_message(params->observer, EVENT_INFO, "%s %s: attempt #%u", method_of(transfer),
		      transfer->printable, transfer->attempt);
}

static void start(struct run *run, struct transfer *transfer)
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
		finish(run, transfer,
		       error_set(&transfer->job->error, err.kind, -r, "%s %s: %s",
				 method_of(transfer), transfer->printable, err.text));
		return;
	}
	transfer->phase = TRANSFER_RUNNING;
	transfer->exchange.started_ms = now_ms();
	engine->library.multi_add_handle(engine->multi, transfer->exchange.easy);
	run->running++;
}

static void tell(const struct run *run, struct transfer *transfer, int64_t now)
{
	if (now >= transfer->progress_ms && transfer->body.delivered) {
		const struct event progress = progress_of(transfer);

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

static void stop_late(struct run *run, struct transfer *transfer)
{
	if (transfer->phase == TRANSFER_RUNNING) {
		if (!transfer->cause || transfer->exchange.has_headers)
			set_cause(transfer,
				  (struct failure){ .hint = "check the server, or raise "
							    "ignition.timeouts.httpTotal" },
				  xasprintf("%" PRIu64 " bytes came", transfer->body.delivered));
		end_exchange(run, transfer);
	}
	finish_late(run, transfer);
}

static void give_up(struct run *run, struct transfer *transfer)
{
	if (transfer->phase == TRANSFER_RUNNING)
		end_exchange(run, transfer);
	finish(run, transfer,
	       error_set(&transfer->job->error, ERROR_NETWORK, ECANCELED,
			 "%s %s: given up: an "
			 "earlier one failed",
			 method_of(transfer), transfer->printable));
}

/* Whatever time makes of @transfer. */
static void step(struct run *run, struct transfer *transfer, int64_t now)
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
		AUTO_FREE char *limit = duration_text(run->params->settings->response_headers_ms);

		take_break(run, transfer, late_headers,
			   xasprintf("timeout awaiting response headers (%s)", limit));
	}
}

static void earlier(int64_t *wake, int64_t at)
{
	if (at < *wake)
		*wake = at;
}

/* When step() has something to do again. */
static int64_t wake_ms(const struct run *run, int64_t now)
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

static void take_messages(struct run *run)
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
		take_end(run, transfer, code);
	}
}

static void turn(struct run *run)
{
	const struct transfer_engine *engine = run->engine;
	int64_t now = now_ms();
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
	now = now_ms();

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
		.printable = printable(job->request->url),
		.deadline_ms = NEVER,
	};
}

/* Others of a race that is over. */
static void give_up_rest(struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		struct transfer *transfer = &run->transfers[i];

		if (transfer->phase == TRANSFER_DONE)
			continue;
		if (transfer->phase == TRANSFER_RUNNING)
			end_exchange(run, transfer);
		finish(run, transfer,
		       error_set(&transfer->job->error, ERROR_NETWORK, ECANCELED,
				 "%s %s: another one was faster", method_of(transfer),
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
	struct run run = {
		.engine = engine,
		.params = params,
		.transfers = transfers,
		.count = count,
		.wanted = count,
		.decided_ms = NEVER,
	};

	for (size_t i = 0; i < count; i++)
		init_transfer(&transfers[i], &jobs[i]);
	while (run.done < count && now_ms() < run.decided_ms)
		turn(&run);
	give_up_rest(&run);
	for (size_t i = 0; i < count; i++)
		release(&transfers[i]);
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
