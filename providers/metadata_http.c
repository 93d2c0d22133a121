#include "providers/metadata_http.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/url.h"

#define HEADERS_MAX 8
#define TOKEN_MAX   ((size_t)8 << 10)

/* A body that is kept, with its ceiling. */
struct keeper {
	struct content_sink sink;
	struct text body;
};

static int keep(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	struct text *body = sink->context;

	if (text_append(body, data, length) == 0)
		return 0;
	return error_set(err, ERROR_INPUT, EFBIG, "the answer is larger than %zu KiB",
			 body->max >> 10);
}

static void keeper_init(struct keeper *ret, size_t max_bytes)
{
	*ret = (struct keeper){ .body = TEXT_INIT(max_bytes) };
	ret->sink = (struct content_sink){ .write = keep, .context = &ret->body };
}

static void keeper_done(struct keeper *keeper)
{
	text_done(&keeper->body);
}

DEFINE_DONE(struct keeper, keeper_done)

void metadata_http_done(struct metadata_client *client)
{
	if (client->token)
		explicit_bzero(client->token, strlen(client->token));
	free(client->token);
	client->token = NULL;
}

static struct fetch_request request_of(const struct metadata_client *client)
{
	const struct metadata_service *service = client->service;

	return (struct fetch_request){
		.refuse_redirects = true,
		.retry_statuses = service->retry_statuses,
		.retry_status_count = service->retry_status_count,
		.attempts_max = service->attempts_max,
		.is_privileged = service->is_privileged,
	};
}

/* The headers of every request, and one more. */
static size_t fill_headers(const struct metadata_service *service, struct slice name,
			   struct slice value, struct fetch_header ret[static HEADERS_MAX])
{
	size_t count = 0;

	for (; count < service->header_count && count < HEADERS_MAX - 1; count++)
		ret[count] = service->headers[count];
	if (name.length)
		ret[count++] = (struct fetch_header){ name, value };
	return count;
}

/* --- the address that answers */

/* One request to every address; whoever answers first is the service. */
struct race {
	char **urls;
	struct fetch_request *requests;
	struct keeper *keepers;
	struct fetch_job *jobs;
	size_t count;
};

static void race_done(struct race *race)
{
	for (size_t i = 0; i < race->count; i++) {
		free(race->urls[i]);
		keeper_done(&race->keepers[i]);
		error_done(&race->jobs[i].error);
	}
	free(race->urls);
	free(race->requests);
	free(race->keepers);
	free(race->jobs);
}

DEFINE_DONE(struct race, race_done)

static void race_init(struct race *ret, const struct metadata_client *client, const char *path,
		      const struct fetch_request *request, size_t max_bytes)
{
	const char *const *bases = client->service->bases;
	const char *base = client->base ?: client->context->service;

	*ret = (struct race){ .count = 0 };
	while (bases[ret->count] && !(base && ret->count == 1))
		ret->count++;
	ret->urls = xcalloc(ret->count, sizeof(*ret->urls));
	ret->requests = xcalloc(ret->count, sizeof(*ret->requests));
	ret->keepers = xcalloc(ret->count, sizeof(*ret->keepers));
	ret->jobs = xcalloc(ret->count, sizeof(*ret->jobs));
	for (size_t i = 0; i < ret->count; i++) {
		ret->urls[i] = xasprintf("%s%s", base ?: bases[i], path);
		ret->requests[i] = *request;
		ret->requests[i].url = slice_of(ret->urls[i]);
		keeper_init(&ret->keepers[i], max_bytes);
		ret->jobs[i] = (struct fetch_job){ .request = &ret->requests[i],
						   .sink = &ret->keepers[i].sink };
	}
}

/* @request for @path, at the address that answers; which one that is is then known. */
static int ask(struct metadata_client *client, const char *path,
	       const struct fetch_request *request, struct text *ret, struct error *err)
{
	AUTO(race_done) struct race race = { .count = 0 };

	race_init(&race, client, path, request, ret->max);

	size_t winner =
		fetch_first(client->context->fetcher, race.jobs, race.count, METADATA_GRACE_MS);
	const struct fetch_job *job = &race.jobs[winner];

	if (job->result < 0)
		error_set(err, job->error.kind, -job->result, "%s", job->error.text);
	if (!client->base && (job->result == 0 || job->error.kind == ERROR_NOT_FOUND))
		client->base = client->context->service ?: client->service->bases[winner];
	if (job->result < 0)
		return job->result;
	text_append_slice(ret, text_slice(&race.keepers[winner].body));
	return 0;
}

/* --- sessions */

