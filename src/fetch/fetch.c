#include "fetch/fetch.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/dataurl.h"
#include "base/hash.h"
#include "base/url.h"
#include "fetch/authorities.h"
#include "fetch/gs.h"
#include "fetch/gzip.h"
#include "fetch/object_store.h"
#include "fetch/request_headers.h"
#include "fetch/s3.h"
#include "fetch/tftp.h"
#include "fetch/transfer.h"
#include "fetch/verifier.h"

struct fetcher {
	enum fetcher_mode mode;
	const struct event_observer *observer;
	struct fetch_settings settings;
	struct text authorities;	/* PEM of settings.authorities and the system's; or empty */
	const struct fetch_oem *oem;	/* NULL: there are no oem: URLs; borrowed */
	struct transfer_engine *engine; /* NULL: the network was not used yet */
	struct object_store *store;
};

/* One scheme of URLs: delivered here, or by a transfer. */
struct scheme {
	const char *name;
	bool needs_network;
	bool is_transferred;
	bool is_uncompressed; /* compression is refused (spec ignition 5.1) */
	const struct object_class
		*objects; /* what is transferred is where the store says; or NULL */
	int (*deliver)(const struct fetcher *fetcher, const struct fetch_request *request,
		       struct content_sink *sink, struct error *err);
};

static int deliver_data(const struct fetcher *fetcher, const struct fetch_request *request,
			struct content_sink *sink, struct error *err)
{
	(void)fetcher;

	struct dataurl url = { 0 };
	int r = dataurl_parse(request->url, &url, err);

	return r < 0 ? r : dataurl_deliver(&url, sink, err);
}

static int deliver_tftp(const struct fetcher *fetcher, const struct fetch_request *request,
			struct content_sink *sink, struct error *err)
{
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);

	url_append_printable(&name, request->url);

	const struct tftp_params params = { .url = request->url,
					    .name = text_str(&name),
					    .total_ms = fetcher->settings.total_ms,
					    .observer = fetcher->observer };
	int r = tftp_deliver(&params, sink, err);

	return r < 0 ? error_wrap(err, r, "GET %s", params.name) : 0;
}

/* Spec ignition 5.8. */
static int deliver_oem(const struct fetcher *fetcher, const struct fetch_request *request,
		       struct content_sink *sink, struct error *err)
{
	AUTO(text_done) struct text path = TEXT_INIT(FETCH_URL_MAX_BYTES);
	struct url url = { 0 };
	int r = url_parse(request->url, &url, err);

	if (r < 0)
		return r;
	if (!fetcher->oem)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "unsupported source scheme");
	if (!slice_starts(url.path, "/"))
		return error_set(err, ERROR_INPUT, EINVAL, "path is not absolute");
	if (url_append_unescaped(&path, url.path) < 0)
		return error_set(err, ERROR_INPUT, E2BIG, "the URL is too long");
	return fetcher->oem->deliver(fetcher->oem->context, text_str(&path), sink, err);
}

static const struct scheme schemes[] = {
	{ .name = "data", .deliver = deliver_data },
	{ .name = "oem", .deliver = deliver_oem },
	{ .name = "http", .needs_network = true, .is_transferred = true },
	{ .name = "https", .needs_network = true, .is_transferred = true },
	{ .name = "tftp", .needs_network = true, .deliver = deliver_tftp },
	{ .name = "s3",
	  .needs_network = true,
	  .is_transferred = true,
	  .is_uncompressed = true,
	  .objects = &s3_class },
	{ .name = "gs", .needs_network = true, .is_transferred = true, .objects = &gs_class },
	{ .name = "arn",
	  .needs_network = true,
	  .is_transferred = true,
	  .is_uncompressed = true,
	  .objects = &s3_class },
};

/* Not in the table: a URL without a scheme has no bytes, whatever else it says. */
static const struct scheme no_scheme = { .name = "" };

static bool is_scheme(struct slice text, const char *name)
{
	return text.length == strlen(name) && strncasecmp(text.data, name, text.length) == 0;
}

static int find_scheme(struct slice text, const struct scheme **ret, struct error *err)
{
	struct url url = { 0 };
	int r = url_parse(text, &url, err);

	if (r < 0)
		return error_wrap(err, r, "unable to parse url");
	if (url.scheme.length == 0) {
		*ret = &no_scheme;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		if (!is_scheme(url.scheme, schemes[i].name))
			continue;
		*ret = &schemes[i];
		return 0;
	}
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "unsupported source scheme");
}

static int check_scheme(const struct scheme *scheme, const struct fetch_request *request,
			enum fetcher_mode mode, struct error *err)
{
	if (scheme->needs_network && mode == FETCHER_OFFLINE)
		return error_set(err, ERROR_NEED_NETWORK, ENETDOWN, "resource requires networking");
	if (scheme->is_uncompressed && request->compression.length)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "compression is not supported with that scheme");
	return 0;
}

