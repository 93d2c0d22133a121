#include "fetch/inquiry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

	if (inquiry->limit_ms && (!settings.total_ms || settings.total_ms > inquiry->limit_ms))
		settings.total_ms = inquiry->limit_ms;
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
