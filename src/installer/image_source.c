#include "installer/image_source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/url.h"
#include "fetch/fetch.h"
#include "installer/relay.h"

/* A body that breaks off is asked for again so often, beside what the user wants. */
#define RESUMES 10
/* A connection that brings nothing for so long is given up, and the body is resumed. */
#define STALL_MS ((int64_t)30 * 1000)
/* For what a small file needs in all. */
#define SIGNATURE_MS ((int64_t)5 * 60 * 1000)
/* What the worker itself takes, and the tables of its libraries. */
#define MEMORY_BYTES ((size_t)256 << 20)
/* Longer lists are cut. */
#define NO_PROXY_MAX 64
#define SUFFIX	     ".sig"

/* Statuses that mean "later" beside 500 and above (spec install-and-boot 3.5). */
static const unsigned later_statuses[] = { 408, 429 };

char *image_source_name(const struct install_source *from)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (from->kind == INSTALL_FILE)
		return xstrdup(from->location);
	if (url_append_printable(&out, slice_of(from->location)) < 0)
		text_append_str(&out, "(long URL)");
	return xstrdup(text_str(&out));
}

/* --- a file */

int image_source_open_file(const char *path, struct error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, errno, "open image %s", path);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "image %s is neither a file nor a block device", path);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return take_fd(&fd);
}

/* One block from @fd, as full as the file allows.  Return: bytes; -errno. */
static ssize_t fill(int fd, void *block, size_t size, struct error *err)
{
	size_t length = 0;

	while (length < size) {
		ssize_t got = read(fd, (char *)block + length, size - length);

		if (got < 0 && errno != EINTR)
			return error_errno(err, errno, "read the image");
		if (got == 0)
			break;
		length += got > 0 ? (size_t)got : 0;
	}
	return (ssize_t)length;
}

static int bring_file(const void *input, struct text *output, struct error *err)
{
	const struct image_source *source = input;
	ssize_t length = 0;

	(void)output;
	ring_take(source->ring, RING_PRODUCER);
	do {
		void *block = NULL;
		int r = ring_reserve(source->ring, &block, err);

		if (r < 0)
			return r;
		length = fill(source->file_fd, block, ring_block_bytes(source->ring), err);
		if (length < 0)
			return (int)length;
		r = ring_commit(source->ring, (size_t)length, err);
		if (r < 0)
			return r;
	} while (length > 0);
	return 0;
}

/* --- a URL */

/* A sink whose bytes go into a ring. */
struct ring_sink {
	struct content_sink sink;
	struct ring *ring;
	char *block; /* NULL: none is reserved */
	size_t length;
};

