/*
 * passwd_database - the target's passwd, shadow, group and gshadow as files of rows.
 *
 * Owns: the lock that every writer holds, adding a row, and putting a password hash into one.
 * Leaves to others: what the rows mean (host/accounts), and making, changing or removing accounts,
 * which are the shadow suite's (host/passwd_call).
 */
#ifndef SLIPWAY_HOST_PASSWD_DATABASE_H
#define SLIPWAY_HOST_PASSWD_DATABASE_H

#include "base/error.h"
#include "base/text.h"

/* lckpwdf(3) locks this file; the shadow suite holds it for as long as its own lock files exist. */
#define PASSWD_LOCK_PATH	  "/etc/.pwd.lock"
#define PASSWD_DATABASE_MAX_BYTES ((size_t)16 << 20)

/* The database that knows passwords beside the one that knows accounts. */
struct passwd_files {
	const char *open;   /* world-readable; made when it is missing */
	const char *secret; /* left out when it is missing */
};

extern const struct passwd_files passwd_user_files;
extern const struct passwd_files passwd_group_files;

/**
 * passwd_database_lock - keep the shadow suite out; ends with the descriptor.
 *
 * Return: the descriptor; -EBUSY (ERROR_BUSY) when another process holds the lock.
 */
int passwd_database_lock(int root_fd, struct error *err);

/**
 * passwd_database_append - add @row, unless @path has one of @name already: a run that was cut off
 * before the other file wrote it.
 * @row: with its newline
 *
 * Return: 0; -EFBIG (ERROR_INPUT) beyond PASSWD_DATABASE_MAX_BYTES.
 */
int passwd_database_append(int root_fd, const char *path, const char *name, const struct text *row,
			   struct error *err);

/**
 * passwd_database_set_hash - put @hash into the first row of @name in @path.
 * @day: of the last change, days since 1970, for the third field of shadow(5); NULL: as it is
 *
 * Return: 1; 0 when there is no such file or row.
 */
int passwd_database_set_hash(int root_fd, const char *path, const char *name, struct slice hash,
			     const char *day, struct error *err);

#endif
