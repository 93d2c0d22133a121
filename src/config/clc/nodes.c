/* nodes - files, directories and links of Ignition 2.3 as those of 3.x (spec configs 3.3, 3.7). */
#include "config/clc/lowering.h"
#include "config/mode.h"
#include "config/path.h"

#define FILE_MODE      0644
#define DIRECTORY_MODE 0755
#define MODE_MAX       07777
#define ROOT_NAME      "root"
/* Where the target is mounted while it is being provisioned: paths of 2.x may begin with it. */
#define TARGET_ROOT "/sysroot"

static const struct clc_filesystem *find_filesystem(const struct clc_lowering *lowering,
						    struct slice name)
{
	CONFIG_EACH (const struct clc_filesystem, filesystem,
		     &lowering->config->storage.filesystems)
		if (slice_equal(filesystem->name, name))
			return filesystem;
	return NULL;
}

/* Where the filesystem of @node is below the root.  Return: whether that is known. */
static bool find_place(struct clc_lowering *lowering, const struct clc_node *node,
		       struct slice *ret)
{
	const struct clc_filesystem *filesystem = find_filesystem(lowering, node->filesystem);
	struct draft *draft = &lowering->draft;

	*ret = SLICE("");
	if (!node->filesystem.data || (!filesystem && slice_is(node->filesystem, ROOT_NAME)))
		return true;
	if (!filesystem) {
		draft_report(draft, REPORT_ERROR, node->origin, "filesystem",
			     "no filesystem is called \"%.*s\"", SLICE_ARGS(node->filesystem));
		return false;
	}
	*ret = filesystem->path;
	if (slice_is(*ret, TARGET_ROOT) || slice_starts(*ret, TARGET_ROOT "/"))
		*ret = slice_from(*ret, strlen(TARGET_ROOT));
	if (filesystem->path.data || slice_is(node->filesystem, ROOT_NAME))
		return true;
	draft_report(draft, REPORT_ERROR, node->origin, "filesystem",
		     "filesystem \"%.*s\" has no path", SLICE_ARGS(node->filesystem))
		->hint = "say where it is mounted: path, beside its name";
	return false;
}

static struct slice place_path(struct clc_lowering *lowering, const struct clc_node *node)
{
	AUTO(text_done) struct text path = TEXT_INIT(TEXT_MESSAGE_MAX);
	struct slice place;

	if (!find_place(lowering, node, &place) || place.length == 0 || slice_is(place, "/") ||
	    !path_is_absolute(node->path))
		return node->path;
	path_join(&path, place, node->path);
	return draft_keep(&lowering->draft, text_slice(&path));
}

static void lower_node(struct clc_lowering *lowering, const struct clc_node *node,
		       struct config_node *out)
{
	*out = (struct config_node){
		.origin = node->origin,
		.group = node->group,
		.overwrite = node->overwrite,
		.path = place_path(lowering, node),
		.user = node->user,
	};
}

static struct config_int lower_mode(struct clc_lowering *lowering, const struct clc_node *node,
				    struct config_int mode, enum mode_of of)
{
	struct draft *draft = &lowering->draft;

	if (!mode.is_set) {
		draft_report(draft, REPORT_WARNING, node->origin, /* key= */ NULL, "%s",
			     of == MODE_OF_FILE
				     ? "mode unspecified for file, defaulting to 0644"
				     : "mode unspecified for directory, defaulting to 0755");
		return (struct config_int){ of == MODE_OF_FILE ? FILE_MODE : DIRECTORY_MODE, true };
	}
	if (mode.value < 0 || mode.value > MODE_MAX)
		draft_report(draft, REPORT_ERROR, node->origin, "mode", "illegal file mode");
	else if (mode_looks_decimal(mode.value, of))
		draft_report(draft, REPORT_WARNING, node->origin, "mode", "%s",
			     MODE_DECIMAL_WARNING);
	return mode;
}

static void set_local(struct clc_lowering *lowering, const struct clc_contents *contents,
		      struct config_resource *out)
{
	struct draft *draft = &lowering->draft;
	const struct supply *supply = supplies_find(draft->input->supplies, SUPPLY_FILE,
						    contents->local, contents->origin);