static int ring_write(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	struct ring_sink *to = sink->context;
	const size_t size = ring_block_bytes(to->ring);
	const char *from = data;

	while (length) {
		void *block = to->block;
		int r = block ? 0 : ring_reserve(to->ring, &block, err);

		if (r < 0)
			return r;
		to->block = block;

		size_t part = size - to->length < length ? size - to->length : length;

		memcpy(to->block + to->length, from, part);
		to->length += part;
		from += part;
		length -= part;
		if (to->length < size)
			continue;
		to->block = NULL;
		to->length = 0;
		r = ring_commit(to->ring, size, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The last bytes, and the end. */
static int ring_end(struct ring_sink *to, struct error *err)
{
	void *block = NULL;
	int r = to->length ? ring_commit(to->ring, to->length, err) : 0;

	if (r == 0 && (to->length || !to->block))
		r = ring_reserve(to->ring, &block, err);
	return r < 0 ? r : ring_commit(to->ring, 0, err);
}

static struct fetch_request request_of(const char *url, uint32_t retries)
{
	return (struct fetch_request){
		.url = slice_of(url),
		.retry_statuses = later_statuses,
		.retry_status_count = ARRAY_SIZE(later_statuses),
		.attempts_max = retries > UINT32_MAX - RESUMES - 1 ? 0 : retries + RESUMES + 1,
	};
}

/* Proxies are those of the environment; what they point at outlives this process. */
struct proxies {
	struct slice no_proxy[NO_PROXY_MAX];
	size_t no_proxy_count;
};

static void split_no_proxy(struct slice list, struct proxies *ret)
{
	while (list.length && ret->no_proxy_count < NO_PROXY_MAX) {
		const char *comma = memchr(list.data, ',', list.length);
		const size_t length = comma ? (size_t)(comma - list.data) : list.length;
		const struct slice word = slice_trim((struct slice){ list.data, length });

		if (word.length)
			ret->no_proxy[ret->no_proxy_count++] = word;
		list = slice_from(list, length + (comma != NULL));
	}
}

static int configure(struct fetcher *fetcher, int64_t total_ms, struct proxies *proxies,
		     struct error *err)
{
	struct fetch_settings settings = FETCH_SETTINGS_DEFAULT;

	split_no_proxy(slice_of(getenv("no_proxy") ?: getenv("NO_PROXY")), proxies);
	settings.total_ms = total_ms;
	settings.stall_ms = STALL_MS;
	settings.user_agent = "slipway-install/" PACKAGE_VERSION;
	/* HTTP_PROXY is not asked for, as curl(1) has it: a web server may set it. */
	settings.http_proxy = slice_of(getenv("http_proxy"));
	settings.https_proxy = slice_of(getenv("https_proxy") ?: getenv("HTTPS_PROXY"));
	settings.no_proxy = proxies->no_proxy;
	settings.no_proxy_count = proxies->no_proxy_count;
	return fetcher_configure(fetcher, &settings, err);
}

static int bring_url(const void *input, struct text *output, struct error *err)
{
	const struct image_source *source = input;
	struct event_observer observer;

	(void)output;
	ring_take(source->ring, RING_PRODUCER);
	relay_observe(&source->relay_fd, &observer);

	AUTO(fetcher_free) struct fetcher *fetcher = fetcher_new(FETCHER_ONLINE, &observer);
	const struct fetch_request request =
		request_of(source->from->location, source->fetch_retries);
	struct ring_sink to = { .ring = source->ring };

	to.sink = (struct content_sink){ .write = ring_write, .context = &to };

	/* As long as it goes on it may take: an image is large, and a stall ends a connection. */
	struct proxies proxies = { .no_proxy_count = 0 };
	int r = configure(fetcher, /* total_ms= */ 0, &proxies, err);

	if (r == 0)
		r = fetch_stream(fetcher, &request, &to.sink, err);
	return r < 0 ? r : ring_end(&to, err);
}

int image_source_start(const struct image_source *source, struct worker_process **ret,
		       struct error *err)
{
	const bool is_file = source->from->kind == INSTALL_FILE;
	int fds[RING_FDS_MAX + 1];
	size_t count = ring_fds(source->ring, RING_PRODUCER, fds);

	fds[count++] = is_file ? source->file_fd : source->relay_fd;

	const struct worker worker = { .what = "the image",
				       .work = is_file ? bring_file : bring_url,
				       .input = source,
				       .memory_max = MEMORY_BYTES,
				       .flags = is_file ? 0 : WORKER_UNCONFINED,
				       .fds = fds,
				       .fd_count = count };

	return worker_start(&worker, ret, err);
}

/* --- the signature */

struct signature_request {
	const char *url;
	uint32_t fetch_retries;
	int relay_fd;
};

static int fetch_signature(const void *input, struct text *output, struct error *err)
{
	const struct signature_request *wanted = input;
	struct event_observer observer;
	AUTO_FREE char *bytes = NULL;
	size_t length = 0;

	relay_observe(&wanted->relay_fd, &observer);

	AUTO(fetcher_free) struct fetcher *fetcher = fetcher_new(FETCHER_ONLINE, &observer);
	const struct fetch_request request = request_of(wanted->url, wanted->fetch_retries);
	const bool is_endless = request.attempts_max == 0;
	struct proxies proxies = { .no_proxy_count = 0 };
	int r = configure(fetcher, is_endless ? 0 : SIGNATURE_MS, &proxies, err);

	if (r == 0)
		r = fetch_memory(fetcher, &request, &bytes, &length, err);
	if (r < 0)
		return r;
	return text_append(output, bytes, length) < 0
		       ? error_set(err, ERROR_INPUT, EFBIG, "the signature is too large")
		       : 0;
}

/* The path of a URL gets the suffix, what follows it stays (spec install-and-boot 3.4). */
static char *url_of_signature(const char *url)
{
	const int path = (int)strcspn(url, "?#");

	return xasprintf("%.*s" SUFFIX "%s", path, url, url + path);
}

static int signature_of_url(const struct install_source *from, uint32_t fetch_retries,
			    const struct event_observer *observer, struct text *ret,
			    struct error *err)
{
	AUTO_FREE char *url =
		from->signature ? xstrdup(from->signature) : url_of_signature(from->location);
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, errno, "create a pipe");

	AUTO_CLOSE int reader = ends[0];
	AUTO_CLOSE int writer = ends[1];
	const struct signature_request wanted = { url, fetch_retries, writer };
	const struct worker worker = { .what = "the signature",
				       .work = fetch_signature,
				       .input = &wanted,
				       .output_max = IMAGE_SIGNATURE_MAX,
				       .flags = WORKER_UNCONFINED,
				       .fds = &wanted.relay_fd,
				       .fd_count = 1 };
	struct worker_process *process = NULL;
	int r = worker_start(&worker, &process, err);

	if (r < 0)
		return r;
	close(take_fd(&writer));
	while (relay_pass(reader, observer) == 0)
		continue;
	return worker_finish(process, ret, err);
}

static int signature_of_file(const struct install_source *from, struct text *ret, struct error *err)
{
	AUTO_FREE char *path =
		from->signature ? xstrdup(from->signature) : xasprintf("%s" SUFFIX, from->location);
	AUTO_FREE char *bytes = NULL;
	size_t length = 0;
	int r = file_read(path, IMAGE_SIGNATURE_MAX, /* flags= */ 0, &bytes, &length, err);

	return r < 0 ? r : text_append(ret, bytes, length);
}

int image_source_signature(const struct install_source *from, uint32_t fetch_retries,
			   const struct event_observer *observer, struct text *ret,
			   struct error *err)
{
	return from->kind == INSTALL_FILE
		       ? signature_of_file(from, ret, err)
		       : signature_of_url(from, fetch_retries, observer, ret, err);
}
