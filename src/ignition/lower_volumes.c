#include "ignition/lower_volumes.h"

#include <errno.h>

#include "ignition/lower_value.h"
#include "ignition/network.h"

static uint64_t positive(struct config_int value)
{
	return value.is_set && value.value > 0 ? (uint64_t)value.value : 0;
}

void lower_raid(const struct config_raid *raid, struct arena *arena, struct raid_request *ret)
{
	*ret = (struct raid_request){
		.origin = raid->origin,
		.name = raid->name,
		.level = raid->level,
		.spares = positive(raid->spares),
		.devices = lower_texts(arena, &raid->devices),
		.device_count = raid->devices.count,
		.options = lower_texts(arena, &raid->options),
		.option_count = raid->options.count,
	};
}

static const struct content *content_for(const struct fetch_request *request, struct arena *arena,
					 struct prefetch *prefetch)
{
	struct prefetch_content *detail = arena_alloc(arena, sizeof(*detail));
	struct content *content = arena_alloc(arena, sizeof(*content));

	*detail = (struct prefetch_content){ .prefetch = prefetch, .request = *request };
	prefetch_content_init(content, detail);
	return content;
}

/* What clevis will ask the server for. */
static const struct content *advertisement_of(const struct config_tang *tang, struct arena *arena,
					      struct prefetch *prefetch)
{
	const char *url = arena_printf(arena, "%.*s/adv", SLICE_ARGS(tang->url));
	const struct fetch_request request = { .url = slice_of(url) };

	return content_for(&request, arena, prefetch);
}

static void lower_clevis(const struct config_clevis *clevis, struct arena *arena,
			 struct prefetch *prefetch, struct clevis_request *ret)
{
	struct tang_request *servers = arena_array(arena, clevis->tang.count, sizeof(*servers));
	size_t count = 0;

	CONFIG_EACH (struct config_tang, tang, &clevis->tang) {
		servers[count++] = (struct tang_request){
			.url = tang->url,
			.thumbprint = tang->thumbprint,
			.advertisement = tang->advertisement,
			.asked_of = advertisement_of(tang, arena, prefetch),
		};
	}
	*ret = (struct clevis_request){
		.pin = clevis->custom.pin,
		.config = clevis->custom.config,
		.needs_network = lower_is_true(clevis->custom.needs_network),
		.tang = servers,
		.tang_count = count,
		.tpm2 = lower_is_true(clevis->tpm2),
		.threshold = positive(clevis->threshold),
	};
}

static bool has_clevis(const struct config_clevis *clevis)
{
	return clevis->custom.pin.length || clevis->tang.count || lower_is_true(clevis->tpm2) ||
	       (clevis->threshold.is_set && clevis->threshold.value != 0);
}

static int refuse_cex(const struct config_luks *luks, struct error *err)
{
	const struct origin *origin = &luks->origin;

	return error_set(
		err, ERROR_UNSUPPORTED, EOPNOTSUPP,
		"%s:%u: volume \"%.*s\": a key of an IBM Crypto Express card (cex) is made "
		"by zkey on s390x, which this program does not support; give it a keyFile, "
		"clevis or nothing; nothing was changed",
		origin->source ? source_name(origin->source) : "config", origin->line,
		SLICE_ARGS(luks->name));
}

int lower_luks(const struct config_luks *luks, struct arena *arena, struct prefetch *prefetch,
	       struct luks_request *ret, struct error *err)
{
	const struct fetch_request key = network_request(&luks->key_file, arena);

	if (lower_is_true(luks->cex.enabled))
		return refuse_cex(luks, err);
	*ret = (struct luks_request){
		.origin = luks->origin,
		.name = luks->name,
		.device = luks->device,
		.label = luks->label,
		.uuid = luks->uuid,
		.key = luks->key_file.source.length ? content_for(&key, arena, prefetch) : NULL,
		.discard = lower_is_true(luks->discard),
		.wipe = lower_is_true(luks->wipe_volume),
		.options = lower_texts(arena, &luks->options),
		.option_count = luks->options.count,
		.open_options = lower_texts(arena, &luks->open_options),
		.open_option_count = luks->open_options.count,
		.has_clevis = has_clevis(&luks->clevis),
	};
	lower_clevis(&luks->clevis, arena, prefetch, &ret->clevis);
	return 0;
}
