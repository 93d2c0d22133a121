/* openshift - what FIPS mode asks of encrypted volumes. */
#include "config/butane/lowering.h"

/* The cipher of volumes that the installer encrypts in FIPS mode. */
#define FIPS_CIPHER "aes-cbc-essiv:sha256"

static bool has_cipher(const struct config_luks *luks)
{
	CONFIG_EACH (const struct config_text, option, &luks->options)
		if (slice_is(option->text, "--cipher") || slice_is(option->text, "-c") ||
		    slice_starts(option->text, "--cipher="))
			return true;
	return false;
}

static void add_cipher(struct butane_lowering *lowering, struct config_luks *luks)
{
	const struct origin origin = lowering->top->openshift.origin;
	const size_t count = luks->options.count;
	struct config_text *options = arena_array(lowering->arena, count + 2, sizeof(*options));

	if (count)
		memcpy(options, luks->options.items, count * sizeof(*options));
	options[count] = (struct config_text){ origin, SLICE("--cipher") };
	options[count + 1] = (struct config_text){ origin, SLICE(FIPS_CIPHER) };
	luks->options = (struct config_list){ options, count + 2 };
}

void butane_lower_openshift(struct butane_lowering *lowering)
{
	if (!butane_is_true(lowering->top->openshift.fips))
		return;
	CONFIG_EACH (struct config_luks, luks, &lowering->config->storage.luks)
		if (!has_cipher(luks))
			add_cipher(lowering, luks);
}
