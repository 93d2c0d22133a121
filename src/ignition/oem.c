#include "ignition/oem.h"

#include <errno.h>

#include "base/alloc.h"
#include "disk/drive.h"

#define OEM_LABEL	 "OEM"
#define OEM_FILE_MAX	 ((size_t)256 << 20)
#define DRIVE_TIMEOUT_MS 30000

static const char *const default_directories[] = { "/oem", "/usr/share/oem", NULL };

static int read_from(const struct oem *oem, const char *directory, const char *path, char **ret,
		     size_t *ret_length, struct error *err)
{
	AUTO_FREE char *whole = xasprintf("%s%s", directory, path);

	return machine_read(oem->machine, whole + strspn(whole, "/"), OEM_FILE_MAX, ret, ret_length,
			    err);
}

/* -ENOENT without a message when no directory has it. */
static int read_directories(const struct oem *oem, const char *path, char **ret, size_t *ret_length,
			    struct error *err)
{
	const char *const own[] = { oem->directory, NULL };

	for (const char *const *next = oem->directory ? own : default_directories; *next; next++) {
		AUTO(error_done) struct error problem = ERROR_INIT;
		int r = read_from(oem, *next, path, ret, ret_length, &problem);

		if (r != -ENOENT && r != -ENOTDIR)
			return error_move(err, &problem, r);
	}
	return -ENOENT;
}

static int read_drive(const struct oem *oem, const char *path, char **ret, size_t *ret_length,
		      struct error *err)
{
	AUTO_FREE char *device = oem->device ? xstrdup(oem->device) : NULL;
	int r = device ? 0
		       : drive_wait(oem->machine, OEM_LABEL, DRIVE_TIMEOUT_MS, oem->observer,
				    &device, err);

	return r < 0 ? r : drive_read(device, path, OEM_FILE_MAX, ret, ret_length, err);
}

static int deliver(const void *context, const char *path, struct content_sink *sink,
		   struct error *err)
{
	const struct oem *oem = context;
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	int r = read_directories(oem, path, &data, &length, err);

	if (r == -ENOENT)
		r = read_drive(oem, path, &data, &length, err);
	if (r < 0)
		return error_wrap(err, r, "oem:%s", path);
	return length ? sink->write(sink, data, length, err) : 0;
}

void oem_allow(struct oem *oem, struct fetcher *fetcher)
{
	oem->reader = (struct fetch_oem){ .deliver = deliver, .context = oem };
	fetcher_allow_oem(fetcher, &oem->reader);
}