/* From where the bytes come to the caller's sink: decompressed, then verified. */
struct pipeline {
	const struct fetch_request *request;
	const struct scheme *scheme;
	struct fetch_request located; /* what is transferred: the request, with its location */
	struct object *object;	      /* of a store; NULL: the URL is the location; owned */
	struct transfer_answer answer;
	int64_t began_ms;
	struct verifier verifier;
	struct gzip *gzip; /* NULL: nothing to decompress; owned */
};

static int pipeline_init(struct pipeline *ret, const struct fetch_request *request,
			 struct content_sink *sink, struct error *err)
{
	int r = verifier_init(&ret->verifier, request, sink, err);

	if (r == 0 && ret->scheme->is_transferred)
		r = request_headers_check(request, err);
	if (r < 0 || request->compression.length == 0)
		return r;
	if (!slice_is(request->compression, "gzip"))
		return error_set(err, ERROR_INPUT, EINVAL, "invalid compression method");
	ret->gzip = gzip_new(&ret->verifier.sink);
	return 0;
}

static int pipeline_init_object(struct pipeline *pipeline, struct object_store *store,
				struct error *err)
{
	const struct object_class *class = pipeline->scheme->objects;
	struct url url = { 0 };

	if (!class)
		return 0;

	int r = url_parse(pipeline->request->url, &url, err);

	return r < 0 ? r : class->new (store, &url, &pipeline->object, err);
}

/* Where the bytes are; a store may have to be asked. */
static int pipeline_locate(struct pipeline *pipeline, const struct inquirer *inquirer,
			   struct error *err)
{
	pipeline->located = *pipeline->request;
	if (!pipeline->object)
		return 0;

	int r = object_locate(pipeline->object, inquirer, err);

	pipeline->located.url = slice_of(pipeline->object->url);
	return r;
}

static struct content_sink *pipeline_sink(struct pipeline *pipeline)
{
	return pipeline->gzip ? gzip_sink(pipeline->gzip) : &pipeline->verifier.sink;
}

static int pipeline_finish(struct pipeline *pipeline, const struct event_observer *observer,
			   struct error *err)
{
	int r = pipeline->gzip ? gzip_finish(pipeline->gzip, err) : 0;

	return r < 0 ? r : verifier_finish(&pipeline->verifier, pipeline->request, observer, err);
}

static void pipeline_done(struct pipeline *pipeline)
{
	gzip_free(pipeline->gzip);
	object_free(pipeline->object);
	transfer_answer_done(&pipeline->answer);
}

/* Several fetches on their way. */
struct batch {
	struct fetcher *fetcher;
	const struct event_observer *observer;
	bool stops_at_failure; /* what is behind a failed job is given up */
	struct fetch_job *jobs;
	size_t count;
	struct pipeline *pipelines; /* of the job with the same index */
	size_t *waiting;	    /* indices of the jobs that are transferred */
	size_t waiting_count;
	bool is_race;
	int64_t grace_ms;
};

/* All of a job that needs no network; what does is put among the waiting. */
static int begin_job(struct batch *batch, size_t index, struct error *err)
{
	const struct fetch_job *job = &batch->jobs[index];
	struct pipeline *pipeline = &batch->pipelines[index];
	int r = find_scheme(job->request->url, &pipeline->scheme, err);

	pipeline->request = job->request;
	if (r < 0 || pipeline->scheme == &no_scheme)
		return r;
	r = check_scheme(pipeline->scheme, job->request, batch->fetcher->mode, err);
	if (r == 0)
		r = pipeline_init(pipeline, job->request, job->sink, err);
	if (r < 0)
		return r;
	if (pipeline->scheme->is_transferred) {
		r = pipeline_init_object(pipeline, batch->fetcher->store, err);
		if (r == 0)
			batch->waiting[batch->waiting_count++] = index;
		return r;
	}
	r = pipeline->scheme->deliver(batch->fetcher, job->request, pipeline_sink(pipeline), err);
	return r < 0 ? r : pipeline_finish(pipeline, batch->observer, err);
}

static struct transfer_job transfer_job_of(struct pipeline *pipeline)
{
	struct object *object = pipeline->object;
	struct transfer_job job = { .request = &pipeline->located,
				    .sink = pipeline_sink(pipeline),
				    .flags = pipeline->request->refuse_redirects ? TRANSFER_STAY
										 : 0U };

