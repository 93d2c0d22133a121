/*
 * luks_key - keys of encrypted volumes while they are in our hands.
 *
 * Owns: drawing one, showing one to a program without writing it to a disk, and the ring of those
 * that later stages need.  Memory that held a key is cleared.
 */
#ifndef SLIPWAY_DISK_LUKS_KEY_H
#define SLIPWAY_DISK_LUKS_KEY_H

#include <stddef.h>

#include "base/error.h"
#include "base/scope.h"
#include "base/text.h"

/* cryptsetup reads no more of a key file (its --keyfile-size). */
#define LUKS_KEY_MAX ((size_t)8 << 20)

/* Bytes of a key, and a file in memory that holds them for as long as it is open. */
struct luks_key {
	char *data; /* owned, with a NUL behind it; cleared when it is released */
	size_t length;
	int fd;	    /* -1: not shown yet */
	char *path; /* by which a child finds it; owned; NULL: not shown yet */
};

#define LUKS_KEY_INIT ((struct luks_key){ .fd = -1 })

/** luks_key_draw - 4096 random bytes as 8192 hexadecimal digits, as upstream's.  Return: 0; -errno.
 */
int luks_key_draw(struct luks_key *ret, struct error *err);

/** luks_key_copy - @bytes as a key; at most LUKS_KEY_MAX of them. */
void luks_key_copy(struct luks_key *ret, struct slice bytes);

/** luks_key_show - fill path and fd.  Return: 0; -errno. */
int luks_key_show(struct luks_key *key, struct error *err);

void luks_key_done(struct luks_key *key);

/* The keys of volumes by their names. */
struct luks_keyring {
	struct luks_keyring_entry {
		char *name;
		struct luks_key key;
	} * entries; /* owned */
	size_t count;
	/*
	 * Keep the keys where the next run finds them if this one is cut off; NULL: they are lost
	 * then.
	 */
	int (*save)(void *context, const struct luks_keyring *ring, struct error *err);
	void *context; /* of save; borrowed */
};

/** luks_keyring_put - keep a copy of @key for the volume @name, instead of what was there. */
void luks_keyring_put(struct luks_keyring *ring, struct slice name, const struct luks_key *key);

/** luks_keyring_find - key of @name, borrowed; NULL: there is none. */
const struct luks_key *luks_keyring_find(const struct luks_keyring *ring, struct slice name);

/** luks_keyring_remove - forget the key of @name. */
void luks_keyring_remove(struct luks_keyring *ring, struct slice name);

/** luks_keyring_save - keep what @ring holds now.  Return: 0; as its save. */
int luks_keyring_save(const struct luks_keyring *ring, struct error *err);

void luks_keyring_done(struct luks_keyring *ring);

DEFINE_DONE(struct luks_key, luks_key_done)
DEFINE_DONE(struct luks_keyring, luks_keyring_done)

#endif
