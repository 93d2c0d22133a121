#include "providers/rpci.h"

#include <errno.h>
#include <stdint.h>

#include "base/alloc.h"

#define PROTOCOL_RPCI	 0x49435052U /* "RPCI" */
#define PROTOCOL_COOKIES 0x80000000U
#define HIGH_SUCCESS	 0x00010000U
#define WORD_BYTES	 4
/* A checkpoint of the host undoes what was sent; one follows another hardly ever. */
#define RESTARTS_MAX 100

enum message_type {
	MESSAGE_OPEN,
	MESSAGE_SEND_SIZE,
	MESSAGE_SEND_PAYLOAD,
	MESSAGE_RECEIVE_SIZE,
	MESSAGE_RECEIVE_PAYLOAD,
	MESSAGE_RECEIVE_STATUS,
	MESSAGE_CLOSE,
};

enum status {
	STATUS_SUCCESS = 0x01,
	STATUS_WAITING = 0x02, /* the host has something to say */
	STATUS_CHECKPOINT = 0x10,
	STATUS_HIGH = 0x80, /* payloads may go in one piece */
};

/* What the host announces. */
enum host_request {
	HOST_SENDS_SIZE = 1,
	HOST_SENDS_PAYLOAD = 2,
};

struct channel {
	const struct backdoor *port;
	uint32_t id;
	uint32_t cookie_high;
	uint32_t cookie_low;
};

static uint32_t upper(uint64_t value)
{
	return (uint32_t)(value >> 16) & UINT16_MAX;
}

static struct backdoor_registers say(const struct channel *channel, enum message_type type,
				     uint32_t argument)
{
	struct backdoor_registers registers = {
		.ax = BACKDOOR_MAGIC,
		.bx = argument,
		.cx = (uint32_t)type << 16 | BACKDOOR_MESSAGE,
		.dx = channel->id << 16 | BACKDOOR_PORT_LOW,
		.si = channel->cookie_high,
		.di = channel->cookie_low,
	};

	channel->port->exchange(channel->port, &registers);
	return registers;
}

static int fail(struct error *err, const char *what)
{
	return error_set(err, ERROR_SYSTEM, EPROTO, "VMware's host does not %s", what);
}

/* --- the channel */

static int channel_open(struct channel *channel, struct error *err)
{
	static const uint32_t flags[] = { PROTOCOL_COOKIES, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		struct backdoor_registers got =
			say(channel, MESSAGE_OPEN, PROTOCOL_RPCI | flags[i]);

		if (!(upper(got.cx) & STATUS_SUCCESS))
			continue;
		channel->id = upper(got.dx);
		channel->cookie_high = (uint32_t)got.si;
		channel->cookie_low = (uint32_t)got.di;
		return 0;
	}
	return fail(err, "open a channel");
}

static void channel_close(const struct channel *channel)
{
	say(channel, MESSAGE_CLOSE, 0);
}

DEFINE_DONE(struct channel, channel_close)

/* --- sending */

/* Status of the last message; the rest was not sent unless it says success. */
static uint32_t send_words(const struct channel *channel, struct slice payload)
{
	uint32_t status = STATUS_SUCCESS;

	while (payload.length && status & STATUS_SUCCESS && !(status & STATUS_CHECKPOINT)) {
		size_t count = payload.length < WORD_BYTES ? payload.length : WORD_BYTES;
		uint32_t word = 0;

		for (size_t i = 0; i < count; i++)
			word |= (uint32_t)(unsigned char)payload.data[i] << 8 * i;
		status = upper(say(channel, MESSAGE_SEND_PAYLOAD, word).cx);
		payload = slice_from(payload, count);
	}
	return status;
}

static uint32_t send_whole(const struct channel *channel, struct slice payload)
{
	struct backdoor_registers registers = {
		.ax = BACKDOOR_MAGIC,
		.bx = HIGH_SUCCESS,
		.cx = payload.length,
		.dx = channel->id << 16 | BACKDOOR_PORT_HIGH,
		.si = (uintptr_t)payload.data,
		.di = channel->cookie_low,
		.bp = channel->cookie_high,
	};

	channel->port->send(channel->port, &registers);
	return upper(registers.bx);
}

static int send_request(const struct channel *channel, struct slice request, struct error *err)
{
	for (unsigned i = 0; i < RESTARTS_MAX; i++) {
		uint32_t status =
			upper(say(channel, MESSAGE_SEND_SIZE, (uint32_t)request.length).cx);

		if (!(status & STATUS_SUCCESS))
			return fail(err, "take a request of this length");
		status = status & STATUS_HIGH ? send_whole(channel, request)
					      : send_words(channel, request);
		if (status & STATUS_CHECKPOINT)
			continue;
		return status & STATUS_SUCCESS ? 0 : fail(err, "take a request");
	}
	return fail(err, "stop making checkpoints");
}

/* --- receiving */

/* Both return the status of the last message; @buffer has room for @length. */
static uint32_t receive_words(const struct channel *channel, char *buffer, size_t length)
{
	for (size_t at = 0; at < length; at += WORD_BYTES) {
		struct backdoor_registers got =
			say(channel, MESSAGE_RECEIVE_PAYLOAD, STATUS_SUCCESS);
		uint32_t status = upper(got.cx);

		if (!(status & STATUS_SUCCESS) || status & STATUS_CHECKPOINT)
			return status;
		if (upper(got.dx) != HOST_SENDS_PAYLOAD)
			return 0;
		for (size_t i = 0; i < WORD_BYTES && at + i < length; i++)
			buffer[at + i] = (char)(got.bx >> 8 * i);
	}
	return STATUS_SUCCESS;
}

