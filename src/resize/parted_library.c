#include "resize/parted_library.h"

#include <stddef.h>

#include "base/library.h"

#define SONAME "libparted.so.2"

LIBRARY_NOTE(note,
	     "[{\"feature\":\"labels\",\"description\":\"mac, amiga, atari and other labels\","
	     "\"priority\":\"suggested\",\"soname\":[\"" SONAME "\"]}]");

static const char *const sonames[] = { SONAME, NULL };

static const struct library_symbol symbols[] = {
#define SYMBOL(member)                                                                             \
	{                                                                                          \
		"ped_" #member, offsetof(struct parted_library, member)                            \
	}
	SYMBOL(exception_set_handler),
	SYMBOL(device_get),
	SYMBOL(device_destroy),
	SYMBOL(disk_probe),
	SYMBOL(disk_new),
	SYMBOL(disk_destroy),
	SYMBOL(disk_get_partition),
	SYMBOL(disk_next_partition),
	SYMBOL(disk_set_partition_geom),
	SYMBOL(disk_commit_to_dev),
	SYMBOL(geometry_new),
	SYMBOL(geometry_destroy),
	SYMBOL(alignment_new),
	SYMBOL(alignment_destroy),
	SYMBOL(constraint_new),
	SYMBOL(constraint_destroy),
#undef SYMBOL
};
_Static_assert(ARRAY_SIZE(symbols) * sizeof(void *) == sizeof(struct parted_library),
	       "every function is looked up");

int parted_library_load(struct parted_library *ret, struct error *err)
{
	int r = library_load(sonames, symbols, ARRAY_SIZE(symbols), ret, err);

	return r < 0 ? error_wrap(err, r, "install libparted (" SONAME ") for this label") : 0;
}
