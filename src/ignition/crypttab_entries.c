#include "ignition/crypttab_entries.h"

#include <errno.h>

#include "base/alloc.h"
#include "disk/clevis.h"
#include "disk/device.h"
#include "disk/probe.h"
#include "host/crypttab.h"
#include "ignition/lower_volumes.h"
#include "ignition/volume_keys.h"

/* What `cryptsetup luksUUID` would print. */
static int find_uuid(const struct files_params *params, const struct luks_request *volume,
		     struct arena *arena, struct slice *ret, struct error *err)
{
	AUTO_FREE char *path = slice_dup(volume->device);
	AUTO(device_done) struct device device = { .node = NULL };
	AUTO(probe_result_done) struct probe_result found = { .type = NULL };
	int r = device_find(params->machine, path, &device, err);

	if (r == 0)
		r = probe_device(device.node, /* range= */ NULL, &found, err);
	if (r < 0)
		return r;
	if (!found.uuid || strcmp(found.type, "crypto_LUKS") != 0)
		return error_set(err, ERROR_INPUT, EINVAL, "%s holds no LUKS volume", path);
	*ret = slice_of(arena_strdup(arena, found.uuid));
	return 0;
}

static void take_key(const struct luks_keyring *keys, struct slice name, struct arena *arena,
		     struct slice *ret)
{
	const struct luks_key *key = luks_keyring_find(keys, name);

	if (key)
		*ret = (struct slice){ arena_strndup(arena, key->data, key->length), key->length };
}

static int make_request(const struct files_params *params, const struct config_luks *luks,
			const struct luks_keyring *keys, struct arena *arena,
			struct crypttab_request *ret, struct error *err)
{
	struct luks_request volume;
	int r = lower_luks(luks, arena, /* prefetch= */ NULL, &volume, err);

	if (r < 0)
		return r;
	*ret = (struct crypttab_request){
		.origin = volume.origin,
		.name = volume.name,
		.has_key_file = !volume.has_clevis,
		.needs_network = clevis_needs_network(&volume.clevis),
	};
	if (!params->state)
		return 0;
	take_key(keys, volume.name, arena, &ret->key);
	r = find_uuid(params, &volume, arena, &ret->uuid, err);
	return r < 0 ? error_wrap(err, r, "volume \"%.*s\"", SLICE_ARGS(volume.name)) : 0;
}

int crypttab_entries_plan(const struct files_params *params, struct plan *plan, struct error *err)
{
	const struct config_list *list = &params->config->storage.luks;
	struct crypttab_request *requests =
		arena_array(plan->arena, list->count, sizeof(*requests));
	AUTO(luks_keyring_done) struct luks_keyring keys = { .entries = NULL };
	size_t count = 0;
	int r = params->state ? volume_keys_load(params->state, &keys, err) : 0;

	CONFIG_EACH (struct config_luks, luks, list) {
		if (r == 0)
			r = make_request(params, luks, &keys, plan->arena, &requests[count++], err);
	}
	return r < 0 ? r : crypttab_plan(params->machine, requests, count, plan, err);
}
