#include "base/hash.h"

#include <nettle/nettle-meta.h>
#include <nettle/sha2.h>

/* Below this (2 ms) a thread is not worth its start. */
#define APART_BYTES_MIN ((size_t)1 << 20)

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(((struct hash *)NULL)->state),
	       "the context of SHA-256 fits");
_Static_assert(sizeof(struct sha512_ctx) <= sizeof(((struct hash *)NULL)->state),
	       "the context of SHA-512 fits");
_Static_assert(SHA512_DIGEST_SIZE <= HASH_BYTES_MAX, "the longest digest fits");

static const struct nettle_hash *const algorithms[] = {
	[HASH_SHA256] = &nettle_sha256,
	[HASH_SHA512] = &nettle_sha512,
};
_Static_assert(ARRAY_SIZE(algorithms) == HASH_KIND_COUNT, "every hash kind has an algorithm");

size_t hash_bytes(enum hash_kind kind)
{
	return algorithms[kind]->digest_size;
}

const char *hash_kind_name(enum hash_kind kind)
{
	return algorithms[kind]->name;
}

void hash_init(struct hash *hash, enum hash_kind kind)
{
	hash->kind = kind;
	algorithms[kind]->init(hash->state);
}

void hash_update(struct hash *hash, const void *data, size_t length)
{
	algorithms[hash->kind]->update(hash->state, length, data);
}

void hash_hex(struct hash *hash, char ret[static HASH_HEX_MAX])
{
	static const char digits[] = "0123456789abcdef";
	size_t length = hash_bytes(hash->kind);
	uint8_t digest[HASH_BYTES_MAX];

	algorithms[hash->kind]->digest(hash->state, length, digest);
	for (size_t i = 0; i < length; i++) {
		ret[2 * i] = digits[digest[i] >> 4];
		ret[2 * i + 1] = digits[digest[i] & 15];
	}
	ret[2 * length] = '\0';
}

static void *run_task(void *context)
{
	struct hash_task *task = context;

	hash_update(&task->hash, task->text.data, task->text.length);
	return NULL;
}

void hash_task_begin(struct hash_task *task, enum hash_kind kind, struct slice text)
{
	*task = (struct hash_task){ .text = text };
	hash_init(&task->hash, kind);
	task->is_apart = text.length >= APART_BYTES_MIN &&
			 pthread_create(&task->thread, NULL, run_task, task) == 0;
	if (!task->is_apart)
		run_task(task);
}

void hash_task_end(struct hash_task *task, char ret[static HASH_HEX_MAX])
{
	if (task->is_apart)
		pthread_join(task->thread, NULL);
	hash_hex(&task->hash, ret);
}
