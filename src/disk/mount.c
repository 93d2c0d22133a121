#include "disk/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/root.h"
#include "disk/device.h"
#include "disk/filesystem.h"

#define DIRECTORY_MODE	 0755
#define MOUNT_TIMEOUT_MS 300000
/* Room for the words between "mount" and the path. */
#define MOUNT_WORDS_MAX 8

/* What an operation points at. */
struct mount_step {
	const struct filesystem_request *request;
	const char *device;
	const char *path; /* below the root */
	struct mount_made *made;
	struct arena *arena;
};

static bool is_mounted_kind(const struct filesystem_request *request)
{
	const struct filesystem_format *format = filesystem_format_find(request->format);

	return request->path.length && format && format->is_mounted;
}

static size_t depth(struct slice path)
{
	size_t count = 0;

	for (size_t i = 0; i + 1 < path.length; i++)
		count += path.data[i] == '/' && path.data[i + 1] != '/';
	return count;
}

/* The requests that are mounted, shallow first; requests of equal depth keep their order. */
static const struct filesystem_request **sort(const struct filesystem_request *requests,
					      size_t count, size_t *ret_count)
{
	const struct filesystem_request **sorted =
		xcalloc(count, sizeof(struct filesystem_request *));

	*ret_count = 0;
	for (size_t i = 0; i < count; i++) {
		size_t at = *ret_count;

		if (!is_mounted_kind(&requests[i]))
			continue;
		for (; at && depth(sorted[at - 1]->path) > depth(requests[i].path); at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = &requests[i];
		(*ret_count)++;
	}
	return sorted;
}

/*
 * Whether @path is the root of a mount: a directory on another device than the one above it, or the
 * root of the same one again, which has another mount id.  Missing is not mounted.
 */
static bool is_mount_point(const struct machine *machine, const char *path)
{
	struct statx stx;
	AUTO_CLOSE int fd = root_open(machine->root_fd, path, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0,
				      /* err= */ NULL);

	return fd >= 0 && statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx) == 0 &&
	       (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

static int check_component(const struct mount_step *step, int root_fd, const char *directory,
			   bool *ret_exists, struct error *err)
{
	struct stat st;
	int r = root_stat(root_fd, directory, &st, /* err= */ NULL);

	*ret_exists = r == 0;
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_errno(err, -r, "look at %s", directory);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERROR_INPUT, ENOTDIR,
				 "mount path \"%s\" contains non-directory component \"%s\"",
				 step->path, directory);
	return 0;
}

static void note_made(const struct mount_step *step, const char *directory)
{
	struct mount_made *made = step->made;
	const char **grown = arena_array(step->arena, made->count + 1, sizeof(*grown));

	if (made->count)
		memcpy(grown, made->directories, made->count * sizeof(*grown));
	grown[made->count++] = arena_strdup(step->arena, directory);
	made->directories = grown;
}

/* Every component is a real directory; missing ones are made one by one. */
static int make_path(const struct mount_step *step, int root_fd, struct error *err)
{
	AUTO_FREE char *directory = xstrdup(step->path);

	for (char *end = strchr(directory + 1, '/');; end = strchr(end + 1, '/')) {
		bool exists = false;

		if (end)
			*end = '\0';

		int r = check_component(step, root_fd, directory, &exists, err);

		if (r == 0 && !exists) {
			r = root_make_directories(root_fd, directory, err);
			note_made(step, directory);
		}
		if (r < 0 || !end)
			return r;
		*end = '/';
	}
}

static char *join_options(const struct filesystem_request *request)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	for (size_t i = 0; i < request->mount_option_count; i++) {
		text_append_str(&out, i ? "," : "");
		text_append_slice(&out, request->mount_options[i]);
	}
	return xstrdup(text_str(&out));
}

static int run_mount(const struct mount_step *step, const struct machine *machine,
		     const struct event_observer *observer, struct error *err)
{
	AUTO(device_done) struct device device = { .node = NULL };
	AUTO_FREE char *options = join_options(step->request);
	AUTO_FREE char *format = slice_dup(step->request->format);
	AUTO_FREE char *place = xasprintf("%s%s", machine->root_path, step->path);
	int r = device_find(machine, step->device, &device, err);

	if (r < 0)
		return r;

	/* The name that was asked for, unless only we know it. */
	const char *source = access(step->device, F_OK) == 0 ? step->device : device.node;
	const char *argv[MOUNT_WORDS_MAX] = { "mount", "-o", options, "-t", format, source, place };
	const struct command command = { .argv = argv,
					 .timeout_ms = MOUNT_TIMEOUT_MS,
					 .observer = observer };

	return command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);
}

