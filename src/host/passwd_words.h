/*
 * passwd_words - the words with which the tools of the shadow suite are called (spec
 * ignition 6.11).
 *
 * Owns: upstream's words and their order, and which of them are secret.  Pure.  Leaves to others:
 * whether a call is needed (host/passwd), making it (host/passwd_call).
 */
#ifndef SLIPWAY_HOST_PASSWD_WORDS_H
#define SLIPWAY_HOST_PASSWD_WORDS_H

#include "base/arena.h"
#include "host/request.h"

/* useradd with every option takes 23; a bit of struct command.secrets for each. */
#define PASSWD_WORDS_MAX 32

struct passwd_words {
	struct arena *arena; /* keeps the words */
	const char *root;    /* path of the target root */
	const char *argv[PASSWD_WORDS_MAX];
	size_t count;
	uint64_t secrets; /* bit n: argv[n] */
};

enum passwd_hash_way {
	PASSWD_HASH_AS_WORD, /* --password <hash>, as upstream */
	PASSWD_HASH_APART,   /* in no word of anybody; only "*", which is no secret, is a word */
};

/**
 * passwd_hash_value - what the database shall hold: "*" for an empty hash, and for an absent one
 * @if_absent.
 */
struct slice passwd_hash_value(struct slice hash, struct slice if_absent);

/** passwd_hash_is_secret - whether @hash is there and more than "no password fits". */
bool passwd_hash_is_secret(struct slice hash);

/** passwd_words_groupadd - and so on: fill @words, whose arena and root are set. */
void passwd_words_groupadd(struct passwd_words *words, const struct group_request *request,
			   enum passwd_hash_way way);
void passwd_words_groupmod(struct passwd_words *words, const struct group_request *request,
			   enum passwd_hash_way way);
void passwd_words_groupdel(struct passwd_words *words, struct slice name);
void passwd_words_useradd(struct passwd_words *words, const struct user_request *request,
			  enum passwd_hash_way way);
void passwd_words_usermod(struct passwd_words *words, const struct user_request *request,
			  enum passwd_hash_way way);
void passwd_words_userdel(struct passwd_words *words, struct slice name);

/** passwd_words_userdel_only - without the home. */
void passwd_words_userdel_only(struct passwd_words *words, struct slice name);

/** passwd_words_usermod_password - the second call that sets the hash alone. */
void passwd_words_usermod_password(struct passwd_words *words, struct slice name,
				   struct slice hash);

#endif
