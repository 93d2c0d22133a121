#include "host/crypttab.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/root.h"

#define PHASE	       "files"
#define SCOPE	       "createCrypttabEntries"
#define SECRET_MODE    0600
#define DIRECTORY_MODE 0700
#define CRYPTTAB_MAX   ((size_t)16 << 20)
#define KEY_MAX	       ((size_t)8 << 20)

static const char *key_path(const struct crypttab_request *request, struct arena *arena)
{
	return arena_printf(arena, CRYPTTAB_KEY_DIRECTORY "/%.*s", SLICE_ARGS(request->name));
}

/* Without its newline. */
static char *line_of(const struct crypttab_request *request)
{
	AUTO_FREE char *key = xasprintf(CRYPTTAB_KEY_DIRECTORY "/%.*s", SLICE_ARGS(request->name));

	return xasprintf("%.*s UUID=%.*s %s luks%s,x-initrd.attach", SLICE_ARGS(request->name),
			 SLICE_ARGS(request->uuid), request->has_key_file ? key : "none",
			 request->needs_network ? ",_netdev" : "");
}

/* All of the file; "" when there is none. */
static int read_table(int root_fd, char **ret, struct error *err)
{
	AUTO(error_done) struct error failure = ERROR_INIT;
	size_t length = 0;
	int r = root_read(root_fd, CRYPTTAB_PATH, CRYPTTAB_MAX, ret, &length, &failure);

	if (r == -ENOENT) {
		*ret = xstrdup("");
		return 0;
	}
	return r < 0 ? error_set(err, failure.kind, -r, "%s", failure.text) : 0;
}

static bool has_line(const char *table, const char *line)
{
	struct slice rest = slice_of(table);

	while (rest.length)
		if (slice_is(slice_take_line(&rest), line))
			return true;
	return false;
}

static int add_line(const struct operation *operation, struct machine *machine,
		    const struct event_observer *observer, struct error *err)
{
	const struct crypttab_request *request = operation->detail;
	AUTO_FREE char *table = NULL;
	AUTO_FREE char *line = line_of(request);
	AUTO(text_done) struct text out = TEXT_INIT(CRYPTTAB_MAX + TEXT_MESSAGE_MAX);
	int r = 0;

	if (!request->uuid.length) {
		event_message(observer, EVENT_WARNING,
			      CRYPTTAB_PATH " gets no entry for \"%.*s\", which was not made here",
			      SLICE_ARGS(request->name));
		return 0;
	}
	r = read_table(machine->root_fd, &table, err);
	if (r < 0)
		return r;
	text_append_str(&out, table);
	if (!has_line(table, line))
		text_printf(&out, "%s%s\n",
			    out.length && !slice_ends(text_slice(&out), "\n") ? "\n" : "", line);
	return root_replace(machine->root_fd, CRYPTTAB_PATH, text_slice(&out), SECRET_MODE,
			    ROOT_VOLATILE, err);
}

static const struct operation_class line_class = {
	.name = "crypttab.add",
	.noun = "file",
	.apply = add_line,
};

static int make_directory(int root_fd, struct error *err)
{
	struct stat st;
	AUTO_CLOSE int fd = -1;

	if (root_stat(root_fd, CRYPTTAB_KEY_DIRECTORY, &st, /* err= */ NULL) == 0)
		return 0;

	int r = root_make_directories(root_fd, CRYPTTAB_KEY_DIRECTORY, err);

	if (r < 0)
		return r;
	fd = root_open(root_fd, CRYPTTAB_KEY_DIRECTORY, O_RDONLY | O_DIRECTORY, 0, err);
	if (fd < 0)
		return fd;
	return fchmod(fd, DIRECTORY_MODE) < 0
		       ? error_errno(err, errno, "set the mode of " CRYPTTAB_KEY_DIRECTORY)
		       : 0;
}

