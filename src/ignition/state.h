/*
 * state - what one stage hands to the next (spec ignition 1.8).
 *
 * Owns: the state file with upstream's members.  Members that this stage does not know the inside
 * of are carried over as they were read.
 */
#ifndef SLIPWAY_IGNITION_STATE_H
#define SLIPWAY_IGNITION_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

struct state_config {
	const char *kind;   /* "base" or "user" */
	const char *source; /* "system", provider's name, path of a referenced URL */
	bool is_referenced;
};

enum state_member {
	STATE_LUKS_PERSIST_KEY_FILES,
	STATE_NOTATED_DIRECTORIES,
	STATE_PROVIDER_OUTPUT_FILES,
	STATE_LUKS_PERSIST_VOLUME_KEY_FILES,
	STATE_MEMBER_COUNT,
};

struct state {
	struct arena *arena; /* owns all strings */
	struct state_config *configs;
	size_t config_count;
	const char *members[STATE_MEMBER_COUNT]; /* JSON text; "null" when unset */
};

/** state_new - an empty state; free with state_free(). */
struct state *state_new(void);

/**
 * state_load - read @path; a missing file is an empty state.
 *
 * Return: 0; -EINVAL when it is not such an object; -errno.
 */
int state_load(const char *path, struct state **ret, struct error *err);
void state_free(struct state *state);

/** state_add_config - one more fetched config; strings are copied. */
void state_add_config(struct state *state, const char *kind, const char *source,
		      bool is_referenced);

/** state_has_user_config - whether any entry is of kind "user". */
bool state_has_user_config(const struct state *state);

/** state_note_directories - add paths below the root that the mount stage made. */
void state_note_directories(struct state *state, const char *const *paths, size_t count);

/** state_set_output_files - a JSON list of storage.files that stage files writes too; copied. */
void state_set_output_files(struct state *state, const char *files);
/** state_output_files - that list; NULL when there is none. */
const char *state_output_files(const struct state *state);

/** state_save - write @path by rename, mode 0600, its directory 0700 when missing. */
int state_save(const struct state *state, const char *path, struct error *err);

DEFINE_RELEASE(struct state *, state_free)

#endif
