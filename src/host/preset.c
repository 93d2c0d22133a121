#include "host/preset.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/file.h"
#include "base/root.h"
#include "host/unit.h"

#define PRESET_MODE	     0644
#define PRESET_FILE_MAX	     ((size_t)64 << 20)
#define SYSTEMCTL_TIMEOUT_MS 60000
#define STATE_MAX	     ((size_t)4096)

/* A unit that shall be enabled or disabled. */
struct wish {
	const struct unit_request *request;
	struct slice unit;     /* "echo@.service" for all instances of it */
	struct slice instance; /* "foo"; "" for the template itself */
	bool is_instantiated;  /* the name has an "@" */
	const char *key;       /* upstream's order */
	size_t index;
};

/* All wishes with one key: one line. */
struct group {
	const struct wish *wishes;
	size_t count;
};

/* struct operation.detail: a group as it is applied */
struct preset {
	const char *line;
	struct group group; /* in the plan's arena */
};

/* What is-enabled says about a unit. */
enum unit_state {
	UNIT_NOT_ENABLED, /* or not there at all */
	UNIT_ENABLED,	  /* by links that disabling removes */
	UNIT_STATIC,	  /* by other means, or has nothing to enable */
	UNIT_UNKNOWN,	  /* there is no systemctl */
};

static void split_name(struct slice name, struct arena *arena, struct wish *ret)
{
	const char *at = memchr(name.data, '@', name.length);
	const char *dot = memrchr(name.data, '.', name.length);

	ret->unit = name;
	ret->is_instantiated = at && dot && at < dot;
	if (!ret->is_instantiated)
		return;

	size_t prefix = (size_t)(at - name.data) + 1;
	size_t suffix = (size_t)(dot - name.data);

	ret->instance = (struct slice){ at + 1, suffix - prefix };
	ret->unit = slice_of(arena_printf(arena, "%.*s%.*s", (int)prefix, name.data,
					  SLICE_ARGS(slice_from(name, suffix))));
}

static bool is_enabling(const struct wish *wish)
{
	return wish->request->enabled == HOST_YES;
}

static int compare_wishes(const void *a, const void *b)
{
	const struct wish *first = a;
	const struct wish *second = b;
	int order = strcmp(first->key, second->key);

	if (order != 0)
		return order;
	return first->index < second->index ? -1 : first->index > second->index;
}

static struct wish *collect_wishes(struct arena *arena, const struct unit_request *requests,
				   size_t count, size_t *ret_count)
{
	struct wish *wishes = arena_array(arena, count, sizeof(*wishes));
	size_t wish_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct wish *wish = &wishes[wish_count];

		if (requests[i].enabled == HOST_UNSET)
			continue;
		*wish = (struct wish){ .request = &requests[i], .index = i };
		split_name(requests[i].name, arena, wish);
		wish->key = arena_printf(arena, "%.*s-%s", SLICE_ARGS(wish->unit),
					 is_enabling(wish) ? "enabled" : "disabled");
		wish_count++;
	}
	qsort(wishes, wish_count, sizeof(*wishes), compare_wishes);
	*ret_count = wish_count;
	return wishes;
}

/* "echo@.service foo bar", as upstream joins it: the template itself is the empty instance. */
static char *unit_words(const struct group *group, const bool *is_wanted)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_slice(&out, group->wishes[0].unit);
	for (size_t i = 0; group->wishes[0].is_instantiated && i < group->count; i++) {
		if (is_wanted && !is_wanted[i])
			continue;
		text_append_char(&out, ' ');
		text_append_slice(&out, group->wishes[i].instance);
	}
	return text_take(&out);
}

/* Whether @lines, from load_lines(), have @line. */
static bool has_line(const struct text *lines, const char *line)
{
	AUTO_FREE char *whole = xasprintf("\n%s\n", line);

	return strstr(text_str(lines), whole);
}

/* The preset file between two newlines. */
static int load_lines(int root_fd, struct text *ret, struct error *err)
{
	AUTO(error_done) struct error why = ERROR_INIT;
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	int r = root_read(root_fd, HOST_PRESET_FILE, PRESET_FILE_MAX, &data, &length, &why);

	if (r < 0 && r != -ENOENT)
		return error_set(err, why.kind, -r, "presets: %s", why.text);
	*ret = TEXT_INIT(PRESET_FILE_MAX + 2);
	return text_printf(ret, "\n%s\n", data ? data : "");
}

