#include "disk/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/alloc.h"

/* Programs that attach at the same time are each given the same free number by the kernel. */
#define ATTEMPTS_MAX 64
#define SECTOR_BYTES 512

/* A free device, made when there is none. */
static int open_free(int control, struct loop *ret, struct error *err)
{
	int number = ioctl(control, LOOP_CTL_GET_FREE);

	if (number < 0)
		return error_errno(err, errno, "ask for a free loop device");

	AUTO_FREE char *node = xasprintf("/dev/loop%d", number);
	int fd = open(node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", node);
	*ret = (struct loop){ .fd = fd, .node = take_ptr(&node) };
	return 0;
}

/*
 * File, sector size and flags in one step (Linux 5.8): nobody sees the device with less of them.
 * Without direct input and output where the filesystem of the file cannot do it.
 */
static int configure(const struct loop *loop, int file, const struct loop_params *params)
{
	struct loop_config config = {
		.fd = (uint32_t)file,
		.block_size = params->sector_bytes ?: SECTOR_BYTES,
		.info.lo_offset = params->offset_bytes,
		.info.lo_sizelimit = params->size_bytes,
		.info.lo_flags = LO_FLAGS_PARTSCAN | LO_FLAGS_DIRECT_IO |
				 (params->flags & LOOP_READ_ONLY ? LO_FLAGS_READ_ONLY : 0) |
				 (params->flags & LOOP_AUTOCLEAR ? LO_FLAGS_AUTOCLEAR : 0),
	};

	if (ioctl(loop->fd, LOOP_CONFIGURE, &config) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	config.info.lo_flags &= ~(uint32_t)LO_FLAGS_DIRECT_IO;
	return ioctl(loop->fd, LOOP_CONFIGURE, &config) < 0 ? -errno : 0;
}

int loop_attach(const struct loop_params *params, struct loop *ret, struct error *err)
{
	const char *path = params->path;
	bool is_read_only = params->flags & LOOP_READ_ONLY;
	AUTO_CLOSE int file = open(path, (is_read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);

	if (file < 0)
		return error_errno(err, errno, "open image %s", path);

	AUTO_CLOSE int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);

	if (control < 0)
		return error_errno(err, errno, "open /dev/loop-control");

	for (unsigned attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
		AUTO(loop_done) struct loop loop = LOOP_INIT;
		int r = open_free(control, &loop, err);

		if (r < 0)
			return error_wrap(err, r, "image %s", path);
		r = configure(&loop, file, params);
		if (r == 0) {
			*ret = loop;
			loop = LOOP_INIT;
			return 0;
		}
		if (r != -EBUSY)
			return error_errno(err, -r, "attach image %s to %s", path, loop.node);
	}
	return error_set(err, ERROR_BUSY, EBUSY,
			 "image %s: each free loop device was taken by another program first",
			 path);
}

int loop_detach(struct loop *loop, struct error *err)
{
	if (ioctl(loop->fd, LOOP_CLR_FD) < 0 && errno != ENXIO)
		return error_errno(err, errno, "detach %s", loop->node);
	return 0;
}

void loop_done(struct loop *loop)
{
	scope_close(&loop->fd);
	free(loop->node);
	*loop = LOOP_INIT;
}
