/*
 * rpci - whatever a VMware host answers, a call ends, with a value or with an error and its text.
 */
#include "providers/rpci.h"

#include <string.h>

#include "fuzz.h"

/* Bytes that the host's answers are made of; afterwards it says nothing but 0. */
struct answers {
	const uint8_t *data;
	size_t size;
};

static uint32_t take(struct answers *answers, size_t bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < bytes && answers->size; i++, answers->size--)
		value = value << 8 | *answers->data++;
	return value;
}

/* Statuses and requests come often enough to get on; sizes may be anything. */
static void exchange(const struct backdoor *port, struct backdoor_registers *r)
{
	struct answers *answers = port->context;

	r->cx = (uint64_t)take(answers, 1) << 16;
	r->dx = (uint64_t)take(answers, 1) << 16;
	r->bx = take(answers, take(answers, 1) % 5);
}

static void send(const struct backdoor *port, struct backdoor_registers *r)
{
	r->bx = (uint64_t)take(port->context, 1) << 16;
}

static void receive(const struct backdoor *port, struct backdoor_registers *r)
{
	struct answers *answers = port->context;
	size_t count = r->cx < answers->size ? r->cx : answers->size;

	memcpy((char *)(uintptr_t)r->di, answers->data, count);
	answers->data += count;
	answers->size -= count;
	r->bx = 1 << 16;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answers answers = { data, size };
	const struct backdoor port = { exchange, send, receive, &answers };
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO_FREE char *value = NULL;
	size_t length = 0;
	int r = guestinfo_get(&port, "key", &value, &length, &err);

	FUZZ_REQUIRE((r < 0) == (err.text != NULL));
	FUZZ_REQUIRE((r < 0) == (value == NULL));
	FUZZ_REQUIRE(!value || (length <= RPCI_BYTES_MAX && value[length] == '\0'));
	return 0;
}
