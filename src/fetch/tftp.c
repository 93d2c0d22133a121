#include "fetch/tftp.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "base/alloc.h"
#include "base/url.h"
#include "fetch/address.h"

/* RFC 1350, 5 */
#define OPCODE_READ  1
#define OPCODE_DATA  3
#define OPCODE_ACK   4
#define OPCODE_ERROR 5
#define HEADER_BYTES 4
#define BLOCK_BYTES  512
#define PACKET_BYTES (HEADER_BYTES + BLOCK_BYTES)
#define CODE_MISSING 1
#define PORT_DEFAULT "69"

#define MS_PER_SECOND 1000
#define NS_PER_MS     1000000

/* One transfer. */
struct tftp {
	const struct tftp_params *params;
	int fd;
	struct sockaddr_storage peer; /* the server; its port changes with the first answer */
	socklen_t peer_length;
	bool has_answered;
	uint16_t expected; /* block that comes next */
	int64_t deadline_ms;
	int64_t progress_ms; /* when progress is told next */
	uint64_t received;   /* bytes */
	size_t sent_length;
	unsigned char sent[PACKET_BYTES]; /* what is sent again when nothing comes */
	unsigned char got[PACKET_BYTES];
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

static unsigned read_u16(const unsigned char *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

static void write_u16(unsigned char *bytes, unsigned value)
{
	bytes[0] = (unsigned char)(value >> 8);
	bytes[1] = (unsigned char)value;
}

static void prepare_ack(struct tftp *tftp, uint16_t block)
{
	write_u16(tftp->sent, OPCODE_ACK);
	write_u16(tftp->sent + 2, block);
	tftp->sent_length = HEADER_BYTES;
}

static int prepare_read(struct tftp *tftp, struct slice path, struct error *err)
{
	static const char mode[] = "octet";
	AUTO(text_done) struct text name = TEXT_INIT(BLOCK_BYTES - sizeof(mode) - 1);
	int r = url_append_unescaped(&name, path);

	if (r < 0)
		return error_set(err, ERROR_INPUT, ENAMETOOLONG, "the path is too long for TFTP");
	if (memchr(text_str(&name), '\0', name.length))
		return error_set(err, ERROR_INPUT, EINVAL, "the path has a NUL");
	write_u16(tftp->sent, OPCODE_READ);
	memcpy(tftp->sent + 2, text_str(&name), name.length + 1);
	memcpy(tftp->sent + 2 + name.length + 1, mode, sizeof(mode));
	tftp->sent_length = 2 + name.length + 1 + sizeof(mode);
	return 0;
}

/* Only from the server; from a port of its choice, which counts from its first datagram on. */
static bool is_from_peer(struct tftp *tftp, const struct sockaddr_storage *from, socklen_t length)
{
	struct address ours;
	struct address theirs;

	if (tftp->has_answered)
		return length == tftp->peer_length && memcmp(from, &tftp->peer, length) == 0;
	if (!address_of_socket((const struct sockaddr *)&tftp->peer, &ours) ||
	    !address_of_socket((const struct sockaddr *)from, &theirs) ||
	    memcmp(ours.bytes, theirs.bytes, ADDRESS_BYTES) != 0)
		return false;
	tftp->peer = *from;
	tftp->peer_length = length;
	tftp->has_answered = true;
	return true;
}

/* One datagram of the server.  Return: its length; 0 when none came until @until_ms; -errno. */
static ssize_t receive(struct tftp *tftp, int64_t until_ms)
{
	for (;;) {
		int64_t left = until_ms - now_ms();
		struct pollfd poll_fd = { .fd = tftp->fd, .events = POLLIN };
		struct sockaddr_storage from = { 0 };
		socklen_t from_length = sizeof(from);

		if (left <= 0 || poll(&poll_fd, 1, (int)left) == 0)
			return 0;

		ssize_t length = recvfrom(tftp->fd, tftp->got, sizeof(tftp->got), 0,
					  (struct sockaddr *)&from, &from_length);

		if (length < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (length >= HEADER_BYTES && is_from_peer(tftp, &from, from_length))
			return length;
	}
}

static int refuse(const struct tftp *tftp, size_t length, struct error *err)
{
	struct slice said = { (const char *)tftp->got + HEADER_BYTES, length - HEADER_BYTES };

	said.length = strnlen(said.data, said.length);
	if (read_u16(tftp->got + 2) == CODE_MISSING)
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "resource not found: %.*s",
				 SLICE_ARGS(said));
	return error_set(err, ERROR_NETWORK_FINAL, EREMOTEIO, "failed to fetch resource: %.*s",
			 SLICE_ARGS(said));
}

/* Whether what came is the block that is waited for, or an error. */
static bool is_wanted(const struct tftp *tftp)
{
	unsigned opcode = read_u16(tftp->got);

	return opcode == OPCODE_ERROR ||
	       (opcode == OPCODE_DATA && read_u16(tftp->got + 2) == tftp->expected);
}

/* A datagram was lost, ours or the server's: it is asked for again. */
static void tell_retry(const struct tftp *tftp, unsigned try)
{
	AUTO_FREE char *what = xasprintf("GET %s, block %u", tftp->params->name, tftp->expected);

	event_notify(tftp->params->observer, &(struct event){ .kind = EVENT_RETRY,
							      .level = EVENT_INFO,
							      .text = what,
							      .cause = "no answer",
							      .attempt = try });
}

static void tell_progress(const struct tftp *tftp, bool is_last)
{
	event_notify(tftp->params->observer, &(struct event){ .kind = EVENT_PROGRESS,
							      .level = EVENT_DEBUG,
							      .text = tftp->params->name,
							      .done = tftp->received,
							      .is_last = is_last });
}

/* Send, and wait for what is wanted; old blocks are passed over.  Return: its length; -errno. */
static ssize_t exchange(struct tftp *tftp, struct error *err)
{
	for (unsigned try = 0; try < FETCH_TFTP_TRIES; try++) {
		int64_t until = now_ms() + FETCH_TFTP_TRY_MS;
		ssize_t length;

		if (try > 0)
			tell_retry(tftp, try);
		if (tftp->deadline_ms && now_ms() >= tftp->deadline_ms)
			return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
					 "unable to fetch resource in time");
		if (tftp->deadline_ms && until > tftp->deadline_ms)
			until = tftp->deadline_ms;
		if (sendto(tftp->fd, tftp->sent, tftp->sent_length, 0,
			   (const struct sockaddr *)&tftp->peer, tftp->peer_length) < 0) {
			int r = error_errno(err, errno, "send");

			if (err)
				err->kind = ERROR_NETWORK;
			return r;
		}
		while ((length = receive(tftp, until)) > 0)
			if (is_wanted(tftp))
				return length;
	}
	if (tftp->deadline_ms && now_ms() >= tftp->deadline_ms)
		return error_set(err, ERROR_TIMEOUT, ETIMEDOUT, "unable to fetch resource in time");
	return error_set(err, ERROR_NETWORK, EIO, "no answer after %d tries; check the server",
			 FETCH_TFTP_TRIES);
}

static int receive_file(struct tftp *tftp, struct content_sink *sink, struct error *err)
{
	ssize_t length;

	do {
		length = exchange(tftp, err);
		if (length < 0)
			return (int)length;
		if (read_u16(tftp->got) == OPCODE_ERROR)
			return refuse(tftp, (size_t)length, err);

		size_t data = (size_t)length - HEADER_BYTES;
		int r = data ? sink->write(sink, tftp->got + HEADER_BYTES, data, err) : 0;

		if (r < 0)
			return r;
		tftp->received += data;
		if (tftp->received > FETCH_BODY_MAX_BYTES)
			return error_set(err, ERROR_INPUT, EFBIG, "the resource is too large");
		if (now_ms() >= tftp->progress_ms) {
			tell_progress(tftp, /* is_last= */ false);
			tftp->progress_ms = now_ms() + FETCH_PROGRESS_EVERY_MS;
		}
		prepare_ack(tftp, tftp->expected++);
	} while (length == PACKET_BYTES);
	/* The last one is not waited on: a server that misses it gives up by itself. */
	sendto(tftp->fd, tftp->sent, tftp->sent_length, 0, (const struct sockaddr *)&tftp->peer,
	       tftp->peer_length);
	tell_progress(tftp, /* is_last= */ true);
	return 0;
}

static int find_server(struct tftp *tftp, struct slice host, struct error *err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found = NULL;
	struct slice name;
	struct slice port;

	address_split_host(host, &name, &port);

	AUTO_FREE char *node = slice_dup(name);
	AUTO_FREE char *service = slice_dup(port.length ? port : SLICE(PORT_DEFAULT));
	int r = getaddrinfo(node, service, &hints, &found);

	if (r != 0)
		return error_set(err, ERROR_NETWORK, EHOSTUNREACH, "%s: %s", node, gai_strerror(r));
	memcpy(&tftp->peer, found->ai_addr, found->ai_addrlen);
	tftp->peer_length = found->ai_addrlen;
	freeaddrinfo(found);
	tftp->fd = socket(tftp->peer.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return tftp->fd < 0 ? error_errno(err, errno, "socket") : 0;
}

int tftp_deliver(const struct tftp_params *params, struct content_sink *sink, struct error *err)
{
	struct tftp tftp = { .params = params, .fd = -1, .expected = 1 };
	struct url url = { 0 };
	int r = url_parse(params->url, &url, err);

	tftp.deadline_ms = params->total_ms ? now_ms() + params->total_ms : 0;
	tftp.progress_ms = now_ms() + FETCH_PROGRESS_EVERY_MS;
	if (r == 0)
		r = prepare_read(&tftp, url.path, err);
	if (r == 0)
		r = find_server(&tftp, url.host, err);
	if (r < 0)
		return r;

	AUTO_CLOSE int fd = tftp.fd;

	tftp.fd = fd;
	event_message(params->observer, EVENT_INFO, "GET %s: attempt #1", params->name);
	return receive_file(&tftp, sink, err);
}
