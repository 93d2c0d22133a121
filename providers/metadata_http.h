/*
 * metadata_http - requests against a metadata service.
 *
 * Owns: the rules that all such services share (spec providers 2.5): which of its addresses
 * answers, the session token, headers of every request, no redirects, ceilings, what 404 means.
 * Attempts, waits and the total time are the fetcher's; connections are kept.
 * Leaves to others: paths and what the answers mean (the providers).
 */
#ifndef SLIPWAY_PROVIDERS_METADATA_HTTP_H
#define SLIPWAY_PROVIDERS_METADATA_HTTP_H

#include "providers/provider.h"

/* A larger answer than this is no metadata. */
#define METADATA_BODY_MAX ((size_t)1 << 20)
/* Once one address said no, another one gets so long to say better. */
#define METADATA_GRACE_MS 50

/* A session that begins with a PUT. */
struct metadata_token {
	const char *path;
	struct fetch_header lifetime; /* sent with the PUT */
	const char *header;	      /* that carries the token from then on */
	bool is_optional;	      /* 404: the service knows no tokens, go on without */
};

struct metadata_service {
	/* "http://169.254.169.254", NULL ends them: all are asked at once, the first that answers
	 * is the service from then on. */
	const char *const *bases;
	const struct fetch_header *headers; /* of every request */
	size_t header_count;
	const struct metadata_token *token; /* NULL: none is needed */
	const unsigned *retry_statuses;	    /* asked for again, beside 500 and above */
	size_t retry_status_count;
	unsigned attempts_max; /* 0: as many as the total time allows */
};

/* A service as it was met; nothing is asked before the first request. */
struct metadata_client {
	const struct provider_context *context;
	const struct metadata_service *service;
	const char *base; /* the address that answered; NULL: none has yet */
	char *token;	  /* owned */
	bool has_session; /* the token was asked for, whether there is one or not */
};

#define METADATA_HTTP_INIT(context_, service_)                                                     \
	((struct metadata_client){ .context = (context_), .service = (service_) })
void metadata_http_done(struct metadata_client *client);

/**
 * metadata_http_get - the body of @path.
 * @path: with its leading slash
 * @ret: NUL-terminated, freed with free(); at most METADATA_BODY_MAX bytes
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) for 404; -EFBIG (ERROR_INPUT); as fetch_stream().
 */
int metadata_http_get(struct metadata_client *client, const char *path, char **ret,
		      size_t *ret_length, struct error *err);

/* One of several requests. */
struct metadata_item {
	const char *path;
	char *body;    /* NULL: 404; freed by metadata_http_items_done() */
	size_t length; /* of the body */
};

/** metadata_http_get_all - all of @items at the same time.  Return: 0; of the first that failed. */
int metadata_http_get_all(struct metadata_client *client, struct metadata_item *items, size_t count,
			  struct error *err);
void metadata_http_items_done(struct metadata_item *items, size_t count);
/** metadata_http_item_text - the body without white space around it; absent when there is none. */
struct slice metadata_http_item_text(const struct metadata_item *item);

enum metadata_absence {
	METADATA_ABSENT_IS_EMPTY, /* 404: no config was given to this machine */
	METADATA_ABSENT_IS_ERROR, /* 404: something is wrong */
};

/**
 * metadata_http_get_config - the user config at @path, at most PROVIDER_CONFIG_MAX bytes.
 * @ret: with its name; empty on entry
 */
int metadata_http_get_config(struct metadata_client *client, const char *path,
			     enum metadata_absence absence, struct provider_config *ret,
			     struct error *err);

DEFINE_DONE(struct metadata_client, metadata_http_done)

#endif