static int write_key(const struct operation *operation, struct machine *machine,
		     const struct event_observer *observer, struct error *err)
{
	const struct crypttab_request *request = operation->detail;
	struct stat st;
	int r = make_directory(machine->root_fd, err);

	(void)observer;
	if (r < 0)
		return r;
	if (root_stat(machine->root_fd, operation->object, &st, /* err= */ NULL) == 0)
		return error_set(err, ERROR_INPUT, EEXIST, "%s exists already", operation->object);
	return root_replace(machine->root_fd, operation->object, request->key, SECRET_MODE,
			    ROOT_DURABLE, err);
}

static const struct operation_class key_class = {
	.name = "crypttab.key",
	.noun = "file",
	.apply = write_key,
};

/* Whether what is at @path is the key. */
static int compare_key(const struct machine *machine, const char *path,
		       const struct crypttab_request *request, bool *ret_same, struct error *err)
{
	AUTO_FREE char *data = NULL;
	AUTO(error_done) struct error failure = ERROR_INIT;
	size_t length = 0;
	int r = root_read(machine->root_fd, path, KEY_MAX, &data, &length, &failure);

	*ret_same = r == 0 && (!request->key.data ||
			       slice_equal(request->key, (struct slice){ data, length }));
	if (data)
		explicit_bzero(data, length);
	if (r == 0 && !*ret_same)
		return error_set(err, ERROR_INPUT, EEXIST,
				 "%s exists already, and is another key than that of volume "
				 "\"%.*s\"",
				 path, SLICE_ARGS(request->name));
	if (r < 0 && r != -ENOENT)
		return error_set(err, failure.kind, -r, "%s", failure.text);
	return 0;
}

static int plan_key(const struct machine *machine, const struct crypttab_request *request,
		    struct plan *plan, struct error *err)
{
	const char *path = key_path(request, plan->arena);
	bool is_there = false;
	int r = compare_key(machine, path, request, &is_there, err);

	if (r < 0 || is_there)
		return r;
	/* A plan of a machine without its volumes has nothing to write. */
	if (!request->key.data)
		return !request->uuid.length
			       ? 0
			       : error_set(err, ERROR_NOT_FOUND, ENOKEY,
					   "missing persisted keyfile for %.*s: the disks stage "
					   "left none in the state",
					   SLICE_ARGS(request->name));
	plan_add(plan,
		 &(struct operation){
			 .class = &key_class,
			 .phase = PHASE,
			 .object = path,
			 .summary = arena_printf(plan->arena,
						 "write the key of volume \"%.*s\", mode 0600",
						 SLICE_ARGS(request->name)),
			 .log_text = arena_printf(plan->arena, "writing key file \"%s\"", path),
			 .scope = SCOPE,
			 .origin = request->origin,
			 .detail = request,
		 });
	return 0;
}

static void add_table(const struct crypttab_request *request, struct plan *plan)
{
	plan_add(plan,
		 &(struct operation){
			 .class = &line_class,
			 .phase = PHASE,
			 .object = CRYPTTAB_PATH,
			 .summary = arena_printf(plan->arena, "add volume \"%.*s\", mode 0600",
						 SLICE_ARGS(request->name)),
			 .log_text = arena_printf(plan->arena,
						  "adding \"%.*s\" to \"" CRYPTTAB_PATH "\"",
						  SLICE_ARGS(request->name)),
			 .scope = SCOPE,
			 .origin = request->origin,
			 .detail = request,
		 });
}

static int plan_one(const struct machine *machine, const struct crypttab_request *request,
		    const char *table, struct plan *plan, struct error *err)
{
	AUTO_FREE char *line = line_of(request);
	int r = request->has_key_file ? plan_key(machine, request, plan, err) : 0;

	if (r == 0 && !has_line(table, line))
		add_table(request, plan);
	return r;
}

int crypttab_plan(const struct machine *machine, const struct crypttab_request *requests,
		  size_t count, struct plan *plan, struct error *err)
{
	AUTO_FREE char *table = NULL;
	int r = count ? read_table(machine->root_fd, &table, err) : 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = plan_one(machine, &requests[i], table, plan, err);
	return r;
}
