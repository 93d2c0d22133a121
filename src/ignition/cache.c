#include "ignition/cache.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/file.h"
#include "config/encode.h"

/* A line per object of the largest config. */
#define ORIGINS_SIZE_MAX ((size_t)256 << 20)
#define CACHE_MODE	 0640
#define ORIGINS_MODE	 0600
#define DIRECTORY_MODE	 0755

static char *origins_path(const char *path)
{
	if (strcmp(path, CACHE_PATH_DEFAULT) == 0)
		return xstrdup(CACHE_ORIGINS_PATH_DEFAULT);
	return xasprintf("%s.origin", path);
}

static int write_origins(const char *path, const struct acquired *acquired, struct error *err)
{
	AUTO_FREE char *origins = origins_path(path);
	AUTO(file_writer_done) struct file_writer writer = { .fd = -1 };
	int r = file_create(&writer, origins, ORIGINS_MODE, DIRECTORY_MODE, err);

	if (r == 0)
		r = writer.sink.write(&writer.sink, acquired->key, strlen(acquired->key), err);
	if (r == 0)
		r = writer.sink.write(&writer.sink, "\n", 1, err);
	if (r == 0)
		r = config_encode_origins(acquired->config, &writer.sink, err);
	if (r == 0)
		r = file_commit(&writer, FILE_VOLATILE, err);
	return r;
}

int cache_write(const char *path, const struct acquired *acquired, struct error *err)
{
	AUTO(file_writer_done) struct file_writer writer = { .fd = -1 };
	/* Origins first: a cache without them is complete, origins without a cache are nothing. */
	int r = write_origins(path, acquired, err);

	if (r == 0)
		r = file_create(&writer, path, CACHE_MODE, DIRECTORY_MODE, err);
	if (r == 0)
		r = config_encode(acquired->config, /* flags= */ 0, &writer.sink, err);
	if (r == 0)
		r = file_commit(&writer, FILE_VOLATILE, err);
	return r < 0 ? error_wrap(err, r, "write config cache") : 0;
}

/* Takes the key and the origins from the file beside the cache, if it is there. */
static bool read_origins(const char *path, struct config_pool *pool, struct acquired *ret)
{
	AUTO_FREE char *origins = origins_path(path);
	AUTO(file_unmap) struct slice text = { NULL, 0 };

	if (file_map(origins, ORIGINS_SIZE_MAX, &text, /* err= */ NULL) < 0)
		return false;

	const size_t key_length = 2 * hash_bytes(HASH_SHA512);

	if (text.length <= key_length || text.data[key_length] != '\n')
		return false;
	memcpy(ret->key, text.data, key_length);
	ret->key[key_length] = '\0';
	config_load_origins(pool, ret->config, slice_from(text, key_length + 1));
	return true;
}

int cache_read(const char *path, struct config_pool *pool, struct acquired *ret, struct error *err)
{
	struct slice text = { NULL, 0 };
	int r = file_map(path, 2 * CONFIG_SIZE_MAX, &text, err);

	if (r < 0)
		return r;

	const struct source *source = config_pool_borrow_source(pool, path, text);

	r = config_load_cache(pool, source, &ret->config, err);
	if (r < 0)
		return error_wrap(err, r, "config cache %s", path);
	if (!read_origins(path, pool, ret)) {
		struct hash hash;

		hash_init(&hash, HASH_SHA512);
		hash_update(&hash, text.data, text.length);
		hash_hex(&hash, ret->key);
	}
	return 0;
}
