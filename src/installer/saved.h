/*
 * saved - partitions of the target that outlive the install.
 *
 * Owns: filters and what they match, the numbers that saved partitions get beside those of an
 * image, and every reason why they cannot stay.  All of it is found in memory.  Pure: literal
 * tables test it. Leaves to others: the bytes of tables (disk/table_image).
 */
#ifndef SLIPWAY_INSTALLER_SAVED_H
#define SLIPWAY_INSTALLER_SAVED_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "disk/table.h"

enum saved_filter_kind {
	SAVED_LABEL, /* glob on the name in the table */
	SAVED_INDEX, /* range of numbers */
};

struct saved_filter {
	enum saved_filter_kind kind;
	char *glob;	/* of SAVED_LABEL; owned */
	unsigned first; /* of SAVED_INDEX, inclusive, as is last; from 1 */
	unsigned last;	/* UINT_MAX: no end */
};

struct saved_filters {
	struct saved_filter *list; /* owned */
	size_t count;
};

/**
 * saved_parse - append the filters of one option: "data*,home", "5,7-9,12-,-3".
 *
 * Return: 0; -EINVAL (ERROR_INPUT) with the part that is wrong.
 */
int saved_parse(enum saved_filter_kind kind, struct slice text, struct saved_filters *filters,
		struct error *err);
void saved_filters_done(struct saved_filters *filters);

/**
 * saved_select - the partitions of @found that a filter matches, with their own numbers.
 * @found: as disk/table read it
 * @ret: of the disk's geometry and with a GUID of its own; release with table_free()
 *
 * A disk without any label has nothing to save.  One with another label than a GPT neither, unless
 * a filter is for numbers, which such a label has too.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when there may be something that cannot be saved; -ENOSPC when
 * the disk is too small for a table.
 */
int saved_select(const struct table *found, const struct saved_filter *filters, size_t count,
		 struct table **ret, struct error *err);

/* A saved partition that gets another number. */
struct saved_renumbering {
	unsigned from, to;
};

struct saved_merge {
	struct table *table; /* that of the image, with the saved partitions; owned */
	struct saved_renumbering *renumberings; /* those that change; owned */
	size_t count;
};

/**
 * saved_merge - put @saved beside the partitions of an image.
 * @image: table of the image, its usable sectors those of the disk
 * @image_sectors: that the image writes, from the first one
 * @ret: release with saved_merge_done()
 *
 * The first saved partition gets the number behind the image's highest, or its own when that is
 * higher, and so on: gaps of the image are left to it.
 *
 * Return: 0; -EEXIST (ERROR_INPUT) when two have one GUID; -ENOSPC (ERROR_INPUT) when the image
 * reaches into a saved partition, or the table has no number left; the partition is named.
 */
int saved_merge(const struct table *image, uint64_t image_sectors, const struct table *saved,
		struct saved_merge *ret, struct error *err);
void saved_merge_done(struct saved_merge *merge);

DEFINE_DONE(struct saved_filters, saved_filters_done)
DEFINE_DONE(struct saved_merge, saved_merge_done)

#endif
