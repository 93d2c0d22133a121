#include "host/passwd_users.h"

#include <errno.h>
#include <inttypes.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/root.h"
#include "host/passwd_check.h"
#include "host/passwd_keys.h"

#define KEYS_DIRECTORY ".ssh/authorized_keys.d/ignition"
#define KEYS_FILE      ".ssh/authorized_keys"

/* One user on the way through the planner. */
struct subject {
	const struct passwd_planner *planner;
	const struct user_request *request;
	const struct account_user *user; /* NULL: to be made */
	unsigned differences;		 /* enum passwd_difference; of an existing user */
	char *home;			 /* where it will be; in the plan's arena */
};

/* useradd and usermod take names and numbers. */
static const struct account_group *find_group(const struct accounts *accounts, struct slice word)
{
	const struct account_group *group = accounts_find_group(accounts, word);
	uint64_t gid;

	if (!group && number_parse_u64(word, 0, UINT32_MAX, &gid) == 0)
		group = accounts_find_group_by_id(accounts, (uint32_t)gid);
	return group;
}

static bool is_listed(const struct accounts *accounts, const struct user_request *request,
		      const struct account_group *group)
{
	for (size_t i = 0; i < request->group_count; i++) {
		if (find_group(accounts, request->groups[i]) == group)
			return true;
	}
	return false;
}

/* Members that the image's databases list cannot be taken away, so that they do not count. */
static bool has_groups(const struct accounts *accounts, const struct user_request *request,
		       const struct account_user *user)
{
	const struct account_group *group;

	for (size_t i = 0; i < request->group_count; i++) {
		if (!find_group(accounts, request->groups[i]))
			return false;
	}
	for (size_t i = 0; (group = accounts_group_at(accounts, i)); i++) {
		bool is_member = accounts_is_member(group, user->name);
		bool is_asked = is_listed(accounts, request, group);

		if (is_asked && !is_member)
			return false;
		if (!is_asked && is_member && group->is_local)
			return false;
	}
	return true;
}

static bool has_primary_group(const struct accounts *accounts, const struct user_request *request,
			      const struct account_user *user)
{
	const struct account_group *group = find_group(accounts, request->primary_group);

	return group && group->has_id && user->has_ids && group->gid == user->gid;
}

/* usermod drops slashes at the end. */
static bool is_same_home(struct slice a, const char *home)
{
	struct slice b = slice_of(home);

	while (a.length > 1 && a.data[a.length - 1] == '/')
		a.length--;
	while (b.length > 1 && b.data[b.length - 1] == '/')
		b.length--;
	return slice_equal(a, b);
}

static bool differs_if_given(struct slice asked, const char *found)
{
	return asked.length && !slice_is(asked, found);
}

static unsigned compare(const struct accounts *accounts, const struct user_request *request,
			const struct account_user *user)
{
	struct slice hash =
		passwd_hash_value(request->password_hash, slice_of(user->password_hash));
	const struct {
		enum passwd_difference bit;
		bool differs;
	} checks[] = {
		{ DIFFERS_UID, request->has_uid && (!user->has_ids || user->uid != request->uid) },
		{ DIFFERS_PRIMARY,
		  request->primary_group.length && !has_primary_group(accounts, request, user) },
		{ DIFFERS_GROUPS, request->group_count && !has_groups(accounts, request, user) },
		{ DIFFERS_GECOS, differs_if_given(request->gecos, user->gecos) },
		{ DIFFERS_HOME,
		  request->home_dir.length && !is_same_home(request->home_dir, user->home) },
		{ DIFFERS_SHELL, differs_if_given(request->shell, user->shell) },
		{ DIFFERS_HASH, !slice_is(hash, user->password_hash) },
	};
	unsigned differences = 0;

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		differences |= checks[i].differs ? checks[i].bit : 0;
	return differences;
}

static struct accounts *accounts_of(const struct subject *subject)
{
	return subject->planner->params->accounts;
}

