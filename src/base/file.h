/*
 * file - whole files of the running system, by path: runtime files, configs, caches.
 *
 * Leaves to others: anything below a target root (base/root).
 */
#ifndef SLIPWAY_BASE_FILE_H
#define SLIPWAY_BASE_FILE_H

#include <sys/types.h>

#include "base/content.h"
#include "base/error.h"
#include "base/text.h"

enum file_flag {
	FILE_STDIN = 1 << 0,
};

/**
 * file_read - whole contents; "-" is standard input when @flags has FILE_STDIN.
 * @ret: NUL-terminated, freed with free()
 *
 * Return: 0; -ENOENT …; -EISDIR; -EFBIG above @max_bytes (a larger regular file is not read at
 * all).
 */
int file_read(const char *path, size_t max_bytes, unsigned flags, char **ret, size_t *ret_length,
	      struct error *err);

/**
 * file_read_fd - whole contents of an open file, in as few reads as its size allows (firmware files
 * cost more the further they are read).
 * @name: for messages
 * @ret: NUL-terminated, freed with free(); @ret_length may be NULL
 *
 * Return: 0; -EFBIG (ERROR_INPUT) above @max_bytes; -errno.
 */
int file_read_fd(int fd, const char *name, size_t max_bytes, char **ret, size_t *ret_length,
		 struct error *err);

/** file_write_fd - all of @data to @fd, however often the kernel takes a part.  Return: 0; -errno.
 */
int file_write_fd(int fd, const void *data, size_t length);

/** file_map - contents of a regular file without a copy; released with file_unmap(). */
int file_map(const char *path, size_t max_bytes, struct slice *ret, struct error *err);
void file_unmap(struct slice *map);

enum file_durability {
	FILE_VOLATILE, /* whole or not there, but only for as long as the power is on */
	FILE_DURABLE,  /* fsync, rename, fsync of the directory */
};

/* A file being replaced: bytes go to a temporary name until file_commit(). */
struct file_writer {
	struct content_sink sink; /* write to this */
	int fd;
	char *path;
	char *temporary;
	struct text buffer;
};

/**
 * file_create - begin to replace @path; its directory is made with @directory_mode when missing.
 * @ret: release with file_writer_done(), which drops an uncommitted file
 */
int file_create(struct file_writer *ret, const char *path, mode_t mode, mode_t directory_mode,
		struct error *err);
/** file_commit - give the file its name. */
int file_commit(struct file_writer *writer, enum file_durability durability, struct error *err);
void file_writer_done(struct file_writer *writer);

/** file_replace - file_create, write, file_commit. */
int file_replace(const char *path, struct slice data, mode_t mode, mode_t directory_mode,
		 enum file_durability durability, struct error *err);

/** file_make_parents - the directories above @path, with @mode when missing. */
int file_make_parents(const char *path, mode_t mode, struct error *err);

DEFINE_DONE(struct slice, file_unmap)
DEFINE_DONE(struct file_writer, file_writer_done)

#endif
