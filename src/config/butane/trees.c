/* trees - local directories, and quadlets, as files, links and directories (spec configs 4.7). */
#include "config/butane/lowering.h"
#include "config/key_map.h"
#include "config/path.h"

#define MODE_FILE	0644
#define MODE_PROGRAM	0755
#define MODE_DIRECTORY	0755
#define ANY_EXECUTE_BIT 0111
#define PATH_BYTES_MAX	((size_t)1 << 20)

#define QUADLETS_OF_ROOT  "/etc/containers/systemd"
#define QUADLETS_OF_USERS "/etc/containers/systemd/users"

#define EXISTS "matching filesystem node has existing contents or different type"

enum node_list {
	FILES,
	DIRECTORIES,
	LINKS,
	NODE_LIST_COUNT,
};

/* What is at a path: the list it is in and its index there, in one number. */
#define PLACE(list, index) ((index)*NODE_LIST_COUNT + (list))

/* The nodes of the config, with room for those that will be added. */
struct nodes {
	struct butane_lowering *lowering;
	struct config_list *lists[NODE_LIST_COUNT];
	size_t sizes[NODE_LIST_COUNT]; /* of an element */
	struct key_map places;
};

static void nodes_done(struct nodes *nodes)
{
	key_map_done(&nodes->places);
}
DEFINE_DONE(struct nodes, nodes_done)

static struct config_node *node_at(const struct nodes *nodes, enum node_list list, size_t index)
{
	return (void *)((char *)nodes->lists[list]->items + index * nodes->sizes[list]);
}

/* Makes room for @more in each list, and notes what is there. */
static void nodes_init(struct nodes *nodes, struct butane_lowering *lowering,
		       const size_t more[NODE_LIST_COUNT])
{
	struct config_storage *storage = &lowering->config->storage;

	*nodes = (struct nodes){
		.lowering = lowering,
		.lists = { &storage->files, &storage->directories, &storage->links },
		.sizes = { sizeof(struct config_file), sizeof(struct config_directory),
			   sizeof(struct config_link) },
	};
	for (enum node_list list = 0; list < NODE_LIST_COUNT; list++) {
		struct config_list *old = nodes->lists[list];
		void *items =
			arena_array(lowering->arena, old->count + more[list], nodes->sizes[list]);

		if (old->count)
			memcpy(items, old->items, old->count * nodes->sizes[list]);
		old->items = items;
		for (size_t i = 0; i < old->count; i++)
			key_map_add(&nodes->places, node_at(nodes, list, i)->path, PLACE(list, i));
	}
}

/* What is at @path; NULL: nothing. @ret_list: which list it is in */
static void *find(const struct nodes *nodes, struct slice path, enum node_list *ret_list)
{
	size_t place = 0;

	if (!key_map_find(&nodes->places, path, &place))
		return NULL;
	*ret_list = place % NODE_LIST_COUNT;
	return node_at(nodes, *ret_list, place / NODE_LIST_COUNT);
}

static void *add(struct nodes *nodes, enum node_list list, struct slice path, struct origin origin)
{
	struct config_node *node = node_at(nodes, list, nodes->lists[list]->count);

	node->origin = origin;
	node->path = path;
	key_map_add(&nodes->places, path, PLACE(list, nodes->lists[list]->count++));
	return node;
}

/* What is at @path when @list may have it; a conflict is reported. @ret_conflict: whether it was */
static void *claim(struct nodes *nodes, enum node_list list, struct slice path,
		   struct origin origin, bool *ret_conflict)
{
	enum node_list found = list;
	void *node = find(nodes, path, &found);

	*ret_conflict = node && found != list;
	if (*ret_conflict)
		butane_error(nodes->lowering, origin, "", EXISTS);
	return *ret_conflict ? NULL : node;
}

static void set_owner(struct config_node *node, const struct butane_tree *tree)
{
	node->user = tree->user;
	node->group = tree->group;
}

static void add_file(struct nodes *nodes, const struct butane_tree *tree, struct slice path,
		     const struct supply_entry *entry)
{
	bool is_conflict = false;
	struct config_file *file = claim(nodes, FILES, path, tree->origin, &is_conflict);
	const int64_t mode = entry->mode & ANY_EXECUTE_BIT ? MODE_PROGRAM : MODE_FILE;

	if (is_conflict)
		return;
	if (file && file->contents.source.data) {
		butane_error(nodes->lowering, tree->origin, "", EXISTS);
		return;
	}
	if (!file) {
		file = add(nodes, FILES, path, tree->origin);
		set_owner(&file->node, tree);
		file->mode = tree->file_mode;
	}
	if (!file->mode.is_set)
		file->mode = (struct config_int){ mode, true };
	butane_set_contents(nodes->lowering, &file->contents, entry->data);
}

