#include "installer/boot_settings.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/root.h"
#include "installer/boot_text.h"

#define ENTRIES_DIRECTORY "loader/entries"
#define ENTRY_SUFFIX	  ".conf"
#define PLATFORMS_FILE	  "coreos/platforms.json"
#define FIRST_BOOT_FILE	  "ignition.firstboot"
#define FILE_MAX_BYTES	  ((size_t)1 << 20)
#define MODE_BITS	  07777
#define MODE_DEFAULT	  0644
/* What images are made for. */
#define PLATFORM_OF_IMAGE "metal"

/* Where GRUB's consoles are: the first of these that is there. */
static const char *const grub_files[] = { "grub2/console.cfg", "grub2/grub.cfg" };

/* What becomes of the boot filesystem, gathered from settings and platforms.json. */
struct change {
	struct arena *arena; /* owned */
	struct kargs_edit kargs;
	struct text commands; /* of GRUB */
	bool has_consoles;
};

static void change_done(struct change *change)
{
	text_done(&change->commands);
	arena_free(change->arena);
}

DEFINE_DONE(struct change, change_done)

/* --- what platforms.json says */

struct platforms {
	char *text;		   /* owned */
	struct source *source;	   /* owned */
	struct document *document; /* owned; NULL: the image has no such file */
};

static void platforms_done(struct platforms *platforms)
{
	document_free(platforms->document);
	source_free(platforms->source);
	free(platforms->text);
}

DEFINE_DONE(struct platforms, platforms_done)

static int platforms_read(int root_fd, struct platforms *ret, struct error *err)
{
	size_t length = 0;
	int r = root_read(root_fd, PLATFORMS_FILE, FILE_MAX_BYTES, &ret->text, &length,
			  /* err= */ NULL);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0)
		return error_errno(err, -r, "read " PLATFORMS_FILE);
	ret->source = source_new(PLATFORMS_FILE, (struct slice){ ret->text, length });
	r = json_parse(ret->source, &ret->document, /* ret_error= */ NULL, err);
	return r < 0 ? error_wrap(err, r, PLATFORMS_FILE) : 0;
}

/* The list @key of @platform; 0: there is none. */
static uint32_t platforms_list(struct platforms *platforms, const char *platform, const char *key)
{
	struct document *document = platforms->document;
	uint32_t node = 0;

	if (!document || document->nodes[0].kind != NODE_OBJECT)
		return 0;
	node = node_get(document, 0, platform);
	if (!node || document->nodes[node].kind != NODE_OBJECT)
		return 0;
	node = node_get(document, node, key);
	return node && document->nodes[node].kind == NODE_ARRAY ? node : 0;
}

/* The strings of @list behind those of @base. */
static const char *const *join(struct change *change, const char *const *base, size_t *count,
			       struct document *document, uint32_t list)
{
	size_t room = *count + (list ? document->nodes[list].value : 0);
	const char **joined = arena_array(change->arena, room ? room : 1, sizeof(*joined));

	for (size_t i = 0; i < *count; i++)
		joined[i] = base[i];
	for (uint32_t item = list ? node_first(document, list) : 0; item;
	     item = node_next(document, item)) {
		struct slice value = node_string(document, item);

		joined[(*count)++] = arena_strndup(change->arena, value.data, value.length);
	}
	return joined;
}

static void take_platform(struct change *change, struct platforms *platforms, const char *platform)
{
	struct document *document = platforms->document;
	uint32_t commands = platforms_list(platforms, platform, "grub_commands");

	change->kargs.deletes =
		join(change, change->kargs.deletes, &change->kargs.delete_count, document,
		     platforms_list(platforms, PLATFORM_OF_IMAGE, "kernel_arguments"));
	change->kargs.appends =
		join(change, change->kargs.appends, &change->kargs.append_count, document,
		     platforms_list(platforms, platform, "kernel_arguments"));
	for (uint32_t item = commands ? node_first(document, commands) : 0; item;
	     item = node_next(document, item)) {
		text_append_slice(&change->commands, node_string(document, item));
		text_append_char(&change->commands, '\n');
	}
	change->has_consoles = document;
}

static void take_consoles(struct change *change, struct platforms *platforms,
			  const struct boot_settings *settings)
{
	size_t count = change->kargs.append_count;
	const char **appends =
		arena_array(change->arena, count + settings->console_count, sizeof(*appends));

	change->kargs.deletes = join(
		change, change->kargs.deletes, &change->kargs.delete_count, platforms->document,
		platforms_list(platforms, PLATFORM_OF_IMAGE, "kernel_arguments"));
	for (size_t i = 0; i < count; i++)
		appends[i] = change->kargs.appends[i];
	for (size_t i = 0; i < settings->console_count; i++) {
		AUTO(text_done) struct text karg = TEXT_INIT(TEXT_MESSAGE_MAX);

		console_append_karg(&settings->consoles[i], &karg);
		appends[count + i] = arena_strdup(change->arena, text_str(&karg));
	}
	change->kargs.appends = appends;
	change->kargs.append_count = count + settings->console_count;
	consoles_append_grub(settings->consoles, settings->console_count, &change->commands);
	change->has_consoles = true;
}

/* --- files */

