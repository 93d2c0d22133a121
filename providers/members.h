/*
 * members - what stands in a platform's documents as attributes, SSH keys and a host name.
 *
 * Owns: the tables that say which member of a document is what, and reading the documents of a
 * service at once.  What runs over a document is made for workers.
 */
#ifndef SLIPWAY_PROVIDERS_MEMBERS_H
#define SLIPWAY_PROVIDERS_MEMBERS_H

#include "providers/fields.h"
#include "providers/metadata_http.h"

struct member_row {
	const char *path;      /* "location.zone_id" */
	const char *attribute; /* NULL: none, it is wanted for the host name only */
	bool is_hostname;
};

/** members_add - what @rows say of the document at @top; a member that is absent is left out. */
int members_add(struct place top, const struct member_row *rows, size_t count, struct metadata *ret,
		struct error *err);

/**
 * members_add_numbered - "<prefix><n>" for the n-th element of @list.
 * @member: of each element; NULL: the element itself
 */
int members_add_numbered(struct place list, const char *member, const char *prefix,
			 struct metadata *ret, struct error *err);

/** members_add_keys - SSH keys of the elements of @list, for whoever logs in; @member likewise. */
int members_add_keys(struct place list, const char *member, struct metadata *ret,
		     struct error *err);

/**
 * members_add_key_lines - SSH keys, for whoever logs in, as writers of metadata shape them: a text
 * of lines, or a list or object of such texts or of lists of them.
 */
int members_add_key_lines(struct place keys, struct metadata *ret, struct error *err);

/* A document of a metadata service. */
struct document_row {
	const char *path; /* NULL ends them */
	bool is_optional; /* 404: the parser gets an absent slice */
};

#define DOCUMENTS_MAX 4

/* Documents that are read together. */
struct document_set {
	struct document_row rows[DOCUMENTS_MAX];
	metadata_parser *parser; /* gets one slice for each row */
};

/**
 * members_fetch - ask for all documents of @set at the same time, and let a worker read them.
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when one is missing; as metadata_http_get_all() and
 * metadata_parse().
 */
int members_fetch(struct metadata_client *client, const struct document_set *set,
		  struct metadata *ret, struct error *err);

#endif
