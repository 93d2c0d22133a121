/* rules_volumes - RAID arrays and encrypted volumes, and the keys of the latter. */
#include "config/rules_common.h"

#include "base/json.h"
#include "base/url.h"

/* LUKS2_LABEL_L of cryptsetup, less the NUL. */
#define LUKS_LABEL_BYTES_MAX 47

static const struct {
	const char *name;
	bool takes_spares;
} raid_levels[] = {
	{ "linear", false }, { "raid0", false }, { "0", false },     { "stripe", false },
	{ "raid1", true },   { "1", true },	 { "mirror", true }, { "raid4", true },
	{ "4", true },	     { "raid5", true },	 { "5", true },	     { "raid6", true },
	{ "6", true },	     { "raid10", true }, { "10", true },
};

static const char *level_fault(const struct config_raid *raid, enum spec_version version)
{
	if (raid->level.length == 0 && version >= SPEC_3_3)
		return "raid level is required";
	for (size_t i = 0; i < ARRAY_SIZE(raid_levels); i++) {
		if (!slice_is(raid->level, raid_levels[i].name))
			continue;
		if (raid->spares.is_set && raid->spares.value != 0 && !raid_levels[i].takes_spares)
			return "spares unsupported for linear and raid0 arrays";
		return NULL;
	}
	return "unrecognized raid level";
}

static void check_raid(const struct check_context *context, const void *object)
{
	const struct config_raid *raid = object;
	const struct report_path *devices_path = RULES_KEY(context->path, "devices");

	rules_error(context, RULES_KEY(context->path, "level"),
		    level_fault(raid, context->version));
	if (raid->devices.count == 0)
		rules_error(context, devices_path, "raid devices required");
	for (size_t i = 0; i < raid->devices.count; i++)
		rules_path(context, RULES_INDEX(devices_path, i),
			   CONFIG_AT(struct config_text, &raid->devices, i)->text);
}

const struct schema_check rules_raid[] = { RULES_ALWAYS(check_raid), RULES_END };

/* Before 3.3 an empty object was already a custom pin. */
static bool has_custom_pin(const struct config_clevis *clevis, enum spec_version version)
{
	return clevis->custom.pin.length || (version < SPEC_3_3 && clevis->custom.origin.line);
}

static bool has_own_pins(const struct config_clevis *clevis)
{
	return clevis->tang.count || rules_is_true(clevis->tpm2) ||
	       (clevis->threshold.is_set && clevis->threshold.value != 0);
}

static void check_luks_device(const struct check_context *context, const struct config_luks *luks)
{
	const struct report_path *at = RULES_KEY(context->path, "device");

	if (luks->device.length == 0)
		rules_error(context, at, "disk device is required");
	else
		rules_path(context, at, luks->device);
}

static void check_luks(const struct check_context *context, const void *object)
{
	const struct config_luks *luks = object;
	const struct report_path *at = context->path;
	struct slice key_source = luks->key_file.source;

	if (rules_contains(luks->name, '/'))
		rules_error(context, RULES_KEY(at, "name"), "device names cannot contain slashes");
	if (luks->label.length > LUKS_LABEL_BYTES_MAX)
		rules_error(context, RULES_KEY(at, "label"),
			    "luks device labels cannot be longer than 47 characters");
	check_luks_device(context, luks);
	if (has_custom_pin(&luks->clevis, context->version) && has_own_pins(&luks->clevis))
		rules_error(context, RULES_KEY(at, "clevis"),
			    "cannot use custom clevis config with tpm2, tang, or threshold");
	/* The key is named as upstream names it, although no member is called so. */
	if (key_source.length && rules_url_check(context, key_source, NULL) < 0)
		rules_error(context, RULES_KEY(at, "keys"), "invalid key-file source");
}

static void check_cex(const struct check_context *context, const void *object)
{
	const struct config_luks *luks = object;
	const struct report_path *at = RULES_KEY(context->path, "cex");

	if (!rules_is_true(luks->cex.enabled))
		return;
	if (luks->clevis.custom.pin.length || has_own_pins(&luks->clevis))
		rules_error(context, at, "cannot use cex with clevis");
	if (luks->key_file.source.length)
		rules_error(context, at, "cannot use key file with cex");
}

const struct schema_check rules_luks[] = {
	{ SPEC_3_2, SPEC_NEWEST, check_luks },
	{ SPEC_3_5, SPEC_NEWEST, check_cex },
	RULES_END,
};

static const char *pin_fault(struct slice pin, enum spec_version version)
{
	if (pin.length == 0 && version >= SPEC_3_3)
		return "missing required custom clevis pin";
	if (version >= SPEC_3_6 || slice_is(pin, "tpm2") || slice_is(pin, "tang") ||
	    slice_is(pin, "sss"))
		return NULL;
	return "unsupported clevis pin";
}

static void check_clevis_custom(const struct check_context *context, const void *object)
{
	const struct config_clevis_custom *custom = object;
	/* Until 3.3 nobody noticed a pin that needs the network and nothing else. */
	bool needs_network = context->version >= SPEC_3_3 && rules_is_true(custom->needs_network);

	if (!custom->pin.length && !custom->config.length && !needs_network)
		return;
	rules_error(context, RULES_KEY(context->path, "pin"),
		    pin_fault(custom->pin, context->version));
	if (custom->config.length == 0)
		rules_error(context, RULES_KEY(context->path, "config"),
			    "missing required custom clevis config");
}

const struct schema_check rules_clevis_custom[] = {
	{ SPEC_3_2, SPEC_NEWEST, check_clevis_custom },
	RULES_END,
};

static const char *tang_url_fault(struct slice text)
{
	struct url url;

	if (url_parse(text, &url, /* err= */ NULL) < 0)
		return RULES_URL_UNPARSEABLE;
	if (rules_scheme_is(url.scheme, "http") || rules_scheme_is(url.scheme, "https"))
		return NULL;
	return RULES_URL_SCHEME;
}

static void check_tang(const struct check_context *context, const void *object)
{
	const struct config_tang *tang = object;

	rules_error(context, RULES_KEY(context->path, "url"), tang_url_fault(tang->url));
	if (tang->thumbprint.length == 0)
		rules_error(context, RULES_KEY(context->path, "thumbprint"),
			    "thumbprint is required");
}

static void check_advertisement(const struct check_context *context, const void *object)
{
	const struct config_tang *tang = object;

	if (tang->advertisement.length == 0)
		return;

	AUTO(source_free) struct source *source = source_new("advertisement", tang->advertisement);
	AUTO(document_free) struct document *document = NULL;

	if (json_parse(source, &document, /* ret_error= */ NULL, /* err= */ NULL) < 0)
		rules_error(context, RULES_KEY(context->path, "advertisement"),
			    "advertisement is not valid JSON");
}

const struct schema_check rules_tang[] = {
	{ SPEC_3_2, SPEC_NEWEST, check_tang },
	{ SPEC_3_4, SPEC_NEWEST, check_advertisement },
	RULES_END,
};
