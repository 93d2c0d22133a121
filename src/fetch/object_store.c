#include "fetch/object_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"

/* Credentials that live no longer than this are asked for again: clocks differ. */
#define EXPIRY_MARGIN_SECONDS 300

/* Credentials of one kind. */
struct proof {
	bool is_asked;
	const struct credential_source *source; /* NULL: there are none */
	struct credentials credentials;
	char *reason; /* why there are none; owned */
};

struct region {
	char *bucket;
	char *name;
};

struct object_store {
	const struct credential_source *platform; /* or NULL */
	struct proof proofs[CREDENTIAL_KIND_COUNT];
	struct region *regions;
	size_t region_count;
	bool is_platform_silent; /* nobody answered: it is not asked a second time */
	bool is_machine_region_asked;
	char *machine_region;
};

struct object_store *object_store_new(void)
{
	return xcalloc(1, sizeof(struct object_store));
}

static void proof_done(struct proof *proof)
{
	credentials_done(&proof->credentials);
	free(proof->reason);
	*proof = (struct proof){ .is_asked = false };
}

void object_store_free(struct object_store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < CREDENTIAL_KIND_COUNT; i++)
		proof_done(&store->proofs[i]);
	for (size_t i = 0; i < store->region_count; i++) {
		free(store->regions[i].bucket);
		free(store->regions[i].name);
	}
	free(store->regions);
	free(store->machine_region);
	free(store);
}

void object_store_set_source(struct object_store *store, const struct credential_source *source)
{
	store->platform = source;
}

/* --- credentials */

static bool is_fresh(const struct proof *proof)
{
	int64_t expires_at = proof->source ? proof->credentials.expires_at : 0;

	return proof->is_asked && (!expires_at || expires_at - EXPIRY_MARGIN_SECONDS > time(NULL));
}

/* Upstream asks without credentials as well when the instance's cannot be had (ignition 5.5). */
static void ask_platform(struct object_store *store, struct proof *proof,
			 const struct inquirer *inquirer)
{
	const struct credential_source *source = store->platform;
	AUTO(error_done) struct error err = ERROR_INIT;
	int r = source->load(inquirer, &proof->credentials, &err);

	if (r == 0) {
		proof->source = source;
		return;
	}
	store->is_platform_silent = err.kind == ERROR_TIMEOUT || err.kind == ERROR_NETWORK;
	proof->reason = xasprintf("no credentials from %s: %s", source->name, err.text);
	event_message(inquirer->params->observer,
		      err.kind == ERROR_EMPTY ? EVENT_INFO : EVENT_WARNING,
		      "%s; objects are asked for anonymously", proof->reason);
}

void object_store_prepare(struct object_store *store, enum credential_kind kind,
			  const struct inquirer *inquirer)
{
	struct proof *proof = &store->proofs[kind];
	const struct credential_source *environment = &credential_environment;

	if (is_fresh(proof))
		return;
	proof_done(proof);
	proof->is_asked = true;
	if (kind == environment->kind &&
	    environment->load(inquirer, &proof->credentials, /* err= */ NULL) == 0)
		proof->source = environment;
	else if (store->platform && store->platform->kind == kind)
		ask_platform(store, proof, inquirer);
	if (proof->source)
		event_message(inquirer->params->observer, EVENT_DEBUG,
			      "credentials for object stores come from %s", proof->source->name);
}

const struct credentials *object_store_credentials(const struct object_store *store,
						   enum credential_kind kind)
{
	const struct proof *proof = &store->proofs[kind];

	return proof->source ? &proof->credentials : NULL;
}

const char *object_store_reason(const struct object_store *store, enum credential_kind kind)
{
	return store->proofs[kind].reason;
}

bool object_store_forget(struct object_store *store, enum credential_kind kind)
{
	struct proof *proof = &store->proofs[kind];

	/* The environment says the same a second time. */
	if (!proof->source || proof->source != store->platform)
		return false;
	proof_done(proof);
	return true;
}

/* --- regions */

static struct region *find_region(const struct object_store *store, const char *bucket)
{
	for (size_t i = 0; i < store->region_count; i++)
		if (strcmp(store->regions[i].bucket, bucket) == 0)
			return &store->regions[i];
	return NULL;
}

const char *object_store_region(const struct object_store *store, const char *bucket)
{
	const struct region *region = find_region(store, bucket);

	return region ? region->name : NULL;
}

void object_store_set_region(struct object_store *store, const char *bucket, const char *name)
{
	struct region *region = find_region(store, bucket);

	if (region) {
		free(region->name);
		region->name = xstrdup(name);
		return;
	}
	store->regions =
		xreallocarray(store->regions, store->region_count + 1, sizeof(store->regions[0]));
	store->regions[store->region_count++] =
		(struct region){ .bucket = xstrdup(bucket), .name = xstrdup(name) };
}

const char *object_store_machine_region(struct object_store *store, const struct inquirer *inquirer)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct credential_source *platform = store->platform;

	if (store->is_machine_region_asked || store->is_platform_silent || !platform ||
	    !platform->load_region)
		return store->machine_region;
	store->is_machine_region_asked = true;
	if (platform->load_region(inquirer, &store->machine_region, &err) < 0)
		event_message(inquirer->params->observer, EVENT_WARNING,
			      "the region of this machine is not known: %s", err.text);
	return store->machine_region;
}

/* --- objects */

void object_free(struct object *object)
{
	if (!object)
		return;
	free(object->url);
	object->class->free(object);
}

int object_locate(struct object *object, const struct inquirer *inquirer, struct error *err)
{
	object_store_prepare(object->store, object->class->kind, inquirer);
	return object->class->locate(object, inquirer, err);
}

bool object_reconsider(struct object *object, const struct transfer_answer *answer)
{
	/* What was delivered cannot be taken back. */
	if (answer->status == 0 || answer->delivered || !object->class->reconsider)
		return false;
	return object->class->reconsider(object, answer);
}

int object_wrap(const struct object *object, const struct transfer_answer *answer,
		struct error *err, int r)
{
	const struct object_class *class = object->class;
	AUTO_FREE char *said = class->explain ? class->explain(answer) : NULL;
	const char *reason = object_store_reason(object->store, class->kind);

	if (said)
		error_wrap(err, r, "%s", said);
	return r == -EACCES && reason ? error_wrap(err, r, "%s", reason) : r;
}
