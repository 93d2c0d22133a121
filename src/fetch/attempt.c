#include "fetch/attempt.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/url.h"
#include "fetch/redirect.h"
#include "fetch/retry.h"

#define STATUS_OK	  200
#define STATUS_NO_CONTENT 204
#define STATUS_PARTIAL	  206
#define STATUS_REDIRECTS  300
#define STATUS_REFUSALS	  400

static uint32_t random_number(void)
{
	uint32_t number = 0;

	/* Early in a boot there may be none yet: then nothing is taken off. */
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		return 0;
	return number;
}

char *attempt_printable(struct slice url)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (url_append_printable(&out, url) < 0)
		text_append_str(&out, "(long URL)");
	return xstrdup(text_str(&out));
}

const char *attempt_method(const struct transfer *transfer)
{
	return transfer->job->request->method ?: "GET";
}

/* --- ends */

void attempt_release(struct transfer *transfer)
{
	error_done(&transfer->body.failure);
	free(transfer->url);
	free(transfer->printable);
	free(transfer->target);
	free(transfer->cause);
}

void attempt_end_exchange(struct transfer_run *run, struct transfer *transfer)
{
	const struct transfer_engine *engine = run->engine;

	engine->library.multi_remove_handle(engine->multi, transfer->exchange.easy);
	exchange_done(&transfer->exchange);
	run->running--;
}

void attempt_finish(struct transfer_run *run, struct transfer *transfer, int result)
{
	transfer->job->result = result;
	transfer->phase = TRANSFER_DONE;
	run->done++;
	if (run->params->is_race && (result == 0 || run->decided_ms == NEVER))
		run->decided_ms = transfer_now_ms() + (result < 0 ? run->params->grace_ms : 0);

	size_t index = (size_t)(transfer - run->transfers);

	if (result < 0 && run->params->stops_at_failure && index < run->wanted)
		run->wanted = index + 1;
}

/* "GET http://host/x: attempt #2: <what>: <cause>; <hint>" */
static void finish_failed(struct transfer_run *run, struct transfer *transfer, enum error_kind kind,
			  int errnum, const char *what)
{
	const char *hint = transfer->failure.hint;
	int r = error_set(&transfer->job->error, kind, errnum, "%s %s: attempt #%u: %s: %s%s%s",
			  attempt_method(transfer), transfer->printable, transfer->attempt, what,
			  transfer->cause ?: "no answer", hint ? "; " : "", hint ?: "");

	attempt_finish(run, transfer, r);
}

/* What was found while the body came: the sink's own error stays as it is. */
static void finish_body_failure(struct transfer_run *run, struct transfer *transfer)
{
	struct body *body = &transfer->body;

	transfer->job->error = body->failure;
	body->failure = ERROR_INIT;
	error_wrap(&transfer->job->error, body->failure_result, "%s %s: attempt #%u",
		   attempt_method(transfer), transfer->printable, transfer->attempt);
	attempt_finish(run, transfer, body->failure_result);
}

/* "15 s", or "1500 ms" where seconds are not enough. */
char *attempt_duration_text(int64_t ms)
{
	return ms % MS_PER_SECOND ? xasprintf("%" PRId64 " ms", ms)
				  : xasprintf("%" PRId64 " s", ms / MS_PER_SECOND);
}

void attempt_finish_late(struct transfer_run *run, struct transfer *transfer)
{
	AUTO_FREE char *limit = attempt_duration_text(run->params->settings->total_ms);
	AUTO_FREE char *what = xasprintf("unable to fetch resource in time (%s)", limit);

	finish_failed(run, transfer, ERROR_TIMEOUT, ETIMEDOUT, what);
}

struct event attempt_progress(const struct transfer *transfer)
{
	return (struct event){ .kind = EVENT_PROGRESS,
			       .level = EVENT_DEBUG,
			       .text = transfer->printable,
			       .done = transfer->body.delivered,
			       .total = transfer->body.total };
}

static void finish_whole(struct transfer_run *run, struct transfer *transfer)
{
	struct event progress = attempt_progress(transfer);

	progress.is_last = true;
	event_notify(run->params->observer, &progress);
	attempt_finish(run, transfer, 0);
}

/* --- what comes after an attempt */

void attempt_set_cause(struct transfer *transfer, struct failure failure, char *cause)
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

static void retry(struct transfer_run *run, struct transfer *transfer, int64_t retry_after_ms)
{
	unsigned most = transfer->job->request->attempts_max;

	if (most && transfer->attempt >= most) {
		finish_failed(run, transfer, transfer->failure.kind, transfer->failure.errnum,
			      "failed to fetch resource");
		return;
	}

	int64_t wait = retry_wait_ms(transfer->attempt, retry_after_ms, random_number());
	AUTO_FREE char *text = xasprintf("%s %s", attempt_method(transfer), transfer->printable);

	event_notify(run->params->observer, &(struct event){ .kind = EVENT_RETRY,
							     .level = EVENT_INFO,
							     .text = text,
							     .cause = transfer->cause,
							     .attempt = transfer->attempt,
							     .next_ms = wait });
	restart_from_url(transfer);
	transfer->phase = TRANSFER_WAITING;
	transfer->next_ms = transfer_now_ms() + wait;
}

