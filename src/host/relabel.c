#include "host/relabel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/root.h"
#include "host/unit.h"

#define CONFIG_MAX_BYTES    65536
#define POLICY_KEY	    "SELINUXTYPE="
#define LABEL_ATTRIBUTE	    "security.selinux"
#define SETFILES_TIMEOUT_MS 1800000
#define DATABASES	    "/etc/"

/* With what tools leave beside them: "passwd-", "passwd.lock" … */
static const char *const databases[] = {
	"passwd", "group", "shadow", "gshadow", "subuid", "subgid", ".pwd.lock",
};

/* Paths below the root, in the arena of the plan. */
struct paths {
	struct arena *arena;
	const char **items;
	size_t count;
	size_t capacity;
};

/* struct operation.detail */
struct relabelling {
	struct paths paths;
	const char **users; /* whose homes are labelled */
	size_t user_count;
	bool has_accounts;
};

static void add_path(struct paths *paths, const char *path)
{
	if (paths->count == paths->capacity) {
		const char **grown =
			arena_array(paths->arena, 2 * paths->capacity + 16, sizeof(*grown));

		if (paths->count)
			memcpy(grown, paths->items, paths->count * sizeof(*grown));
		paths->items = grown;
		paths->capacity = 2 * paths->capacity + 16;
	}
	paths->items[paths->count++] = arena_strdup(paths->arena, path);
}

/* --- the policy */

/* The last value of POLICY_KEY, as libselinux reads the file. */
static struct slice find_policy(struct slice text)
{
	struct slice found = { NULL, 0 };

	while (text.length) {
		const char *end = memchr(text.data, '\n', text.length);
		size_t length = end ? (size_t)(end - text.data) : text.length;
		struct slice line = slice_trim((struct slice){ text.data, length });

		if (slice_starts(line, POLICY_KEY))
			found = slice_trim(slice_from(line, strlen(POLICY_KEY)));
		text = slice_from(text, length + (end != NULL));
	}
	return found;
}

/* @ret: NULL when the target has no SELinux; freed with free() */
static int read_policy(int root_fd, char **ret, struct error *err)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r = root_read(root_fd, RELABEL_CONFIG, CONFIG_MAX_BYTES, &text, &length,
			  /* err= */ NULL);

	*ret = NULL;
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0)
		return error_errno(err, -r, "read %s of the target", RELABEL_CONFIG);

	struct slice policy = find_policy((struct slice){ text, length });

	/* It becomes a component of a path. */
	if (policy.length == 0 || slice_is(policy, ".") || slice_is(policy, "..") ||
	    memchr(policy.data, '/', policy.length))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "invalid SELINUXTYPE value in %s of the target: it must name the "
				 "policy to label files for",
				 RELABEL_CONFIG);
	*ret = slice_dup(policy);
	return 0;
}

static char *trimmed_root(const struct machine *machine)
{
	struct slice root = slice_of(machine->root_path);

	while (slice_ends(root, "/"))
		root.length--;
	return slice_dup(root);
}

/* Label what of @paths is there. */
static int run_setfiles(const struct machine *machine, const struct paths *paths,
			const struct event_observer *observer, struct error *err)
{
	AUTO_FREE char *policy = NULL;
	AUTO_FREE char *root = trimmed_root(machine);
	AUTO(text_done) struct text input = TEXT_INIT(SIZE_MAX / 2);
	struct stat st;
	int r = read_policy(machine->root_fd, &policy, err);

	if (r < 0 || !policy)
		return r;
	for (size_t i = 0; i < paths->count; i++) {
		if (root_stat(machine->root_fd, paths->items[i], &st, /* err= */ NULL) < 0)
			continue;
		text_printf(&input, "%s%s", root, paths->items[i]);
		text_append_char(&input, '\0');
	}
	if (input.length == 0)
		return 0;

	AUTO_FREE char *contexts =
		xasprintf("%s/etc/selinux/%s/contexts/files/file_contexts", root, policy);
	const char *argv[] = { "setfiles", "-vF0", "-r", machine->root_path,
			       contexts,   "-f",   "-",	 NULL };
	const struct command command = {
		.argv = argv,
		.input = text_slice(&input),
		.timeout_ms = SETFILES_TIMEOUT_MS,
		.observer = observer,
	};

	return command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);
}

int relabel_now(const struct machine *machine, const char *path,
		const struct event_observer *observer, struct error *err)
{
	const struct paths paths = { .items = &path, .count = 1 };
	int r = run_setfiles(machine, &paths, observer, err);

	return r < 0 ? error_wrap(err, r, "label %s for SELinux", path) : 0;
}

