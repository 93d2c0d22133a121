#include "host/passwd_words.h"

#include <assert.h>
#include <inttypes.h>

static const struct slice absent = { NULL, 0 };

struct slice passwd_hash_value(struct slice hash, struct slice if_absent)
{
	if (!hash.data)
		return if_absent;
	return hash.length ? hash : SLICE("*");
}

bool passwd_hash_is_secret(struct slice hash)
{
	return hash.length && !slice_is(hash, "*");
}

static void word(struct passwd_words *words, const char *text)
{
	assert(words->count + 1 < PASSWD_WORDS_MAX);
	words->argv[words->count++] = text;
	words->argv[words->count] = NULL;
}

static void word_slice(struct passwd_words *words, struct slice text)
{
	word(words, arena_strndup(words->arena, text.data, text.length));
}

static void program(struct passwd_words *words, const char *name)
{
	word(words, name);
	word(words, "--root");
	word(words, words->root);
}

/* Empty means not given. */
static void option(struct passwd_words *words, const char *name, struct slice value)
{
	if (!value.length)
		return;
	word(words, name);
	word_slice(words, value);
}

static void option_id(struct passwd_words *words, const char *name, bool is_given, int64_t id)
{
	if (!is_given)
		return;
	word(words, name);
	word(words, arena_printf(words->arena, "%" PRId64, id));
}

static void flag(struct passwd_words *words, const char *name, bool is_given)
{
	if (is_given)
		word(words, name);
}

static void password(struct passwd_words *words, struct slice hash, enum passwd_hash_way way)
{
	bool is_secret = passwd_hash_is_secret(hash);

	if (!hash.length || (is_secret && way == PASSWD_HASH_APART))
		return;
	word(words, "--password");
	if (is_secret)
		words->secrets |= (uint64_t)1 << words->count;
	word_slice(words, hash);
}

static void groups(struct passwd_words *words, const struct slice *names, size_t count)
{
	AUTO(text_done) struct text joined = TEXT_INIT(TEXT_MESSAGE_MAX);

	for (size_t i = 0; i < count; i++) {
		text_append_str(&joined, i ? "," : "");
		text_append_slice(&joined, names[i]);
	}
	option(words, "--groups", text_slice(&joined));
}

/* What useradd and usermod have in common. */
static void account(struct passwd_words *words, const struct user_request *request)
{
	option_id(words, "--uid", request->has_uid, request->uid);
	option(words, "--comment", request->gecos);
	option(words, "--gid", request->primary_group);
	groups(words, request->groups, request->group_count);
	option(words, "--shell", request->shell);
	word_slice(words, request->name);
}

void passwd_words_groupadd(struct passwd_words *words, const struct group_request *request,
			   enum passwd_hash_way way)
{
	program(words, "groupadd");
	option_id(words, "--gid", request->has_gid, request->gid);
	password(words, passwd_hash_value(request->password_hash, absent), way);
	flag(words, "--system", request->is_system);
	word_slice(words, request->name);
}

void passwd_words_groupmod(struct passwd_words *words, const struct group_request *request,
			   enum passwd_hash_way way)
{
	program(words, "groupmod");
	option_id(words, "--gid", request->has_gid, request->gid);
	password(words, passwd_hash_value(request->password_hash, absent), way);
	word_slice(words, request->name);
}

void passwd_words_groupdel(struct passwd_words *words, struct slice name)
{
	program(words, "groupdel");
	word_slice(words, name);
}

void passwd_words_useradd(struct passwd_words *words, const struct user_request *request,
			  enum passwd_hash_way way)
{
	program(words, "useradd");
	option(words, "--home-dir", request->home_dir);
	word(words, request->no_create_home ? "--no-create-home" : "--create-home");
	flag(words, "--no-user-group", request->no_user_group);
	flag(words, "--system", request->is_system);
	flag(words, "--no-log-init", request->no_log_init);
	password(words, passwd_hash_value(request->password_hash, SLICE("*")), way);
	account(words, request);
}

void passwd_words_usermod(struct passwd_words *words, const struct user_request *request,
			  enum passwd_hash_way way)
{
	program(words, "usermod");
	option(words, "--home", request->home_dir);
	flag(words, "--move-home", request->home_dir.length > 0);
	password(words, passwd_hash_value(request->password_hash, absent), way);
	account(words, request);
}

void passwd_words_userdel(struct passwd_words *words, struct slice name)
{
	word(words, "userdel");
	word(words, "--remove");
	word(words, "--root");
	word(words, words->root);
	word_slice(words, name);
}

void passwd_words_userdel_only(struct passwd_words *words, struct slice name)
{
	program(words, "userdel");
	word_slice(words, name);
}

void passwd_words_usermod_password(struct passwd_words *words, struct slice name, struct slice hash)
{
	program(words, "usermod");
	password(words, hash, PASSWD_HASH_AS_WORD);
	word_slice(words, name);
}
