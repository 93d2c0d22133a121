#include "ignition/lower.h"

#include "ignition/lower_value.h"
#include "ignition/network.h"

/* Upstream strips nothing but the low twelve bits; validation has refused larger modes. */
#define MODE_MASK 07777

static enum host_tristate tristate(struct config_bool value)
{
	if (!value.is_set)
		return HOST_UNSET;
	return value.value ? HOST_YES : HOST_NO;
}

static void lower_group(const struct config_group *group, struct group_request *ret)
{
	*ret = (struct group_request){
		.origin = group->origin,
		.name = group->name,
		.has_gid = group->gid.is_set,
		.gid = group->gid.value,
		.password_hash = group->password_hash,
		.is_system = lower_is_true(group->is_system),
		.should_exist = lower_is_not_false(group->should_exist),
	};
}

static void lower_user(const struct config_user *user, struct arena *arena,
		       struct user_request *ret)
{
	*ret = (struct user_request){
		.origin = user->origin,
		.name = user->name,
		.has_uid = user->uid.is_set,
		.uid = user->uid.value,
		.password_hash = user->password_hash,
		.gecos = user->gecos,
		.home_dir = user->home_dir,
		.primary_group = user->primary_group,
		.shell = user->shell,
		.groups = lower_texts(arena, &user->groups),
		.group_count = user->groups.count,
		.ssh_keys = lower_texts(arena, &user->ssh_authorized_keys),
		.ssh_key_count = user->ssh_authorized_keys.count,
		.no_create_home = lower_is_true(user->no_create_home),
		.no_user_group = lower_is_true(user->no_user_group),
		.no_log_init = lower_is_true(user->no_log_init),
		.is_system = lower_is_true(user->is_system),
		.should_exist = lower_is_not_false(user->should_exist),
	};
}

static struct host_owner lower_owner(const struct config_owner *owner)
{
	return (struct host_owner){
		.has_id = owner->id.is_set,
		.id = owner->id.value,
		.name = owner->name,
	};
}

static void lower_node(const struct config_node *node, enum host_node_kind kind,
		       struct node_request *ret)
{
	*ret = (struct node_request){
		.kind = kind,
		.origin = node->origin,
		.path = node->path,
		.overwrite = lower_is_true(node->overwrite),
		.user = lower_owner(&node->user),
		.group = lower_owner(&node->group),
	};
}

static void lower_mode(struct config_int mode, struct node_request *ret)
{
	ret->has_mode = mode.is_set;
	ret->mode = (mode_t)mode.value & MODE_MASK;
}

static void lower_content(const struct config_resource *resource, struct arena *arena,
			  struct prefetch *prefetch, struct content *ret)
{
	struct prefetch_content *detail = arena_alloc(arena, sizeof(*detail));

	*detail = (struct prefetch_content){ .prefetch = prefetch,
					     .request = network_request(resource, arena) };
	prefetch_content_init(ret, detail);
}

static void lower_file(const struct config_file *file, struct arena *arena,
		       struct prefetch *prefetch, struct node_request *ret)
{
	lower_node(&file->node, HOST_FILE, ret);
	lower_mode(file->mode, ret);
	if (file->contents.source.data) {
		struct content *contents = arena_alloc(arena, sizeof(*contents));

		lower_content(&file->contents, arena, prefetch, contents);
		ret->contents = contents;
	}

	struct content *append = arena_array(arena, file->append.count, sizeof(*append));

	CONFIG_EACH (struct config_resource, fragment, &file->append)
		lower_content(fragment, arena, prefetch, &append[ret->append_count++]);
	ret->append = append;
}

static void lower_nodes(const struct config_storage *storage, struct arena *arena,
			struct prefetch *prefetch, struct files_requests *ret)
{
	size_t total = storage->directories.count + storage->files.count + storage->links.count;

	ret->nodes = arena_array(arena, total, sizeof(*ret->nodes));
	CONFIG_EACH (struct config_directory, directory, &storage->directories) {
		struct node_request *node = &ret->nodes[ret->node_count++];

		lower_node(&directory->node, HOST_DIRECTORY, node);
		lower_mode(directory->mode, node);
	}
	CONFIG_EACH (struct config_file, file, &storage->files)
		lower_file(file, arena, prefetch, &ret->nodes[ret->node_count++]);
	CONFIG_EACH (struct config_link, link, &storage->links) {
		struct node_request *node = &ret->nodes[ret->node_count++];

		lower_node(&link->node, lower_is_true(link->hard) ? HOST_HARDLINK : HOST_SYMLINK,
			   node);
		node->target = link->target;
	}
}

static void lower_unit(const struct config_unit *unit, struct arena *arena,
		       struct unit_request *ret)
{
	struct dropin_request *dropins = arena_array(arena, unit->dropins.count, sizeof(*dropins));
	size_t count = 0;

	CONFIG_EACH (struct config_dropin, dropin, &unit->dropins)
		dropins[count++] = (struct dropin_request){ .name = dropin->name,
							    .contents = dropin->contents };
	*ret = (struct unit_request){
		.origin = unit->origin,
		.name = unit->name,
		.contents = unit->contents,
		.dropins = dropins,
		.dropin_count = count,
		.enabled = tristate(unit->enabled),
		.mask = tristate(unit->mask),
	};
}

void lower_files(const struct config *config, struct arena *arena, struct prefetch *prefetch,
		 struct files_requests *ret)
{
	*ret = (struct files_requests){
		.groups = arena_array(arena, config->passwd.groups.count, sizeof(*ret->groups)),
		.users = arena_array(arena, config->passwd.users.count, sizeof(*ret->users)),
		.units = arena_array(arena, config->systemd.units.count, sizeof(*ret->units)),
	};
	CONFIG_EACH (struct config_group, group, &config->passwd.groups)
		lower_group(group, &ret->groups[ret->group_count++]);
	CONFIG_EACH (struct config_user, user, &config->passwd.users)
		lower_user(user, arena, &ret->users[ret->user_count++]);
	lower_nodes(&config->storage, arena, prefetch, ret);
	CONFIG_EACH (struct config_unit, unit, &config->systemd.units)
		lower_unit(unit, arena, &ret->units[ret->unit_count++]);
}

struct kargs_request lower_kargs(const struct config *config, struct arena *arena)
{
	const struct config_kargs *kargs = &config->kernel_arguments;

	return (struct kargs_request){
		.origin = kargs->origin,
		.should_exist = lower_texts(arena, &kargs->should_exist),
		.should_exist_count = kargs->should_exist.count,
		.should_not_exist = lower_texts(arena, &kargs->should_not_exist),
		.should_not_exist_count = kargs->should_not_exist.count,
	};
}
