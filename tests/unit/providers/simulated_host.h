/*
 * simulated_host - VMware's side of the backdoor port, with a store of guestinfo.
 *
 * Owns: the protocol as its document has it, kept apart from the code that it tests; faults on
 * demand.  host_port() is the interface; host_trap() hears the instructions themselves.
 */
#ifndef SLIPWAY_TESTS_SIMULATED_HOST_H
#define SLIPWAY_TESTS_SIMULATED_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "providers/backdoor.h"

#define HOST_KEYS_MAX 16
#define HOST_ID	      7U
#define HOST_COOKIE_1 0x11223344U
#define HOST_COOKIE_2 0x55667788U

struct host_key {
	char *name; /* in lower case, without "guestinfo." */
	char *value;
};

struct host {
	/* Faults. */
	bool is_narrow;	     /* no high bandwidth */
	bool is_plain;	     /* refuses cookies */
	bool is_mute;	     /* no channel at all */
	bool keeps_values;   /* info-set says yes and does nothing */
	bool refuses_to_set; /* info-set says no */
	unsigned checkpoints_sending;
	unsigned checkpoints_receiving;
	uint32_t reply_size; /* said instead of the real one; 0: the real one */

	struct host_key keys[HOST_KEYS_MAX];
	bool is_open;
	bool has_cookies;
	unsigned opened;
	unsigned closed;
	unsigned wrong; /* things that VMware would not have taken */
	struct text request;
	size_t request_size;
	char *reply;
	size_t reply_at;
};

#define HOST_INIT ((struct host){ .request = TEXT_INIT(1 << 20) })

static inline void host_done(struct host *host)
{
	for (size_t i = 0; i < HOST_KEYS_MAX; i++) {
		free(host->keys[i].name);
		free(host->keys[i].value);
	}
	text_done(&host->request);
	free(host->reply);
}
DEFINE_DONE(struct host, host_done)

static inline struct host_key *host_key(struct host *host, const char *name)
{
	struct host_key *key = host->keys;

	while (key->name && strcasecmp(key->name, name) != 0)
		key++;
	return key;
}

static inline void host_set(struct host *host, const char *name, const char *value)
{
	struct host_key *key = host_key(host, name);

	if (!key->name)
		key->name = strdup(name);
	free(key->value);
	key->value = strdup(value);
}

static inline const char *host_get(struct host *host, const char *name)
{
	return host_key(host, name)->value;
}

static inline char *host_answer(struct host *host, char *request)
{
	static const char get[] = "info-get guestinfo.";
	static const char set[] = "info-set guestinfo.";
	char *answer = NULL;

	if (strncmp(request, get, strlen(get)) == 0) {
		const char *value = host_get(host, request + strlen(get));

		if (!value)
			return strdup("0 No value found");
		if (asprintf(&answer, "1 %s", value) < 0)
			abort();
		return answer;
	}
	if (strncmp(request, set, strlen(set)) == 0) {
		char *name = request + strlen(set);
		char *value = strchr(name, ' ');

		if (!value || host->refuses_to_set)
			return strdup("0 Permission denied");
		*value++ = '\0';
		if (!host->keeps_values)
			host_set(host, name, value);
		return strdup("1 ");
	}
	return strdup("0 Unknown command");
}

static inline bool host_takes_checkpoint(unsigned *left)
{
	if (*left == 0)
		return false;
	(*left)--;
	return true;
}

static inline void host_finish_request(struct host *host)
{
	if (host->request.length < host->request_size)
		return;
	text_truncate(&host->request, host->request_size);
	free(host->reply);
	host->reply = host_answer(host, host->request.data);
	host->reply_at = 0;
}

static inline bool host_knows(struct host *host, uint64_t dx, uint64_t high, uint64_t low)
{
	bool is_right = host->is_open && dx >> 16 == HOST_ID &&
			(!host->has_cookies || (high == HOST_COOKIE_1 && low == HOST_COOKIE_2));

	host->wrong += !is_right;
	return is_right;
}

