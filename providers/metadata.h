/*
 * metadata - what a platform says about a machine: attributes, SSH keys, a host name.
 *
 * Owns: the lists that every provider fills, what may stand in them, and their way out of the
 * worker that parsed a platform's documents.
 * Leaves to others: where it comes from (the providers), what is written with it (src/metadata).
 */
#ifndef SLIPWAY_PROVIDERS_METADATA_H
#define SLIPWAY_PROVIDERS_METADATA_H

#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* What somebody wants of a platform; a provider may leave the rest out. */
enum metadata_part {
	METADATA_ATTRIBUTES = 1 << 0,
	METADATA_KEYS = 1 << 1,
	METADATA_HOSTNAME = 1 << 2,
	METADATA_ALL = METADATA_ATTRIBUTES | METADATA_KEYS | METADATA_HOSTNAME,
};

/* Ceilings of one platform's metadata: above any real one, below what could hurt. */
#define METADATA_ENTRIES_MAX 4096
#define METADATA_VALUE_MAX   ((size_t)64 << 10)

struct metadata_attribute {
	const char *name;  /* without prefix: "AWS_IPV4_LOCAL" */
	const char *value; /* one line of text, never empty */
};

struct metadata_key {
	const char *user; /* whom the platform means; NULL: whoever logs in */
	const char *line; /* as in authorized_keys */
};

struct arena;

struct metadata {
	struct arena *arena; /* owns what the lists point at */
	struct metadata_attribute *attributes;
	size_t attribute_count;
	struct metadata_key *keys;
	size_t key_count;
	const char *hostname; /* NULL: the platform says none */
	/* Which of enum metadata_part are complete; a provider that learns more than it was asked
	 * for says so here. */
	unsigned parts;
};

/** metadata_new - empty lists; free with metadata_free(). */
struct metadata *metadata_new(void);
void metadata_free(struct metadata *metadata);

/**
 * metadata_add_attribute - say what @name is; of several the last counts.
 * @value: trimmed and copied; absent or empty: nothing is added
 *
 * Return: 0; -EINVAL (ERROR_INPUT) for control characters in it; -E2BIG beyond the ceilings.
 */
int metadata_add_attribute(struct metadata *metadata, const char *name, struct slice value,
			   struct error *err);

/** metadata_add_numbered - metadata_add_attribute() for "<prefix><number>". */
int metadata_add_numbered(struct metadata *metadata, const char *prefix, size_t number,
			  struct slice value, struct error *err);

/**
 * metadata_add_keys - SSH keys, one a line; empty lines and comments are left out.
 * @user: NULL: whoever logs in
 *
 * Return: 0; -EINVAL (ERROR_INPUT) for control characters; -E2BIG beyond the ceilings.
 */
int metadata_add_keys(struct metadata *metadata, const char *user, struct slice lines,
		      struct error *err);

/**
 * metadata_set_hostname - the first word of @name, for platforms that list several.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) unless it is of letters, digits, '-', '_' and '.'.
 */
int metadata_set_hostname(struct metadata *metadata, struct slice name, struct error *err);

/* Ceiling of metadata as records. */
#define METADATA_RECORDS_MAX ((size_t)8 << 20)

/** metadata_append_records - all of @metadata as bytes that only this program reads. */
int metadata_append_records(struct text *out, const struct metadata *metadata);

/**
 * metadata_take_records - add what metadata_append_records() wrote; checked as any other addition.
 *
 * Return: 0; -EBADMSG (ERROR_INPUT) when they are broken, some of them may be in @ret then.
 */
int metadata_take_records(struct slice records, struct metadata *ret, struct error *err);

/** metadata_get - value of an attribute; NULL when there is none. */
const char *metadata_get(const struct metadata *metadata, const char *name);

/*
 * Reads documents of a platform into lists.  Runs in a worker: it may look at its arguments and
 * nothing else.
 */
typedef int metadata_parser(const struct slice *documents, size_t count, struct metadata *ret,
			    struct error *err);

/**
 * metadata_parse - let @parser read @documents in a worker, and add what it found to @metadata.
 *
 * What comes back is checked as if it had been added here.
 *
 * Return: 0; what the parser returned; ERROR_INPUT when the worker died of the documents.
 */
int metadata_parse(metadata_parser *parser, const struct slice *documents, size_t count,
		   struct metadata *metadata, struct error *err);

DEFINE_RELEASE(struct metadata *, metadata_free)

#endif
