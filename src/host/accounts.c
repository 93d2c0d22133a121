#include "host/accounts.h"

#include <errno.h>
#include <inttypes.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/number.h"
#include "base/root.h"

/* Far above any real database; a larger file is not one. */
#define DATABASE_MAX_BYTES ((size_t)16 << 20)
/* passwd(5) has 7 fields, shadow(5) has 9. */
#define FIELDS_MAX 9
/* The id -1 means "leave as it is" to chown(2) and cannot be an account's. */
#define ID_MAX (UINT32_MAX - 1)

struct user_list {
	struct account_user **items;
	size_t count, capacity;
};

struct group_list {
	struct account_group **items;
	size_t count, capacity;
};

struct accounts {
	struct arena *arena; /* every entry and string */
	struct user_list users;
	struct group_list groups;
};

/* One line of a database, cut into fields that live in the arena. */
struct row {
	struct accounts *accounts;
	const struct database *database;
	char *fields[FIELDS_MAX]; /* missing ones are "" */
	size_t line;
	size_t cursor; /* where add() found its last entry: databases are in the same order */
};

struct database {
	const char *path;
	size_t fields_min, fields_max;
	int (*add)(struct row *row, struct error *err);
	bool is_image;
};

static int malformed(const struct row *row, struct error *err, const char *what)
{
	return error_set(err, ERROR_INPUT, EINVAL,
			 "%s:%zu: malformed line (%s); correct or remove it", row->database->path,
			 row->line, what);
}

static struct account_user *append_user(struct accounts *accounts)
{
	struct user_list *list = &accounts->users;

	if (list->count == list->capacity) {
		list->capacity = list->capacity ? 2 * list->capacity : 32;
		list->items = xreallocarray(list->items, list->capacity, sizeof(void *));
	}
	struct account_user *user = arena_alloc(accounts->arena, sizeof(*user));

	list->items[list->count++] = user;
	return user;
}

static struct account_group *append_group(struct accounts *accounts)
{
	struct group_list *list = &accounts->groups;

	if (list->count == list->capacity) {
		list->capacity = list->capacity ? 2 * list->capacity : 32;
		list->items = xreallocarray(list->items, list->capacity, sizeof(void *));
	}
	struct account_group *group = arena_alloc(accounts->arena, sizeof(*group));

	list->items[list->count++] = group;
	return group;
}

typedef const char *name_at_fn(const void *list, size_t index);

static const char *user_name_at(const void *list, size_t index)
{
	return ((const struct user_list *)list)->items[index]->name;
}

static const char *group_name_at(const void *list, size_t index)
{
	return ((const struct group_list *)list)->items[index]->name;
}

struct name_list {
	const void *list;
	size_t count;
	name_at_fn *name_at;
};

/*
 * Searching starts behind the last hit, so that two files in the same order cost one pass.
 *
 * Return: index of @name; the count when it is not there.
 */
static size_t find_from(const struct name_list *names, struct slice name, size_t *cursor)
{
	for (size_t n = 0; n < names->count; n++) {
		size_t i = (*cursor + n) % names->count;

		if (!slice_is(name, names->name_at(names->list, i)))
			continue;
		*cursor = i + 1;
		return i;
	}
	return names->count;
}

static struct account_user *find_user_from(const struct user_list *list, struct slice name,
					   size_t *cursor)
{
	const size_t index =
		find_from(&(struct name_list){ list, list->count, user_name_at }, name, cursor);

	return index < list->count ? list->items[index] : NULL;
}

static struct account_group *find_group_from(const struct group_list *list, struct slice name,
					     size_t *cursor)
{
	const size_t index =
		find_from(&(struct name_list){ list, list->count, group_name_at }, name, cursor);

	return index < list->count ? list->items[index] : NULL;
}

static int parse_id(const struct row *row, size_t field, uint32_t *ret, struct error *err)
{
	uint64_t id;

	if (number_parse_u64(slice_of(row->fields[field]), 0, ID_MAX, &id) < 0)
		return malformed(row, err,
				 field == 2 ? "field 3 is not an id" : "field 4 is not an id");
	*ret = (uint32_t)id;
	return 0;
}

static int add_user(struct row *row, struct error *err)
{
	uint32_t uid, gid;
	int r = parse_id(row, 2, &uid, err);

	if (r == 0)
		r = parse_id(row, 3, &gid, err);
	if (r < 0)
		return r;

	bool is_image = row->database->is_image;
	struct account_user *known =
		is_image ? find_user_from(&row->accounts->users, slice_of(row->fields[0]),
					  &row->cursor)
			 : NULL;
	if (known) {
		known->is_in_image = true;
		return 0;
	}
	*append_user(row->accounts) = (struct account_user){
		.name = row->fields[0],
		.password_hash = row->fields[1],
		.uid = uid,
		.gid = gid,
		.gecos = row->fields[4],
		.home = row->fields[5],
		.shell = row->fields[6],
		.is_local = !is_image,
		.is_in_image = is_image,
		.has_ids = true,
	};
	return 0;
}

