#include "resize/work.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "disk/kernel.h"

#define LOCK_TIMEOUT_MS 30000
#define SIZE_TEXT_MAX	64

int work_hold(struct resize_work *work, const char *node, struct error *err)
{
	for (size_t i = 0; i < work->hold_count; i++)
		if (strcmp(work->holds[i].node, node) == 0)
			return work->holds[i].fd;

	AUTO_CLOSE int fd = open(node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s for writing", node);

	int r = kernel_lock(fd, node, LOCK_TIMEOUT_MS, work->observer, err);

	if (r < 0)
		return r;
	work->holds = xreallocarray(work->holds, work->hold_count + 1, sizeof(struct resize_hold));
	work->holds[work->hold_count] = (struct resize_hold){ xstrdup(node), take_fd(&fd) };
	return work->holds[work->hold_count++].fd;
}

void work_release(struct resize_work *work)
{
	for (size_t i = 0; i < work->hold_count; i++) {
		close(work->holds[i].fd);
		free(work->holds[i].node);
	}
	free(work->holds);
	work->holds = NULL;
	work->hold_count = 0;
}

void work_done(struct resize_work *work)
{
	work_release(work);
	plan_free(work->plan);
	work->plan = NULL;
}

const char *work_size_text(const struct resize_work *work, uint64_t from_bytes, uint64_t to_bytes)
{
	AUTO(text_done) struct text from = TEXT_INIT(SIZE_TEXT_MAX);
	AUTO(text_done) struct text to = TEXT_INIT(SIZE_TEXT_MAX);

	number_append_size(&from, from_bytes);
	number_append_size(&to, to_bytes);
	return arena_printf(work->plan->arena, "%s -> %s", text_str(&from), text_str(&to));
}
