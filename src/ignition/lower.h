/*
 * lower - a config as requests to the rooms that change the machine.
 *
 * Owns: the only place where config structs become host requests; host, disk and boot never see a
 * config.
 */
#ifndef SLIPWAY_IGNITION_LOWER_H
#define SLIPWAY_IGNITION_LOWER_H

#include "base/arena.h"
#include "config/model.h"
#include "disk/request.h"
#include "fetch/prefetch.h"
#include "host/request.h"
#include "ignition/profile.h"

/* What the files stage asks of the target root. */
struct files_requests {
	struct group_request *groups;
	size_t group_count;
	struct user_request *users;
	size_t user_count;
	struct node_request *nodes;
	size_t node_count;
	struct unit_request *units;
	size_t unit_count;
};

/* What the disks and mount stages ask of the machine. */
struct disks_requests {
	struct disk_request *disks;
	size_t disk_count;
	struct raid_request *raids;
	size_t raid_count;
	struct luks_request *volumes;
	size_t volume_count;
	struct filesystem_request *filesystems;
	size_t filesystem_count;
};

/* What the requests of the disks are made from. */
struct lower_source {
	const struct config *config;
	const struct profile *profile;
	struct prefetch *prefetch; /* delivers keys; NULL when none will be asked for */
};

/**
 * lower_disks - everything of a config that the disks and mount stages do.
 * @arena: owns the requests; they borrow strings of the config, and the prefetch
 *
 * Return: 0; -EOPNOTSUPP (ERROR_UNSUPPORTED) for what this version cannot make: keys of crypto
 * cards (cex), virtiofs.
 */
int lower_disks(const struct lower_source *source, struct arena *arena, struct disks_requests *ret,
		struct error *err);

/**
 * lower_kargs - the kernel arguments that @config asks for.
 * @arena: owns the lists; they borrow strings of @config
 */
struct kargs_request lower_kargs(const struct config *config, struct arena *arena);

/**
 * lower_files - everything of @config that the files stage does.
 * @arena: owns the requests; they borrow strings of @config
 * @prefetch: delivers contents; borrowed for as long as the requests live
 */
void lower_files(const struct config *config, struct arena *arena, struct prefetch *prefetch,
		 struct files_requests *ret);

#endif
