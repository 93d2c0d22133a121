/* prefetch - contents that come from URLs. */
#include "fetch/prefetch.h"

#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "tap.h"

#define SHA256_HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define GZIP_HELLO   "data:;base64,H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=="
static void hear(const struct event_observer *observer, const struct event *event)
{
	struct text *heard = observer->context;

	text_printf(heard, "%d:%d:%s\n", (int)event->kind, (int)event->level, event->text);
}

static int append(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	return text_append(sink->context, data, length) < 0
		       ? error_set(err, ERROR_SYSTEM, ENOSPC, "full")
		       : 0;
}

static void test_content(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fetcher_free) struct fetcher *fetcher = fetcher_new(FETCHER_ONLINE, NULL);
	AUTO(text_done) struct text heard = TEXT_INIT(1000);
	AUTO(text_done) struct text got = TEXT_INIT(5);
	const struct event_observer observer = { hear, &heard };
	struct content_sink sink = { append, &got };
	AUTO(prefetch_free) struct prefetch *prefetch = prefetch_new(fetcher);
	struct prefetch_content detail = {
		.prefetch = prefetch,
		.request = { .url = SLICE(GZIP_HELLO),
			     .compression = SLICE("gzip"),
			     .hash = SLICE("sha256-" SHA256_HELLO) },
	};
	struct content content;

	prefetch_content_init(&content, &detail);
	tap_ok(content.is_local, "a data: URL is a local content");
	tap_ok(slice_is(content.label, "data:;base64,..."), "whose label does not show the data");
	tap_int(content_deliver(&content, &sink, &observer, &err), 0, "it is delivered");
	tap_str(text_str(&got), "hello", "decompressed");
	tap_str(text_str(&heard), "0:7:file matches expected sum of: " SHA256_HELLO "\n",
		"and whoever listens hears that its hash matches");
	tap_int(content_deliver(&content, &sink, NULL, &err), -ENOSPC, "a full sink is an error");
	tap_str(err.text, "full", "in the sink's own words");

	detail.request.url = SLICE("https://user:secret@host/path?token=secret");
	prefetch_content_init(&content, &detail);
	tap_ok(!content.is_local, "an https: URL is not local");
	tap_ok(slice_is(content.label, "https://host/path"), "its label shows no secrets");

	AUTO_FREE char *name = xcalloc(1, 1000);
	AUTO_FREE char *url = NULL;

	memset(name, 'x', 999);
	url = xasprintf("http://host/%s", name);
	detail.request.url = slice_of(url);
	prefetch_content_init(&content, &detail);
	tap_int((int64_t)content.label.length, PREFETCH_LABEL_MAX - 1, "a long label is cut");
}

/* What is expected is fetched together; each failure is told in its own turn. */
static void test_expected(void)
{
	AUTO(fetcher_free) struct fetcher *fetcher = fetcher_new(FETCHER_OFFLINE, NULL);
	AUTO(prefetch_free) struct prefetch *prefetch = prefetch_new(fetcher);
	AUTO(text_done) struct text got = TEXT_INIT(100);
	AUTO_CLOSE int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct content_sink sink = { append, &got };
	struct prefetch_content details[3] = { 0 };
	struct content contents[3];

	for (size_t i = 0; i < ARRAY_SIZE(details); i++) {
		details[i].prefetch = prefetch;
		details[i].request.url = i == 1 ? SLICE("data:,x") : SLICE("http://host/");
		prefetch_content_init(&contents[i], &details[i]);
		prefetch_expect(prefetch, &contents[i], root_fd, "/tmp/none/x");
	}
	for (size_t i = 0; i < ARRAY_SIZE(details); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		int r = content_deliver(&contents[i], &sink, NULL, &err);

		tap_int(r, i == 1 ? 0 : -ENETDOWN, "a content ends as it would alone");
		tap_str(err.text, i == 1 ? NULL : "resource requires networking", "in its words");
	}
	tap_int(content_deliver(&contents[0], &sink, NULL, NULL), -ENETDOWN,
		"one that was asked for before is fetched anew");
	tap_str(text_str(&got), "x", "the sink has what there is");
}

int main(void)
{
	test_content();
	test_expected();
	prefetch_free(NULL);
	return tap_done();
}
