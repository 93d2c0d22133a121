/* files - write_files (spec configs 1.7, 1.8). */
#include "base/number.h"
#include "config/cloud_config/lowering.h"
#include "config/cloud_config/values.h"
#include "config/path.h"

#define FILE_MODE	 0644
#define PERMISSIONS_MAX	 077777
#define PERMISSIONS_KEPT 0777

struct config_file *cloud_put_file(struct draft *draft, struct slice path, int64_t mode,
				   struct slice contents, struct origin origin)
{
	struct config_file *file = draft_find_file(draft, path);

	if (!file)
		return draft_file(draft, path, mode, contents, origin);
	*file = (struct config_file){
		.node = { .origin = origin, .overwrite = { true, true }, .path = path },
		.contents = { .origin = origin },
		.mode = { mode, true },
	};
	draft_set_contents(draft, &file->contents, contents);
	return file;
}

/* A number is an id. */
static void set_owner(struct config_owner *owner, struct slice text)
{
	int64_t id = 0;

	if (text.length == 0)
		return;
	if (number_parse_i64(text, 0, UINT32_MAX, &id) == 0)
		owner->id = (struct config_int){ id, true };
	else
		owner->name = text;
}

static void set_owners(struct config_node *node, struct slice owner)
{
	const char *colon = owner.length ? memchr(owner.data, ':', owner.length) : NULL;
	const size_t length = colon ? (size_t)(colon - owner.data) : owner.length;

	node->user.origin = node->group.origin = node->origin;
	set_owner(&node->user, (struct slice){ owner.data, length });
	if (colon)
		set_owner(&node->group, slice_from(owner, length + 1));
}

static int64_t parse_mode(struct cloud_lowering *lowering, const struct cloud_file *file)
{
	uint32_t mode = FILE_MODE;

	if (file->permissions.length == 0)
		return mode;
	if (number_parse_octal(file->permissions, PERMISSIONS_MAX, &mode) < 0)
		draft_report(&lowering->draft, REPORT_ERROR, file->origin, "permissions",
			     "Unable to parse file permissions \"%.*s\" as integer",
			     SLICE_ARGS(file->permissions));
	else if (mode & ~(uint32_t)PERMISSIONS_KEPT)
		draft_report(&lowering->draft, REPORT_WARNING, file->origin, "permissions",
			     "bits of permissions above 0777 are dropped");
	return mode & PERMISSIONS_KEPT;
}

static void lower_file(struct cloud_lowering *lowering, const struct cloud_file *file)
{
	AUTO(text_done) struct text path = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text content = TEXT_INIT(CLOUD_CONTENT_MAX);
	struct draft *draft = &lowering->draft;
	struct config_file *out;

	if (file->path.length == 0) {
		draft_report(draft, REPORT_ERROR, file->origin, /* key= */ NULL,
			     "write_files has an entry without a path");
		return;
	}
	path_join(&path, SLICE("/"), file->path);
	/* What cannot be decoded was reported. */
	cloud_value_decode(file->content, file->encoding, &content, /* err= */ NULL);
	out = cloud_put_file(draft, draft_keep(draft, text_slice(&path)),
			     parse_mode(lowering, file), text_slice(&content), file->origin);
	set_owners(&out->node, file->owner);
}

void cloud_lower_files(struct cloud_lowering *lowering)
{
	CONFIG_EACH (const struct cloud_file, file, &lowering->config->write_files)
		lower_file(lowering, file);
}