	if (supply && supply->problem)
		draft_report(draft, REPORT_ERROR, contents->origin, "local", "%s", supply->problem);
	draft_set_contents(draft, out, supply && !supply->problem ? supply->data : SLICE(""));
}

static void set_contents(struct clc_lowering *lowering, const struct clc_file *file,
			 struct config_resource *out)
{
	const struct clc_contents *contents = &file->contents;
	const int sources = (contents->local.data != NULL) + (contents->inline_text.data != NULL) +
			    (contents->remote.url.data != NULL);

	out->origin = contents->origin.source ? contents->origin : file->node.origin;
	if (sources > 1)
		draft_report(&lowering->draft, REPORT_ERROR, contents->origin, /* key= */ NULL,
			     "only one of the following can be set: local, inline, remote.url");
	if (contents->local.data)
		set_local(lowering, contents, out);
	else if (contents->remote.url.data)
		out->source = contents->remote.url;
	else
		draft_set_contents(&lowering->draft, out, contents->inline_text);
	out->compression = contents->remote.compression;
	clc_set_hash(lowering, &contents->remote.verification, &out->verification);
}

/* One more piece behind the file that has the same path, or behind what is there. */
static void lower_append(struct clc_lowering *lowering, const struct clc_file *file)
{
	struct draft *draft = &lowering->draft;
	const struct slice path = place_path(lowering, &file->node);
	struct config_file *out = draft_find_file(draft, path);
	struct config_resource *piece;

	if (file->node.overwrite.is_set && file->node.overwrite.value)
		draft_report(draft, REPORT_ERROR, file->node.origin, "overwrite",
			     "cannot set both append and overwrite to true");
	if (!out) {
		out = draft_add(draft, &draft->config->storage.files, sizeof(*out),
				file->node.origin);
		lower_node(lowering, &file->node, &out->node);
		out->node.overwrite = (struct config_bool){ .is_set = false };
		out->mode = file->mode;
	}
	if (file->mode.is_set)
		lower_mode(lowering, &file->node, file->mode, MODE_OF_FILE);
	else
		draft_report(draft, REPORT_INFO, file->node.origin, /* key= */ NULL,
			     "mode unspecified for file, defaulting to 0644 if the file does not "
			     "exist");
	piece = draft_add(draft, &out->append, sizeof(*piece), file->node.origin);
	set_contents(lowering, file, piece);
}

static void lower_file(struct clc_lowering *lowering, const struct clc_file *file)
{
	struct draft *draft = &lowering->draft;
	struct config_file *out;

	if (file->append.is_set && file->append.value) {
		lower_append(lowering, file);
		return;
	}
	out = draft_add(draft, &draft->config->storage.files, sizeof(*out), file->node.origin);
	lower_node(lowering, &file->node, &out->node);
	/* The default of 2.x. */
	if (!file->node.overwrite.is_set)
		out->node.overwrite = (struct config_bool){ true, true };
	out->mode = lower_mode(lowering, &file->node, file->mode, MODE_OF_FILE);
	set_contents(lowering, file, &out->contents);
}

void clc_lower_nodes(struct clc_lowering *lowering)
{
	const struct clc_storage *from = &lowering->config->storage;
	struct config_storage *to = &lowering->draft.config->storage;

	CONFIG_EACH (const struct clc_file, file, &from->files)
		lower_file(lowering, file);
	CONFIG_EACH (const struct clc_directory, directory, &from->directories) {
		struct config_directory *out = draft_add(&lowering->draft, &to->directories,
							 sizeof(*out), directory->node.origin);

		lower_node(lowering, &directory->node, &out->node);
		out->mode =
			lower_mode(lowering, &directory->node, directory->mode, MODE_OF_DIRECTORY);
	}
	CONFIG_EACH (const struct clc_link, link, &from->links) {
		struct config_link *out =
			draft_add(&lowering->draft, &to->links, sizeof(*out), link->node.origin);

		lower_node(lowering, &link->node, &out->node);
		out->hard = link->hard;
		out->target = link->target;
	}
}
