#include "host/node_session.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/root.h"

struct node_session {
	size_t remaining; /* operations that have not ended */
	int root_fd;	  /* that @directory is below; borrowed */
	int fd;		  /* of @directory; -1: none */
	char *directory;  /* with a slash at the end; owned */
	struct accounts *accounts;
};

struct node_session *node_session_new(struct plan *plan)
{
	struct node_session *session = arena_alloc(plan->arena, sizeof(*session));

	session->fd = session->root_fd = -1;
	return session;
}

void node_session_expect(struct node_session *session)
{
	session->remaining++;
}

static void forget_directory(struct node_session *session)
{
	if (session->fd >= 0)
		close(take_fd(&session->fd));
	free(take_ptr(&session->directory));
}

void node_session_leave(struct node_session *session, int r)
{
	if (session->remaining)
		session->remaining--;
	if (r == 0 && session->remaining)
		return;
	forget_directory(session);
	accounts_free(take_ptr(&session->accounts));
}

int node_session_parent(struct node_session *session, int root_fd, const char *path,
			const char **ret_name, struct error *err)
{
	size_t length = (size_t)(strrchr(path, '/') - path) + 1;

	if (session->fd >= 0 && session->root_fd == root_fd &&
	    strlen(session->directory) == length && memcmp(session->directory, path, length) == 0) {
		*ret_name = path + length;
		return session->fd;
	}
	forget_directory(session);

	int fd = root_open_parent(root_fd, path, ret_name, err);

	if (fd < 0)
		return fd;
	session->fd = fd;
	session->root_fd = root_fd;
	session->directory = xstrndup(path, length);
	return fd;
}

static int find_user(const struct accounts *accounts, struct slice name, int64_t *ret)
{
	const struct account_user *user = accounts_find_user(accounts, name);

	if (!user || !user->has_ids)
		return -ENOENT;
	*ret = user->uid;
	return 0;
}

static int find_group(const struct accounts *accounts, struct slice name, int64_t *ret)
{
	const struct account_group *group = accounts_find_group(accounts, name);

	if (!group || !group->has_id)
		return -ENOENT;
	*ret = group->gid;
	return 0;
}

static int load_accounts(struct node_session *session, int root_fd, struct error *err)
{
	return session->accounts ? 0 : accounts_load(root_fd, &session->accounts, err);
}

int node_session_ids(struct node_session *session, int root_fd, const struct node_owner *owner,
		     struct node_ids *ret, struct error *err)
{
	int64_t uid = owner->user.id;
	int64_t gid = owner->group.id;
	bool is_late = owner->user.late_name.data || owner->group.late_name.data;
	int r = is_late ? load_accounts(session, root_fd, err) : 0;

	if (r < 0)
		return r;
	if (owner->user.late_name.data &&
	    find_user(session->accounts, owner->user.late_name, &uid) < 0)
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "no such user \"%.*s\"",
				 SLICE_ARGS(owner->user.late_name));
	if (owner->group.late_name.data &&
	    find_group(session->accounts, owner->group.late_name, &gid) < 0)
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "no such group \"%.*s\"",
				 SLICE_ARGS(owner->group.late_name));
	*ret = (struct node_ids){ (uid_t)uid, (gid_t)gid };
	return 0;
}
