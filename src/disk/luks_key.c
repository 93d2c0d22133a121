#include "disk/luks_key.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

/* Of the key that is drawn, before it becomes text. */
#define DRAWN_BYTES 4096
/* getrandom(2) gives this much at once, or nothing. */
#define CHUNK_BYTES 256

static int draw_bytes(unsigned char *bytes, size_t length, struct error *err)
{
	for (size_t at = 0; at < length; at += CHUNK_BYTES)
		if (getrandom(bytes + at, CHUNK_BYTES, /* flags= */ 0) != CHUNK_BYTES)
			return error_errno(err, errno, "draw a key");
	return 0;
}

int luks_key_draw(struct luks_key *ret, struct error *err)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[DRAWN_BYTES];
	int r = draw_bytes(bytes, sizeof(bytes), err);

	if (r < 0)
		return r;
	*ret = LUKS_KEY_INIT;
	ret->length = 2 * sizeof(bytes);
	ret->data = xcalloc(1, ret->length + 1);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		ret->data[2 * i] = digits[bytes[i] >> 4];
		ret->data[2 * i + 1] = digits[bytes[i] & 0xf];
	}
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

void luks_key_copy(struct luks_key *ret, struct slice bytes)
{
	*ret = LUKS_KEY_INIT;
	ret->data = xcalloc(1, bytes.length + 1);
	if (bytes.length)
		memcpy(ret->data, bytes.data, bytes.length);
	ret->length = bytes.length;
}

int luks_key_show(struct luks_key *key, struct error *err)
{
	int r = 0;

	if (key->path)
		return 0;

	AUTO_CLOSE int fd = memfd_create("key", MFD_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "create a file in memory");
	r = file_write_fd(fd, key->data, key->length);
	if (r < 0)
		return error_errno(err, -r, "keep a key in memory");
	key->path = xasprintf("/proc/%ju/fd/%d", (uintmax_t)getpid(), fd);
	key->fd = take_fd(&fd);
	return 0;
}

void luks_key_done(struct luks_key *key)
{
	if (key->data)
		explicit_bzero(key->data, key->length);
	free(key->data);
	if (key->fd >= 0)
		close(key->fd);
	free(key->path);
	*key = LUKS_KEY_INIT;
}

static struct luks_keyring_entry *find(const struct luks_keyring *ring, struct slice name)
{
	for (size_t i = 0; i < ring->count; i++)
		if (slice_is(name, ring->entries[i].name))
			return &ring->entries[i];
	return NULL;
}

const struct luks_key *luks_keyring_find(const struct luks_keyring *ring, struct slice name)
{
	const struct luks_keyring_entry *entry = find(ring, name);

	return entry ? &entry->key : NULL;
}

void luks_keyring_remove(struct luks_keyring *ring, struct slice name)
{
	struct luks_keyring_entry *entry = find(ring, name);

	if (!entry)
		return;
	free(entry->name);
	luks_key_done(&entry->key);
	*entry = ring->entries[--ring->count];
}

void luks_keyring_put(struct luks_keyring *ring, struct slice name, const struct luks_key *key)
{
	struct luks_keyring_entry *entry = NULL;

	luks_keyring_remove(ring, name);
	ring->entries = xreallocarray(ring->entries, ring->count + 1, sizeof(*ring->entries));
	entry = &ring->entries[ring->count++];
	entry->name = slice_dup(name);
	luks_key_copy(&entry->key, (struct slice){ key->data, key->length });
}

int luks_keyring_save(const struct luks_keyring *ring, struct error *err)
{
	int r = ring->save ? ring->save(ring->context, ring, err) : 0;

	return r < 0 ? error_wrap(err, r, "keep the keys of volumes") : 0;
}

void luks_keyring_done(struct luks_keyring *ring)
{
	for (size_t i = 0; i < ring->count; i++) {
		free(ring->entries[i].name);
		luks_key_done(&ring->entries[i].key);
	}
	free(ring->entries);
	*ring = (struct luks_keyring){ .entries = NULL };
}