/* Status, without what the message is about. */
static inline uint32_t host_message(struct host *host, uint32_t type, struct backdoor_registers *r)
{
	uint32_t high = host->is_narrow ? 0 : 0x80;
	char word[4] = { 0 };

	if (type == 0) {
		host->has_cookies = r->bx & 0x80000000U;
		if (host->is_mute || (host->is_plain && host->has_cookies))
			return 0;
		host->is_open = true;
		host->opened++;
		r->dx = HOST_ID << 16;
		r->si = HOST_COOKIE_1;
		r->di = HOST_COOKIE_2;
		return 1;
	}
	if (!host_knows(host, r->dx, r->si, r->di))
		return 0;
	switch (type) {
	case 1:
		text_clear(&host->request);
		host->request_size = r->bx;
		return 1 | high;
	case 2:
		for (size_t i = 0; i < sizeof(word); i++)
			word[i] = (char)(r->bx >> 8 * i);
		text_append(&host->request, word, sizeof(word));
		if (host_takes_checkpoint(&host->checkpoints_sending))
			return 0x10;
		host_finish_request(host);
		return 1;
	case 3:
		host->reply_at = 0;
		r->bx = host->reply_size ? host->reply_size : strlen(host->reply);
		r->dx = 1 << 16;
		return 3 | high;
	case 4:
		if (host_takes_checkpoint(&host->checkpoints_receiving))
			return 0x10;
		r->bx = 0;
		r->dx = 2 << 16;
		for (size_t i = 0; i < 4 && host->reply[host->reply_at]; i++)
			r->bx |= (uint64_t)(unsigned char)host->reply[host->reply_at++] << 8 * i;
		return 1;
	case 5:
		return 1;
	case 6:
		host->is_open = false;
		host->closed++;
		return 1;
	default:
		host->wrong++;
		return 0;
	}
}

static inline void host_exchange(struct host *host, struct backdoor_registers *r)
{
	uint32_t command = r->cx & 0xffff;

	if ((uint32_t)r->ax != BACKDOOR_MAGIC || (r->dx & 0xffff) != BACKDOOR_PORT_LOW) {
		host->wrong++;
		return;
	}
	if (command == BACKDOOR_VERSION) {
		r->ax = 6;
		r->bx = BACKDOOR_MAGIC;
	} else {
		r->cx = (uint64_t)host_message(host, (uint32_t)(r->cx >> 16), r) << 16;
	}
}

static inline void host_take(struct host *host, struct backdoor_registers *r)
{
	if (!host_knows(host, r->dx & ~0xffffULL, r->bp, r->di) ||
	    (r->dx & 0xffff) != BACKDOOR_PORT_HIGH || r->bx != 0x10000) {
		r->bx = 0;
		return;
	}
	if (host_takes_checkpoint(&host->checkpoints_sending)) {
		r->bx = 0x10 << 16;
		return;
	}
	text_append(&host->request, (const char *)(uintptr_t)r->si, r->cx);
	host_finish_request(host);
	r->bx = 1 << 16;
}

static inline void host_give(struct host *host, struct backdoor_registers *r)
{
	if (!host_knows(host, r->dx & ~0xffffULL, r->si, r->bp) ||
	    (r->dx & 0xffff) != BACKDOOR_PORT_HIGH || r->bx != 0x10000 ||
	    r->cx > strlen(host->reply)) {
		r->bx = 0;
		return;
	}
	if (host_takes_checkpoint(&host->checkpoints_receiving)) {
		r->bx = 0x10 << 16;
		return;
	}
	memcpy((char *)(uintptr_t)r->di, host->reply, r->cx);
	r->bx = 1 << 16;
}

/* --- as an interface */

static inline void host_port_exchange(const struct backdoor *port, struct backdoor_registers *r)
{
	host_exchange(port->context, r);
}

static inline void host_port_send(const struct backdoor *port, struct backdoor_registers *r)
{
	host_take(port->context, r);
}

static inline void host_port_receive(const struct backdoor *port, struct backdoor_registers *r)
{
	host_give(port->context, r);
}

static inline struct backdoor host_port(struct host *host)
{
	return (struct backdoor){ .exchange = host_port_exchange,
				  .send = host_port_send,
				  .receive = host_port_receive,
				  .context = host };
}

#endif
