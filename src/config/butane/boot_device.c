/* boot_device - mirroring and encryption of the disk booted from (spec configs 4.9). */
#include "config/butane/boot.h"
#include "config/butane/lowering.h"

#define TYPE_BIOS     "21686148-6449-6E6F-744E-656564454649"
#define TYPE_ESP      "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define TYPE_RESERVED "8DA63339-0007-60C0-C436-083AC8230908"
#define TYPE_PREP     "9E1A2D38-C612-4316-AA26-8B49521E5A8B"

#define PARTITIONS_PER_DISK 4

/* One partition of each disk of a mirror; its label is the name, a dash and the disk's number. */
struct member {
	const char *name;
	int64_t size_mib; /* 0: the rest */
	const char *type; /* NULL: Linux data */
};

static const struct {
	const char *layout;
	struct member members[PARTITIONS_PER_DISK];
} mirrors[] = {
	{ "aarch64",
	  { { "reserved", 1, TYPE_RESERVED },
	    { "esp", 127, TYPE_ESP },
	    { "boot", 384, NULL },
	    { "root", 0, NULL } } },
	{ "ppc64le",
	  { { "prep", 4, TYPE_PREP },
	    { "reserved", 1, TYPE_RESERVED },
	    { "boot", 384, NULL },
	    { "root", 0, NULL } } },
	{ "x86_64",
	  { { "bios", 1, TYPE_BIOS },
	    { "esp", 127, TYPE_ESP },
	    { "boot", 384, NULL },
	    { "root", 0, NULL } } },
};

/* A config that boot_device stands for, while it is written. */
struct render {
	struct butane_lowering *lowering;
	const struct butane_boot_device *boot;
	const struct member *members; /* of each disk; NULL: no mirror */
	struct config *config;
};

static struct slice print(const struct render *render, const char *prefix, const char *name,
			  size_t number)
{
	return slice_of(arena_printf(render->lowering->arena, "%s%s-%zu", prefix, name, number));
}

static const struct member *find_members(struct slice layout)
{
	for (size_t i = 0; i < ARRAY_SIZE(mirrors); i++)
		if (slice_is(layout, mirrors[i].layout))
			return mirrors[i].members;
	/* Before fcos 1.7 a mirror needed no layout: this one is meant. */
	return find_members(SLICE("x86_64"));
}

static struct config_int int_of(int64_t value)
{
	return (struct config_int){ value, true };
}

static const struct config_bool yes = { true, true };

static void render_disk(const struct render *render, const struct config_text *device,
			size_t number, struct config_disk *ret)
{
	struct config_partition *partitions =
		arena_array(render->lowering->arena, PARTITIONS_PER_DISK, sizeof(*partitions));

	for (size_t i = 0; i < PARTITIONS_PER_DISK; i++) {
		const struct member *member = &render->members[i];

		partitions[i] = (struct config_partition){
			.origin = device->origin,
			.label = print(render, "", member->name, number),
			.type_guid = slice_of(member->type),
		};
		if (member->size_mib)
			partitions[i].size_mib = int_of(member->size_mib);
	}
	*ret = (struct config_disk){
		.origin = device->origin,
		.device = device->text,
		.partitions = { partitions, PARTITIONS_PER_DISK },
		.wipe_table = yes,
	};
}

static void render_array(const struct render *render, const char *name, const char *member,
			 struct config_raid *ret)
{
	const struct config_list *disks = &render->boot->mirror.devices;
	struct arena *arena = render->lowering->arena;
	struct config_text *devices = arena_array(arena, disks->count, sizeof(*devices));

	for (size_t i = 0; i < disks->count; i++)
		devices[i] = (struct config_text){
			.origin = CONFIG_AT(struct config_text, disks, i)->origin,
			.text = print(render, "/dev/disk/by-partlabel/", member, i + 1),
		};
	*ret = (struct config_raid){
		.origin = render->boot->mirror.origin,
		.devices = { devices, disks->count },
		.level = SLICE("raid1"),
		.name = slice_of(name),
	};
}