/* The last entry by its name. */
static int find_entry(int root_fd, char **ret, struct error *err)
{
	AUTO_CLOSEDIR DIR *directory = NULL;
	AUTO_FREE char *last = NULL;
	const struct dirent *entry = NULL;
	int r = root_open_stream(root_fd, ENTRIES_DIRECTORY, &directory, err);

	if (r < 0)
		return r;
	while ((entry = readdir(directory))) {
		const char *name = entry->d_name;

		if (name[0] == '.' || !slice_ends(slice_of(name), ENTRY_SUFFIX) ||
		    (last && strcmp(name, last) < 0))
			continue;
		free(last);
		last = xstrdup(name);
	}
	if (!last)
		return error_set(err, ERROR_INPUT, ENOENT,
				 "the image has no boot loader entry in " ENTRIES_DIRECTORY);
	*ret = xasprintf(ENTRIES_DIRECTORY "/%s", last);
	return 0;
}

static int replace(int root_fd, const char *path, const struct text *contents, struct error *err)
{
	struct stat before;
	int r = root_stat(root_fd, path, &before, err);

	return r < 0 ? r
		     : root_replace(root_fd, path, text_slice(contents), before.st_mode & MODE_BITS,
				    ROOT_DURABLE, err);
}

static int edit_entry(int root_fd, const struct change *change, struct error *err)
{
	AUTO(text_done) struct text edited = TEXT_INIT(FILE_MAX_BYTES);
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r = find_entry(root_fd, &path, err);

	if (r == 0)
		r = root_read(root_fd, path, FILE_MAX_BYTES, &text, &length, err);
	if (r < 0)
		return r;
	r = entry_edit_options((struct slice){ text, length }, &change->kargs, &edited, err);
	if (r < 0)
		return error_wrap(err, r, "%s", path);
	return replace(root_fd, path, &edited, err);
}

static int edit_grub(int root_fd, const struct change *change, struct error *err)
{
	AUTO(text_done) struct text edited = TEXT_INIT(FILE_MAX_BYTES);
	AUTO_FREE char *text = NULL;
	const char *path = NULL;
	size_t length = 0;
	int r = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(grub_files) && r == -ENOENT; i++) {
		path = grub_files[i];
		r = root_read(root_fd, path, FILE_MAX_BYTES, &text, &length, /* err= */ NULL);
	}
	if (r < 0)
		return error_errno(err, -r, "read %s", path);
	r = grub_replace_consoles((struct slice){ text, length }, text_slice(&change->commands),
				  &edited, err);
	if (r < 0)
		return error_wrap(err, r, "%s", path);
	return replace(root_fd, path, &edited, err);
}

static int apply_settings(const struct placement *placement, int root_fd, struct error *err)
{
	const struct boot_settings *settings = placement->detail;
	AUTO(platforms_done) struct platforms platforms = { .text = NULL };
	AUTO(change_done)
	struct change change = {
		.arena = arena_new(),
		.commands = TEXT_INIT(FILE_MAX_BYTES),
		.kargs = { .platform = settings->platform,
			   .deletes = settings->deletes,
			   .delete_count = settings->delete_count,
			   .appends = settings->appends,
			   .append_count = settings->append_count },
	};
	int r = platforms_read(root_fd, &platforms, err);

	if (r < 0)
		return r;
	if (settings->console_count)
		take_consoles(&change, &platforms, settings);
	else if (settings->platform)
		take_platform(&change, &platforms, settings->platform);
	r = edit_entry(root_fd, &change, err);
	if (r == 0 && change.has_consoles)
		r = edit_grub(root_fd, &change, err);
	return r;
}

const struct placement_class boot_settings_class = {
	.name = "boot.configure",
	.apply = apply_settings,
};

/* --- arguments of the first boot */

int first_boot_check(const char *arguments, struct error *err)
{
	if (!strpbrk(arguments, "\"\\$\n"))
		return 0;
	return error_set(
		err, ERROR_INPUT, EINVAL,
		"arguments of the first boot are read by GRUB, and must be without quotes, "
		"backslashes, dollars and newlines: %s",
		arguments);
}

static int apply_first_boot(const struct placement *placement, int root_fd, struct error *err)
{
	const struct first_boot_arguments *detail = placement->detail;
	AUTO(text_done) struct text contents = TEXT_INIT(FILE_MAX_BYTES);
	AUTO_FREE char *before = NULL;
	size_t length = 0;
	int r = root_read(root_fd, FIRST_BOOT_FILE, FILE_MAX_BYTES, &before, &length,
			  /* err= */ NULL);

	if (r < 0)
		return error_errno(err, -r, "read " FIRST_BOOT_FILE);
	text_append(&contents, before, length);
	if (length && before[length - 1] != '\n')
		text_append_char(&contents, '\n');
	text_printf(&contents, "set ignition_network_kcmdline=\"%s\"\n", detail->arguments);
	return root_replace(root_fd, FIRST_BOOT_FILE, text_slice(&contents), MODE_DEFAULT,
			    ROOT_DURABLE, err);
}

const struct placement_class first_boot_arguments_class = {
	.name = "boot.first-arguments",
	.apply = apply_first_boot,
};
