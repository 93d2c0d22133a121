/*
 * object_store - URLs that name an object in a store, which has to be asked where it is and may
 * want to know who is asking.
 *
 * Owns: what a store may say besides yes and no (elsewhere, expired), the credentials that are in
 * force and the regions that are known: each is asked for once, when it is first needed.
 * Leaves to others: the stores themselves (fetch/s3, fetch/gs), where credentials come from
 * (fetch/credential), the transfer (fetch/transfer).
 */
#ifndef SLIPWAY_FETCH_OBJECT_STORE_H
#define SLIPWAY_FETCH_OBJECT_STORE_H

#include <stdbool.h>

#include "base/event.h"
#include "base/url.h"
#include "fetch/credential.h"
#include "fetch/inquiry.h"
#include "fetch/signer.h"
#include "fetch/transfer.h"

/* What a fetcher knows about stores. */
struct object_store;

struct object_store *object_store_new(void);
void object_store_free(struct object_store *store);
/** object_store_set_source - where the platform's credentials come from; NULL: it has none. */
void object_store_set_source(struct object_store *store, const struct credential_source *source);

/**
 * object_store_prepare - have credentials of @kind, or know that there are none.
 *
 * Having none is no error: many objects are public.  It is told, and why is kept.
 */
void object_store_prepare(struct object_store *store, enum credential_kind kind,
			  const struct inquirer *inquirer);
/** object_store_credentials - those in force; NULL: none.  Borrowed until the next prepare. */
const struct credentials *object_store_credentials(const struct object_store *store,
						   enum credential_kind kind);
/** object_store_reason - why there are none; NULL when nobody was asked. */
const char *object_store_reason(const struct object_store *store, enum credential_kind kind);
/** object_store_forget - the store refused them as expired.  Return: whether others can be had. */
bool object_store_forget(struct object_store *store, enum credential_kind kind);

/** object_store_region - of @bucket as far as it is known; NULL. */
const char *object_store_region(const struct object_store *store, const char *bucket);
void object_store_set_region(struct object_store *store, const char *bucket, const char *region);
/** object_store_machine_region - the region that the machine is in; NULL: not known. */
const char *object_store_machine_region(struct object_store *store,
					const struct inquirer *inquirer);

/* One object that is fetched. */
struct object {
	const struct object_class *class;
	struct object_store *store; /* borrowed */
	char *url;		    /* where it is, from object_locate() on; owned */
	struct signer signer;
};

/* How one store does it. */
struct object_class {
	enum credential_kind kind;
	/* The object of @url, which is of the class's scheme.  Return: 0; ERROR_INPUT. */
	int (*new)(struct object_store *store, const struct url *url, struct object **ret,
		   struct error *err);
	/* Set the URL.  Return: 0; as fetch_stream(). */
	int (*locate)(struct object *object, const struct inquirer *inquirer, struct error *err);
	/* Whether @answer is a reason to locate it once more.  NULL: it never is. */
	bool (*reconsider)(struct object *object, const struct transfer_answer *answer);
	/* What @answer says, as "<word> (<advice>)", malloc'ed; NULL: nothing.  Or NULL. */
	char *(*explain)(const struct transfer_answer *answer);
	const char *header_name; /* that reconsider() wants of a refusal; or NULL */
	unsigned transfer_flags; /* enum transfer_flags */
	void (*free)(struct object *object);
};

void object_free(struct object *object);
/** object_locate - prepare credentials, and find out where it is.  Return: as fetch_stream(). */
int object_locate(struct object *object, const struct inquirer *inquirer, struct error *err);
/** object_reconsider - whether a transfer that failed with @answer should be located once more. */
bool object_reconsider(struct object *object, const struct transfer_answer *answer);
/** object_wrap - add to @err what the store said, and why nobody vouched for the request. */
int object_wrap(const struct object *object, const struct transfer_answer *answer,
		struct error *err, int r);

DEFINE_RELEASE(struct object_store *, object_store_free)
DEFINE_RELEASE(struct object *, object_free)

#endif