/* --- which paths */

/* Whether what is at @path, in which no directory is a link, has a label or cannot have one. */
static bool has_label(int root_fd, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	AUTO_FREE char *parent = slice_dup((struct slice){ path, (size_t)(name - path) });
	AUTO_CLOSE int fd = root_open(root_fd, parent, O_PATH | O_DIRECTORY, 0, /* err= */ NULL);
	AUTO_FREE char *place = xasprintf("/proc/self/fd/%d/%s", fd, name);

	return lgetxattr(place, LABEL_ATTRIBUTE, NULL, 0) >= 0 || errno != ENODATA;
}

/* The first component of @path that is missing or has no label.  Return: whether there is one. */
static bool find_unlabelled(int root_fd, char *path)
{
	for (char *end = strchr(path + 1, '/');; end = strchr(end + 1, '/')) {
		struct stat st;

		if (end)
			*end = '\0';
		if (root_stat(root_fd, path, &st, /* err= */ NULL) < 0 || !has_label(root_fd, path))
			return true;
		if (!end)
			return false;
		*end = '/';
	}
}

struct relabel_planner {
	const struct relabel_request *request;
	struct paths *paths;
};

static int add_wish(const struct relabel_planner *planner, struct slice path, struct error *err)
{
	const int root_fd = planner->request->machine->root_fd;
	AUTO_FREE char *text = slice_dup(path);
	AUTO_FREE char *real = NULL;
	int r = root_resolve(root_fd, text, &real, err);

	if (r < 0)
		return r;
	if (strcmp(real, "/") == 0)
		return 0;
	if (find_unlabelled(root_fd, real) || planner->request->is_changing)
		add_path(planner->paths, real);
	return 0;
}

static bool has_dropin(const struct unit_request *unit)
{
	for (size_t i = 0; i < unit->dropin_count; i++)
		if (unit->dropins[i].contents.data)
			return true;
	return false;
}

static int add_unit(const struct relabel_planner *planner, const struct unit_request *unit,
		    struct error *err)
{
	AUTO_FREE char *file = xasprintf(HOST_UNIT_DIRECTORY "/%.*s", SLICE_ARGS(unit->name));
	AUTO_FREE char *dropins = xasprintf("%s.d", file);
	int r = has_dropin(unit) ? add_wish(planner, slice_of(dropins), err) : 0;

	if (r == 0 && (unit->contents.length || unit->mask == HOST_YES))
		r = add_wish(planner, slice_of(file), err);
	if (r == 0 && unit->enabled != HOST_UNSET)
		r = add_wish(planner, SLICE(HOST_PRESET_FILE), err);
	return r;
}

static bool has_home(const struct user_request *user)
{
	return user->should_exist && !user->no_create_home;
}

static bool lacks_label(int root_fd, const char *path)
{
	AUTO_FREE char *real = NULL;
	struct stat st;

	return root_resolve_all(root_fd, path, &real, /* err= */ NULL) == 0 &&
	       root_stat(root_fd, real, &st, /* err= */ NULL) == 0 && !has_label(root_fd, real);
}

/* Whether an earlier run made something of accounts, and did not come to label it. */
static bool has_unlabelled_accounts(const struct relabel_request *request)
{
	const int root_fd = request->machine->root_fd;

	for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
		AUTO_FREE char *path = xasprintf(DATABASES "%s", databases[i]);

		if (lacks_label(root_fd, path))
			return true;
	}
	for (size_t i = 0; i < request->user_count; i++) {
		const struct account_user *user =
			accounts_find_user(request->accounts, request->users[i].name);

		if (user && has_home(&request->users[i]) && lacks_label(root_fd, user->home))
			return true;
	}
	return false;
}

static int collect(const struct relabel_planner *planner, struct error *err)
{
	const struct relabel_request *request = planner->request;
	int r = 0;

	for (size_t i = 0; r == 0 && i < request->node_count; i++)
		r = add_wish(planner, request->nodes[i].path, err);
	for (size_t i = 0; r == 0 && i < request->unit_count; i++)
		r = add_unit(planner, &request->units[i], err);
	if (r == 0 && request->further)
		add_path(planner->paths, request->further);
	return r;
}

