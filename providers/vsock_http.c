#include "providers/vsock_http.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/vm_sockets.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/number.h"

#define CHUNK_BYTES 16384

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int refuse(struct error *err, const char *why)
{
	return error_set(err, ERROR_NETWORK_FINAL, EPROTO, "the host's answer %s", why);
}

int vsock_http_connect(unsigned port, int64_t timeout_ms, struct error *err)
{
	const struct sockaddr_vm address = { .svm_family = AF_VSOCK,
					     .svm_cid = VMADDR_CID_HOST,
					     .svm_port = port };
	const struct timeval limit = { .tv_sec = timeout_ms / 1000,
				       .tv_usec = timeout_ms % 1000 * 1000 };
	AUTO_CLOSE int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_errno(err, errno, "create a vsock socket");
	setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return error_errno(err, errno, "connect to port %u of the host", port);
	return take_fd(&fd);
}

/* "HTTP/1.1 200 OK" */
static int check_status(struct slice line, struct error *err)
{
	if (!slice_starts(line, "HTTP/1.") || line.length < sizeof("HTTP/1.1 200") - 1)
		return refuse(err, "is no HTTP");

	struct slice status = slice_trim(slice_from(line, sizeof("HTTP/1.1 ") - 1));

	if (status.length < 3 || memcmp(status.data, "200", 3) != 0) {
		AUTO(text_done) struct text said = TEXT_INIT(TEXT_MESSAGE_MAX);

		text_append_quoted(&said, status);
		return error_set(err, ERROR_NETWORK_FINAL, EPROTO, "the host answers %s",
				 text_str(&said));
	}
	return 0;
}

static bool is_header(struct slice line, const char *name, struct slice *ret)
{
	size_t length = strlen(name);

	if (line.length <= length || strncasecmp(line.data, name, length) != 0)
		return false;
	*ret = slice_trim(slice_from(line, length));
	return true;
}

int vsock_http_take_body(struct text *answer, struct error *err)
{
	struct slice rest = text_slice(answer);
	uint64_t length = UINT64_MAX;
	int r = check_status(slice_trim(slice_take_line(&rest)), err);

	if (r < 0)
		return r;
	for (;;) {
		struct slice value;

		if (!rest.length)
			return refuse(err, "breaks off in its headers");

		struct slice line = slice_trim(slice_take_line(&rest));

		if (!line.length)
			break;
		if (is_header(line, "Transfer-Encoding:", &value))
			return refuse(err, "is chunked, which HTTP/1.0 has not");
		if (is_header(line, "Content-Length:", &value) &&
		    number_parse_u64(value, 0, UINT32_MAX, &length) < 0)
			return refuse(err, "has no proper length");
	}
	if (length != UINT64_MAX && length != rest.length)
		return refuse(err, "is not as long as it says");
	if (rest.length)
		memmove(answer->data, rest.data, rest.length);
	text_truncate(answer, rest.length);
	return 0;
}

static int read_all(int fd, int64_t timeout_ms, struct text *ret, struct error *err)
{
	const int64_t deadline = now_ms() + timeout_ms;

	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		char chunk[CHUNK_BYTES];
		int64_t left = deadline - now_ms();

		if (left <= 0)
			return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
					 "the host did not answer within %" PRId64 " ms",
					 timeout_ms);
		if (poll(&ready, 1, (int)left) <= 0)
			continue;

		ssize_t got = read(fd, chunk, sizeof(chunk));

		if (got == 0)
			return 0;
		if (got < 0 && errno != EINTR)
			return error_errno(err, errno, "read the host's answer");
		if (got > 0 && text_append(ret, chunk, (size_t)got) < 0)
			return error_set(err, ERROR_INPUT, EFBIG,
					 "the host's answer has more than %zu bytes", ret->max);
	}
}

int vsock_http_get(int fd, const char *path, int64_t timeout_ms, struct text *ret,
		   struct error *err)
{
	AUTO_FREE char *request = xasprintf("GET %s HTTP/1.0\r\nHost: d\r\n"
					    "Accept: application/json\r\nConnection: close\r\n\r\n",
					    path);
	int r = file_write_fd(fd, request, strlen(request));

	if (r < 0)
		return error_errno(err, -r, "ask the host");
	r = read_all(fd, timeout_ms, ret, err);
	return r < 0 ? r : vsock_http_take_body(ret, err);
}