	if (!object)
		return job;
	transfer_answer_done(&pipeline->answer);
	pipeline->answer.header_name = object->class->header_name;
	job.signer = &object->signer;
	job.answer = &pipeline->answer;
	job.flags = object->class->transfer_flags;
	/* Asking where it is counts as well. */
	job.spent_ms = transfer_now_ms() - pipeline->began_ms;
	return job;
}

/* Return: whether the transfer has to be done once more. */
static bool end_transfer(const struct batch *batch, size_t index, const struct transfer_job *ended)
{
	struct fetch_job *job = &batch->jobs[index];
	struct pipeline *pipeline = &batch->pipelines[index];

	job->result = ended->result;
	job->error = ended->error;
	if (job->result == 0) {
		job->result = pipeline_finish(pipeline, batch->observer, &job->error);
		return false;
	}
	if (!pipeline->object)
		return false;
	if (object_reconsider(pipeline->object, &pipeline->answer)) {
		error_done(&job->error);
		return true;
	}
	object_wrap(pipeline->object, &pipeline->answer, &job->error, job->result);
	return false;
}

/* Return: how many of @waiting could be located; they come first in it. */
static size_t locate_waiting(const struct batch *batch, const struct transfer_params *params,
			     size_t *waiting, size_t count)
{
	struct inquirer inquirer = { .engine = batch->fetcher->engine, .params = params };
	int64_t total = params->settings->total_ms;
	size_t located = 0;

	for (size_t i = 0; i < count; i++) {
		struct fetch_job *job = &batch->jobs[waiting[i]];
		struct pipeline *pipeline = &batch->pipelines[waiting[i]];

		if (pipeline->began_ms == 0)
			pipeline->began_ms = transfer_now_ms();
		inquirer.deadline_ms = total ? pipeline->began_ms + total : INT64_MAX;
		job->result = pipeline_locate(pipeline, &inquirer, &job->error);
		if (job->result == 0)
			waiting[located++] = waiting[i];
	}
	return located;
}

/*
 * Run @waiting, all at once.
 * Return: how many have to be located and run once more; they come first in it.
 */
static size_t transfer_waiting(const struct batch *batch, size_t *waiting, size_t count)
{
	const struct fetcher *fetcher = batch->fetcher;
	const struct transfer_params params = {
		.settings = &fetcher->settings,
		.authorities = fetcher->authorities.length ? text_slice(&fetcher->authorities)
							   : (struct slice){ NULL, 0 },
		.observer = batch->observer,
		.stops_at_failure = batch->stops_at_failure,
		.is_race = batch->is_race,
		.grace_ms = batch->grace_ms,
	};
	size_t again = 0;

	count = locate_waiting(batch, &params, waiting, count);

	AUTO_FREE struct transfer_job *transfers = xcalloc(count, sizeof(*transfers));

	for (size_t i = 0; i < count; i++)
		transfers[i] = transfer_job_of(&batch->pipelines[waiting[i]]);
	transfer_run(fetcher->engine, &params, transfers, count);
	for (size_t i = 0; i < count; i++)
		if (end_transfer(batch, waiting[i], &transfers[i]))
			waiting[again++] = waiting[i];
	return again;
}

/* What the first use of the network loads: its library, and the certificates that are named. */
static int load(struct fetcher *fetcher, struct error *err)
{
	int r = 0;

	if (fetcher->authorities.length == 0 && authorities_are_named())
		r = authorities_join(/* bundles= */ NULL, 0, &fetcher->authorities, err);
	if (r == 0 && !fetcher->engine)
		r = transfer_engine_new(&fetcher->engine, err);
	return r;
}

static void run_waiting(const struct batch *batch)
{
	int r = -ENOLINK;

	for (size_t i = 0; i < batch->waiting_count && r < 0; i++) {
		struct fetch_job *job = &batch->jobs[batch->waiting[i]];

		r = load(batch->fetcher, &job->error);
		job->result = r;
	}
	for (size_t left = r == 0 ? batch->waiting_count : 0; left;)
		left = transfer_waiting(batch, batch->waiting, left);
}

static void begin_jobs(struct batch *batch)
{
	bool is_wanted = true;

	for (size_t i = 0; i < batch->count; i++) {
		struct fetch_job *job = &batch->jobs[i];

		job->error = ERROR_INIT;
		job->result = is_wanted ? begin_job(batch, i, &job->error)
					: error_set(&job->error, ERROR_NETWORK, ECANCELED,
						    "given up: an earlier one failed");
		if (job->result < 0 && batch->stops_at_failure)
			is_wanted = false;
	}
}

static int run_batch(struct batch *batch)
{
	AUTO_FREE struct pipeline *pipelines = xcalloc(batch->count, sizeof(*pipelines));
	AUTO_FREE size_t *waiting = xcalloc(batch->count, sizeof(*waiting));
	int result = 0;

	batch->pipelines = pipelines;
	batch->waiting = waiting;
	begin_jobs(batch);
	run_waiting(batch);
	for (size_t i = 0; i < batch->count; i++) {
		pipeline_done(&pipelines[i]);
		if (result == 0)
			result = batch->jobs[i].result;
	}
	return result;
}

