/*
 * fetch_check - fetch URLs with settings from the command line, for tests.
 *
 * Usage: fetch_check [OPTION ...] URL ...
 * Bodies go to standard output in order; events, then "kind: text" of each failure, to standard
 * error.  The exit status is 1 when a fetch failed.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/number.h"
#include "fetch/credential.h"
#include "fetch/fetch.h"

#define WORDS_MAX	16
#define AUTHORITIES_MAX ((size_t)1 << 20)
/* A day; 0 is unlimited. */
#define TIME_MAX_MS ((uint64_t)24 * 3600 * 1000)

enum {
	OPTION_TOTAL = 256,
	OPTION_HEADERS,
	OPTION_HTTP_PROXY,
	OPTION_HTTPS_PROXY,
	OPTION_NO_PROXY,
	OPTION_AUTHORITIES,
	OPTION_HEADER,
	OPTION_HASH,
	OPTION_GZIP,
	OPTION_ATTEMPTS,
	OPTION_PLATFORM,
};

static const struct option options[] = {
	{ "total", required_argument, NULL, OPTION_TOTAL },		 /* ms */
	{ "response-headers", required_argument, NULL, OPTION_HEADERS }, /* ms */
	{ "http-proxy", required_argument, NULL, OPTION_HTTP_PROXY },
	{ "https-proxy", required_argument, NULL, OPTION_HTTPS_PROXY },
	{ "no-proxy", required_argument, NULL, OPTION_NO_PROXY },
	{ "authorities", required_argument, NULL, OPTION_AUTHORITIES }, /* path */
	{ "header", required_argument, NULL, OPTION_HEADER },		/* name=value */
	{ "hash", required_argument, NULL, OPTION_HASH },
	{ "gzip", no_argument, NULL, OPTION_GZIP },
	{ "attempts", required_argument, NULL, OPTION_ATTEMPTS },
	{ "platform", required_argument, NULL, OPTION_PLATFORM }, /* aws, gcp */
	{ NULL, 0, NULL, 0 },
};

struct check {
	struct fetch_settings settings;
	struct fetch_request request; /* but for the URL */
	const struct credential_source *credentials;
	struct fetch_header headers[WORDS_MAX];
	struct slice no_proxy[WORDS_MAX];
	struct slice authorities[WORDS_MAX];
};

static int set_number(const char *text, uint64_t *ret)
{
	return number_parse_u64(slice_of(text), 0, TIME_MAX_MS, ret);
}

static int add_header(struct check *check, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals || check->request.header_count == WORDS_MAX)
		return -1;
	check->headers[check->request.header_count++] = (struct fetch_header){
		.name = { text, (size_t)(equals - text) },
		.value = slice_of(equals + 1),
	};
	return 0;
}

static int add_authorities(struct check *check, const char *path)
{
	char *data = NULL;
	size_t length = 0;

	if (check->settings.authority_count == WORDS_MAX ||
	    file_read(path, AUTHORITIES_MAX, /* flags= */ 0, &data, &length, NULL) < 0)
		return -1;
	check->authorities[check->settings.authority_count++] = (struct slice){ data, length };
	return 0;
}

static int add_no_proxy(struct check *check, const char *text)
{
	if (check->settings.no_proxy_count == WORDS_MAX)
		return -1;
	check->no_proxy[check->settings.no_proxy_count++] = slice_of(text);
	return 0;
}

static int set_platform(struct check *check, const char *name)
{
	if (strcmp(name, "aws") == 0)
		check->credentials = &credential_ec2;
	else if (strcmp(name, "gcp") == 0)
		check->credentials = &credential_gce;
	return check->credentials ? 0 : -1;
}