static void add_link(struct nodes *nodes, const struct butane_tree *tree, struct slice path,
		     const struct supply_entry *entry)
{
	bool is_conflict = false;
	struct config_link *link = claim(nodes, LINKS, path, tree->origin, &is_conflict);

	if (is_conflict)
		return;
	if (link && link->target.length) {
		butane_error(nodes->lowering, tree->origin, "", EXISTS);
		return;
	}
	if (!link) {
		link = add(nodes, LINKS, path, tree->origin);
		set_owner(&link->node, tree);
	}
	link->target = entry->target;
}

static bool has_owner(const struct config_owner *owner)
{
	return owner->id.is_set || owner->name.data;
}

/* Directories come by themselves, unless the tree says what they are like. */
static void add_directory(struct nodes *nodes, const struct butane_tree *tree, struct slice path)
{
	bool is_conflict = false;
	struct config_directory *directory;

	if (!tree->dir_mode.is_set && !has_owner(&tree->user) && !has_owner(&tree->group))
		return;
	if (claim(nodes, DIRECTORIES, path, tree->origin, &is_conflict) || is_conflict)
		return;
	directory = add(nodes, DIRECTORIES, path, tree->origin);
	set_owner(&directory->node, tree);
	directory->mode = tree->dir_mode.is_set ? tree->dir_mode
						: (struct config_int){ MODE_DIRECTORY, true };
}

static struct slice join(struct butane_lowering *lowering, struct slice base, struct slice name)
{
	AUTO(text_done) struct text path = TEXT_INIT(PATH_BYTES_MAX);

	path_join(&path, base.length ? base : SLICE("/"), name);
	return (struct slice){ arena_strndup(lowering->arena, text_str(&path), path.length),
			       path.length };
}

static void add_entry(struct nodes *nodes, const struct butane_tree *tree,
		      const struct supply_entry *entry)
{
	const struct slice path = join(nodes->lowering, tree->path, entry->path);

	switch (entry->kind) {
	case SUPPLY_ENTRY_FILE:
		add_file(nodes, tree, path, entry);
		break;
	case SUPPLY_ENTRY_DIRECTORY:
		add_directory(nodes, tree, path);
		break;
	case SUPPLY_ENTRY_LINK:
		add_link(nodes, tree, path, entry);
		break;
	case SUPPLY_ENTRY_OTHER:
		butane_error(nodes->lowering, tree->origin, "",
			     "trees may only contain files, directories, and symlinks");
		break;
	}
}

/* The answers for the trees, which are all asked for before any is used. */
static const struct supply *supply_of(struct butane_lowering *lowering,
				      const struct butane_tree *tree)
{
	return supplies_find(lowering->supplies, SUPPLY_TREE, tree->local, tree->origin);
}

static void count_entries(const struct supply *supply, size_t counts[NODE_LIST_COUNT])
{
	static const enum node_list lists[] = {
		[SUPPLY_ENTRY_FILE] = FILES,
		[SUPPLY_ENTRY_DIRECTORY] = DIRECTORIES,
		[SUPPLY_ENTRY_LINK] = LINKS,
		[SUPPLY_ENTRY_OTHER] = FILES,
	};

	counts[DIRECTORIES]++; /* the tree's own */
	for (size_t i = 0; supply && i < supply->entry_count; i++)
		counts[lists[supply->entries[i].kind]]++;
}

static void count_quadlets(const struct butane_systemd *systemd, size_t counts[NODE_LIST_COUNT])
{
	CONFIG_EACH (const struct butane_quadlet, quadlet, &systemd->quadlets) {
		counts[FILES] += 1 + quadlet->dropins.count;
		counts[LINKS]++;
	}
}

/* What is wrong with all of them, that no directory was given, is said once. */
static void lower_tree(struct nodes *nodes, const struct butane_tree *tree,
		       const char **last_problem)
{
	const struct supply *supply = supply_of(nodes->lowering, tree);

	if (!supply)
		return;
	if (supply->problem) {
		if (!*last_problem || strcmp(*last_problem, supply->problem) != 0)
			butane_error(nodes->lowering, tree->origin, ".local", supply->problem);
		*last_problem = supply->problem;
		return;
	}
	add_directory(nodes, tree, join(nodes->lowering, tree->path, SLICE("")));
	for (size_t i = 0; i < supply->entry_count; i++)
		add_entry(nodes, tree, &supply->entries[i]);
}

