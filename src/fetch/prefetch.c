#include "fetch/prefetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/root.h"
#include "base/url.h"

/* How many wait at most: each holds a descriptor, and 1024 is what a process has by default. */
#define AHEAD_MAX  256
#define COPY_BYTES 65536

struct item {
	const struct fetch_request *request; /* borrowed */
	int root_fd;
	char *path;
	int fd;	    /* what was fetched ahead; -1: nothing */
	int result; /* below 0: it was fetched ahead, and failed */
	struct error error;
	struct content_sink sink;
};

struct prefetch {
	struct fetcher *fetcher;
	struct item *items;
	size_t count;
	size_t capacity;
	size_t next; /* the one that is most likely asked for next */
};

struct prefetch *prefetch_new(struct fetcher *fetcher)
{
	struct prefetch *prefetch = xcalloc(1, sizeof(*prefetch));

	prefetch->fetcher = fetcher;
	return prefetch;
}

static void release(struct item *item)
{
	if (item->fd >= 0)
		close(take_fd(&item->fd));
	error_done(&item->error);
	free(take_ptr(&item->path));
	item->request = NULL;
}

void prefetch_free(struct prefetch *prefetch)
{
	if (!prefetch)
		return;
	for (size_t i = 0; i < prefetch->count; i++)
		release(&prefetch->items[i]);
	free(prefetch->items);
	free(prefetch);
}

static void expect(struct prefetch *prefetch, const struct item *item)
{
	if (prefetch->count == prefetch->capacity) {
		prefetch->capacity = prefetch->capacity ? 2 * prefetch->capacity : 16;
		prefetch->items = xreallocarray(prefetch->items, prefetch->capacity,
						sizeof(*prefetch->items));
	}
	prefetch->items[prefetch->count++] = *item;
}

/* A file without a name, in the nearest directory above @path that is there already. */
static int open_place(int root_fd, const char *path)
{
	AUTO_FREE char *directory = xstrdup(path);
	int fd = -ENOENT;

	for (char *slash; (fd == -ENOENT || fd == -ENOTDIR) && (slash = strrchr(directory, '/'));) {
		*slash = '\0';
		fd = root_open(root_fd, slash == directory ? "/" : directory, O_TMPFILE | O_RDWR,
			       0600, /* err= */ NULL);
	}
	return fd;
}

static int keep(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	const struct item *item = sink->context;
	int r = file_write_fd(item->fd, data, length);

	return r < 0 ? error_errno(err, -r, "keep what is for %s", item->path) : 0;
}

/* What is expected of @request; NULL: nothing, or no more. */
static struct item *find(struct prefetch *prefetch, const struct fetch_request *request)
{
	for (size_t i = 0; i < prefetch->count; i++) {
		size_t at = (prefetch->next + i) % prefetch->count;

		if (prefetch->items[at].request != request)
			continue;
		prefetch->next = at + 1;
		return &prefetch->items[at];
	}
	return NULL;
}

/* Whether @item was not fetched before, and can be now. */
static bool can_wait(struct item *item)
{
	if (item->fd >= 0 || item->result < 0)
		return false;
	item->fd = open_place(item->root_fd, item->path);
	return item->fd >= 0;
}

/* A failure is told in its turn; what was given up because of one is not wanted before that. */
static void take_result(struct item *item, struct fetch_job *job)
{
	if (job->result < 0)
		close(take_fd(&item->fd));
	if (job->result < 0 && job->result != -ECANCELED) {
		item->result = job->result;
		item->error = job->error;
		job->error = ERROR_INIT;
	}
	error_done(&job->error);
}

/*
 * Fetch the item @first to @sink, and what is expected after it ahead.  Where nothing can wait (the
 * filesystem knows no files without a name), it is fetched in its turn.
 */
static int fetch_ahead(struct prefetch *prefetch, size_t first, struct content_sink *sink,
		       const struct event_observer *observer, struct error *err)
{
	size_t most = prefetch->count - first < AHEAD_MAX ? prefetch->count - first : AHEAD_MAX;
	AUTO_FREE struct fetch_job *jobs = xcalloc(most, sizeof(*jobs));
	AUTO_FREE struct item **items = xcalloc(most, sizeof(struct item *));
	size_t count = 1;

	jobs[0] = (struct fetch_job){ .request = prefetch->items[first].request, .sink = sink };
	for (size_t i = first + 1; i < first + most; i++) {
		struct item *item = &prefetch->items[i];

		if (!can_wait(item))
			continue;
		item->sink = (struct content_sink){ .write = keep, .context = item };
		items[count] = item;
		jobs[count++] = (struct fetch_job){ .request = item->request, .sink = &item->sink };
	}
	fetch_in_order(prefetch->fetcher, observer, jobs, count);
	for (size_t i = 1; i < count; i++)
		take_result(items[i], &jobs[i]);
	return error_move(err, &jobs[0].error, jobs[0].result);
}

static int fetch_one(const struct prefetch *prefetch, const struct fetch_request *request,
		     struct content_sink *sink, const struct event_observer *observer,
		     struct error *err)
{
	struct fetch_job job = { .request = request, .sink = sink };
	int r = fetch_in_order(prefetch->fetcher, observer, &job, 1);

	return error_move(err, &job.error, r);
}

static int copy_kept(const struct item *item, struct content_sink *sink, struct error *err)
{
	char chunk[COPY_BYTES];
	ssize_t length = 0;
	off_t at = 0;

	while ((length = pread(item->fd, chunk, sizeof(chunk), at)) > 0) {
		int r = sink->write(sink, chunk, (size_t)length, err);

		if (r < 0)
			return r;
		at += length;
	}
	return length < 0 ? error_errno(err, errno, "read what is for %s", item->path) : 0;
}

static int deliver(const struct content *content, struct content_sink *sink,
		   const struct event_observer *observer, struct error *err)
{
	const struct prefetch_content *detail = content->detail;
	struct prefetch *prefetch = detail->prefetch;
	struct item *item = find(prefetch, &detail->request);

	if (!item)
		return fetch_one(prefetch, &detail->request, sink, observer, err);

	int r = item->result;

	if (r < 0)
		r = error_move(err, &item->error, r);
	else if (item->fd >= 0)
		r = copy_kept(item, sink, err);
	else
		r = fetch_ahead(prefetch, (size_t)(item - prefetch->items), sink, observer, err);
	release(item);
	return r;
}

static const struct content_class prefetch_class = { .deliver = deliver };

void prefetch_content_init(struct content *ret, struct prefetch_content *detail)
{
	AUTO(text_done) struct text printable = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (url_append_printable(&printable, detail->request.url) < 0)
		text_append_str(&printable, "(long URL)");
	snprintf(detail->label, sizeof(detail->label), "%s", text_str(&printable));
	*ret = (struct content){
		.class = &prefetch_class,
		.detail = detail,
		.label = slice_of(detail->label),
		.is_local = fetch_is_local(detail->request.url),
	};
}

void prefetch_expect(struct prefetch *prefetch, const struct content *content, int root_fd,
		     const char *path)
{
	if (content->class != &prefetch_class || content->is_local)
		return;

	const struct prefetch_content *detail = content->detail;

	expect(prefetch, &(struct item){ .request = &detail->request,
					 .root_fd = root_fd,
					 .path = xstrdup(path),
					 .fd = -1 });
}
