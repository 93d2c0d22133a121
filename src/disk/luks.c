#include "disk/luks.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#define LUKS_TYPE    "crypto_LUKS"
#define LUKS_VERSION "2"
/* The fixed words with their values, and NULL. */
#define FORMAT_WORDS 12
#define OPEN_WORDS   9

static bool is_luks(const struct probe_result *found)
{
	return found->type && strcmp(found->type, LUKS_TYPE) == 0;
}

static bool is_luks2(const struct probe_result *found)
{
	return is_luks(found) && found->version && strcmp(found->version, LUKS_VERSION) == 0;
}

static bool is_text(const char *found, struct slice wanted)
{
	return found && strlen(found) == wanted.length &&
	       strncasecmp(found, wanted.data, wanted.length) == 0;
}

bool luks_is_ours(const struct luks_request *request, const struct luks_facts *facts)
{
	return is_luks2(facts->found) && request->identity[0] &&
	       is_text(facts->found->uuid, slice_of(request->identity));
}

/* Bound, and the key that was drawn for it taken off again. */
static bool is_bound(const struct luks_request *request, const struct luks_facts *facts)
{
	const struct luks_header *header = facts->header;

	return header && header->clevis_keys &&
	       (request->key || header->clevis_keys == header->keys);
}

/* An earlier run was cut off before anything could open it. */
static bool is_half_made(const struct luks_request *request, const struct luks_facts *facts)
{
	return facts->damage || (facts->header && facts->header->keys == 0) ||
	       (request->has_clevis && !is_bound(request, facts));
}

/* A drawn key is kept before it is used: one that is missing was handed on to the target. */
static int decide_ours(const struct luks_request *request, const struct luks_facts *facts,
		       enum luks_action *ret, struct error *err)
{
	bool is_remembered = facts->has_key || (request->has_clevis && !request->key);

	if (is_half_made(request, facts))
		*ret = LUKS_FORMAT;
	else if (!facts->is_open && !request->key && !is_remembered)
		return error_set(err, ERROR_NOT_FOUND, ENOKEY,
				 "volume \"%.*s\" on \"%.*s\" is closed, and the key that an "
				 "earlier run drew for it is in the target (/etc/luks/%.*s); open "
				 "it with that",
				 SLICE_ARGS(request->name), SLICE_ARGS(request->device),
				 SLICE_ARGS(request->name));
	else if (!facts->is_open)
		*ret = LUKS_OPEN;
	else
		*ret = is_remembered || !request->key ? LUKS_KEEP : LUKS_REMEMBER;
	return 0;
}

static int refuse(const char *reason, struct error *err)
{
	return error_set(err, ERROR_INPUT, EINVAL,
			 "volume is not of the correct type: %s; set wipeVolume to replace it",
			 reason);
}

static int refuse_found(const struct luks_request *request, const struct luks_facts *facts,
			struct error *err)
{
	AUTO_FREE char *text = probe_text(facts->found);
	AUTO_FREE char *reason = xasprintf("%s is on \"%.*s\"", text, SLICE_ARGS(request->device));

	return refuse(reason, err);
}

/* Why a LUKS2 volume that is there cannot be what was asked for; upstream's words, and its order.
 */
static const char *mismatch(const struct luks_request *request, const struct luks_facts *facts)
{
	const struct probe_result *found = facts->found;

	if (facts->damage)
		return facts->damage;
	if (request->has_clevis)
		return "config must not specify clevis binding";
	if (!request->key)
		return "config must specify keyfile";
	if (request->label.length && !slice_is(request->label, found->label ?: ""))
		return "its label is another";
	if (request->uuid.length && !is_text(found->uuid, request->uuid))
		return "its UUID is another";
	if (facts->header && facts->header->allows_discards != request->discard)
		return request->discard ? "it does not allow discards" : "it allows discards";
	return NULL;
}

static int decide_found(const struct luks_request *request, const struct luks_facts *facts,
			enum luks_action *ret, struct error *err)
{
	const char *reason = NULL;

	if (is_luks(facts->found) && !is_luks2(facts->found))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "%.*s is a luks device but not luks2; Ignition cannot reuse it",
				 SLICE_ARGS(request->device));
	if (!is_luks2(facts->found))
		return refuse_found(request, facts, err);
	reason = mismatch(request, facts);
	if (reason)
		return refuse(reason, err);
	if (facts->is_open)
		*ret = facts->has_key ? LUKS_KEEP : LUKS_REMEMBER;
	else
		*ret = LUKS_OPEN;
	return 0;
}

static int refuse_user(const struct luks_request *request, const char *user, struct error *err)
{
	return error_set(err, ERROR_BUSY, EBUSY,
			 "refusing to make volume \"%.*s\" on \"%.*s\": it is %s",
			 SLICE_ARGS(request->name), SLICE_ARGS(request->device), user);
}

int luks_decide(const struct luks_request *request, const struct luks_facts *facts,
		enum luks_action *ret, struct error *err)
{
	if (facts->user)
		return refuse_user(request, facts->user, err);
	if (luks_is_ours(request, facts))
		return decide_ours(request, facts, ret, err);
	if (facts->found->type && !request->wipe)
		return decide_found(request, facts, ret, err);
	if (facts->is_open)
		return refuse_user(request, "open as a volume of this name already", err);
	*ret = LUKS_FORMAT;
	return 0;
}

static const char *arena_slice(struct arena *arena, struct slice s)
{
	return arena_strndup(arena, s.data ?: "", s.length);
}

const char *luks_path(const struct luks_request *request, struct arena *arena)
{
	return arena_printf(arena, "/dev/mapper/%.*s", SLICE_ARGS(request->name));
}

const char *luks_uuid(const struct luks_request *request, struct arena *arena)
{
	if (request->uuid.length)
		return arena_slice(arena, request->uuid);
	for (size_t i = 0; i < request->option_count; i++)
		if (slice_starts(request->options[i], "--uuid"))
			return NULL;
	return request->identity[0] ? request->identity : NULL;
}

const char *const *luks_format_argv(const struct luks_request *request, const char *node,
				    const char *key_path, struct arena *arena)
{
	const char **argv = arena_array(arena, FORMAT_WORDS + request->option_count, sizeof(*argv));
	const char *const fixed[] = { "cryptsetup", "luksFormat", "--type",
				      "luks2",	    "--key-file", key_path };
	const char *uuid = luks_uuid(request, arena);
	size_t count = 0;

	for (; count < ARRAY_SIZE(fixed); count++)
		argv[count] = fixed[count];
	if (request->label.length) {
		argv[count++] = "--label";
		argv[count++] = arena_slice(arena, request->label);
	}
	if (uuid) {
		argv[count++] = "--uuid";
		argv[count++] = uuid;
	}
	for (size_t i = 0; i < request->option_count; i++)
		argv[count++] = arena_slice(arena, request->options[i]);
	argv[count++] = node;
	return argv;
}

const char *const *luks_open_argv(const struct luks_request *request, const char *node,
				  const char *key_path, struct arena *arena)
{
	const char **argv =
		arena_array(arena, OPEN_WORDS + request->open_option_count, sizeof(*argv));
	const char *const fixed[] = {
		"cryptsetup", "luksOpen", node,		  arena_slice(arena, request->name),
		"--key-file", key_path,	  "--persistent",
	};
	size_t count = 0;

	for (; count < ARRAY_SIZE(fixed); count++)
		argv[count] = fixed[count];
	if (request->discard)
		argv[count++] = "--allow-discards";
	for (size_t i = 0; i < request->open_option_count; i++)
		argv[count++] = arena_slice(arena, request->open_options[i]);
	return argv;
}
