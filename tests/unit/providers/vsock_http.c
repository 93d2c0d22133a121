/* HTTP over a connected socket: whole answers, and every way in which one is not. */
#include "providers/vsock_http.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "tap.h"

static const struct answer_row {
	const char *label, *answer;
	int want;
	const char *text; /* body or error */
} answer_rows[] = {
	{ "a body until the end", "HTTP/1.0 200 OK\r\n\r\n{}", 0, "{}" },
	{ "a body of a length", "HTTP/1.1 200 OK\r\ncontent-LENGTH: 2\r\n\r\n{}", 0, "{}" },
	{ "an empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, "" },
	{ "another status", "HTTP/1.1 404 Not Found\r\n\r\nx", -EPROTO,
	  "the host answers \"404 Not Found\"" },
	{ "a redirect", "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n", -EPROTO,
	  "the host answers \"302 Found\"" },
	{ "a body that breaks off", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", -EPROTO,
	  "the host's answer is not as long as it says" },
	{ "a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", -EPROTO,
	  "the host's answer has no proper length" },
	{ "chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", -EPROTO,
	  "the host's answer is chunked, which HTTP/1.0 has not" },
	{ "headers that break off", "HTTP/1.1 200 OK\r\nServer: x\r\n", -EPROTO,
	  "the host's answer breaks off in its headers" },
	{ "no HTTP", "{}", -EPROTO, "the host's answer is no HTTP" },
	{ "nothing", "", -EPROTO, "the host's answer is no HTTP" },
};

static void test_answers(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(answer_rows); i++) {
		const struct answer_row *row = &answer_rows[i];
		AUTO(text_done) struct text body = TEXT_INIT(1000);
		AUTO(error_done) struct error err = ERROR_INIT;
		char request[200] = "";
		int ends[2];

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
			abort();
		tap_ok(write(ends[1], row->answer, strlen(row->answer)) >= 0, "%s", row->label);
		shutdown(ends[1], SHUT_WR);
		tap_int(vsock_http_get(ends[0], "/", 1000, &body, &err), row->want, row->label);
		tap_str(row->want ? err.text : text_str(&body), row->text, row->label);
		tap_ok(read(ends[1], request, sizeof(request) - 1) > 0 &&
			       strcmp(request,
				      "GET / HTTP/1.0\r\nHost: d\r\nAccept: application/json\r\n"
				      "Connection: close\r\n\r\n") == 0,
		       "%s: one request", row->label);
		close(ends[0]);
		close(ends[1]);
	}
}

static void test_limits(void)
{
	AUTO(text_done) struct text body = TEXT_INIT(10);
	AUTO(error_done) struct error slow = ERROR_INIT;
	AUTO(error_done) struct error large = ERROR_INIT;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		abort();
	tap_int(vsock_http_get(ends[0], "/", 20, &body, &slow), -ETIMEDOUT,
		"a host that is silent");
	tap_str(slow.text, "the host did not answer within 20 ms", "has so long");
	tap_ok(write(ends[1], "HTTP/1.0 200 OK", 15) == 15, "an answer beyond its ceiling");
	tap_int(vsock_http_get(ends[0], "/", 1000, &body, &large), -EFBIG, "is refused");
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	test_answers();
	test_limits();
	return tap_done();
}
