/*
 * root - paths inside a target root that cannot lead out of it.
 *
 * Owns: every call of openat2 (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS, no user-space fallback) and
 * what is built on it: resolve, create parents, replace, remove.  Target paths never meet open(2),
 * realpath(3) or a pasted prefix.  @path is absolute or relative, both mean "below the root".
 */
#ifndef SLIPWAY_BASE_ROOT_H
#define SLIPWAY_BASE_ROOT_H

#include <dirent.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/text.h"

/* Links followed in one path before it counts as a loop (the kernel's MAXSYMLINKS). */
#define ROOT_LINKS_MAX 40

/**
 * root_open - openat2 below @root_fd; O_CLOEXEC is added.
 * @root_fd: borrowed; an O_PATH descriptor will do
 * @mode: used with O_CREAT only
 *
 * Return: a descriptor that the caller owns; -errno.
 */
int root_open(int root_fd, const char *path, int flags, mode_t mode, struct error *err);

/**
 * root_open_stream - the entries of the directory @path, which is not a link to one.
 * @ret: the caller's to close, AUTO_CLOSEDIR; set on success
 *
 * Return: 0; -ENOENT, -ENOTDIR; -errno.
 */
int root_open_stream(int root_fd, const char *path, DIR **ret, struct error *err);

/**
 * root_resolve - the real path of @path inside the root: links in all components but the last are
 * followed (absolute targets restart at the root, ".." stops there), missing components are kept as
 * they are, so that the path of something that is yet to be made can be asked for.
 * @ret: absolute inside the root, clean; freed with free()
 *
 * Return: 0; -ELOOP; -ENOTDIR when a component that must be a directory is not one.
 */
int root_resolve(int root_fd, const char *path, char **ret, struct error *err);

/** root_resolve_all - root_resolve() that follows a link in the last component too. */
int root_resolve_all(int root_fd, const char *path, char **ret, struct error *err);

/** root_stat - lstat below the root.  Return: 0; -ENOENT, -ENOTDIR when there is nothing. */
int root_stat(int root_fd, const char *path, struct stat *ret, struct error *err);

/** root_readlink - target of the link @path; freed with free().  Return: 0; -EINVAL: not a link. */
int root_readlink(int root_fd, const char *path, char **ret, struct error *err);

/**
 * root_open_parent - the directory that holds @path, made with its parents (mode 0755, owner as the
 * process) when it is missing.
 * @ret_name: last component, points into @path; set on failure too
 *
 * Return: an O_DIRECTORY descriptor that the caller owns; -EINVAL for "/" itself; -errno.
 */
int root_open_parent(int root_fd, const char *path, const char **ret_name, struct error *err);

/** root_make_directories - @path and its parents, mode 0755; existing ones are left as they are. */
int root_make_directories(int root_fd, const char *path, struct error *err);

/**
 * root_read - whole contents of the regular file @path.
 * @ret: NUL-terminated, freed with free(); a NUL inside shows in @ret_length
 *
 * Return: 0; -ENOENT; -EFBIG above @max_bytes; -EINVAL when it is not a regular file.
 */
int root_read(int root_fd, const char *path, size_t max_bytes, char **ret, size_t *ret_length,
	      struct error *err);

enum root_durability {
	ROOT_VOLATILE, /* one syncfs at the end covers it */
	ROOT_DURABLE,  /* fsync of the file, rename, fsync of the directory */
};

/** root_replace - put @data at @path by temporary file and rename; parents are made. */
int root_replace(int root_fd, const char *path, struct slice data, mode_t mode,
		 enum root_durability durability, struct error *err);

/* Begins the names of temporary files. */
#define ROOT_TEMPORARY_PREFIX	".slipway-"
#define ROOT_TEMPORARY_NAME_MAX (sizeof(ROOT_TEMPORARY_PREFIX) + 16)

/**
 * root_temporary_name - under which a new @name is made before it is renamed.
 *
 * It follows from @name alone, so that a run that was killed leaves nothing that the next one does
 * not clear away.  One writer at a time.
 */
void root_temporary_name(const char *name, char ret[static ROOT_TEMPORARY_NAME_MAX]);

/**
 * root_temporary - a new file in the directory @dir_fd, mode 0600, that will be renamed to @name
 * when it is whole.
 * @ret_name: root_temporary_name(); what a killed run left there is removed first
 *
 * Return: a descriptor for writing that the caller owns; -errno.
 */
int root_temporary(int dir_fd, const char *name, char ret_name[static ROOT_TEMPORARY_NAME_MAX],
		   struct error *err);

/**
 * root_remove_tree - remove @path and, if it is a directory, all below it.
 *
 * Nothing there is success.  When @path or something below it is a mount point, nothing at all is
 * removed.
 *
 * Return: 0; -EINVAL for "/" itself; -EBUSY for a mount point; -errno.
 */
int root_remove_tree(int root_fd, const char *path, struct error *err);

#endif