static int append_to_file(int root_fd, const char *line, bool needs_newline)
{
	const char *name = NULL;
	AUTO_CLOSE int dir_fd = root_open_parent(root_fd, HOST_PRESET_FILE, &name, /* err= */ NULL);
	AUTO_FREE char *text = xasprintf("%s%s\n", needs_newline ? "\n" : "", line);
	struct stat st;

	if (dir_fd < 0)
		return dir_fd;

	AUTO_CLOSE int fd = root_open(root_fd, HOST_PRESET_FILE, O_WRONLY | O_CREAT | O_APPEND,
				      PRESET_MODE, /* err= */ NULL);

	if (fd < 0)
		return fd;
	/* A new one has the mode whatever the umask. */
	if (fstat(fd, &st) < 0 || (st.st_size == 0 && fchmod(fd, PRESET_MODE) < 0))
		return -errno;
	return file_write_fd(fd, text, strlen(text));
}

/* Add @line unless it is there. */
static int add_line(int root_fd, const char *line, struct error *err)
{
	AUTO(text_done) struct text lines = TEXT_INIT(0);
	int r = load_lines(root_fd, &lines, err);

	if (r < 0 || has_line(&lines, line))
		return r;

	/* A last line that is whole has a newline before the one that load_lines() put there. */
	bool is_whole = lines.length <= 2 || slice_ends(text_slice(&lines), "\n\n");

	r = append_to_file(root_fd, line, !is_whole);
	return r < 0 ? error_errno(err, -r, "append to %s", HOST_PRESET_FILE) : 0;
}

static enum unit_state state_of(struct slice word)
{
	/* systemctl(1), is-enabled; the others with status 0 have no links to remove. */
	static const char *const linked[] = { "enabled", "enabled-runtime", "linked",
					      "linked-runtime" };

	for (size_t i = 0; i < ARRAY_SIZE(linked); i++)
		if (slice_is(word, linked[i]))
			return UNIT_ENABLED;
	return UNIT_STATIC;
}

static int find_state(const struct machine *machine, struct slice unit,
		      const struct event_observer *observer, enum unit_state *ret,
		      struct error *err)
{
	AUTO_FREE char *name = slice_dup(unit);
	AUTO(text_done) struct text state = TEXT_INIT(STATE_MAX);
	AUTO(error_done) struct error why = ERROR_INIT;
	const char *argv[] = { "systemctl", "--root", machine->root_path, "is-enabled", "--",
			       name,	    NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = SYSTEMCTL_TIMEOUT_MS,
					 .observer = observer };
	int r = command_run(&command, &state, /* ret_status= */ NULL, &why);

	if (r == 0)
		*ret = state_of(slice_trim(text_slice(&state)));
	else if (r == -ECANCELED)
		*ret = UNIT_NOT_ENABLED;
	else if (r == -ENOENT)
		*ret = UNIT_UNKNOWN;
	else
		return error_set(err, why.kind, -r, "is %s enabled: %s", name, why.text);
	return 0;
}

/* What is to be done to disable a group. */
struct disabling {
	bool *is_wanted; /* for each wish; owned */
	size_t wanted_count;
	bool has_links;
	bool is_unknown;
};

static void disabling_done(struct disabling *disabling)
{
	free(disabling->is_wanted);
}

DEFINE_DONE(struct disabling, disabling_done)

static int look_at_group(const struct machine *machine, const struct group *group,
			 const struct event_observer *observer, struct disabling *ret,
			 struct error *err)
{
	ret->is_wanted = xcalloc(group->count, sizeof(bool));
	for (size_t i = 0; i < group->count; i++) {
		enum unit_state state = UNIT_NOT_ENABLED;
		int r = find_state(machine, group->wishes[i].request->name, observer, &state, err);

		if (r < 0)
			return r;
		ret->is_unknown |= state == UNIT_UNKNOWN;
		ret->has_links |= state == UNIT_ENABLED;
		ret->is_wanted[i] = state == UNIT_ENABLED || state == UNIT_STATIC;
		ret->wanted_count += ret->is_wanted[i];
	}
	return 0;
}

static void warn_unknown(const struct group *group, const struct event_observer *observer)
{
	AUTO_FREE char *words = unit_words(group, /* is_wanted= */ NULL);

	event_message(observer, EVENT_WARNING,
		      "systemctl is not in PATH, so nobody knows whether %s is enabled: it is left "
		      "as it is; disable it by hand, or put systemctl where this runs",
		      words);
}

static int apply_enable(const struct operation *operation, struct machine *machine,
			const struct event_observer *observer, struct error *err)
{
	const struct preset *preset = operation->detail;

	(void)observer;
	return add_line(machine->root_fd, preset->line, err);
}

static int remove_links(const struct machine *machine, const struct group *group,
			const struct disabling *disabling, const struct event_observer *observer,
			struct error *err)
{
	AUTO_FREE char *words = unit_words(group, disabling->is_wanted);