static int compare_items(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each once. */
static void tidy(struct paths *paths)
{
	size_t kept = 0;

	if (paths->count)
		qsort(paths->items, paths->count, sizeof(*paths->items), compare_items);
	for (size_t i = 0; i < paths->count; i++)
		if (kept == 0 || strcmp(paths->items[kept - 1], paths->items[i]) != 0)
			paths->items[kept++] = paths->items[i];
	paths->count = kept;
}

/* --- the operation */

static bool is_database(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(databases); i++)
		if (slice_starts(slice_of(name), databases[i]))
			return true;
	return false;
}

/* The databases of accounts, and all that tools left beside them. */
static int add_databases(int root_fd, struct paths *paths, struct error *err)
{
	AUTO_CLOSEDIR DIR *directory = NULL;
	int r = root_open_stream(root_fd, DATABASES, &directory, err);

	if (r < 0)
		return r;
	for (const struct dirent *entry; (entry = readdir(directory));) {
		if (is_database(entry->d_name))
			add_path(paths, arena_printf(paths->arena, DATABASES "%s", entry->d_name));
	}
	return 0;
}

/* Homes as they are known now that the users are there. */
static int add_homes(const struct relabelling *relabelling, int root_fd, struct paths *paths,
		     struct error *err)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;
	int r = accounts_load(root_fd, &accounts, err);

	for (size_t i = 0; r == 0 && i < relabelling->user_count; i++) {
		const struct account_user *user =
			accounts_find_user(accounts, slice_of(relabelling->users[i]));
		AUTO_FREE char *home = NULL;

		if (!user || root_resolve_all(root_fd, user->home, &home, /* err= */ NULL) < 0)
			continue;
		/* Users whose home is "/" got none of their own. */
		if (strcmp(home, "/") != 0)
			add_path(paths, home);
	}
	return r;
}

static int apply(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	const struct relabelling *relabelling = operation->detail;
	AUTO(arena_free) struct arena *arena = arena_new();
	struct paths paths = { .arena = arena };
	int r = 0;

	for (size_t i = 0; i < relabelling->paths.count; i++)
		add_path(&paths, relabelling->paths.items[i]);
	if (relabelling->has_accounts) {
		r = add_databases(machine->root_fd, &paths, err);
		if (r == 0)
			r = add_homes(relabelling, machine->root_fd, &paths, err);
	}
	if (r < 0)
		return r;
	tidy(&paths);
	return run_setfiles(machine, &paths, observer, err);
}

static const struct operation_class relabel_class = {
	.name = "selinux.relabel",
	.noun = "policy",
	.apply = apply,
};

/* Whether there is a policy, or will be. */
static bool has_selinux(const struct relabel_request *request)
{
	struct stat st;

	for (size_t i = 0; i < request->node_count; i++)
		if (slice_is(request->nodes[i].path, RELABEL_CONFIG))
			return true;
	return root_stat(request->machine->root_fd, RELABEL_CONFIG, &st, /* err= */ NULL) == 0;
}

static void list_users(const struct relabel_request *request, struct arena *arena,
		       struct relabelling *ret)
{
	if (request->user_count + request->group_count == 0 ||
	    !(request->is_changing || has_unlabelled_accounts(request)))
		return;
	ret->has_accounts = true;
	ret->users = arena_array(arena, request->user_count, sizeof(*ret->users));
	for (size_t i = 0; i < request->user_count; i++) {
		struct slice name = request->users[i].name;

		if (has_home(&request->users[i]))
			ret->users[ret->user_count++] =
				arena_strndup(arena, name.data, name.length);
	}
}

int host_plan_relabel(struct plan *plan, const struct relabel_request *request, struct error *err)
{
	struct relabelling *relabelling = arena_alloc(plan->arena, sizeof(*relabelling));
	const struct relabel_planner planner = { .request = request, .paths = &relabelling->paths };

	if (!has_selinux(request))
		return 0;
	*relabelling = (struct relabelling){ .paths = { .arena = plan->arena } };

	int r = collect(&planner, err);

	if (r < 0)
		return r;
	tidy(&relabelling->paths);
	list_users(request, plan->arena, relabelling);
	if (relabelling->paths.count == 0 && !relabelling->has_accounts)
		return 0;

	const size_t count = relabelling->paths.count + relabelling->user_count;

	plan_add(
		plan,
		&(struct operation){
			.class = &relabel_class,
			.phase = "files",
			.object = RELABEL_CONFIG,
			.summary = arena_printf(
				plan->arena, "label %zu paths for SELinux%s", count,
				relabelling->has_accounts ? ", and the databases of accounts" : ""),
			.log_text = arena_printf(plan->arena, "relabeling %zu patterns", count),
			.detail = relabelling,
		});
	return 0;
}
