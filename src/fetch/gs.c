#include "fetch/gs.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "fetch/limits.h"

#define LOCATION "https://storage.googleapis.com/storage/v1/b/"

#define STATUS_UNAUTHORIZED 401

struct gs_object {
	struct object object; /* the first member: object_store knows only this one */
	bool is_reconsidered;
};

static int sign(const struct signer *signer, struct text *lines, struct error *err)
{
	const struct object_store *store = signer->context;
	const struct credentials *credentials = object_store_credentials(store, CREDENTIAL_BEARER);

	if (!credentials || text_printf(lines, "Authorization: %s\n", credentials->token) == 0)
		return 0;
	return error_set(err, ERROR_INPUT, E2BIG, "the token is too long");
}

static int append_location(struct text *out, const struct url *url)
{
	AUTO(text_done) struct text object = TEXT_INIT(FETCH_URL_MAX_BYTES);
	int r = url_append_unescaped(&object, slice_from(url->path, 1));

	if (r == 0)
		r = text_printf(out, LOCATION "%.*s/o/", SLICE_ARGS(url->host));
	if (r == 0)
		r = url_append_escaped(out, text_slice(&object));
	return r < 0 ? r : text_append_str(out, "?alt=media");
}

static int new_object(struct object_store *store, const struct url *url, struct object **ret,
		      struct error *err)
{
	AUTO(text_done) struct text location = TEXT_INIT(FETCH_URL_MAX_BYTES);

	if (append_location(&location, url) < 0)
		return error_set(err, ERROR_INPUT, E2BIG, "the URL is too long");

	struct gs_object *gs = xcalloc(1, sizeof(*gs));

	gs->object = (struct object){ .class = &gs_class,
				      .store = store,
				      .url = text_take(&location),
				      .signer = { .sign = sign, .context = store } };
	*ret = &gs->object;
	return 0;
}

static int locate(struct object *object, const struct inquirer *inquirer, struct error *err)
{
	(void)object;
	(void)inquirer;
	(void)err;
	return 0;
}

static bool reconsider(struct object *object, const struct transfer_answer *answer)
{
	struct gs_object *gs = (struct gs_object *)object;

	if (gs->is_reconsidered || answer->status != STATUS_UNAUTHORIZED)
		return false;
	gs->is_reconsidered = true;
	return object_store_forget(object->store, CREDENTIAL_BEARER);
}

static void free_object(struct object *object)
{
	free(object);
}

const struct object_class gs_class = {
	.kind = CREDENTIAL_BEARER,
	.new = new_object,
	.locate = locate,
	.reconsider = reconsider,
	.free = free_object,
};
