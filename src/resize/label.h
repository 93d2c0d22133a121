/*
 * label - one partition of a label of any kind: the room it has, and its new end.
 *
 * Owns: the interface of what can change a label (resize/label_gpt, _dos, _parted), and the
 * choice between them.
 */
#ifndef SLIPWAY_RESIZE_LABEL_H
#define SLIPWAY_RESIZE_LABEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/machine.h"
#include "base/scope.h"

struct label_backend;

/* Where a label is. */
struct label_disk {
	const char *node;      /* of the device, or the path of an image file; borrowed */
	const char *name;      /* kernel's, "sda"; NULL: an image file */
	uint32_t sector_bytes; /* of image files, which have none of their own; 0: 512 */
};

/* A partition and the room behind it, in sectors of the label. */
struct label_room {
	const struct label_backend *backend;
	char *kind; /* "gpt", "dos"; owned */
	uint32_t sector_bytes;
	uint64_t disk_sectors;
	unsigned number;
	uint64_t start;
	uint64_t size;
	uint64_t limit;	   /* size that it may have, up to the last sector that can be used */
	char *type;	   /* as the label says it, upper case: a GUID, "83"; owned */
	bool is_damaged;   /* a copy of the label has to be written again */
	bool is_container; /* extended: others lie in it, and the kernel has only its first sectors
			    */
	bool is_offline;   /* can be changed only while no partition of the disk is in use */
};

struct label_backend {
	/*
	 * Look at partition @number; nothing is written.
	 * Return: 0; -ENODEV when the label is not one of these; -ENOENT (ERROR_NOT_FOUND) when
	 * there is no such partition; -EUCLEAN, -ERANGE (ERROR_INPUT) for a label that is damaged,
	 * or larger than the disk.
	 */
	int (*measure)(const struct label_disk *disk, unsigned number, struct label_room *ret,
		       struct error *err);
	/*
	 * The size that comes of asking for @size: a label that counts in cylinders ends earlier.
	 * NULL: what is asked for.
	 */
	int (*fit)(const struct label_disk *disk, const struct label_room *room, uint64_t size,
		   uint64_t *ret_size, struct error *err);
	/*
	 * Give the partition @size sectors, on disk; start, type, GUID, name and attributes stay.
	 * @fd: of the disk, open for writing, locked; borrowed
	 */
	int (*extend)(const struct label_disk *disk, int fd, const struct label_room *room,
		      uint64_t size, struct error *err);
};

extern const struct label_backend label_gpt;
extern const struct label_backend label_dos;
extern const struct label_backend label_parted;

/**
 * label_measure - the room of partition @number on @disk, whatever its label is.
 * @ret: release with label_room_done()
 *
 * Return: 0; as label_backend.measure; -EINVAL (ERROR_INPUT) when there is no label at all, or none
 * that anybody knows.
 */
int label_measure(const struct label_disk *disk, unsigned number, struct label_room *ret,
		  struct error *err);
void label_room_done(struct label_room *room);

/** label_fit - the size, at the least the present one, that comes of asking for @size. */
int label_fit(const struct label_disk *disk, const struct label_room *room, uint64_t size,
	      uint64_t *ret_size, struct error *err);

/** label_align - the size that ends at a multiple of @grain_bytes, or the present one. */
uint64_t label_align(const struct label_room *room, uint64_t limit, uint64_t grain_bytes);

DEFINE_DONE(struct label_room, label_room_done)

#endif