static int64_t retry_after_ms(const struct transfer_run *run, CURL *easy)
{
	curl_off_t seconds = 0;

	run->engine->library.easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
	if (seconds <= 0 || seconds > FETCH_RETRY_AFTER_MAX_MS)
		return seconds > 0 ? FETCH_RETRY_AFTER_MAX_MS : 0;
	return (int64_t)seconds * MS_PER_SECOND;
}

static void follow(struct transfer_run *run, struct transfer *transfer, const char *target)
{
	const char *from = transfer->target ?: transfer->url;
	AUTO_FREE char *shown = attempt_printable(slice_of(target));
	AUTO(error_done) struct error refusal = ERROR_INIT;
	int r = redirect_check(slice_of(from), slice_of(target), ++transfer->redirects, &refusal);

	if (r < 0) {
		attempt_set_cause(transfer,
				  (struct failure){ .hint = "use a URL that needs no redirect" },
				  xasprintf("%s (%s)", refusal.text, shown));
		finish_failed(run, transfer, ERROR_NETWORK_FINAL, -r, "failed to fetch resource");
		return;
	}
	event_message(run->params->observer, EVENT_INFO, "redirected to %s", shown);
	free(transfer->target);
	transfer->target = xstrdup(target);
	transfer->phase = TRANSFER_WAITING;
	transfer->next_ms = transfer_now_ms();
}

/* An answer that is neither a success nor a redirect. */
static void take_refusal(struct transfer_run *run, struct transfer *transfer, long status,
			 int64_t after_ms)
{
	const struct fetch_request *request = transfer->job->request;
	struct failure failure = failure_of_status(status);

	attempt_set_cause(transfer, failure, xasprintf("%ld %s", status, status_text(status)));
	if (retry_wants_status(status, request->retry_statuses, request->retry_status_count))
		retry(run, transfer, after_ms);
	else
		finish_failed(run, transfer, failure.kind, failure.errnum,
			      failure.kind == ERROR_NOT_FOUND ? "resource not found"
							      : "failed to fetch resource");
}

static void take_answer(struct transfer_run *run, struct transfer *transfer)
{
	const struct exchange *exchange = &transfer->exchange;
	long status = exchange_status(exchange);
	int64_t after_ms = retry_after_ms(run, exchange->easy);
	char *target = NULL;

	event_message(run->params->observer, EVENT_INFO, "%s result: %s", attempt_method(transfer),
		      status_text(status));
	run->engine->library.easy_getinfo(exchange->easy, CURLINFO_REDIRECT_URL, &target);

	AUTO_FREE char *redirect =
		target && !(transfer->job->flags & TRANSFER_STAY) ? xstrdup(target) : NULL;

	keep_answer(transfer);
	attempt_end_exchange(run, transfer);
	if (status == STATUS_OK || status == STATUS_NO_CONTENT ||
	    (status == STATUS_PARTIAL && transfer->body.delivered))
		finish_whole(run, transfer);
	else if (status >= STATUS_REDIRECTS && status < STATUS_REFUSALS && redirect)
		follow(run, transfer, redirect);
	else
		take_refusal(run, transfer, status, after_ms);
}

/* There was no whole answer. */
void attempt_break(struct transfer_run *run, struct transfer *transfer, struct failure failure,
		   char *cause)
{
	attempt_set_cause(transfer, failure, cause);
	event_message(run->params->observer, EVENT_INFO, "%s error: %s", attempt_method(transfer),
		      cause);
	attempt_end_exchange(run, transfer);
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

static void take_error(struct transfer_run *run, struct transfer *transfer, CURLcode code)
{
	const struct exchange *exchange = &transfer->exchange;
	const char *text =
		exchange->text[0] ? exchange->text : run->engine->library.easy_strerror(code);
	struct failure failure = failure_of_code((int)code);

	if (exchange->met_link_local) {
		failure = (struct failure){ ERROR_NETWORK_FINAL, EPERM, true,
					    "use a URL that needs no redirect" };
		text = "redirected to a name with a link-local address";
	}
	attempt_break(run, transfer, failure, xstrdup(text));
}

void attempt_end(struct transfer_run *run, struct transfer *transfer, CURLcode code)
{
	const struct exchange *exchange = &transfer->exchange;

	if (transfer->body.failure_result < 0) {
		attempt_end_exchange(run, transfer);
		finish_body_failure(run, transfer);
	} else if (code == CURLE_OK && exchange->skip) {
		take_error(run, transfer, CURLE_PARTIAL_FILE);
	} else if (code == CURLE_OK && !exchange->has_headers) {
		/* Of libcurl that would be an empty body. */
		attempt_break(run, transfer, failure_of_code(CURLE_RECV_ERROR),
			      xstrdup("the answer broke off in its headers"));
	} else if (code == CURLE_OK || exchange->is_refusal) {
		take_answer(run, transfer);
	} else {
		take_error(run, transfer, code);
	}
}
