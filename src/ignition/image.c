#include "ignition/image.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "disk/kernel.h"
#include "disk/table.h"

#define IMAGE_MODE 0600

/* A file with a hole of @size_bytes, or the one that is there. */
static int make_file(const char *path, uint64_t size_bytes, struct error *err)
{
	struct stat st;

	if (stat(path, &st) == 0) {
		if (size_bytes && S_ISREG(st.st_mode) && (uint64_t)st.st_size != size_bytes)
			return error_set(err, ERROR_INPUT, EEXIST,
					 "%s is there with another size; leave out --size, or "
					 "remove it",
					 path);
		return 0;
	}
	if (errno != ENOENT || !size_bytes)
		return error_errno(err, errno, "open disk %s", path);

	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, IMAGE_MODE);

	if (fd < 0 || ftruncate(fd, (off_t)size_bytes) < 0)
		return error_errno(err, errno, "make disk image %s", path);
	return 0;
}

static int attach(const char *path, struct image *image, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return error_errno(err, errno, "open disk %s", path);
	if (S_ISBLK(st.st_mode)) {
		image->node = xstrdup(path);
		return 0;
	}

	int r = loop_attach(&(struct loop_params){ .path = path, .flags = LOOP_AUTOCLEAR },
			    &image->loop, err);

	if (r == 0)
		image->node = xstrdup(image->loop.node);
	return r;
}

static int enter_namespace(struct error *err)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_errno(err, errno, "make a mount namespace");
	return 0;
}

static int make_mount(struct image *image, struct error *err)
{
	AUTO_FREE char *template = xasprintf("%s/slipway.XXXXXX", getenv("TMPDIR") ?: "/tmp");

	if (!mkdtemp(template))
		return error_errno(err, errno, "make directory %s", template);
	image->mount = take_ptr(&template);
	return 0;
}

int image_open(const char *path, uint64_t size_bytes, struct image *ret, struct error *err)
{
	AUTO(image_done) struct image image = IMAGE_INIT;
	int r = make_file(path, size_bytes, err);

	if (r == 0)
		r = enter_namespace(err);
	if (r == 0)
		r = attach(path, &image, err);
	if (r == 0)
		r = make_mount(&image, err);
	if (r < 0)
		return r;
	*ret = image;
	image = IMAGE_INIT;
	return 0;
}

int image_scan(const struct image *image, const struct machine *machine, struct error *err)
{
	AUTO(table_free) struct table *table = NULL;
	const char *name = strrchr(image->node, '/');

	/* Of a disk of the machine the kernel knows; a label that cannot be read is the plan's
	 * matter. */
	if (image->loop.fd < 0 || !name ||
	    table_read_fd(image->loop.fd, image->node, 0, &table, /* err= */ NULL) < 0 ||
	    table->kind != TABLE_GPT)
		return 0;
	return kernel_tell(machine, name + 1, image->loop.fd, table, err);
}

void image_done(struct image *image)
{
	if (image->loop.fd >= 0)
		loop_detach(&image->loop, /* err= */ NULL);
	loop_done(&image->loop);
	if (image->mount)
		rmdir(image->mount);
	free(image->mount);
	free(image->node);
	*image = IMAGE_INIT;
}