static uint32_t receive_whole(const struct channel *channel, char *buffer, size_t length)
{
	struct backdoor_registers registers = {
		.ax = BACKDOOR_MAGIC,
		.bx = HIGH_SUCCESS,
		.cx = length,
		.dx = channel->id << 16 | BACKDOOR_PORT_HIGH,
		.si = channel->cookie_high,
		.di = (uintptr_t)buffer,
		.bp = channel->cookie_low,
	};

	channel->port->receive(channel->port, &registers);
	return upper(registers.bx);
}

/* A reply as it is on its way. */
struct reply {
	char *data; /* owned */
	size_t length;
	uint32_t status; /* of the last message */
};

static void reply_done(struct reply *reply)
{
	free(reply->data);
}

DEFINE_DONE(struct reply, reply_done)

static int receive_size(const struct channel *channel, struct reply *reply, struct error *err)
{
	struct backdoor_registers got = say(channel, MESSAGE_RECEIVE_SIZE, 0);

	reply->status = upper(got.cx);
	reply->length = (uint32_t)got.bx;
	if (!(reply->status & STATUS_SUCCESS) || !(reply->status & STATUS_WAITING) ||
	    upper(got.dx) != HOST_SENDS_SIZE)
		return fail(err, "reply");
	if (reply->length > RPCI_BYTES_MAX)
		return error_set(err, ERROR_INPUT, EFBIG,
				 "VMware's host replies with more than %zu bytes", RPCI_BYTES_MAX);
	return 0;
}

static void receive_payload(const struct channel *channel, struct reply *reply)
{
	bool is_whole = reply->status & STATUS_HIGH;

	reply->data = xmalloc(reply->length + 1);
	/* The host writes to pages that are there: each is touched first, and not with 0. */
	memset(reply->data, ' ', reply->length + 1);
	if (reply->length)
		reply->status = is_whole ? receive_whole(channel, reply->data, reply->length)
					 : receive_words(channel, reply->data, reply->length);

	struct backdoor_registers got =
		say(channel, MESSAGE_RECEIVE_STATUS, reply->status & STATUS_SUCCESS);

	if (reply->status & STATUS_SUCCESS && !(reply->status & STATUS_CHECKPOINT))
		reply->status = upper(got.cx);
}

static int receive_reply(const struct channel *channel, struct text *ret, struct error *err)
{
	for (unsigned i = 0; i < RESTARTS_MAX; i++) {
		AUTO(reply_done) struct reply reply = { .data = NULL };
		int r = receive_size(channel, &reply, err);

		if (r < 0)
			return r;
		receive_payload(channel, &reply);
		if (reply.status & STATUS_CHECKPOINT)
			continue;
		if (!(reply.status & STATUS_SUCCESS))
			return fail(err, "send its reply to the end");
		return text_append(ret, reply.data, reply.length) == 0
			       ? 0
			       : error_set(err, ERROR_INPUT, EFBIG, "the reply is too large");
	}
	return fail(err, "stop making checkpoints");
}

int rpci_call(const struct backdoor *port, struct slice request, struct text *ret,
	      struct error *err)
{
	if (request.length > RPCI_BYTES_MAX)
		return error_set(err, ERROR_INPUT, EFBIG,
				 "a request to VMware's host has at most %zu bytes",
				 RPCI_BYTES_MAX);

	struct channel opened = { .port = port };
	int r = channel_open(&opened, err);

	if (r < 0)
		return r;

	AUTO(channel_close) struct channel channel = opened;

	r = send_request(&channel, request, err);
	return r < 0 ? r : receive_reply(&channel, ret, err);
}

/* --- guestinfo */

#define ABSENT "No value found"

/* @ret: what the host said after "1 ", in @reply. */
static int ask(const struct backdoor *port, struct slice request, struct text *reply,
	       struct slice *ret, struct error *err)
{
	int r = rpci_call(port, request, reply, err);
	struct slice said = text_slice(reply);

	if (r < 0)
		return r;
	*ret = slice_from(said, 2);
	if (slice_starts(said, "1 ") || slice_is(said, "1"))
		return 0;
	if (slice_starts(said, "0 " ABSENT))
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "the host has no value for it");

	AUTO(text_done) struct text reason = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_quoted(&reason, said);
	return error_set(err, ERROR_SYSTEM, EPERM, "VMware's host says %s", text_str(&reason));
}

int guestinfo_get(const struct backdoor *port, const char *key, char **ret, size_t *ret_length,
		  struct error *err)
{
	AUTO_FREE char *request = xasprintf("info-get guestinfo.%s", key);
	AUTO(text_done) struct text reply = TEXT_INIT(RPCI_BYTES_MAX);
	struct slice value;
	int r = ask(port, slice_of(request), &reply, &value, err);

	if (r < 0)
		return error_wrap(err, r, "guestinfo.%s", key);
	*ret = slice_dup(value);
	if (ret_length)
		*ret_length = value.length;
	return 0;
}

int guestinfo_set(const struct backdoor *port, const char *key, struct slice value,
		  struct error *err)
{
	AUTO(text_done) struct text request = TEXT_INIT(RPCI_BYTES_MAX + TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text reply = TEXT_INIT(RPCI_BYTES_MAX);
	AUTO_FREE char *now = NULL;
	struct slice nothing;
	size_t length = 0;

	text_printf(&request, "info-set guestinfo.%s ", key);
	text_append_slice(&request, value);

	int r = ask(port, text_slice(&request), &reply, &nothing, err);

	if (r < 0)
		return error_wrap(err, r, "set guestinfo.%s", key);
	r = guestinfo_get(port, key, &now, &length, err);
	if (r == 0 && !slice_equal((struct slice){ now, length }, value))
		r = error_set(err, ERROR_SYSTEM, EPERM, "guestinfo.%s keeps its old value", key);
	return r;
}