static int set_option(struct check *check, int option, const char *value)
{
	uint64_t number = 0;
	int r = 0;

	switch (option) {
	case OPTION_TOTAL:
		r = set_number(value, &number);
		check->settings.total_ms = (int64_t)number;
		return r;
	case OPTION_HEADERS:
		r = set_number(value, &number);
		check->settings.response_headers_ms = (int64_t)number;
		return r;
	case OPTION_ATTEMPTS:
		r = set_number(value, &number);
		check->request.attempts_max = (unsigned)number;
		return r;
	case OPTION_HTTP_PROXY:
		check->settings.http_proxy = slice_of(value);
		return 0;
	case OPTION_HTTPS_PROXY:
		check->settings.https_proxy = slice_of(value);
		return 0;
	case OPTION_NO_PROXY:
		return add_no_proxy(check, value);
	case OPTION_PLATFORM:
		return set_platform(check, value);
	case OPTION_AUTHORITIES:
		return add_authorities(check, value);
	case OPTION_HEADER:
		return add_header(check, value);
	case OPTION_HASH:
		check->request.hash = slice_of(value);
		return 0;
	case OPTION_GZIP:
		check->request.compression = SLICE("gzip");
		return 0;
	default:
		return -1;
	}
}

static void hear(const struct event_observer *observer, const struct event *event)
{
	(void)observer;
	switch (event->kind) {
	case EVENT_RETRY:
		fprintf(stderr, "retry: %s #%u: %s: %" PRId64 "\n", event->text, event->attempt,
			event->cause, event->next_ms);
		break;
	case EVENT_PROGRESS:
		fprintf(stderr, "progress: %s: %" PRIu64 " of %" PRIu64 "%s\n", event->text,
			event->done, event->total, event->is_last ? ", all" : "");
		break;
	case EVENT_WAIT:
		fprintf(stderr, "wait: %s: %" PRId64 "\n", event->text, event->remaining_ms);
		break;
	default:
		fprintf(stderr, "event: %s\n", event->text);
	}
}

static int keep(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	return text_append(sink->context, data, length) < 0
		       ? error_set(err, ERROR_INPUT, EFBIG, "too large")
		       : 0;
}

static int fetch_all(const struct check *check, struct fetcher *fetcher, char **urls, size_t count)
{
	AUTO_FREE struct fetch_request *requests = xcalloc(count, sizeof(*requests));
	AUTO_FREE struct fetch_job *jobs = xcalloc(count, sizeof(*jobs));
	AUTO_FREE struct content_sink *sinks = xcalloc(count, sizeof(*sinks));
	AUTO_FREE struct text *bodies = xcalloc(count, sizeof(*bodies));

	for (size_t i = 0; i < count; i++) {
		requests[i] = check->request;
		requests[i].url = slice_of(urls[i]);
		bodies[i] = TEXT_INIT(FETCH_MEMORY_MAX);
		sinks[i] = (struct content_sink){ .write = keep, .context = &bodies[i] };
		jobs[i] = (struct fetch_job){ .request = &requests[i], .sink = &sinks[i] };
	}

	int r = fetch_many(fetcher, jobs, count);

	for (size_t i = 0; i < count; i++) {
		fwrite(text_str(&bodies[i]), 1, bodies[i].length, stdout);
		if (jobs[i].result < 0)
			fprintf(stderr, "%s: %s\n", error_kind_name(jobs[i].error.kind),
				jobs[i].error.text);
		error_done(&jobs[i].error);
		text_done(&bodies[i]);
	}
	return r;
}

int main(int argc, char **argv)
{
	struct check check = { .settings = FETCH_SETTINGS_DEFAULT };
	const struct event_observer observer = { .notify = hear };
	AUTO(error_done) struct error err = ERROR_INIT;
	int option = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (set_option(&check, option, optarg) < 0)
			return 2;
	check.request.headers = check.headers;
	check.settings.no_proxy = check.no_proxy;
	check.settings.authorities = check.authorities;

	AUTO(fetcher_free) struct fetcher *fetcher = fetcher_new(FETCHER_ONLINE, &observer);
	int r = fetcher_configure(fetcher, &check.settings, &err);

	fetcher_set_credentials(fetcher, check.credentials);

	if (r < 0)
		fprintf(stderr, "%s: %s\n", error_kind_name(err.kind), err.text);
	else
		r = fetch_all(&check, fetcher, argv + optind, (size_t)(argc - optind));
	for (size_t i = 0; i < check.settings.authority_count; i++)
		free((void *)(uintptr_t)check.authorities[i].data);
	return r < 0;
}
