#include "disk/directory.h"

#include <errno.h>
#include <fcntl.h>

int directory_open(const struct machine *machine, const char *path, DIR **ret, struct error *err)
{
	AUTO_CLOSE int fd = openat(machine->host_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);

	if (!directory)
		return error_errno(err, errno, "open /%s", path);
	take_fd(&fd);
	*ret = directory;
	return 0;
}

const char *directory_next(DIR *directory)
{
	const struct dirent *entry = NULL;

	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			return entry->d_name;
	return NULL;
}

void directory_close(DIR *directory)
{
	if (directory)
		closedir(directory);
}