bool butane_quadlet_template(struct slice name, struct text *ret)
{
	const struct slice extension = path_extension(name);
	const char *at = name.length ? memchr(name.data, '@', name.length) : NULL;

	/* "a@b.c": something on both sides of the @, and an extension. */
	if (!at || at == name.data || at + 1 >= extension.data || extension.length == 0)
		return false;
	if (ret) {
		text_append(ret, name.data, (size_t)(at - name.data) + 1);
		text_append_slice(ret, extension);
	}
	return true;
}

/* A text that is in the config or in a local file; absent: in neither. */
static struct slice text_of(struct butane_lowering *lowering, struct slice contents,
			    struct slice contents_local, struct origin origin)
{
	if (contents.data || !contents_local.data)
		return contents;
	return butane_supply(lowering, contents_local, origin, ".contents_local");
}

static void add_text(struct nodes *nodes, struct slice path, struct slice contents,
		     struct origin origin)
{
	const struct butane_tree tree = { .origin = origin };
	const struct supply_entry entry = { .data = contents };

	if (contents.data)
		add_file(nodes, &tree, path, &entry);
}

static void lower_dropins(struct nodes *nodes, const struct butane_quadlet *quadlet,
			  struct slice path)
{
	struct butane_lowering *lowering = nodes->lowering;
	const struct slice directory =
		slice_of(arena_printf(lowering->arena, "%.*s.d", SLICE_ARGS(path)));

	CONFIG_EACH (const struct butane_quadlet_dropin, dropin, &quadlet->dropins)
		add_text(
			nodes, join(lowering, directory, dropin->name),
			text_of(lowering, dropin->contents, dropin->contents_local, dropin->origin),
			dropin->origin);
}

static void lower_quadlet(struct nodes *nodes, const struct butane_quadlet *quadlet)
{
	struct butane_lowering *lowering = nodes->lowering;
	const struct slice directory = butane_is_true(quadlet->rootful) ? SLICE(QUADLETS_OF_ROOT)
									: SLICE(QUADLETS_OF_USERS);
	const struct slice path = join(lowering, directory, quadlet->name);
	AUTO(text_done) struct text template = TEXT_INIT(PATH_BYTES_MAX);

	if (butane_quadlet_template(quadlet->name, &template)) {
		const struct butane_tree tree = { .origin = quadlet->origin };
		const struct supply_entry entry = {
			.target = { arena_strndup(lowering->arena, template.data, template.length),
				    template.length },
		};

		add_link(nodes, &tree, path, &entry);
	} else {
		add_text(nodes, path,
			 text_of(lowering, quadlet->contents, quadlet->contents_local,
				 quadlet->origin),
			 quadlet->origin);
	}
	lower_dropins(nodes, quadlet, path);
}

/* What Butane says beside the one object of Ignition's type @of; all zero when it says nothing. */
static const void *beside(const struct butane_lowering *lowering, const char *of,
			  const void *nothing)
{
	for (size_t i = 0; i < lowering->object_count; i++)
		if (lowering->objects[i].beside &&
		    strcmp(lowering->objects[i].schema->go_name, of) == 0)
			return lowering->objects[i].beside;
	return nothing;
}

void butane_lower_trees(struct butane_lowering *lowering)
{
	static const struct butane_storage no_storage;
	static const struct butane_systemd no_systemd;
	const struct butane_storage *storage = beside(lowering, "Storage", &no_storage);
	const struct butane_systemd *systemd = beside(lowering, "Systemd", &no_systemd);
	AUTO(nodes_done) struct nodes nodes = { 0 };
	size_t counts[NODE_LIST_COUNT] = { 0 };
	const char *last_problem = NULL;

	if (storage->trees.count == 0 && systemd->quadlets.count == 0)
		return;
	CONFIG_EACH (const struct butane_tree, tree, &storage->trees)
		count_entries(supply_of(lowering, tree), counts);
	count_quadlets(systemd, counts);
	nodes_init(&nodes, lowering, counts);
	CONFIG_EACH (const struct butane_tree, tree, &storage->trees)
		lower_tree(&nodes, tree, &last_problem);
	CONFIG_EACH (const struct butane_quadlet, quadlet, &systemd->quadlets)
		lower_quadlet(&nodes, quadlet);
}