	for (size_t i = 0; i < group->count; i++) {
		AUTO_FREE char *name = slice_dup(group->wishes[i].request->name);
		const char *argv[] = { "systemctl", "--root", machine->root_path, "disable", "--",
				       name,	    NULL };
		const struct command command = { .argv = argv,
						 .timeout_ms = SYSTEMCTL_TIMEOUT_MS,
						 .observer = observer };
		int r = disabling->is_wanted[i] ? command_run(&command, NULL, NULL, err) : 0;

		if (r < 0)
			return error_wrap(err, r, "cannot remove symlink(s) for %s", words);
	}
	return 0;
}

/* The line first: after a kill the links say that the rest is still to be done. */
static int apply_disable(const struct operation *operation, struct machine *machine,
			 const struct event_observer *observer, struct error *err)
{
	const struct preset *preset = operation->detail;
	AUTO(disabling_done) struct disabling disabling = { 0 };
	int r = look_at_group(machine, &preset->group, observer, &disabling, err);

	if (r < 0)
		return r;
	if (disabling.is_unknown)
		warn_unknown(&preset->group, observer);
	if (disabling.wanted_count == 0)
		return 0;

	AUTO_FREE char *words = unit_words(&preset->group, disabling.is_wanted);
	AUTO_FREE char *line = xasprintf("disable %s", words);

	r = add_line(machine->root_fd, line, err);
	if (r < 0)
		return r;
	return remove_links(machine, &preset->group, &disabling, observer, err);
}

static const struct operation_class enable_class = { "preset.enable", "preset", apply_enable };
static const struct operation_class disable_class = { "preset.disable", "preset", apply_disable };

static void add_operation(struct plan *plan, const struct operation_class *class,
			  const struct group *group, const char *summary)
{
	struct preset *preset = arena_alloc(plan->arena, sizeof(*preset));
	AUTO_FREE char *words = unit_words(group, /* is_wanted= */ NULL);
	bool is_enabling_group = is_enabling(&group->wishes[0]);

	preset->group = *group;
	preset->line = arena_printf(plan->arena, "enable %s", words);
	plan_add(plan, &(struct operation){
			       .class = class,
			       .phase = "files",
			       .object = arena_strdup(plan->arena, words),
			       .summary = summary,
			       .log_text = arena_printf(
				       plan->arena, "setting preset to %s for \"%s\"",
				       is_enabling_group ? "enabled" : "disabled", words),
			       .origin = group->wishes[0].request->origin,
			       .detail = preset,
		       });
}

static void plan_enabling(struct plan *plan, const struct group *group, const struct text *lines)
{
	AUTO_FREE char *words = unit_words(group, /* is_wanted= */ NULL);
	AUTO_FREE char *line = xasprintf("enable %s", words);

	if (!has_line(lines, line))
		add_operation(plan, &enable_class, group, "enable");
}

/* Whether the unit files may be others by the time the presets are written. */
static bool changes_units(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strstr(plan->operations[i].object, "/systemd/"))
			return true;
	return false;
}

static int plan_disabling(struct plan *plan, const struct host_plan_params *params,
			  const struct group *group, const struct text *lines, struct error *err)
{
	AUTO(disabling_done) struct disabling disabling = { 0 };
	int r = look_at_group(params->machine, group, params->observer, &disabling, err);

	if (r < 0)
		return r;
	if (disabling.is_unknown)
		warn_unknown(group, params->observer);
	if (disabling.wanted_count == 0)
		return 0;

	AUTO_FREE char *words = unit_words(group, disabling.is_wanted);
	AUTO_FREE char *line = xasprintf("disable %s", words);

	if (disabling.has_links || !has_line(lines, line))
		add_operation(plan, &disable_class, group,
			      "disable, and remove the links that enable it");
	return 0;
}

int host_plan_presets(struct plan *plan, const struct host_plan_params *params,
		      const struct unit_request *requests, size_t count, struct error *err)
{
	AUTO(text_done) struct text lines = TEXT_INIT(0);
	size_t wish_count = 0;
	const struct wish *wishes = collect_wishes(plan->arena, requests, count, &wish_count);
	/* What an earlier operation wipes away has no lines, and what enabled units may be gone. */
	bool is_kept = !host_nodes_replace(plan, HOST_PRESET_FILE);
	bool is_certain = is_kept && !changes_units(plan);
	int r = wish_count && is_kept ? load_lines(params->machine->root_fd, &lines, err) : 0;

	for (size_t i = 0, next = 0; r == 0 && i < wish_count; i = next) {
		for (next = i + 1; next < wish_count; next++)
			if (strcmp(wishes[next].key, wishes[i].key) != 0)
				break;

		const struct group group = { &wishes[i], next - i };

		if (is_enabling(&wishes[i]))
			plan_enabling(plan, &group, &lines);
		else if (is_certain)
			r = plan_disabling(plan, params, &group, &lines, err);
		else
			add_operation(plan, &disable_class, &group, "disable if it is enabled");
	}
	return r;
}
