#include "host/passwd_check.h"

#include <errno.h>
#include <inttypes.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/root.h"

/* chown's -1 is no id. */
#define ID_MAX (UINT32_MAX - 1)
/* login.defs of Debian has 15 KiB, nearly all of it comments. */
#define SETTINGS_MAX_BYTES ((size_t)1 << 20)

/* A field of a line of passwd(5): what ends fields or lines would add accounts. */
static bool is_field(struct slice value)
{
	for (size_t i = 0; i < value.length; i++) {
		unsigned char c = (unsigned char)value.data[i];

		if (c == ':' || c < ' ' || c == 0x7f)
			return false;
	}
	return true;
}

/* The suite has rules of its own for names; these keep the words apart. */
static bool is_name(struct slice name)
{
	return name.length && name.data[0] != '-' && is_field(name) &&
	       !memchr(name.data, ',', name.length);
}

static int check_id(const char *what, bool is_given, int64_t id, struct error *err)
{
	if (is_given && (id < 0 || id > ID_MAX))
		return error_set(err, ERROR_INPUT, ERANGE,
				 "%s %" PRId64 " is not between 0 and %" PRIu32, what, id,
				 (uint32_t)ID_MAX);
	return 0;
}

static int check_name(const char *what, struct slice name, struct error *err)
{
	AUTO(text_done) struct text quoted = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (is_name(name))
		return 0;
	text_append_quoted(&quoted, name);
	return error_set(err, ERROR_INPUT, EINVAL, "%s %s is no name of an account", what,
			 text_str(&quoted));
}

static int bad_field(const char *what, struct error *err)
{
	return error_set(
		err, ERROR_INPUT, EINVAL,
		"%s contains a colon or a control character, which /etc/passwd cannot hold", what);
}

int passwd_check_group(const struct group_request *request, struct error *err)
{
	int r = check_name("group", request->name, err);

	if (r == 0)
		r = check_id("gid", request->has_gid, request->gid, err);
	if (r == 0 && !is_field(request->password_hash))
		r = bad_field("passwordHash", err);
	return r;
}

int passwd_check_user(const struct user_request *request, struct error *err)
{
	const struct {
		const char *what;
		struct slice value;
	} fields[] = {
		{ "passwordHash", request->password_hash },
		{ "gecos", request->gecos },
		{ "homeDir", request->home_dir },
		{ "shell", request->shell },
	};
	int r = check_name("user", request->name, err);

	if (r == 0)
		r = check_id("uid", request->has_uid, request->uid, err);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(fields); i++) {
		if (!is_field(fields[i].value))
			r = bad_field(fields[i].what, err);
	}
	if (r == 0 && request->primary_group.length)
		r = check_name("primaryGroup", request->primary_group, err);
	for (size_t i = 0; r == 0 && i < request->group_count; i++)
		r = check_name("group", request->groups[i], err);
	return r;
}

int passwd_check_tool(const char *name, struct error *err)
{
	AUTO_FREE char *path = NULL;

	if (command_find(name, &path, /* err= */ NULL) == 0)
		return 0;
	return error_set(err, ERROR_NOT_FOUND, ENOENT,
			 "%s is not in PATH; install the shadow suite (package passwd or "
			 "shadow-utils), in the initramfs too",
			 name);
}

int passwd_check_uid(const struct accounts *accounts, struct slice name, int64_t uid,
		     struct error *err)
{
	const struct account_user *owner = accounts_find_user_by_id(accounts, (uint32_t)uid);

	if (!owner || !owner->is_local || slice_is(name, owner->name))
		return 0;
	return error_set(err, ERROR_INPUT, EEXIST, "uid %" PRId64 " belongs to user %s", uid,
			 owner->name);
}

int passwd_check_gid(const struct accounts *accounts, struct slice name, int64_t gid,
		     struct error *err)
{
	const struct account_group *owner = accounts_find_group_by_id(accounts, (uint32_t)gid);

	if (!owner || !owner->is_local || slice_is(name, owner->name))
		return 0;
	return error_set(err, ERROR_INPUT, EEXIST, "gid %" PRId64 " belongs to group %s", gid,
			 owner->name);
}

/* Value of "KEY value" or "KEY=value"; the last one counts; freed with free(), NULL when unset. */
static char *read_setting(int root_fd, const char *path, const char *key)
{
	AUTO_FREE char *data = NULL;
	size_t length;
	char *value = NULL;

	if (root_read(root_fd, path, SETTINGS_MAX_BYTES, &data, &length, /* err= */ NULL) < 0)
		return NULL;

	char *rest = data;

	for (char *line; (line = strsep(&rest, "\n"));) {
		struct slice text = slice_trim(slice_of(line));

		if (!slice_starts(text, key))
			continue;
		text = slice_from(text, strlen(key));
		if (!text.length || !strchr(" \t=", text.data[0]))
			continue;
		free(value);
		value = slice_dup(slice_trim(slice_from(text, 1)));
	}
	return value;
}

char *passwd_default_home(int root_fd)
{
	char *home = read_setting(root_fd, "/etc/default/useradd", "HOME");

	return home ? home : xstrdup("/home");
}

bool passwd_has_user_groups(int root_fd)
{
	AUTO_FREE char *value = read_setting(root_fd, "/etc/login.defs", "USERGROUPS_ENAB");

	return value && strcasecmp(value, "yes") == 0;
}
