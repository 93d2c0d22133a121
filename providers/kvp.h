/*
 * kvp - the pools of keys and values that a Hyper-V host sends its guest (spec providers 3.7).
 *
 * Owns: the conversation with the kernel's device, which the host begins once per boot: what was
 * read is not sent again.  Pools are kept as their files have them.
 */
#ifndef SLIPWAY_PROVIDERS_KVP_H
#define SLIPWAY_PROVIDERS_KVP_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

#define KVP_KEY_BYTES	512
#define KVP_VALUE_BYTES 2048
#define KVP_RECORD	(KVP_KEY_BYTES + KVP_VALUE_BYTES)
/* Of one pool: more than a config of this kind needs. */
#define KVP_POOL_MAX ((size_t)1024 * KVP_RECORD)

enum kvp_pool {
	KVP_EXTERNAL, /* what the host's administrator writes */
	KVP_GUEST,
	KVP_AUTO,
	KVP_AUTO_EXTERNAL,
	KVP_AUTO_INTERNAL,
	KVP_POOLS,
};

struct kvp {
	struct text pools[KVP_POOLS]; /* records: key and value, filled up with NULs */
};

void kvp_init(struct kvp *kvp);
void kvp_done(struct kvp *kvp);

/**
 * kvp_take - a message of the host.
 *
 * Return: whether it set a key; sizes and pools beyond theirs are refused.
 */
bool kvp_take(struct kvp *kvp, const void *message, size_t length);

/**
 * kvp_receive - everything that the host has, answered message by message.
 * @fd: the device, non-blocking
 * @quiet_ms: after so long without a message there is no more
 *
 * Return: 0; -EBADMSG (ERROR_INPUT) for messages of another size, or without an end; -errno.
 */
int kvp_receive(int fd, int quiet_ms, struct kvp *kvp, struct error *err);

/** kvp_find - value of a key in @pool; absent when there is none. */
struct slice kvp_find(const struct kvp *kvp, enum kvp_pool pool, const char *key);

DEFINE_DONE(struct kvp, kvp_done)

#endif
