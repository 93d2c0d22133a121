#include "metadata/hostname.h"

#include <limits.h>

#include "base/alloc.h"
#include "base/file.h"

#define FILE_MODE      0644
#define DIRECTORY_MODE 0755

struct slice hostname_shorten(const char *name)
{
	size_t length = strlen(name);
	const char *dot = NULL;

	if (length <= HOST_NAME_MAX)
		return (struct slice){ name, length };
	dot = memchr(name, '.', HOST_NAME_MAX);
	return (struct slice){ name, dot && dot > name ? (size_t)(dot - name) : HOST_NAME_MAX };
}

int hostname_write(const char *path, const char *name, struct error *err)
{
	AUTO_FREE char *line = xasprintf("%.*s\n", SLICE_ARGS(hostname_shorten(name)));

	return file_replace(path, slice_of(line), FILE_MODE, DIRECTORY_MODE, FILE_DURABLE, err);
}
