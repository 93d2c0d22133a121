#include "fetch/inquiry.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/url.h"
#include "fetch/limits.h"
#include "fetch/transfer.h"

void inquiry_answer_done(struct inquiry_answer *answer)
{
	free(answer->header);
	/* It may hold a token. */
	if (answer->body)
		explicit_bzero(answer->body, answer->length);
	free(answer->body);
	*answer = (struct inquiry_answer){ 0 };
}

static int keep(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	if (text_append(sink->context, data, length) == 0)
		return 0;
	return error_set(err, ERROR_INPUT, EFBIG, "the answer is larger than %zu KiB",
			 INQUIRY_MAX_BYTES >> 10);
}

/* 0: without limit.  Return: whether there is any time. */
static bool get_limit(const struct inquirer *inquirer, const struct inquiry *inquiry,
		      int64_t *ret_ms)
{
	int64_t left = INT64_MAX;

	*ret_ms = inquiry->limit_ms;
	if (inquirer->deadline_ms == INT64_MAX)
		return true;
	left = inquirer->deadline_ms - transfer_now_ms();
	if (!*ret_ms || left < *ret_ms)
		*ret_ms = left;
	return left > 0;
}

static int refuse_late(const struct inquiry *inquiry, struct error *err)
{
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);

	url_append_printable(&name, inquiry->request.url);
	return error_set(err, ERROR_TIMEOUT, ETIMEDOUT, "no time is left to ask %s",
			 text_str(&name));
}

int inquire(const struct inquirer *inquirer, const struct inquiry *inquiry,
	    struct inquiry_answer *ret, struct error *err)
{
	AUTO(text_done) struct text body = TEXT_INIT(INQUIRY_MAX_BYTES);
	struct content_sink sink = { .write = keep, .context = &body };
	AUTO(transfer_answer_done)
	struct transfer_answer answer = { .header_name = inquiry->header_name };
	struct transfer_job job = { .request = &inquiry->request,
				    .sink = &sink,
				    .answer = &answer,
				    .flags = TRANSFER_STAY };
	struct fetch_settings settings = *inquirer->params->settings;
	struct transfer_params params = *inquirer->params;

	*ret = (struct inquiry_answer){ .status = 0 };
	if (!get_limit(inquirer, inquiry, &settings.total_ms))
		return refuse_late(inquiry, err);
	params.settings = &settings;
	transfer_run(inquirer->engine, &params, &job, 1);
	*ret = (struct inquiry_answer){ .status = answer.status,
					.header = take_ptr(&answer.header) };
	if (job.result < 0) {
		if (err)
			*err = job.error;
		else
			error_done(&job.error);
		return job.result;
	}
	ret->length = body.length;
	ret->body = text_take(&body);
	return 0;
}
