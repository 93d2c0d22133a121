#include "config/butane/dialect.h"

#include <errno.h>

#define BOOT   BUTANE_BOOT_DEVICE
#define COREOS (BUTANE_BOOT_DEVICE | BUTANE_GRUB)
/* OpenShift's dialects are those of Fedora CoreOS, for machines that its operator configures. */
#define OCP_3_2 (BOOT | BUTANE_MACHINE_CONFIG)
#define OCP	(COREOS | BUTANE_MACHINE_CONFIG)

static const struct butane_dialect dialects[] = {
	{ "fcos", "1.0.0", SPEC_3_0, 0 },
	{ "fcos", "1.1.0", SPEC_3_1, 0 },
	{ "fcos", "1.2.0", SPEC_3_2, 0 },
	{ "fcos", "1.3.0", SPEC_3_2, BOOT },
	{ "fcos", "1.4.0", SPEC_3_3, BOOT },
	{ "fcos", "1.5.0", SPEC_3_4, COREOS },
	{ "fcos", "1.6.0", SPEC_3_5, COREOS },
	{ "fcos", "1.7.0", SPEC_3_6, COREOS },
	{ "fcos", "1.8.0-experimental", SPEC_3_7_EXPERIMENTAL, COREOS },
	{ "flatcar", "1.0.0", SPEC_3_3, 0 },
	{ "flatcar", "1.1.0", SPEC_3_4, 0 },
	{ "flatcar", "1.2.0-experimental", SPEC_3_7_EXPERIMENTAL, 0 },
	{ "r4e", "1.0.0", SPEC_3_3, 0 },
	{ "r4e", "1.1.0", SPEC_3_4, 0 },
	{ "r4e", "1.2.0-experimental", SPEC_3_7_EXPERIMENTAL, 0 },
	{ "fiot", "1.0.0", SPEC_3_4, 0 },
	{ "fiot", "1.1.0-experimental", SPEC_3_7_EXPERIMENTAL, 0 },
	{ "openshift", "4.8.0", SPEC_3_2, OCP_3_2 | BUTANE_NO_GZIP | BUTANE_NO_HASH },
	{ "openshift", "4.9.0", SPEC_3_2, OCP_3_2 | BUTANE_NO_GZIP | BUTANE_NO_HASH },
	{ "openshift", "4.10.0", SPEC_3_2, OCP_3_2 | BUTANE_NO_HASH },
	{ "openshift", "4.11.0", SPEC_3_2, OCP_3_2 | BUTANE_NO_HASH },
	{ "openshift", "4.12.0", SPEC_3_2, OCP_3_2 | BUTANE_NO_HASH },
	{ "openshift", "4.13.0", SPEC_3_2, OCP_3_2 },
	{ "openshift", "4.14.0", SPEC_3_4, OCP },
	{ "openshift", "4.15.0", SPEC_3_4, OCP },
	{ "openshift", "4.16.0", SPEC_3_4, OCP },
	{ "openshift", "4.17.0", SPEC_3_4, OCP },
	{ "openshift", "4.18.0", SPEC_3_4, OCP },
	{ "openshift", "4.19.0", SPEC_3_5, OCP },
	{ "openshift", "4.20.0", SPEC_3_5, OCP },
	{ "openshift", "4.21.0", SPEC_3_5, OCP },
	{ "openshift", "4.22.0", SPEC_3_5, OCP },
	{ "openshift", "4.23.0-experimental", SPEC_3_7_EXPERIMENTAL, OCP },
};

/* Takes digits and, when @separator is not NUL, what must stand behind them. */
static bool take_number(struct slice *text, char separator)
{
	size_t digits = 0;

	while (digits < text->length && text->data[digits] >= '0' && text->data[digits] <= '9')
		digits++;
	*text = slice_from(*text, digits);
	if (digits == 0 || separator == '\0')
		return digits > 0;
	if (text->length == 0 || text->data[0] != separator)
		return false;
	*text = slice_from(*text, 1);
	return true;
}

static bool is_semver(struct slice text)
{
	static const char separators[] = { '.', '.', '\0' };

	for (size_t i = 0; i < ARRAY_SIZE(separators); i++)
		if (!take_number(&text, separators[i]))
			return false;
	return text.length == 0 ||
	       (text.length > 1 && (text.data[0] == '-' || text.data[0] == '+'));
}

int butane_dialect_find(struct slice variant, struct slice version,
			const struct butane_dialect **ret, const char **ret_key, struct error *err)
{
	*ret_key = "variant";
	if (variant.length == 0)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "error parsing variant; must be specified");
	*ret_key = "version";
	if (!is_semver(version))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "error parsing version; must be a valid semver");
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		if (slice_is(variant, dialects[i].variant) &&
		    slice_is(version, dialects[i].version)) {
			*ret = &dialects[i];
			return 0;
		}
	}
	if (slice_is(variant, "rhcos") && slice_is(version, "0.1.0"))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "rhcos variant has been removed; use openshift variant instead: "
				 "https://coreos.github.io/butane/upgrading-openshift/");
	return error_set(err, ERROR_INPUT, EINVAL,
			 "No translator exists for variant %.*s with version %.*s",
			 SLICE_ARGS(variant), SLICE_ARGS(version));
}

const struct butane_dialect *butane_dialect_at(size_t index)
{
	return index < ARRAY_SIZE(dialects) ? &dialects[index] : NULL;
}
