/*
 * machine - the parts of the running system that code here looks at or changes, as descriptors.
 *
 * Owns: where /proc, /sys, /dev, /run and the target root are, so that a test can point them at a
 * fixture and nothing else spells these paths.
 */
#ifndef SLIPWAY_BASE_MACHINE_H
#define SLIPWAY_BASE_MACHINE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/scope.h"
#include "base/text.h"

struct machine {
	int host_fd;	 /* O_PATH of the running system's "/", or of a test's fixture of it */
	int root_fd;	 /* O_PATH of the target root; -1 when the work has no target */
	char *root_path; /* absolute path of the target root, for children and messages; owned */
	char *kernel_command_line; /* contents of /proc/cmdline, "" without one; owned */
	/*
	 * In a rehearsal: the disk that a config names, and the device or image that is used in its
	 * place; both NULL otherwise.  No other disk is then found by a label or an id.
	 */
	char *disk_name;     /* owned */
	char *disk_stand_in; /* owned */
};

/** MACHINE_INIT - nothing open. */
#define MACHINE_INIT ((struct machine){ .host_fd = -1, .root_fd = -1 })

/**
 * machine_open - open the running system and a target root.
 * @ret: filled on success; release with machine_done()
 * @host_path: "/" but in tests
 * @root_path: NULL for no target
 *
 * Return: 0; -ENOENT, -ENOTDIR … when a path cannot be opened.
 */
int machine_open(struct machine *ret, const char *host_path, const char *root_path,
		 struct error *err);
void machine_done(struct machine *machine);

/**
 * machine_close_root - let go of the target root, which may then be unmounted; root_path is kept.
 */
void machine_close_root(struct machine *machine);

/** machine_open_root - open root_path anew, as after something was mounted there. */
int machine_open_root(struct machine *machine, struct error *err);

/**
 * machine_read - whole contents of a small file of the running system.
 * @path: relative to the host's "/", as "proc/cmdline"
 * @max_bytes: a larger file is -EFBIG
 * @ret: NUL-terminated; freed with free(); @ret_length may be NULL
 */
int machine_read(const struct machine *machine, const char *path, size_t max_bytes, char **ret,
		 size_t *ret_length, struct error *err);

/* One argument of the kernel; slices of the command line. */
struct machine_karg {
	struct slice name;
	struct slice value; /* absent for a bare word */
};

/**
 * machine_next_karg - the next argument of the kernel command line.
 * @at: NULL before the first; moved on
 *
 * Double quotes keep blanks together and are taken off, as the kernel does.
 *
 * Return: whether there was one.
 */
bool machine_next_karg(const struct machine *machine, const char **at, struct machine_karg *ret);

/**
 * machine_karg - last value of "name=value" on the kernel command line.
 * @ret: freed with free(); "" for a bare word; NULL when it is absent
 */
void machine_karg(const struct machine *machine, const char *name, char **ret);

DEFINE_DONE(struct machine, machine_done)

#endif