/* Add a call that is about this user. */
static int add_call(const struct subject *subject, struct passwd_planned_call *call,
		    struct error *err)
{
	call->name = subject->request->name;
	call->origin = subject->request->origin;
	return passwd_planner_call(subject->planner, call, err);
}

static int plan_removal(const struct subject *subject, struct error *err)
{
	struct slice name = subject->request->name;
	struct passwd_words words = passwd_planner_words(subject->planner);
	struct passwd_planned_call call = {
		.action = PASSWD_USER_REMOVE,
		.words = &words,
		.summary = "remove with home",
		.log_text = passwd_planner_log(subject->planner, "deleting user", name),
	};

	if (!subject->user)
		return 0;
	if (subject->user->is_in_image)
		return error_set(err, ERROR_INPUT, EROFS,
				 "the user is part of the image, which is read-only, and cannot be "
				 "removed; an empty passwordHash locks his password");
	passwd_words_userdel(&words, name);
	accounts_plan_remove_user(accounts_of(subject), name);
	return add_call(subject, &call, err);
}

static const char *receipt(const struct subject *subject)
{
	AUTO(text_done) struct text text = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_str(&text, "{\"operation\":\"user.add\",\"user\":");
	text_append_json(&text, subject->request->name);
	text_append_char(&text, '}');
	return arena_strdup(subject->planner->plan->arena, text_str(&text));
}

static bool makes_own_group(const struct subject *subject)
{
	return subject->planner->has_user_groups && !subject->request->no_user_group &&
	       !subject->request->primary_group.length;
}

/*
 * useradd writes passwd, shadow, group and gshadow one after the other, then makes the home with
 * mode 000, then gives it to the user.  What is missing tells that it was cut off.
 */
static bool is_half_made(const struct subject *subject)
{
	const struct account_user *user = subject->user;
	struct stat st;

	if (strcmp(user->password_hash, "x") == 0)
		return true;
	if (makes_own_group(subject) &&
	    !accounts_find_group(accounts_of(subject), slice_of(user->name)))
		return true;
	if (subject->request->no_create_home)
		return false;

	int r = root_stat(subject->planner->params->machine->root_fd, user->home, &st,
			  /* err= */ NULL);

	return r == -ENOENT || (r == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 0);
}

/* Only what our own useradd began; a user of the image may be as strange as he likes. */
static int discard_half_made(struct subject *subject, struct error *err)
{
	const struct host_plan_params *params = subject->planner->params;
	struct slice name = subject->request->name;

	if (!subject->user || !subject->user->is_local || !params->was_done ||
	    !params->was_done(params->was_done_context, receipt(subject)) || !is_half_made(subject))
		return 0;

	struct passwd_words words = passwd_planner_words(subject->planner);
	struct passwd_planned_call call = {
		.action = PASSWD_USER_DISCARD,
		.words = &words,
		.summary = "remove what an interrupted run made of it",
		.log_text =
			passwd_planner_log(subject->planner, "discarding unfinished user", name),
	};

	passwd_words_userdel_only(&words, name);
	subject->user = NULL;
	accounts_plan_remove_user(accounts_of(subject), name);
	/* userdel takes the user's own group along. */
	if (makes_own_group(subject))
		accounts_plan_remove_group(accounts_of(subject), name);
	return add_call(subject, &call, err);
}

static int check_group_word(const struct subject *subject, struct slice word, struct error *err)
{
	if (find_group(accounts_of(subject), word))
		return 0;
	return error_set(err, ERROR_INPUT, ENOENT,
			 "group %.*s does not exist; add it to passwd.groups", SLICE_ARGS(word));
}

static int check_groups(const struct subject *subject, struct error *err)
{
	const struct user_request *request = subject->request;
	int r = 0;

	if (request->primary_group.length)
		r = check_group_word(subject, request->primary_group, err);
	for (size_t i = 0; r == 0 && i < request->group_count; i++)
		r = check_group_word(subject, request->groups[i], err);
	if (r < 0 || subject->user || !makes_own_group(subject) ||
	    !accounts_find_group(accounts_of(subject), request->name))
		return r;
	return error_set(err, ERROR_INPUT, EEXIST,
			 "a group of that name exists, so that useradd cannot make the user's own; "
			 "set primaryGroup to it, or noUserGroup");
}