/* "a,b" as an array; @list is cut up. */
static const char *const *split_members(struct arena *arena, char *list)
{
	size_t count = 1;

	for (const char *c = list; *c; c++)
		count += *c == ',';

	const char **members = arena_array(arena, count + 1, sizeof(*members));
	size_t used = 0;

	for (char *word; (word = strsep(&list, ","));) {
		if (*word)
			members[used++] = word;
	}
	return members;
}

static int add_group(struct row *row, struct error *err)
{
	uint32_t gid;
	int r = parse_id(row, 2, &gid, err);

	if (r < 0)
		return r;

	bool is_image = row->database->is_image;
	struct account_group *known =
		is_image ? find_group_from(&row->accounts->groups, slice_of(row->fields[0]),
					   &row->cursor)
			 : NULL;
	if (known) {
		known->is_in_image = true;
		return 0;
	}
	*append_group(row->accounts) = (struct account_group){
		.name = row->fields[0],
		.password_hash = row->fields[1],
		.gid = gid,
		.members = split_members(row->accounts->arena, row->fields[3]),
		.is_local = !is_image,
		.is_in_image = is_image,
		.has_id = true,
	};
	return 0;
}

/* Rows of shadow and gshadow without an account are left over from one; they say nothing. */
static int add_shadow(struct row *row, struct error *err)
{
	struct account_user *user =
		find_user_from(&row->accounts->users, slice_of(row->fields[0]), &row->cursor);

	(void)err;
	if (!user || user->has_secret_row)
		return 0;
	user->password_hash = row->fields[1];
	user->has_secret_row = true;
	return 0;
}

static int add_gshadow(struct row *row, struct error *err)
{
	struct account_group *group =
		find_group_from(&row->accounts->groups, slice_of(row->fields[0]), &row->cursor);

	(void)err;
	if (!group || group->has_secret_row)
		return 0;
	group->password_hash = row->fields[1];
	group->has_secret_row = true;
	return 0;
}

/* In this order: what /etc holds hides what the image holds, and shadow needs its accounts. */
static const struct database databases[] = {
	{ "/etc/passwd", 7, 7, add_user, .is_image = false },
	{ "/etc/group", 3, 4, add_group, .is_image = false },
	{ "/etc/shadow", 2, 9, add_shadow, .is_image = false },
	{ "/etc/gshadow", 2, 4, add_gshadow, .is_image = false },
	{ "/usr/lib/passwd", 7, 7, add_user, .is_image = true },
	{ "/usr/lib/group", 3, 4, add_group, .is_image = true },
	{ "/usr/share/baselayout/passwd", 7, 7, add_user, .is_image = true },
	{ "/usr/share/baselayout/group", 3, 4, add_group, .is_image = true },
};

static int parse_row(struct row *row, char *line, struct error *err)
{
	size_t count = 0;

	for (char *field; (field = strsep(&line, ":")); count++) {
		if (count == row->database->fields_max)
			return malformed(row, err, "too many fields");
		row->fields[count] = field;
	}
	if (count == 0 || count < row->database->fields_min)
		return malformed(row, err, "too few fields");
	if (!*row->fields[0])
		return malformed(row, err, "no name");
	for (; count < FIELDS_MAX; count++)
		row->fields[count] = arena_strdup(row->accounts->arena, "");
	return row->database->add(row, err);
}

/* NIS rows ("+", "-name") and comments are not accounts; glibc's files service skips them too. */
static bool is_account_line(struct slice line)
{
	struct slice trimmed = slice_trim(line);

	return trimmed.length > 0 && !strchr("#+-", trimmed.data[0]);
}

static int load_database(struct accounts *accounts, int root_fd, const struct database *database,
			 struct error *err)
{
	AUTO(error_done) struct error cause = ERROR_INIT;
	AUTO_FREE char *data = NULL;
	size_t length;
	int r = root_read(root_fd, database->path, DATABASE_MAX_BYTES, &data, &length, &cause);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0)
		return error_set(err, cause.kind, -r, "%s", cause.text);

	struct row row = { .accounts = accounts, .database = database };

	for (size_t start = 0, end; start < length; start = end + 1) {
		const char *newline = memchr(data + start, '\n', length - start);

		end = newline ? (size_t)(newline - data) : length;
		row.line++;
		struct slice line = { data + start, end - start };

		if (memchr(line.data, 0, line.length))
			return malformed(&row, err, "a NUL byte");
		if (!is_account_line(line))
			continue;
		r = parse_row(&row, arena_strndup(accounts->arena, line.data, line.length), err);
		if (r < 0)
			return r;
	}
	return 0;
}

