#include "providers/kvp.h"

#include <errno.h>
#include <linux/hyperv.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

_Static_assert(HV_KVP_EXCHANGE_MAX_KEY_SIZE == KVP_KEY_BYTES, "as the kernel has it");
_Static_assert(HV_KVP_EXCHANGE_MAX_VALUE_SIZE == KVP_VALUE_BYTES, "likewise");

/* What a host sends at a boot is some dozens. */
#define MESSAGES_MAX 10000

void kvp_init(struct kvp *kvp)
{
	for (size_t i = 0; i < KVP_POOLS; i++)
		kvp->pools[i] = TEXT_INIT(KVP_POOL_MAX);
}

void kvp_done(struct kvp *kvp)
{
	for (size_t i = 0; i < KVP_POOLS; i++)
		text_done(&kvp->pools[i]);
}

/* The record of @key in a pool; NULL when there is none. */
static char *find_record(const struct text *pool, const char *key)
{
	for (size_t at = 0; at < pool->length; at += KVP_RECORD)
		if (strncmp(pool->data + at, key, KVP_KEY_BYTES) == 0)
			return pool->data + at;
	return NULL;
}

/* Sizes count the NUL at the end, so that 0 is none. */
static bool is_size(uint32_t size, size_t max)
{
	return size > 0 && size <= max;
}

bool kvp_take(struct kvp *kvp, const void *message, size_t length)
{
	char record[KVP_RECORD] = { 0 };
	struct hv_kvp_msg said;

	if (length != sizeof(said))
		return false;
	memcpy(&said, message, sizeof(said));

	const struct hv_kvp_exchg_msg_value *data = &said.body.kvp_set.data;

	if (said.kvp_hdr.operation != KVP_OP_SET || said.kvp_hdr.pool >= KVP_POOLS ||
	    !is_size(data->key_size, KVP_KEY_BYTES) || !is_size(data->value_size, KVP_VALUE_BYTES))
		return false;

	struct text *pool = &kvp->pools[said.kvp_hdr.pool];

	memcpy(record, data->key, strnlen((const char *)data->key, data->key_size - 1));
	memcpy(record + KVP_KEY_BYTES, data->value,
	       strnlen((const char *)data->value, data->value_size - 1));

	char *old = find_record(pool, record);

	if (!old)
		return text_append(pool, record, sizeof(record)) == 0;
	memcpy(old, record, sizeof(record));
	return true;
}

static int send(int fd, struct hv_kvp_msg *message, struct error *err)
{
	ssize_t sent = write(fd, message, sizeof(*message));

	if (sent < 0)
		return error_errno(err, errno, "write to Hyper-V's host");
	return sent == (ssize_t)sizeof(*message)
		       ? 0
		       : error_set(err, ERROR_SYSTEM, EIO, "Hyper-V's host took half a message");
}

/* Return: 1 when a message came; 0 when none does; -errno. */
static int next(int fd, int quiet_ms, struct hv_kvp_msg *ret, struct error *err)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int r = poll(&ready, 1, quiet_ms);

	if (r == 0)
		return 0;

	ssize_t got = r < 0 ? -1 : read(fd, ret, sizeof(*ret));

	if (got < 0)
		return error_errno(err, errno, "read from Hyper-V's host");
	if (got != (ssize_t)sizeof(*ret))
		return error_set(err, ERROR_INPUT, EBADMSG,
				 "a message of Hyper-V's host has %zd bytes", got);
	return 1;
}

int kvp_receive(int fd, int quiet_ms, struct kvp *kvp, struct error *err)
{
	struct hv_kvp_msg message = { .kvp_hdr.operation = KVP_OP_REGISTER1 };
	int r = send(fd, &message, err);

	for (unsigned i = 0; i < MESSAGES_MAX && r == 0; i++) {
		r = next(fd, quiet_ms, &message, err);
		if (r <= 0)
			return r;
		r = 0;
		if (message.kvp_hdr.operation == KVP_OP_REGISTER1)
			continue;

		bool is_taken = kvp_take(kvp, &message, sizeof(message));

		/* The status is the first word of the answer, which has a message's size. */
		memset(&message, 0, sizeof(message));
		message.error = is_taken ? HV_S_OK : (int)HV_E_FAIL;
		r = send(fd, &message, err);
	}
	return r < 0 ? r
		     : error_set(err, ERROR_INPUT, EBADMSG,
				 "Hyper-V's host sends more than %u messages", MESSAGES_MAX);
}

struct slice kvp_find(const struct kvp *kvp, enum kvp_pool pool, const char *key)
{
	const char *record = find_record(&kvp->pools[pool], key);

	if (!record)
		return (struct slice){ .data = NULL };
	record += KVP_KEY_BYTES;
	return (struct slice){ record, strnlen(record, KVP_VALUE_BYTES) };
}