/* usermod changes the database first and then finds that it cannot move the home. */
static int check_home(const struct subject *subject, struct error *err)
{
	int root_fd = subject->planner->params->machine->root_fd;
	struct stat st;

	if (!(subject->differences & DIFFERS_HOME) ||
	    root_stat(root_fd, subject->user->home, &st, /* err= */ NULL) < 0 ||
	    !S_ISDIR(st.st_mode) || root_stat(root_fd, subject->home, &st, /* err= */ NULL) < 0)
		return 0;
	return error_set(err, ERROR_INPUT, EEXIST,
			 "%s exists, so that usermod cannot move %s there; remove one of them, or "
			 "leave homeDir out",
			 subject->home, subject->user->home);
}

static int check(const struct subject *subject, struct error *err)
{
	const struct user_request *request = subject->request;
	int r = check_groups(subject, err);

	if (r == 0 && request->has_uid)
		r = passwd_check_uid(accounts_of(subject), request->name, request->uid, err);
	if (r == 0 && subject->user)
		r = check_home(subject, err);
	return r;
}

/* The tools see only /etc: what they shall change, or add members to, has to be there. */
static void adopt_accounts(const struct subject *subject)
{
	const struct user_request *request = subject->request;
	const struct accounts *accounts = accounts_of(subject);

	if (subject->user)
		passwd_planner_adopt_user(subject->planner, subject->user, &request->origin);
	if (request->primary_group.length)
		passwd_planner_adopt_group(subject->planner,
					   find_group(accounts, request->primary_group),
					   &request->origin);
	for (size_t i = 0; i < request->group_count; i++)
		passwd_planner_adopt_group(subject->planner,
					   find_group(accounts, request->groups[i]),
					   &request->origin);
}

static const char *creation_summary(const struct subject *subject)
{
	const struct user_request *request = subject->request;
	AUTO(text_done) struct text text = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_str(&text, request->is_system ? "create a system user" : "create");
	if (request->has_uid)
		text_printf(&text, ", uid %" PRId64, request->uid);
	text_printf(&text, ", %s %s", request->no_create_home ? "no home at" : "home",
		    subject->home);
	for (size_t i = 0; i < request->group_count; i++)
		text_printf(&text, "%s%.*s", i ? "," : ", groups ", SLICE_ARGS(request->groups[i]));
	return arena_strdup(subject->planner->plan->arena, text_str(&text));
}

static const char *parent_of(const struct subject *subject, const char *path)
{
	struct slice parent = slice_of(path);

	while (parent.length > 1 && parent.data[parent.length - 1] == '/')
		parent.length--;
	while (parent.length && parent.data[parent.length - 1] != '/')
		parent.length--;
	return passwd_planner_copy(subject->planner, parent.length ? parent : SLICE("/"));
}

/* useradd, or usermod for @differences. */
static int call_tool(const struct subject *subject, unsigned differences, enum passwd_hash_way way,
		     struct error *err)
{
	struct passwd_words words = passwd_planner_words(subject->planner);
	struct passwd_planned_call call = {
		.words = &words,
		.log_text = passwd_planner_log(subject->planner, "creating or modifying user",
					       subject->request->name),
	};

	if (subject->user) {
		passwd_words_usermod(&words, subject->request, way);
		call.action = PASSWD_USER_CHANGE;
		call.summary = passwd_planner_changes(subject->planner, differences);
		if (differences & DIFFERS_HOME)
			call.parent = parent_of(subject, subject->home);
	} else {
		passwd_words_useradd(&words, subject->request, way);
		call.action = PASSWD_USER_ADD;
		call.summary = creation_summary(subject);
		call.receipt = receipt(subject);
	}
	return add_call(subject, &call, err);
}

