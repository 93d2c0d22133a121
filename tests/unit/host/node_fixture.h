/*
 * node_fixture - requests for nodes in short words, and the plan that is made of them.
 *
 * Include in the one .c file of a test program.
 */
#ifndef SLIPWAY_TESTS_HOST_NODE_FIXTURE_H
#define SLIPWAY_TESTS_HOST_NODE_FIXTURE_H

#include "tests/unit/host/target.h"

__attribute__((unused)) static const struct content hello = BYTES("hello");
__attribute__((unused)) static const struct content empty = BYTES("");
__attribute__((unused)) static const struct content remote = REMOTE_BYTES("hello");
__attribute__((unused)) static const struct content more[] = { BYTES("mo"), BYTES("re\n") };
__attribute__((unused)) static const struct content remote_more[] = { REMOTE_BYTES("more\n") };

#define CORE	   .user = { .name = { "core", 4 } }, .group = { .name = { "wheel", 5 } }
#define CORE_SHOWN ", user core, group wheel"

#define DIR(p, ...)                                                                                \
	{                                                                                          \
		.kind = HOST_DIRECTORY, .path = { p, sizeof(p) - 1 }, ##__VA_ARGS__                \
	}
#define FILE_(p, ...)                                                                              \
	{                                                                                          \
		.kind = HOST_FILE, .path = { p, sizeof(p) - 1 }, ##__VA_ARGS__                     \
	}
#define LINK(p, t, ...)                                                                            \
	{                                                                                          \
		.kind = HOST_SYMLINK, .path = { p, sizeof(p) - 1 },                                \
		.target = { t, sizeof(t) - 1 }, ##__VA_ARGS__                                      \
	}
#define HARD(p, t, ...)                                                                            \
	{                                                                                          \
		.kind = HOST_HARDLINK, .path = { p, sizeof(p) - 1 },                               \
		.target = { t, sizeof(t) - 1 }, ##__VA_ARGS__                                      \
	}
#define MODE(m)	      .has_mode = true, .mode = m
#define APPEND	      .append = more, .append_count = 2
#define REMOTE_APPEND .append = remote_more, .append_count = 1
#define OVERWRITE     .overwrite = true

static int make_plan(struct target *target, const struct node_request *requests, size_t count,
		     const struct text *receipts, struct plan **ret, struct error *err)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;
	int r = accounts_load(target->machine.root_fd, &accounts, err);
	const struct host_plan_params params = {
		.machine = &target->machine,
		.accounts = accounts,
		.was_done = receipts ? was_recorded : NULL,
		.was_done_context = receipts,
	};

	*ret = plan_new();
	return r < 0 ? r : host_plan_nodes(*ret, &params, requests, count, err);
}

#endif
