#include "cli/config_output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/file.h"
#include "base/scope.h"

#define OUTPUT_MODE 0644

static int append(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	struct text *out = sink->context;

	if (text_append(out, data, length) < 0)
		return error_set(err, ERROR_INPUT, EFBIG, "the output is larger than %zu bytes",
				 out->max);
	return 0;
}

struct content_sink config_output_sink(struct text *out)
{
	return (struct content_sink){ .write = append, .context = out };
}

int config_output_write(const char *path, struct slice data, struct error *err)
{
	if (!path) {
		fwrite(data.data, 1, data.length, stdout);
		return 0;
	}

	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, OUTPUT_MODE);

	if (fd < 0)
		return error_errno(err, errno, "failed to open %s", path);

	int r = file_write_fd(fd, data.data, data.length);

	return r < 0 ? error_errno(err, -r, "failed to write %s", path) : 0;
}
