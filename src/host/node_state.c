#include "host/node_detail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/root.h"

/* Ceilings of what is held in memory to find an earlier append again. */
#define FRAGMENTS_MAX ((size_t)1 << 30)
#define APPENDED_MAX  ((size_t)1 << 30)
#define COMPARE_BYTES 65536

/* "/a//b/./c" without what means nothing; what ".." leads to is not known for a link's text. */
static struct slice next_part(struct slice path, struct slice *ret)
{
	while (path.length && path.data[0] == '/')
		path = slice_from(path, 1);

	const char *end = path.length ? memchr(path.data, '/', path.length) : NULL;

	ret->data = path.data;
	ret->length = end ? (size_t)(end - path.data) : path.length;
	return slice_from(path, ret->length);
}

static struct slice next_meaningful_part(struct slice path, struct slice *ret)
{
	do
		path = next_part(path, ret);
	while (slice_is(*ret, "."));
	return path;
}

bool host_node_accepts_target(const char *existing, struct slice wanted)
{
	struct slice rest = slice_of(existing);
	struct slice part = { NULL, 0 };
	struct slice wanted_part = { NULL, 0 };

	if (slice_starts(rest, "/") != slice_starts(wanted, "/"))
		return false;
	do {
		rest = next_meaningful_part(rest, &part);
		wanted = next_meaningful_part(wanted, &wanted_part);
		if (!slice_equal(part, wanted_part))
			return false;
	} while (part.length);
	return true;
}

bool host_node_is_local(const struct node_request *request)
{
	if (request->contents && !request->contents->is_local)
		return false;
	for (size_t i = 0; i < request->append_count; i++)
		if (!request->append[i].is_local)
			return false;
	return true;
}

static int deliver_fragments(const struct node_request *request, struct content_sink *sink,
			     const struct event_observer *observer, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < request->append_count; i++)
		r = content_deliver(&request->append[i], sink, observer, err);
	return r;
}

/* A file that delivered bytes are compared with. */
struct comparison {
	int fd;
	bool is_same;
};

/* Goes on after a difference, so that what is delivered is verified to its end. */
static int compare(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	struct comparison *comparison = sink->context;
	const char *next = data;
	char chunk[COMPARE_BYTES];

	while (length && comparison->is_same) {
		size_t wanted = length < sizeof(chunk) ? length : sizeof(chunk);
		ssize_t got = read(comparison->fd, chunk, wanted);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, errno, "read what is there");
		if (got == 0 || memcmp(chunk, next, (size_t)got) != 0)
			comparison->is_same = false;
		next += got;
		length -= (size_t)got;
	}
	return 0;
}

static bool is_at_end(int fd)
{
	char byte;

	return read(fd, &byte, 1) == 0;
}

int host_node_has_contents(const struct node_look *look, bool *ret, struct error *err)
{
	const struct node_request *request = look->request;
	AUTO_CLOSE int fd =
		root_open(look->root_fd, look->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, err);
	struct comparison comparison = { .fd = fd, .is_same = true };
	struct content_sink sink = { .write = compare, .context = &comparison };
	int r = fd < 0 ? fd : 0;

	if (r == 0 && request->contents)
		r = content_deliver(request->contents, &sink, look->observer, err);
	if (r == 0)
		r = deliver_fragments(request, &sink, look->observer, err);
	if (r < 0)
		return error_wrap(err, r, "compare %s", look->path);
	*ret = comparison.is_same && is_at_end(fd);
	return 0;
}

static int collect(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	if (text_append(sink->context, data, length) < 0)
		return error_set(err, ERROR_INPUT, EFBIG, "more than %zu bytes to append",
				 FRAGMENTS_MAX);
	return 0;
}

/* Disjoint occurrences: one more after an append, whatever was there before. */
static size_t count_occurrences(struct slice text, struct slice part)
{
	size_t count = 0;
	const char *found = NULL;

	while (part.length && (found = memmem(text.data, text.length, part.data, part.length))) {
		text = slice_from(text, (size_t)(found - text.data) + part.length);
		count++;
	}
	return count;
}

int host_node_count_fragments(const struct node_look *look, size_t *ret, size_t *ret_length,
			      struct error *err)
{
	AUTO(text_done) struct text fragments = TEXT_INIT(FRAGMENTS_MAX);
	struct content_sink sink = { .write = collect, .context = &fragments };
	AUTO(error_done) struct error missing = ERROR_INIT;
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	int r = deliver_fragments(look->request, &sink, look->observer, err);

	if (r < 0)
		return error_wrap(err, r, "append to %s", look->path);
	r = root_read(look->root_fd, look->path, APPENDED_MAX, &data, &length, &missing);
	if (r < 0 && r != -ENOENT)
		return error_set(err, missing.kind, missing.errnum, "%s", missing.text);
	*ret = r < 0 ? 0
		     : count_occurrences((struct slice){ data, length }, text_slice(&fragments));
	*ret_length = fragments.length;
	return 0;
}

static bool is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

int host_node_holds_only(int root_fd, const char *path, const struct node_filter *filter, bool *ret,
			 struct error *err)
{
	AUTO_CLOSEDIR DIR *stream = NULL;
	const struct dirent *entry = NULL;
	int r = root_open_stream(root_fd, path, &stream, err);

	*ret = true;
	while (r == 0 && *ret && (errno = 0, entry = readdir(stream))) {
		AUTO_FREE char *below = xasprintf("%s/%s", path, entry->d_name);
		struct stat st;

		if (is_dots(entry->d_name))
			continue;
		*ret = filter->is_expected(filter->context, below);
		if (*ret && fstatat(dirfd(stream), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return error_errno(err, errno, "look at %s", below);
		if (*ret && S_ISDIR(st.st_mode))
			r = host_node_holds_only(root_fd, below, filter, ret, err);
	}
	if (r == 0 && !entry && errno)
		return error_errno(err, errno, "list %s", path);
	return r;
}