static int begin_session(struct metadata_client *client, struct error *err)
{
	const struct metadata_token *token = client->service->token;
	struct fetch_header headers[HEADERS_MAX];
	struct fetch_request request = request_of(client);
	AUTO(text_done) struct text body = TEXT_INIT(TOKEN_MAX);
	AUTO(error_done) struct error problem = ERROR_INIT;

	if (!token || client->has_session)
		return 0;
	request.method = "PUT";
	request.headers = headers;
	request.header_count =
		fill_headers(client->service, token->lifetime.name, token->lifetime.value, headers);
	if (token->accept && request.header_count < HEADERS_MAX)
		headers[request.header_count++] =
			(struct fetch_header){ SLICE("Accept"), slice_of(token->accept) };

	int r = ask(client, token->path, &request, &body, &problem);

	if (r == -ENOENT && token->is_optional)
		event_message(client->context->observer, EVENT_INFO,
			      "the metadata service knows no tokens: going on without");
	else if (r < 0)
		return error_set(err, problem.kind, -r, "get a token: %s", problem.text);
	else
		client->token = slice_dup(slice_trim(text_slice(&body)));
	if (client->token && client->token[0] == '\0')
		return error_set(err, ERROR_INPUT, EBADMSG,
				 "the metadata service gave an empty token");
	client->has_session = true;
	return 0;
}

static size_t session_headers(const struct metadata_client *client,
			      struct fetch_header ret[static HEADERS_MAX])
{
	const struct metadata_token *token = client->service->token;

	return fill_headers(client->service, slice_of(client->token ? token->header : ""),
			    slice_of(client->token), ret);
}

static int get(struct metadata_client *client, const char *path, struct text *ret,
	       struct error *err)
{
	struct fetch_header headers[HEADERS_MAX];
	struct fetch_request request = request_of(client);
	int r = begin_session(client, err);

	if (r < 0)
		return r;
	request.headers = headers;
	request.header_count = session_headers(client, headers);
	return ask(client, path, &request, ret, err);
}

int metadata_http_get(struct metadata_client *client, const char *path, char **ret,
		      size_t *ret_length, struct error *err)
{
	AUTO(text_done) struct text body = TEXT_INIT(METADATA_BODY_MAX);
	int r = get(client, path, &body, err);

	if (r < 0)
		return r;
	*ret_length = body.length;
	*ret = text_take(&body);
	return 0;
}

/* --- several at a time */

/* Their connections are opened side by side, so an address has to be known before. */
static int get_rest(struct metadata_client *client, struct metadata_item *items, size_t count,
		    struct error *err)
{
	struct fetch_header headers[HEADERS_MAX];
	struct fetch_request request = request_of(client);
	AUTO(race_done) struct race many = { .count = count };
	int r = 0;

	request.headers = headers;
	request.header_count = session_headers(client, headers);
	many.urls = xcalloc(count, sizeof(*many.urls));
	many.requests = xcalloc(count, sizeof(*many.requests));
	many.keepers = xcalloc(count, sizeof(*many.keepers));
	many.jobs = xcalloc(count, sizeof(*many.jobs));
	for (size_t i = 0; i < count; i++) {
		many.urls[i] = xasprintf("%s%s", client->base, items[i].path);
		many.requests[i] = request;
		many.requests[i].url = slice_of(many.urls[i]);
		keeper_init(&many.keepers[i], METADATA_BODY_MAX);
		many.jobs[i] = (struct fetch_job){ .request = &many.requests[i],
						   .sink = &many.keepers[i].sink };
	}
	fetch_many(client->context->fetcher, many.jobs, count);
	for (size_t i = 0; i < count && r == 0; i++) {
		const struct fetch_job *job = &many.jobs[i];

		if (job->result < 0 && job->error.kind != ERROR_NOT_FOUND)
			r = error_set(err, job->error.kind, -job->result, "%s", job->error.text);
		if (job->result < 0)
			continue;
		items[i].length = many.keepers[i].body.length;
		items[i].body = many.keepers[i].body.length ? text_take(&many.keepers[i].body)
							    : xstrdup("");
	}
	return r;
}

int metadata_http_get_all(struct metadata_client *client, struct metadata_item *items, size_t count,
			  struct error *err)
{
	size_t done = 0;
	int r = begin_session(client, err);

	if (r == 0 && !client->base && count) {
		AUTO(error_done) struct error problem = ERROR_INIT;

		r = metadata_http_get(client, items[0].path, &items[0].body, &items[0].length,
				      &problem);
		if (r < 0 && r != -ENOENT)
			return error_set(err, problem.kind, -r, "%s", problem.text);
		r = 0;
		done = 1;
	}
	return r < 0 || done == count ? r : get_rest(client, items + done, count - done, err);
}

void metadata_http_items_done(struct metadata_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(take_ptr(&items[i].body));
}

struct slice metadata_http_item_text(const struct metadata_item *item)
{
	return item->body ? slice_trim((struct slice){ item->body, item->length })
			  : (struct slice){ NULL, 0 };
}

/* --- configs */

int metadata_http_get_config(struct metadata_client *client, const char *path,
			     enum metadata_absence absence, struct provider_config *ret,
			     struct error *err)
{
	AUTO(text_done) struct text body = TEXT_INIT(PROVIDER_CONFIG_MAX);
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = get(client, path, &body, &problem);

	if (r < 0 && (r != -ENOENT || absence == METADATA_ABSENT_IS_ERROR))
		return error_set(err, problem.kind, -r, "%s", problem.text);
	if (r < 0)
		event_message(client->context->observer, EVENT_INFO,
			      "%s%s: 404: no config was given to this machine", client->base, path);
	ret->length = body.length;
	ret->data = body.length ? text_take(&body) : xstrdup("");
	ret->name = xasprintf("%s%s", client->base, path);
	return 0;
}
