/*
 * scratch - a directory for one test, removed when its scope ends.
 */
#ifndef SLIPWAY_TESTS_SCRATCH_H
#define SLIPWAY_TESTS_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"

struct scratch {
	char path[64];
};

static inline int scratch_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline struct scratch scratch_new(void)
{
	struct scratch scratch = { .path = "/tmp/slipway-unit.XXXXXX" };

	if (!mkdtemp(scratch.path))
		abort();
	return scratch;
}

static inline void scratch_done(struct scratch *scratch)
{
	nftw(scratch->path, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
}
DEFINE_DONE(struct scratch, scratch_done)

/* "<scratch>/<name>", freed with free(). */
static inline char *scratch_path(const struct scratch *scratch, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", scratch->path, name) < 0)
		abort();
	return path;
}

static inline void scratch_write(const struct scratch *scratch, const char *name, const char *text)
{
	AUTO_FREE char *path = scratch_path(scratch, name);
	FILE *file = fopen(path, "we");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

/* Contents of a file as a string, freed with free(); NULL when there is none. */
static inline char *scratch_read(const struct scratch *scratch, const char *name)
{
	AUTO_FREE char *path = scratch_path(scratch, name);
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		return NULL;
	if (getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		text = calloc(1, 1);
	}
	fclose(file);
	return text;
}

#endif
