#include "resize/grow_array.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/number.h"

#define MDADM_TIMEOUT_MS 120000
#define ATTRIBUTE_MAX	 256
#define KIB		 1024
#define SECTOR_BYTES	 512

/* Levels in which every member holds the same, and the array is a multiple of that. */
static const char *const levels[] = { "raid1", "raid4", "raid5", "raid6", "raid10" };

/* An attribute of the array without its newline; NULL when there is none. */
static char *attribute(const struct resize_work *work, const struct layer *layer, const char *what)
{
	AUTO_FREE char *path = xasprintf("sys/class/block/%s/md/%s", layer->device.name, what);
	AUTO_FREE char *text = NULL;

	if (machine_read(work->machine, path, ATTRIBUTE_MAX, &text, /* ret_length= */ NULL,
			 /* err= */ NULL) < 0)
		return NULL;
	return slice_dup(slice_trim(slice_of(text)));
}

static bool number(const struct resize_work *work, const struct layer *layer, const char *what,
		   uint64_t *ret)
{
	AUTO_FREE char *text = attribute(work, layer, what);

	return text && number_parse_u64(slice_of(text), 0, UINT64_MAX, ret) == 0;
}

static bool is_level(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (text && strcmp(levels[i], text) == 0)
			return true;
	return false;
}

static int check_array(const struct resize_work *work, const struct layer *layer, struct error *err)
{
	AUTO_FREE char *level = attribute(work, layer, "level");
	AUTO_FREE char *metadata = attribute(work, layer, "metadata_version");
	uint64_t degraded = 0;

	/* Of others it is at the end of each member, where it is not found after a power cut. */
	if (!metadata || (strcmp(metadata, "1.1") != 0 && strcmp(metadata, "1.2") != 0))
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "%s is a RAID array with metadata %s, and is not grown: only that "
				 "of version 1.1 and 1.2 is found when a member has grown",
				 layer->device.node, metadata ?: "of an unknown version");
	if (!is_level(level))
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "%s is a RAID array of level %s, which is not grown",
				 layer->device.node, level ?: "none");
	if (!number(work, layer, "degraded", &degraded) || degraded)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "%s is a RAID array that misses members, and is not grown until "
				 "they are back",
				 layer->device.node);
	return 0;
}

/* What every member could give, in bytes. */
static int find_component(const struct resize_work *work, const struct layer *layer,
			  const uint64_t *member_bytes, uint64_t *ret, struct error *err)
{
	*ret = UINT64_MAX;
	for (size_t i = 0; i < layer->below_count; i++) {
		AUTO_FREE char *what = xasprintf("dev-%s/offset", layer->below[i].device.name);
		uint64_t offset = 0;
		uint64_t bytes = 0;

		if (!number(work, layer, what, &offset))
			return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
					 "%s does not tell where the data of its members begins",
					 layer->device.node);
		bytes = member_bytes[i] > offset * SECTOR_BYTES
				? member_bytes[i] - offset * SECTOR_BYTES
				: 0;
		*ret = bytes < *ret ? bytes : *ret;
	}
	return 0;
}

static int apply(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	const char *const argv[] = { "mdadm", "--grow", operation->detail, "--size=max", NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = MDADM_TIMEOUT_MS,
					 .observer = observer };

	(void)machine;
	return command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);
}

const struct operation_class grow_array_class = {
	.name = "raid.grow",
	.noun = "array",
	.apply = apply,
};

int grow_array_plan(struct resize_work *work, const struct layer *layer,
		    const uint64_t *member_bytes, uint64_t *ret_bytes, struct error *err)
{
	struct arena *arena = work->plan->arena;
	uint64_t used_kib = 0;
	uint64_t component = 0;
	int r = check_array(work, layer, err);

	if (r == 0)
		r = find_component(work, layer, member_bytes, &component, err);
	if (r < 0)
		return r;
	*ret_bytes = layer->device.size_bytes;
	if (!number(work, layer, "component_size", &used_kib) || used_kib == 0 ||
	    component < used_kib * KIB + work->minimum_bytes)
		return 0;

	/* As many times the component as it is now. */
	uint64_t bytes = layer->device.size_bytes / (used_kib * KIB) * component;
	const char *node = arena_strdup(arena, layer->device.node);
	const char *sizes = work_size_text(work, layer->device.size_bytes, bytes);
	const struct operation operation = {
		.class = &grow_array_class,
		.phase = "raid",
		.object = node,
		.summary = sizes,
		.log_text = arena_printf(arena, "growing array %s: %s", node, sizes),
		.detail = node,
	};

	*ret_bytes = bytes > *ret_bytes ? bytes : *ret_bytes;
	plan_add(work->plan, &operation);
	return 0;
}