/* A new filesystem may have a lost+found. */
static bool is_empty(int root_fd, const char *path)
{
	AUTO_CLOSEDIR DIR *directory = NULL;

	if (root_open_stream(root_fd, path, &directory, /* err= */ NULL) < 0)
		return false;
	for (const struct dirent *entry; (entry = readdir(directory));) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    strcmp(name, "lost+found") != 0)
			return false;
	}
	return true;
}

/* Directories that were made before the mount hides them: the first, with those below it. */
static int label_made(const struct mount_step *step, size_t first, const struct machine *machine,
		      const struct event_observer *observer, struct error *err)
{
	const struct mount_made *made = step->made;

	if (!made->label || first == made->count)
		return 0;
	return made->label(machine, made->directories[first], observer, err);
}

static int label_filesystem(const struct mount_step *step, const struct machine *machine,
			    const struct event_observer *observer, struct error *err)
{
	if (!step->made->label || !is_empty(machine->root_fd, step->path))
		return 0;
	return step->made->label(machine, step->path, observer, err);
}

static int mount_apply(const struct operation *operation, struct machine *machine,
		       const struct event_observer *observer, struct error *err)
{
	const struct mount_step *step = operation->detail;
	const size_t first = step->made->count;
	int r = make_path(step, machine->root_fd, err);

	if (r == 0)
		r = label_made(step, first, machine, observer, err);
	if (r == 0)
		r = run_mount(step, machine, observer, err);
	/* What is below the root may be another filesystem now. */
	if (r == 0)
		r = machine_open_root(machine, err);
	return r < 0 ? r : label_filesystem(step, machine, observer, err);
}

static const struct operation_class mount_class = {
	.name = "filesystem.mount",
	.noun = "directory",
	.apply = mount_apply,
};

static int umount_apply(const struct operation *operation, struct machine *machine,
			const struct event_observer *observer, struct error *err)
{
	const struct mount_step *step = operation->detail;
	AUTO_FREE char *real = NULL;
	int r = root_resolve(machine->root_fd, step->path, &real, err);

	(void)observer;
	if (r < 0)
		return r;

	AUTO_FREE char *place = xasprintf("%s%s", machine->root_path, real);

	/* Our own descriptor would keep the root itself busy. */
	machine_close_root(machine);
	r = umount2(place, UMOUNT_NOFOLLOW) < 0 ? error_errno(err, errno, "unmount %s", place) : 0;
	return r < 0 ? r : machine_open_root(machine, err);
}

static const struct operation_class umount_class = {
	.name = "filesystem.unmount",
	.noun = "directory",
	.apply = umount_apply,
};

static struct mount_step *new_step(const struct filesystem_request *request, struct plan *plan)
{
	struct mount_step *step = arena_alloc(plan->arena, sizeof(*step));

	*step = (struct mount_step){
		.request = request,
		.device = arena_strndup(plan->arena, request->device.data, request->device.length),
		.path = arena_strndup(plan->arena, request->path.data, request->path.length),
		.arena = plan->arena,
	};
	return step;
}

void mount_plan(const struct machine *machine, const struct filesystem_request *requests,
		size_t count, struct mount_made *made, struct plan *plan)
{
	size_t sorted_count = 0;
	AUTO_FREE const struct filesystem_request **sorted = sort(requests, count, &sorted_count);

	for (size_t i = 0; i < sorted_count; i++) {
		struct mount_step *step = new_step(sorted[i], plan);

		step->made = made;
		if (is_mount_point(machine, step->path))
			continue;
		plan_add(plan, &(struct operation){
				       .class = &mount_class,
				       .phase = MOUNT_PHASE,
				       .object = step->path,
				       .summary = arena_printf(plan->arena, "mount %s as %.*s",
							       step->device,
							       SLICE_ARGS(sorted[i]->format)),
				       .log_text = arena_printf(
					       plan->arena,
					       "mounting \"%s\" at \"%s%s\" with type \"%.*s\"",
					       step->device, machine->root_path, step->path,
					       SLICE_ARGS(sorted[i]->format)),
				       .origin = sorted[i]->origin,
				       .detail = step,
			       });
	}
}

void umount_plan(const struct machine *machine, const struct filesystem_request *requests,
		 size_t count, struct plan *plan)
{
	size_t sorted_count = 0;
	AUTO_FREE const struct filesystem_request **sorted = sort(requests, count, &sorted_count);

	for (size_t i = sorted_count; i-- > 0;) {
		struct mount_step *step = new_step(sorted[i], plan);

		if (!is_mount_point(machine, step->path))
			continue;
		plan_add(plan,
			 &(struct operation){
				 .class = &umount_class,
				 .phase = MOUNT_PHASE,
				 .object = step->path,
				 .summary = arena_printf(plan->arena, "unmount %s", step->device),
				 .log_text = arena_printf(plan->arena, "umounting \"%s%s\"",
							  machine->root_path, step->path),
				 .origin = sorted[i]->origin,
				 .detail = step,
			 });
	}
}