struct fetcher *fetcher_new(enum fetcher_mode mode, const struct event_observer *observer)
{
	struct fetcher *fetcher = xcalloc(1, sizeof(*fetcher));

	fetcher->mode = mode;
	fetcher->observer = observer;
	fetcher->settings = FETCH_SETTINGS_DEFAULT;
	fetcher->store = object_store_new();
	fetcher->authorities = TEXT_INIT(FETCH_AUTHORITIES_MAX_BYTES);
	return fetcher;
}

void fetcher_free(struct fetcher *fetcher)
{
	if (!fetcher)
		return;
	transfer_engine_free(fetcher->engine);
	object_store_free(fetcher->store);
	text_done(&fetcher->authorities);
	free(fetcher);
}

void fetcher_set_credentials(struct fetcher *fetcher, const struct credential_source *source)
{
	object_store_set_source(fetcher->store, source);
}

bool fetcher_is_offline(const struct fetcher *fetcher)
{
	return fetcher->mode == FETCHER_OFFLINE;
}

int fetcher_configure(struct fetcher *fetcher, const struct fetch_settings *settings,
		      struct error *err)
{
	AUTO(text_done) struct text authorities = TEXT_INIT(FETCH_AUTHORITIES_MAX_BYTES);
	int r = settings->authority_count
			? authorities_join(settings->authorities, settings->authority_count,
					   &authorities, err)
			: 0;

	if (r < 0)
		return r;
	if (!slice_equal(text_slice(&authorities), text_slice(&fetcher->authorities)))
		authorities_tell(settings->authorities, settings->authority_count,
				 fetcher->observer);

	struct text old = fetcher->authorities;

	fetcher->authorities = authorities;
	authorities = old;
	fetcher->settings = *settings;
	fetcher->settings.authorities = NULL;
	fetcher->settings.authority_count = 0;
	return 0;
}

int fetch_many(struct fetcher *fetcher, struct fetch_job *jobs, size_t count)
{
	return run_batch(&(struct batch){
		.fetcher = fetcher, .observer = fetcher->observer, .jobs = jobs, .count = count });
}

int fetch_in_order(struct fetcher *fetcher, const struct event_observer *observer,
		   struct fetch_job *jobs, size_t count)
{
	return run_batch(&(struct batch){ .fetcher = fetcher,
					  .observer = observer,
					  .stops_at_failure = true,
					  .jobs = jobs,
					  .count = count });
}

void fetcher_allow_oem(struct fetcher *fetcher, const struct fetch_oem *oem)
{
	fetcher->oem = oem;
}

size_t fetch_first(struct fetcher *fetcher, struct fetch_job *jobs, size_t count, int64_t grace_ms)
{
	size_t failed = 0;

	run_batch(&(struct batch){ .fetcher = fetcher,
				   .observer = fetcher->observer,
				   .is_race = true,
				   .grace_ms = grace_ms,
				   .jobs = jobs,
				   .count = count });
	for (size_t i = count; i-- > 0;) {
		if (jobs[i].result == 0)
			return i;
		if (jobs[i].result != -ECANCELED)
			failed = i;
	}
	return failed;
}

bool fetch_is_local(struct slice url)
{
	const struct scheme *scheme = &no_scheme;

	return find_scheme(url, &scheme, /* err= */ NULL) == 0 && !scheme->needs_network;
}

int fetch_stream(struct fetcher *fetcher, const struct fetch_request *request,
		 struct content_sink *sink, struct error *err)
{
	struct fetch_job job = { .request = request, .sink = sink };
	int r = fetch_many(fetcher, &job, 1);

	return error_move(err, &job.error, r);
}

static int memory_write(struct content_sink *sink, const void *data, size_t length,
			struct error *err)
{
	if (text_append(sink->context, data, length) == 0)
		return 0;
	return error_set(err, ERROR_INPUT, EFBIG, "resource is larger than %zu MiB",
			 FETCH_MEMORY_MAX >> 20);
}

int fetch_memory(struct fetcher *fetcher, const struct fetch_request *request, char **ret,
		 size_t *ret_length, struct error *err)
{
	AUTO(text_done) struct text text = TEXT_INIT(FETCH_MEMORY_MAX);
	struct content_sink sink = { .write = memory_write, .context = &text };
	int r = fetch_stream(fetcher, request, &sink, err);

	if (r < 0)
		return r;
	*ret_length = text.length;
	*ret = text_take(&text);
	return 0;
}