/* Upstream's second call, which sets the hash alone. */
static int call_password_tool(const struct subject *subject, struct error *err)
{
	struct slice name = subject->request->name;
	struct passwd_words words = passwd_planner_words(subject->planner);
	struct passwd_planned_call call = {
		.action = PASSWD_USER_PASSWORD,
		.words = &words,
		.summary = "set password",
		.log_text = passwd_planner_log(subject->planner, "setting password for", name),
	};

	passwd_words_usermod_password(
		&words, name, passwd_hash_value(subject->request->password_hash, SLICE("*")));
	return add_call(subject, &call, err);
}

static void set_hash_apart(const struct subject *subject)
{
	passwd_planner_hash(subject->planner, &(struct passwd_planned_hash){
						      .class = &passwd_hash_user_class,
						      .name = subject->request->name,
						      .hash = subject->request->password_hash,
						      .what = "setting password for",
						      .is_change = subject->user != NULL,
						      .origin = subject->request->origin,
					      });
}

/*
 * Upstream sets the hash twice, as a word both times.  Apart from the words it is set once, and
 * only if it differs.
 */
static int plan_calls(const struct subject *subject, struct error *err)
{
	struct slice hash = subject->request->password_hash;
	enum passwd_hash_way way = passwd_planner_way(subject->planner);
	bool is_apart = way == PASSWD_HASH_APART && passwd_hash_is_secret(hash);
	bool is_hash_new = !subject->user || (subject->differences & DIFFERS_HASH);
	unsigned by_tool = subject->differences & (is_apart ? ~(unsigned)DIFFERS_HASH : ~0U);
	int r = 0;

	if (!subject->user || by_tool)
		r = call_tool(subject, by_tool, way, err);
	if (r == 0 && way == PASSWD_HASH_AS_WORD && hash.data)
		r = call_password_tool(subject, err);
	if (r == 0 && is_apart && is_hash_new)
		set_hash_apart(subject);
	return r;
}

static int plan_account(const struct subject *subject, struct error *err)
{
	int r = check(subject, err);

	if (r < 0)
		return r;
	adopt_accounts(subject);
	return plan_calls(subject, err);
}

static void project(const struct subject *subject)
{
	struct accounts *accounts = accounts_of(subject);
	const struct user_request *request = subject->request;
	const struct account_group *primary =
		request->primary_group.length ? find_group(accounts, request->primary_group) : NULL;
	int64_t gid = primary && primary->has_id ? (int64_t)primary->gid : -1;

	if (!subject->user && makes_own_group(subject))
		accounts_plan_group(accounts, request->name, -1);
	accounts_plan_user(accounts, request->name, request->has_uid ? request->uid : -1, gid,
			   slice_of(subject->home));
}

static bool is_below(const char *path, const char *home)
{
	size_t length = strlen(home);

	while (length > 1 && home[length - 1] == '/')
		length--;
	return strncmp(path, home, length) == 0 && (path[length] == '/' || !path[length]);
}

static bool is_given_away(const struct subject *subject, const char *path)
{
	struct stat st;

	return subject->user && subject->user->has_ids &&
	       !(subject->differences & (DIFFERS_UID | DIFFERS_PRIMARY)) &&
	       root_stat(subject->planner->params->machine->root_fd, path, &st, NULL) == 0 &&
	       st.st_uid == subject->user->uid && st.st_gid == subject->user->gid &&
	       (st.st_mode & 07777) == 0700;
}