/* The boot partition's superblock is at its end: firmware and loader read it as a plain one. */
static void render_arrays(const struct render *render)
{
	struct arena *arena = render->lowering->arena;
	struct config_raid *raids = arena_array(arena, 2, sizeof(*raids));
	struct config_text *option = arena_alloc(arena, sizeof(*option));

	*option = (struct config_text){ render->boot->mirror.origin, SLICE("--metadata=1.0") };
	render_array(render, "md-boot", "boot", &raids[0]);
	raids[0].options = (struct config_list){ option, 1 };
	render_array(render, "md-root", "root", &raids[1]);
	render->config->storage.raid = (struct config_list){ raids, 2 };
}

static void add_filesystem(const struct render *render, struct origin origin, struct slice device,
			   const char *format, struct slice label)
{
	struct config_list *list = &render->config->storage.filesystems;
	struct config_filesystem *filesystems = list->items;

	filesystems[list->count++] = (struct config_filesystem){
		.origin = origin,
		.device = device,
		.format = slice_of(format),
		.label = label,
		.wipe_filesystem = yes,
	};
}

static bool has_member(const struct member *members, const char *name)
{
	for (size_t i = 0; i < PARTITIONS_PER_DISK; i++)
		if (strcmp(members[i].name, name) == 0)
			return true;
	return false;
}

static void render_mirror(const struct render *render)
{
	const struct config_list *devices = &render->boot->mirror.devices;
	struct config_disk *disks =
		arena_array(render->lowering->arena, devices->count, sizeof(*disks));

	for (size_t i = 0; i < devices->count; i++) {
		const struct config_text *device = CONFIG_AT(struct config_text, devices, i);

		render_disk(render, device, i + 1, &disks[i]);
		if (has_member(render->members, "esp"))
			add_filesystem(render, device->origin,
				       print(render, "/dev/disk/by-partlabel/", "esp", i + 1),
				       "vfat", print(render, "", "esp", i + 1));
	}
	render->config->storage.disks = (struct config_list){ disks, devices->count };
	render_arrays(render);
	add_filesystem(render, render->boot->mirror.origin, SLICE("/dev/md/md-boot"), "ext4",
		       SLICE("boot"));
}

static struct slice luks_device(const struct render *render)
{
	const struct butane_layout *layout =
		butane_layout_find(render->boot->layout, render->lowering->dialect->spec);

	if (layout && layout->device_prefix)
		return slice_of(arena_printf(render->lowering->arena, "%.*s%s",
					     SLICE_ARGS(render->boot->luks.device),
					     layout->root_partition));
	return render->members ? SLICE("/dev/md/md-root") : SLICE("/dev/disk/by-partlabel/root");
}

static void render_luks(const struct render *render)
{
	const struct butane_boot_luks *boot = &render->boot->luks;
	struct config_luks *luks = arena_alloc(render->lowering->arena, sizeof(*luks));

	*luks = (struct config_luks){
		.origin = boot->origin,
		.device = luks_device(render),
		.discard = boot->discard,
		.label = SLICE("luks-root"),
		.name = SLICE("root"),
		.wipe_volume = yes,
	};
	if (butane_is_true(boot->cex.enabled))
		luks->cex = (struct config_cex){ boot->cex.origin, yes };
	else
		luks->clevis = (struct config_clevis){ .origin = boot->origin,
						       .tang = boot->tang,
						       .threshold = boot->threshold,
						       .tpm2 = boot->tpm2 };
	render->config->storage.luks = (struct config_list){ luks, 1 };
}

void butane_lower_boot_device(struct butane_lowering *lowering)
{
	const struct butane_boot_device *boot = &lowering->top->boot_device;
	const size_t disks = boot->mirror.devices.count;
	const bool has_luks = butane_is_true(boot->luks.tpm2) || boot->luks.tang.count ||
			      butane_is_true(boot->luks.cex.enabled);
	struct render render = { .lowering = lowering, .boot = boot };

	if (!has_luks && disks == 0)
		return;
	render.config = arena_alloc(lowering->arena, sizeof(*render.config));
	/* One on each disk, one on each of the two arrays. */
	render.config->storage.filesystems.items =
		arena_array(lowering->arena, disks + 2, sizeof(struct config_filesystem));
	if (disks) {
		render.members = find_members(boot->layout);
		render_mirror(&render);
	}
	if (has_luks)
		render_luks(&render);
	add_filesystem(&render, has_luks ? boot->luks.origin : boot->mirror.origin,
		       has_luks ? SLICE("/dev/mapper/root") : SLICE("/dev/md/md-root"), "xfs",
		       SLICE("root"));
	butane_put_parent(lowering, render.config);
}
