#include "host/node_turn.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/root.h"

#define PHASE "files"
#define SCOPE "createFilesystemsFiles: createFiles"

/* How upstream names a node when it complains: around its path. */
static const struct {
	const char *before, *after;
} complaints[] = {
	[HOST_DIRECTORY] = { "directory ", "" },
	[HOST_FILE] = { "file \"", "\"" },
	[HOST_SYMLINK] = { "symlink ", "" },
	[HOST_HARDLINK] = { "hard link ", "" },
};

/* The words of upstream's log before the path, where it has any. */
static const char *const log_words[] = {
	[NODE_DIRECTORY_MAKE] = "creating directory",
	[NODE_DIRECTORY_SET] = "setting owner and mode of directory",
	[NODE_FILE_WRITE] = "writing file",
	[NODE_FILE_APPEND] = "appending to file",
	[NODE_FILE_SET] = "setting owner and mode of file",
	[NODE_SYMLINK_MAKE] = "writing link",
	[NODE_SYMLINK_SET] = "setting owner of link",
	[NODE_HARDLINK_MAKE] = "writing link",
};
_Static_assert(ARRAY_SIZE(log_words) == NODE_ACTION_COUNT, "every action has its words");

struct arena *turn_arena(const struct turn *turn)
{
	return turn->planner->plan->arena;
}

int turn_refuse(const struct turn *turn, struct error *err, int errnum, const char *format, ...)
{
	AUTO(text_done) struct text what = TEXT_INIT(TEXT_MESSAGE_MAX);
	va_list args;

	va_start(args, format);
	text_vprintf(&what, format, args);
	va_end(args);
	return error_set(err, ERROR_INPUT, errnum, "error creating %s%s%s: %s%s",
			 complaints[turn->request->kind].before, turn->detail.shown,
			 complaints[turn->request->kind].after, text_str(&what),
			 node_where(turn_arena(turn), turn->request));
}

static void append_id(struct text *out, const char *word, const struct host_owner *owner,
		      const struct node_id *id)
{
	if (!owner->has_id && owner->name.length)
		text_printf(out, ", %s %.*s", word, SLICE_ARGS(owner->name));
	else if (id->id != NODE_ID_NONE)
		text_printf(out, ", %s %" PRId64, word, id->id);
}

static const char *summary(const struct turn *turn, const char *verb)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
	const struct node_request *request = turn->request;
	bool is_link = request->kind == HOST_SYMLINK || request->kind == HOST_HARDLINK;

	text_append_str(&out, verb);
	if (is_link)
		text_printf(&out, ", to %.*s", SLICE_ARGS(request->target));
	if (request->contents && request->contents->label.length)
		text_printf(&out, ", from %.*s", SLICE_ARGS(request->contents->label));
	if (request->append_count)
		text_printf(&out, ", %zu fragment%s at the end", request->append_count,
			    request->append_count == 1 ? "" : "s");
	if (turn->detail.has_mode && !is_link)
		text_printf(&out, ", mode %04o", (unsigned)turn->detail.mode);
	append_id(&out, "user", &request->user, &turn->detail.owner.user);
	append_id(&out, "group", &request->group, &turn->detail.owner.group);
	return arena_strdup(turn_arena(turn), text_str(&out));
}

static const char *log_text(const struct turn *turn, enum node_action action)
{
	const char *shown = turn->detail.shown;

	if (action == NODE_SYMLINK_MAKE || action == NODE_HARDLINK_MAKE)
		return arena_printf(turn_arena(turn), "%s \"%s\" -> \"%.*s\"", log_words[action],
				    shown, SLICE_ARGS(turn->request->target));
	return arena_printf(turn_arena(turn), "%s \"%s\"", log_words[action], shown);
}

void turn_add(struct turn *turn, enum node_action action, const char *verb, const char *receipt)
{
	struct planner *planner = turn->planner;
	struct node_detail *detail = arena_alloc(turn_arena(turn), sizeof(*detail));

	*detail = turn->detail;
	turn->entry->is_new = action != NODE_FILE_SET && action != NODE_SYMLINK_SET;
	node_session_expect(planner->session);
	plan_add(planner->plan, &(struct operation){
					.class = host_node_class(action),
					.phase = PHASE,
					.object = detail->path,
					.summary = summary(turn, verb),
					.log_text = log_text(turn, action),
					.scope = SCOPE,
					.origin = turn->request->origin,
					.detail = detail,
					.receipt = receipt,
				});
}

void turn_add_new(struct turn *turn, enum node_action action, const char *receipt)
{
	turn->detail.replaces = turn->overwrite;
	turn_add(turn, action, turn->overwrite && turn->exists ? "replace" : "create", receipt);
}

static bool differs(const struct node_id *wanted, int64_t found)
{
	return wanted->late_name.data || (wanted->id != NODE_ID_NONE && wanted->id != found);
}

bool turn_has_other_attributes(const struct turn *turn)
{
	const struct node_detail *detail = &turn->detail;

	return differs(&detail->owner.user, turn->st.st_uid) ||
	       differs(&detail->owner.group, turn->st.st_gid) ||
	       (detail->has_mode && (turn->st.st_mode & ALLPERMS) != detail->mode);
}

int turn_set_attributes(struct turn *turn, enum node_action action)
{
	if (turn_has_other_attributes(turn))
		turn_add(turn, action, "set", /* receipt= */ NULL);
	return 0;
}

/* Group of what is made in the directory that holds the node (mkdir(2), on set-group-ID). */
static gid_t inherited_group(const struct turn *turn)
{
	const char *path = turn->entry->path;
	AUTO_FREE char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	struct stat st;

	if (root_stat(turn->planner->root_fd, parent, &st, /* err= */ NULL) == 0 &&
	    (st.st_mode & S_ISGID))
		return st.st_gid;
	return getegid();
}

void turn_want_attributes_of_new(struct turn *turn, mode_t mode)
{
	struct node_detail *detail = &turn->detail;

	if (!detail->owner.user.late_name.data && detail->owner.user.id == NODE_ID_NONE)
		detail->owner.user.id = geteuid();
	if (!detail->owner.group.late_name.data && detail->owner.group.id == NODE_ID_NONE)
		detail->owner.group.id = inherited_group(turn);
	if (!detail->has_mode) {
		detail->has_mode = true;
		detail->mode = mode;
	}
}
