#include "disk/stand_in.h"

#include "base/alloc.h"
#include "base/number.h"
#include "base/text.h"
#include "disk/kernel.h"

/* What stands between the name of a disk and the number of a partition. */
static const char *const separators[] = { "-part", "p", "" };

char *stand_in_path(const struct machine *machine, const char *path)
{
	struct slice rest = slice_of(path);
	uint64_t number = 0;

	if (!machine->disk_name || !slice_starts(rest, machine->disk_name))
		return xstrdup(path);
	rest = slice_from(rest, strlen(machine->disk_name));
	if (rest.length == 0)
		return xstrdup(machine->disk_stand_in);
	for (size_t i = 0; i < ARRAY_SIZE(separators); i++) {
		struct slice digits = slice_from(rest, strlen(separators[i]));

		if (slice_starts(rest, separators[i]) &&
		    number_parse_u64(digits, 1, UINT32_MAX, &number) == 0)
			return kernel_partition_name(machine->disk_stand_in, (unsigned)number);
	}
	return xstrdup(path);
}

bool stand_in_hides(const struct machine *machine, const char *disk)
{
	if (!machine->disk_stand_in)
		return false;

	const char *slash = strrchr(machine->disk_stand_in, '/');

	return strcmp(slash ? slash + 1 : machine->disk_stand_in, disk) != 0;
}