int accounts_load(int root_fd, struct accounts **ret, struct error *err)
{
	AUTO(accounts_free) struct accounts *accounts = xcalloc(1, sizeof(*accounts));

	accounts->arena = arena_new();
	for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
		int r = load_database(accounts, root_fd, &databases[i], err);

		if (r < 0) {
			error_wrap(err, r, "accounts of the target");
			return r;
		}
	}
	*ret = take_ptr(&accounts);
	return 0;
}

void accounts_free(struct accounts *accounts)
{
	if (!accounts)
		return;
	free(accounts->users.items);
	free(accounts->groups.items);
	arena_free(accounts->arena);
	free(accounts);
}

int accounts_reload(struct accounts *accounts, int root_fd, struct error *err)
{
	AUTO(accounts_free) struct accounts *fresh = NULL;
	int r = accounts_load(root_fd, &fresh, err);

	if (r < 0)
		return r;

	struct accounts old = *accounts;

	*accounts = *fresh;
	*fresh = old;
	return 0;
}

const struct account_user *accounts_find_user(const struct accounts *accounts, struct slice name)
{
	size_t cursor = 0;

	return find_user_from(&accounts->users, name, &cursor);
}

const struct account_user *accounts_find_user_by_id(const struct accounts *accounts, uint32_t uid)
{
	for (size_t i = 0; i < accounts->users.count; i++) {
		const struct account_user *user = accounts->users.items[i];

		if (user->has_ids && user->uid == uid)
			return user;
	}
	return NULL;
}

const struct account_group *accounts_find_group(const struct accounts *accounts, struct slice name)
{
	size_t cursor = 0;

	return find_group_from(&accounts->groups, name, &cursor);
}

const struct account_group *accounts_find_group_by_id(const struct accounts *accounts, uint32_t gid)
{
	for (size_t i = 0; i < accounts->groups.count; i++) {
		const struct account_group *group = accounts->groups.items[i];

		if (group->has_id && group->gid == gid)
			return group;
	}
	return NULL;
}

const struct account_user *accounts_user_at(const struct accounts *accounts, size_t index)
{
	return index < accounts->users.count ? accounts->users.items[index] : NULL;
}

const struct account_group *accounts_group_at(const struct accounts *accounts, size_t index)
{
	return index < accounts->groups.count ? accounts->groups.items[index] : NULL;
}

bool accounts_is_member(const struct account_group *group, const char *user)
{
	for (const char *const *member = group->members; *member; member++) {
		if (strcmp(*member, user) == 0)
			return true;
	}
	return false;
}

void accounts_plan_user(struct accounts *accounts, struct slice name, int64_t uid, int64_t gid,
			struct slice home)
{
	size_t cursor = 0;
	struct account_user *user = find_user_from(&accounts->users, name, &cursor);

	if (!user) {
		user = append_user(accounts);
		*user = (struct account_user){
			.name = arena_strndup(accounts->arena, name.data, name.length),
			.gecos = "",
			.home = "",
			.shell = "",
			.password_hash = "",
		};
	}
	user->has_ids = (user->has_ids || uid >= 0) && (user->has_ids || gid >= 0);
	if (uid >= 0)
		user->uid = (uint32_t)uid;
	if (gid >= 0)
		user->gid = (uint32_t)gid;
	if (home.length)
		user->home = arena_strndup(accounts->arena, home.data, home.length);
	user->is_local = true;
	user->is_planned = true;
}

void accounts_plan_group(struct accounts *accounts, struct slice name, int64_t gid)
{
	static const char *const no_members[] = { NULL };
	size_t cursor = 0;
	struct account_group *group = find_group_from(&accounts->groups, name, &cursor);

	if (!group) {
		group = append_group(accounts);
		*group = (struct account_group){
			.name = arena_strndup(accounts->arena, name.data, name.length),
			.password_hash = "",
			.members = no_members,
		};
	}
	if (gid >= 0) {
		group->gid = (uint32_t)gid;
		group->has_id = true;
	}
	group->is_local = true;
	group->is_planned = true;
}

void accounts_plan_remove_user(struct accounts *accounts, struct slice name)
{
	struct user_list *list = &accounts->users;
	size_t past = 0; /* one behind the entry */

	if (!find_user_from(list, name, &past))
		return;
	for (list->count--; past <= list->count; past++)
		list->items[past - 1] = list->items[past];
}

void accounts_plan_remove_group(struct accounts *accounts, struct slice name)
{
	struct group_list *list = &accounts->groups;
	size_t past = 0;

	if (!find_group_from(list, name, &past))
		return;
	for (list->count--; past <= list->count; past++)
		list->items[past - 1] = list->items[past];
}
