#include "live/hostname.h"

#include <errno.h>
#include <limits.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/root.h"

#define HOSTNAME_PATH "/etc/hostname"
#define HOSTNAME_MODE 0644
/* A line with the longest name. */
#define LINE_MAX_BYTES (HOST_NAME_MAX + 1)

struct slice live_hostname_get(struct arena *arena)
{
	struct utsname names;

	return uname(&names) < 0 ? SLICE("") : slice_of(arena_strdup(arena, names.nodename));
}

static int apply_hostname(const struct operation *operation, struct machine *machine,
			  const struct event_observer *observer, struct error *err)
{
	AUTO_FREE char *line = xasprintf("%s\n", operation->object);
	int r = root_replace(machine->root_fd, HOSTNAME_PATH, slice_of(line), HOSTNAME_MODE,
			     ROOT_DURABLE, err);

	(void)observer;
	if (r < 0)
		return r;
	if (sethostname(operation->object, strlen(operation->object)) < 0)
		return error_errno(err, errno, "set the host name %s", operation->object);
	return 0;
}

static const struct operation_class hostname_class = { "hostname.set", "host name",
						       apply_hostname };

static bool is_name(struct slice name)
{
	for (size_t i = 0; i < name.length; i++) {
		const char c = name.data[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '_' && c != '.')
			return false;
	}
	return name.length && name.length <= HOST_NAME_MAX && name.data[0] != '.';
}

static bool is_set(const struct plan *plan, const struct machine *machine, struct slice name)
{
	AUTO_FREE char *data = NULL;
	size_t length = 0;

	return slice_equal(live_hostname_get(plan->arena), name) &&
	       root_read(machine->root_fd, HOSTNAME_PATH, LINE_MAX_BYTES, &data, &length,
			 /* err= */ NULL) == 0 &&
	       slice_equal(slice_trim((struct slice){ data, length }), name);
}

int live_plan_hostname(struct plan *plan, const struct machine *machine, struct slice name,
		       struct error *err)
{
	if (!is_name(name))
		return error_set(err, ERROR_INPUT, EINVAL, "\"%.*s\" is no host name",
				 SLICE_ARGS(name));
	if (is_set(plan, machine, name))
		return 0;

	const char *object = arena_strndup(plan->arena, name.data, name.length);

	plan_add(plan,
		 &(struct operation){
			 .class = &hostname_class,
			 .phase = "hostname",
			 .object = object,
			 .summary = "set at once and in " HOSTNAME_PATH,
			 .log_text = arena_printf(plan->arena, "setting host name \"%s\"", object),
		 });
	return 0;
}
