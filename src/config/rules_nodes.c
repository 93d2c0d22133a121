/* rules_nodes - files, directories and links, each by itself. */
#include "config/rules_common.h"

#define MODE_MAX     07777
#define MODE_SPECIAL 07000 /* setuid, setgid, sticky */

static void check_owner(const struct check_context *context, const void *object)
{
	const struct config_owner *owner = object;

	if (owner->id.is_set && owner->name.length)
		rules_error(context, context->path, "cannot set both id and name");
}

const struct schema_check rules_owner[] = { RULES_ALWAYS(check_owner), RULES_END };

static void check_node(const struct check_context *context, const void *object)
{
	const struct config_node *node = object;

	rules_path(context, RULES_KEY(context->path, "path"), node->path);
}

const struct schema_check rules_node[] = { RULES_ALWAYS(check_node), RULES_END };

static void check_mode(const struct check_context *context, struct config_int mode)
{
	const struct report_path *at = RULES_KEY(context->path, "mode");
	struct report_entry *entry;

	if (!mode.is_set)
		return;
	if (mode.value < 0 || mode.value > MODE_MAX) {
		entry = rules_error(context, at, "illegal file mode");
		entry->hint = "modes are decimal here: 420 is 0644, 493 is 0755";
	}
	if (context->version < SPEC_3_6 && (mode.value & MODE_SPECIAL))
		rules_warn(context, at,
			   "setuid/setgid/sticky bits are not supported or functional in spec "
			   "versions older than 3.6.0");
}

static void check_directory(const struct check_context *context, const void *object)
{
	const struct config_directory *directory = object;

	check_mode(context, directory->mode);
}

const struct schema_check rules_directory[] = { RULES_ALWAYS(check_directory), RULES_END };

static void check_file(const struct check_context *context, const void *object)
{
	const struct config_file *file = object;

	check_mode(context, file->mode);
	if (rules_is_true(file->node.overwrite) && !file->contents.source.data)
		rules_error(context, RULES_KEY(context->path, "overwrite"),
			    "overwrite must be false if source is unspecified");
}

const struct schema_check rules_file[] = { RULES_ALWAYS(check_file), RULES_END };
