#include "providers/metadata_cache.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/number.h"

#define MAGIC	       "slipway-metadata-1"
#define FILE_MODE      0600
#define DIRECTORY_MODE 0755
#define BOOT_ID	       "proc/sys/kernel/random/boot_id"
#define BOOT_ID_MAX    64

static char *path_of(const struct metadata_request *request)
{
	return xasprintf("%s/%s", request->directory ?: METADATA_CACHE_DIRECTORY,
			 request->provider->name);
}

/* First line of the file: it counts for this boot, and says which parts are in it. */
static char *head_of(const struct provider_context *context)
{
	AUTO_FREE char *id = NULL;

	if (machine_read(context->machine, BOOT_ID, BOOT_ID_MAX, &id, /* ret_length= */ NULL,
			 /* err= */ NULL) < 0)
		return NULL;
	return xasprintf(MAGIC " %.*s ", SLICE_ARGS(slice_trim(slice_of(id))));
}

/* Adds what is there; anything wrong with it is as if nothing were. */
static void load(const struct metadata_request *request, const char *head, struct metadata *ret)
{
	AUTO_FREE char *path = path_of(request);
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	uint64_t parts = 0;

	if (file_read(path, METADATA_RECORDS_MAX, /* flags= */ 0, &data, &length,
		      /* err= */ NULL) < 0)
		return;

	struct slice rest = { data, length };
	const struct slice line = slice_take_line(&rest);

	if (!slice_starts(line, head) ||
	    number_parse_u64(slice_from(line, strlen(head)), 0, METADATA_ALL, &parts) < 0 ||
	    metadata_take_records(rest, ret, /* err= */ NULL) < 0)
		return;
	ret->parts |= (unsigned)parts;
}

/* Another process may have asked for other parts meanwhile: they stay. */
static void save(const struct metadata_request *request, const char *head,
		 const struct provider_context *context, const struct metadata *metadata)
{
	AUTO(metadata_free) struct metadata *all = metadata_new();
	AUTO(text_done) struct text text = TEXT_INIT(METADATA_RECORDS_MAX);
	AUTO(text_done) struct text records = TEXT_INIT(METADATA_RECORDS_MAX);
	AUTO(error_done) struct error problem = ERROR_INIT;
	AUTO_FREE char *path = path_of(request);
	int r = metadata_append_records(&records, metadata);

	if (!request->ignores_cache)
		load(request, head, all);
	if (r == 0)
		r = metadata_take_records(text_slice(&records), all, &problem);
	if (r == 0)
		r = text_printf(&text, "%s%u\n", head, all->parts | metadata->parts);
	if (r == 0)
		r = metadata_append_records(&text, all);
	if (r == 0)
		r = file_replace(path, text_slice(&text), FILE_MODE, DIRECTORY_MODE, FILE_VOLATILE,
				 &problem);
	if (r < 0)
		event_message(context->observer, EVENT_DEBUG,
			      "what the platform says is not kept: %s", problem.text ?: "too much");
}

int metadata_cache_fetch(const struct provider_context *context,
			 const struct metadata_request *request, struct metadata *ret,
			 struct error *err)
{
	const struct provider *provider = request->provider;
	AUTO_FREE char *head = head_of(context);
	unsigned missing;
	int r;

	if (!provider->fetch_metadata)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "platform %s says nothing about its machines", provider->name);
	if (head && !request->ignores_cache)
		load(request, head, ret);
	missing = request->parts & ~ret->parts;
	if (!missing) {
		event_message(context->observer, EVENT_DEBUG,
			      "platform %s was asked before, in this boot", provider->name);
		return 0;
	}
	r = provider->fetch_metadata(context, missing, ret, err);
	if (r < 0)
		return error_wrap(err, r, "platform %s", provider->name);
	ret->parts |= missing;
	if (head)
		save(request, head, context, ret);
	return 0;
}
