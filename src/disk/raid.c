#include "disk/raid.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#define MEMBER_TYPE "linux_raid_member"
/* The fixed words of --create with their values, and NULL. */
#define CREATE_WORDS 16
/* The same of --assemble. */
#define ASSEMBLE_WORDS 8

const char *raid_path(const struct raid_request *request, struct arena *arena)
{
	/* As upstream tells a path from a name. */
	if (slice_starts(request->name, "/dev"))
		return arena_strndup(arena, request->name.data, request->name.length);
	return arena_printf(arena, "/dev/md/%.*s", SLICE_ARGS(request->name));
}

static bool is_ours(const struct raid_request *request, const struct raid_member *member)
{
	return request->identity[0] && member->contents && member->uuid &&
	       strcmp(member->contents, MEMBER_TYPE) == 0 &&
	       strcasecmp(member->uuid, request->identity) == 0;
}

static int refuse_user(const struct raid_request *request, const char *path, const char *how,
		       struct error *err)
{
	return error_set(err, ERROR_BUSY, EBUSY,
			 "refusing to make array \"%.*s\" of \"%s\": it is %s",
			 SLICE_ARGS(request->name), path, how);
}

/* Nobody but the array itself, if it is ours, may use a member. */
static int check_users(const struct raid_request *request, const struct raid_facts *facts,
		       struct error *err)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct raid_member *member = &facts->members[i];

		if (member->user)
			return refuse_user(request, member->path, member->user, err);
		if (member->array && !is_ours(request, member) && !facts->is_late) {
			AUTO_FREE char *how = xasprintf("held by %s, which mdadm --stop lets go of",
							member->array);

			return refuse_user(request, member->path, how, err);
		}
	}
	return 0;
}

struct tally {
	size_t ours;
	size_t running;	   /* of ours, in an array */
	const char *array; /* the one they run in */
	bool is_split;	   /* in several */
	const char *odd;   /* path of the first that is not ours */
};

static struct tally count(const struct raid_request *request, const struct raid_facts *facts)
{
	struct tally tally = { .ours = 0 };

	for (size_t i = 0; i < facts->count; i++) {
		const struct raid_member *member = &facts->members[i];

		if (!is_ours(request, member)) {
			tally.odd = tally.odd ?: member->path;
			continue;
		}
		tally.ours++;
		if (!member->array)
			continue;
		tally.running++;
		tally.is_split |= tally.array && strcmp(tally.array, member->array) != 0;
		tally.array = tally.array ?: member->array;
	}
	return tally;
}

static int refuse_degraded(const struct raid_request *request, const struct tally *tally,
			   struct error *err)
{
	AUTO_FREE char *missing = tally->odd ? xasprintf("\"%s\" is no part of it", tally->odd)
					     : xstrdup("a device failed or was removed");

	return error_set(err, ERROR_VERIFY, EUCLEAN,
			 "array \"%.*s\" (%s) is degraded: %s; mdadm --add completes it, "
			 "mdadm --zero-superblock on its devices lets it be made anew",
			 SLICE_ARGS(request->name), tally->array ?: "not running", missing);
}

static int decide_ours(const struct raid_request *request, const struct raid_facts *facts,
		       const struct tally *tally, enum raid_action *ret, struct error *err)
{
	bool is_whole = tally->ours == facts->count;
	bool is_started = tally->array && !facts->is_inactive;

	if (!is_whole && facts->was_made)
		return refuse_degraded(request, tally, err);
	if (is_started &&
	    (!is_whole || tally->running < facts->count || tally->is_split || facts->is_degraded))
		return refuse_degraded(request, tally, err);
	if (is_started)
		*ret = RAID_KEEP;
	else
		*ret = is_whole ? RAID_ASSEMBLE : RAID_CREATE;
	return 0;
}

int raid_decide(const struct raid_request *request, const struct raid_facts *facts,
		enum raid_action *ret, struct error *err)
{
	struct tally tally = count(request, facts);
	int r = check_users(request, facts, err);

	if (r < 0)
		return r;
	if (facts->array && !facts->is_late &&
	    (!tally.array || strcmp(facts->array, tally.array) != 0))
		return error_set(err, ERROR_BUSY, EBUSY,
				 "refusing to make array \"%.*s\": %s has that name already",
				 SLICE_ARGS(request->name), facts->array);
	if (tally.ours)
		return decide_ours(request, facts, &tally, ret, err);
	*ret = RAID_CREATE;
	return 0;
}

static bool is_external(struct slice metadata)
{
	return slice_is(metadata, "imsm") || slice_is(metadata, "ddf") ||
	       slice_is(metadata, "container");
}

/* Options that say which identity there will be, or that there is no place for one. */
static bool takes_identity(const struct raid_request *request)
{
	for (size_t i = 0; i < request->option_count; i++) {
		struct slice option = request->options[i];
		bool has_more = i + 1 < request->option_count;

		if (slice_starts(option, "--uu") || slice_starts(option, "-u"))
			return false;
		if (slice_starts(option, "--metadata="))
			option = slice_from(option, sizeof("--metadata=") - 1);
		else if ((slice_is(option, "--metadata") || slice_is(option, "-e")) && has_more)
			option = request->options[i + 1];
		else if (slice_starts(option, "-e"))
			option = slice_from(option, sizeof("-e") - 1);
		else
			continue;
		if (is_external(option))
			return false;
	}
	return request->identity[0] != '\0';
}

static const char *arena_slice(struct arena *arena, struct slice s)
{
	return arena_strndup(arena, s.data ?: "", s.length);
}

/* Validation has seen to it that spares are fewer than devices; else mdadm says so. */
static uint64_t active_devices(const struct raid_request *request)
{
	return request->device_count > request->spares ? request->device_count - request->spares
						       : 0;
}

const char *const *raid_create_argv(const struct raid_request *request, const char *const *nodes,
				    struct arena *arena)
{
	const char **argv = arena_array(
		arena, CREATE_WORDS + request->option_count + request->device_count, sizeof(*argv));
	const char *const fixed[] = {
		"mdadm",
		"--create",
		arena_slice(arena, request->name),
		"--force",
		"--run",
		"--homehost",
		"any",
		"--level",
		arena_slice(arena, request->level),
		"--raid-devices",
	};
	size_t count = 0;

	for (; count < ARRAY_SIZE(fixed); count++)
		argv[count] = fixed[count];
	argv[count++] = arena_printf(arena, "%" PRIu64, active_devices(request));
	if (request->spares) {
		argv[count++] = "--spare-devices";
		argv[count++] = arena_printf(arena, "%" PRIu64, request->spares);
	}
	if (takes_identity(request))
		argv[count++] = arena_printf(arena, "--uuid=%s", request->identity);
	for (size_t i = 0; i < request->option_count; i++)
		argv[count++] = arena_slice(arena, request->options[i]);
	for (size_t i = 0; i < request->device_count; i++)
		argv[count++] = nodes[i];
	return argv;
}

const char *const *raid_assemble_argv(const struct raid_request *request, const char *const *nodes,
				      struct arena *arena)
{
	const char **argv =
		arena_array(arena, ASSEMBLE_WORDS + request->device_count, sizeof(*argv));
	size_t count = 0;

	argv[count++] = "mdadm";
	argv[count++] = "--assemble";
	argv[count++] = arena_slice(arena, request->name);
	argv[count++] = "--run";
	argv[count++] = "--homehost";
	argv[count++] = "any";
	argv[count++] = arena_printf(arena, "--uuid=%s", request->identity);
	for (size_t i = 0; i < request->device_count; i++)
		argv[count++] = nodes[i];
	return argv;
}
