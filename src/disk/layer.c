#include "disk/layer.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/directory.h"

#define SYSFS_BLOCK   "sys/class/block"
#define ATTRIBUTE_MAX 4096
/* As deep as others look, too. */
#define DEPTH_MAX 8

static const char *const kind_texts[] = {
	[LAYER_DISK] = "a whole disk",
	[LAYER_PARTITION] = "a partition",
	[LAYER_CRYPT] = "an encrypted device",
	[LAYER_LVM] = "a logical volume",
	[LAYER_MULTIPATH] = "a multipath device",
	[LAYER_VERITY] = "a verity device",
	[LAYER_INTEGRITY] = "an integrity device",
	[LAYER_MAPPED] = "a mapped device",
	[LAYER_ARRAY] = "a RAID array",
};
_Static_assert(ARRAY_SIZE(kind_texts) == LAYER_KIND_COUNT, "every kind has a text");

const char *layer_kind_text(enum layer_kind kind)
{
	return kind_texts[kind];
}

/* How device-mapper's users name their devices: the first word of the UUID. */
static const struct {
	const char *prefix;
	enum layer_kind kind;
} dm_kinds[] = {
	{ "CRYPT-VERITY", LAYER_VERITY }, { "CRYPT-INTEGRITY", LAYER_INTEGRITY },
	{ "CRYPT-", LAYER_CRYPT },	  { "LVM-", LAYER_LVM },
	{ "mpath-", LAYER_MULTIPATH },	  { "part", LAYER_MULTIPATH },
};

static enum layer_kind mapped_kind(const struct machine *machine, const char *name)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/dm/uuid", name);
	AUTO_FREE char *uuid = NULL;

	if (machine_read(machine, path, ATTRIBUTE_MAX, &uuid, /* ret_length= */ NULL,
			 /* err= */ NULL) < 0)
		return LAYER_MAPPED;
	for (size_t i = 0; i < ARRAY_SIZE(dm_kinds); i++)
		if (slice_starts(slice_of(uuid), dm_kinds[i].prefix))
			return dm_kinds[i].kind;
	return LAYER_MAPPED;
}

static bool has_attribute(const struct machine *machine, const char *name, const char *what)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/%s", name, what);

	return faccessat(machine->host_fd, path, F_OK, 0) == 0;
}

static enum layer_kind kind_of(const struct machine *machine, const struct device *device)
{
	if (device->partition_number)
		return LAYER_PARTITION;
	if (device->dm_name)
		return mapped_kind(machine, device->name);
	return has_attribute(machine, device->name, "md") ? LAYER_ARRAY : LAYER_DISK;
}

static int read_at_depth(const struct machine *machine, const char *name, unsigned depth,
			 struct layer *ret, struct error *err);

static int read_below(const struct machine *machine, unsigned depth, struct layer *layer,
		      struct error *err)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/slaves", layer->device.name);
	AUTO(directory_close) DIR *directory = NULL;
	const char *name = NULL;
	int r = 0;

	if (directory_open(machine, path, &directory, /* err= */ NULL) < 0)
		return 0;
	while (r == 0 && (name = directory_next(directory))) {
		layer->below =
			xreallocarray(layer->below, layer->below_count + 1, sizeof(*layer->below));
		r = read_at_depth(machine, name, depth + 1, &layer->below[layer->below_count], err);
		layer->below_count += r == 0;
	}
	return r;
}

static int read_at_depth(const struct machine *machine, const char *name, unsigned depth,
			 struct layer *ret, struct error *err)
{
	AUTO(layer_done) struct layer layer = { .kind = LAYER_DISK };

	if (depth > DEPTH_MAX)
		return error_set(err, ERROR_UNSUPPORTED, ELOOP,
				 "/dev/%s: devices stand on each other more than %d deep", name,
				 DEPTH_MAX);

	int r = device_read(machine, name, &layer.device, err);

	if (r < 0)
		return r;
	layer.kind = kind_of(machine, &layer.device);
	if (layer.kind != LAYER_PARTITION && layer.kind != LAYER_DISK)
		r = read_below(machine, depth, &layer, err);
	if (r < 0)
		return r;
	*ret = layer;
	layer = (struct layer){ .below_count = 0 };
	return 0;
}

int layer_read(const struct machine *machine, const char *name, struct layer *ret,
	       struct error *err)
{
	return read_at_depth(machine, name, /* depth= */ 1, ret, err);
}

void layer_done(struct layer *layer)
{
	for (size_t i = 0; i < layer->below_count; i++)
		layer_done(&layer->below[i]);
	free(layer->below);
	device_done(&layer->device);
	*layer = (struct layer){ .below_count = 0 };
}
