/*
 * hash - SHA-256 and SHA-512 over a stream (nettle).
 */
#ifndef SLIPWAY_BASE_HASH_H
#define SLIPWAY_BASE_HASH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum hash_kind {
	HASH_SHA256,
	HASH_SHA512,
	HASH_KIND_COUNT,
};

#define HASH_BYTES_MAX 64
/* Hexadecimal digest and its NUL. */
#define HASH_HEX_MAX (2 * HASH_BYTES_MAX + 1)

struct hash {
	enum hash_kind kind;
	_Alignas(16) unsigned char state[256]; /* nettle's context, checked at compile time */
};

/** hash_bytes - length of a digest of @kind in bytes. */
size_t hash_bytes(enum hash_kind kind);
/** hash_kind_name - "sha256", "sha512". */
const char *hash_kind_name(enum hash_kind kind);
/** hash_init - start a new digest; no release is needed. */
void hash_init(struct hash *hash, enum hash_kind kind);
/** hash_update - @length more bytes. */
void hash_update(struct hash *hash, const void *data, size_t length);
/** hash_hex - finish, and write the digest as lower-case hex with a NUL. */
void hash_hex(struct hash *hash, char ret[static HASH_HEX_MAX]);

/* A hash that is made while the caller does something else. */
struct hash_task {
	struct hash hash;
	struct slice text; /* borrowed until hash_task_end() */
	bool is_apart;
	pthread_t thread;
};

/** hash_task_begin - in a thread of its own where @text is large; must be ended. */
void hash_task_begin(struct hash_task *task, enum hash_kind kind, struct slice text);
/** hash_task_end - wait for it; @ret as hash_hex(). */
void hash_task_end(struct hash_task *task, char ret[static HASH_HEX_MAX]);

#endif