/* What the mount stage made below the home, or as the home, before there was a user. */
static void plan_mount_directories(const struct subject *subject)
{
	const struct passwd_planner *planner = subject->planner;
	const struct host_plan_params *params = planner->params;

	for (size_t i = 0; i < params->mount_directory_count; i++) {
		struct slice made = params->mount_directories[i];
		char *path = arena_printf(planner->plan->arena, "%s%.*s",
					  slice_starts(made, "/") ? "" : "/", SLICE_ARGS(made));

		if (!is_below(path, subject->home) || is_given_away(subject, path))
			continue;
		plan_add(planner->plan,
			 &(struct operation){
				 .class = &passwd_home_class,
				 .phase = PASSWD_PHASE,
				 .object = path,
				 .summary = arena_printf(planner->plan->arena,
							 "give to user %.*s, mode 0700",
							 SLICE_ARGS(subject->request->name)),
				 .log_text = passwd_planner_log(
					 planner, "giving to its user directory", slice_of(path)),
				 .scope = PASSWD_USERS_SCOPE,
				 .origin = subject->request->origin,
				 .detail = passwd_planner_copy(planner, subject->request->name),
			 });
	}
}

static struct slice join_keys(const struct subject *subject)
{
	const struct user_request *request = subject->request;
	AUTO(text_done) struct text text = TEXT_INIT(SIZE_MAX / 2);

	for (size_t i = 0; i < request->ssh_key_count; i++) {
		text_append_slice(&text, request->ssh_keys[i]);
		text_append_char(&text, '\n');
	}
	return (struct slice){ arena_strndup(subject->planner->plan->arena, text_str(&text),
					     text.length),
			       text.length };
}

static int plan_keys(const struct subject *subject, struct error *err)
{
	const struct passwd_planner *planner = subject->planner;
	struct arena *arena = planner->plan->arena;
	struct slice name = subject->request->name;
	struct passwd_keys *keys = arena_alloc(arena, sizeof(*keys));

	if (!subject->request->ssh_key_count)
		return 0;
	if (!*subject->home)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the user has no home for SSH keys; set homeDir");
	*keys = (struct passwd_keys){
		.user = passwd_planner_copy(planner, name),
		.subpath = planner->flags & PASSWD_KEYS_FRAGMENT ? KEYS_DIRECTORY : KEYS_FILE,
		.text = join_keys(subject),
	};
	if (subject->user && !(subject->differences & (DIFFERS_UID | DIFFERS_HOME)) &&
	    passwd_keys_is_done(planner->params->machine->root_fd, subject->user, keys))
		return 0;
	plan_add(planner->plan,
		 &(struct operation){
			 .class = &passwd_keys_class,
			 .phase = PASSWD_PHASE,
			 .object = arena_printf(arena, "%s/%s", subject->home, keys->subpath),
			 .summary = arena_printf(arena, "%zu SSH keys of user %s",
						 subject->request->ssh_key_count, keys->user),
			 .log_text = passwd_planner_log(planner, "adding ssh keys to user", name),
			 .scope = PASSWD_USERS_SCOPE,
			 .origin = subject->request->origin,
			 .detail = keys,
		 });
	return 0;
}

static char *future_home(const struct subject *subject)
{
	const struct passwd_planner *planner = subject->planner;

	if (subject->request->home_dir.length)
		return passwd_planner_copy(planner, subject->request->home_dir);
	if (subject->user)
		return arena_strdup(planner->plan->arena, subject->user->home);
	return arena_printf(planner->plan->arena, "%s/%.*s", planner->default_home,
			    SLICE_ARGS(subject->request->name));
}

int passwd_plan_user(const struct passwd_planner *planner, const struct user_request *request,
		     struct error *err)
{
	struct subject subject = {
		.planner = planner,
		.request = request,
		.user = accounts_find_user(planner->params->accounts, request->name),
	};
	int r = passwd_check_user(request, err);

	if (r < 0)
		return r;
	if (!request->should_exist)
		return plan_removal(&subject, err);
	r = discard_half_made(&subject, err);
	if (r < 0)
		return r;
	subject.home = future_home(&subject);
	if (subject.user)
		subject.differences = compare(accounts_of(&subject), request, subject.user);

	bool is_as_asked = subject.user && !subject.differences;

	if (!is_as_asked)
		r = plan_account(&subject, err);
	if (r < 0)
		return r;
	if (!request->no_create_home)
		plan_mount_directories(&subject);
	r = plan_keys(&subject, err);
	if (r == 0 && !is_as_asked)
		project(&subject);
	return r;
}
