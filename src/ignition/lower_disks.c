#include "ignition/lower.h"

#include <errno.h>

#include "ignition/lower_value.h"
#include "ignition/lower_volumes.h"

static uint64_t positive(struct config_int value)
{
	return value.is_set && value.value > 0 ? (uint64_t)value.value : 0;
}

static void lower_partition(const struct config_partition *partition, struct partition_request *ret)
{
	*ret = (struct partition_request){
		.origin = partition->origin,
		.number = partition->number > 0 ? (unsigned)partition->number : 0,
		.label = partition->label,
		.guid = partition->guid,
		.type_guid = partition->type_guid,
		.has_start = partition->start_mib.is_set,
		.start_mib = positive(partition->start_mib),
		.has_size = partition->size_mib.is_set,
		.size_mib = positive(partition->size_mib),
		.should_exist = lower_is_not_false(partition->should_exist),
		.wipe_entry = lower_is_true(partition->wipe_partition_entry),
		.resize = lower_is_true(partition->resize),
	};
}

static void lower_disk(const struct config_disk *disk, struct arena *arena,
		       struct disk_request *ret)
{
	struct partition_request *partitions =
		arena_array(arena, disk->partitions.count, sizeof(*partitions));
	size_t count = 0;

	CONFIG_EACH (struct config_partition, partition, &disk->partitions)
		lower_partition(partition, &partitions[count++]);
	*ret = (struct disk_request){
		.origin = disk->origin,
		.device = disk->device,
		.wipe_table = lower_is_true(disk->wipe_table),
		.partitions = partitions,
		.partition_count = count,
	};
}

/* Configs say where the OEM partition was mounted once; Flatcar mounts it elsewhere now. */
static struct slice place_of(const struct config_filesystem *filesystem,
			     const struct profile *profile)
{
	bool is_oem = slice_is(filesystem->device, "/dev/disk/by-label/OEM") &&
		      slice_is(filesystem->path, "/usr/share/oem");

	return profile->keeps_oem && is_oem ? SLICE("/oem") : filesystem->path;
}

static void lower_filesystem(const struct config_filesystem *filesystem,
			     const struct profile *profile, struct arena *arena,
			     struct filesystem_request *ret)
{
	*ret = (struct filesystem_request){
		.origin = filesystem->origin,
		.device = filesystem->device,
		.format = filesystem->format,
		.label = filesystem->label,
		.uuid = filesystem->uuid,
		.options = lower_texts(arena, &filesystem->options),
		.option_count = filesystem->options.count,
		.wipe = lower_is_true(filesystem->wipe_filesystem),
		.keeps_oem = profile->keeps_oem,
		.path = place_of(filesystem, profile),
		.mount_options = lower_texts(arena, &filesystem->mount_options),
		.mount_option_count = filesystem->mount_options.count,
	};
}

static int refuse(struct origin origin, const char *what, struct error *err)
{
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			 "%s:%u: this version cannot make %s; nothing was changed",
			 origin.source ? source_name(origin.source) : "config", origin.line, what);
}

static int refuse_unsupported(const struct config_storage *storage, struct error *err)
{
	CONFIG_EACH (struct config_filesystem, filesystem, &storage->filesystems) {
		if (slice_is(filesystem->format, "virtiofs"))
			return refuse(filesystem->origin, "virtiofs mounts", err);
	}
	return 0;
}

static int lower_volumes(const struct config_storage *storage, struct arena *arena,
			 struct prefetch *prefetch, struct disks_requests *ret, struct error *err)
{
	int r = 0;

	ret->raids = arena_array(arena, storage->raid.count, sizeof(*ret->raids));
	ret->volumes = arena_array(arena, storage->luks.count, sizeof(*ret->volumes));
	CONFIG_EACH (struct config_raid, raid, &storage->raid)
		lower_raid(raid, arena, &ret->raids[ret->raid_count++]);
	CONFIG_EACH (struct config_luks, luks, &storage->luks) {
		if (r == 0)
			r = lower_luks(luks, arena, prefetch, &ret->volumes[ret->volume_count++],
				       err);
	}
	return r;
}

int lower_disks(const struct lower_source *source, struct arena *arena, struct disks_requests *ret,
		struct error *err)
{
	const struct config_storage *storage = &source->config->storage;
	int r = refuse_unsupported(storage, err);

	if (r < 0)
		return r;
	*ret = (struct disks_requests){
		.disks = arena_array(arena, storage->disks.count, sizeof(*ret->disks)),
		.filesystems =
			arena_array(arena, storage->filesystems.count, sizeof(*ret->filesystems)),
	};
	CONFIG_EACH (struct config_disk, disk, &storage->disks)
		lower_disk(disk, arena, &ret->disks[ret->disk_count++]);
	CONFIG_EACH (struct config_filesystem, filesystem, &storage->filesystems)
		lower_filesystem(filesystem, source->profile, arena,
				 &ret->filesystems[ret->filesystem_count++]);
	return lower_volumes(storage, arena, source->prefetch, ret, err);
}
