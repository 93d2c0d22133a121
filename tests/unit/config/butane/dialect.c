/* Which variants and versions there are, and what each stands for. */
#include "config/butane/dialect.h"

#include "tap.h"

struct row {
	const char *label;
	const char *variant;
	const char *version;
	const char *want; /* the Ignition version, or the error */
};

#define NO_TRANSLATOR(variant, version)                                                            \
	"No translator exists for variant " variant " with version " version
#define NOT_SEMVER "error parsing version; must be a valid semver"

static const struct row rows[] = {
	{ "fcos 1.0", "fcos", "1.0.0", "3.0.0" },
	{ "fcos 1.1", "fcos", "1.1.0", "3.1.0" },
	{ "fcos 1.2", "fcos", "1.2.0", "3.2.0" },
	{ "fcos 1.3 has the Ignition of 1.2", "fcos", "1.3.0", "3.2.0" },
	{ "fcos 1.4", "fcos", "1.4.0", "3.3.0" },
	{ "fcos 1.5", "fcos", "1.5.0", "3.4.0" },
	{ "fcos 1.6", "fcos", "1.6.0", "3.5.0" },
	{ "fcos 1.7", "fcos", "1.7.0", "3.6.0" },
	{ "fcos 1.8", "fcos", "1.8.0-experimental", "3.7.0-experimental" },
	{ "flatcar 1.0", "flatcar", "1.0.0", "3.3.0" },
	{ "flatcar 1.1", "flatcar", "1.1.0", "3.4.0" },
	{ "flatcar 1.2", "flatcar", "1.2.0-experimental", "3.7.0-experimental" },
	{ "r4e 1.0", "r4e", "1.0.0", "3.3.0" },
	{ "r4e 1.1", "r4e", "1.1.0", "3.4.0" },
	{ "r4e 1.2", "r4e", "1.2.0-experimental", "3.7.0-experimental" },
	{ "fiot 1.0", "fiot", "1.0.0", "3.4.0" },
	{ "fiot 1.1", "fiot", "1.1.0-experimental", "3.7.0-experimental" },
	{ "the oldest openshift", "openshift", "4.8.0", "3.2.0" },
	{ "the last openshift of 3.2", "openshift", "4.13.0", "3.2.0" },
	{ "the first openshift of 3.4", "openshift", "4.14.0", "3.4.0" },
	{ "the last openshift of 3.4", "openshift", "4.18.0", "3.4.0" },
	{ "the first openshift of 3.5", "openshift", "4.19.0", "3.5.0" },
	{ "the last openshift of 3.5", "openshift", "4.22.0", "3.5.0" },
	{ "openshift 4.23", "openshift", "4.23.0-experimental", "3.7.0-experimental" },
	{ "a version is the whole text", "fcos", "1.5", NOT_SEMVER },
	{ "a version is three numbers", "fcos", "1.5.", NOT_SEMVER },
	{ "a version must be there", "fcos", "", NOT_SEMVER },
	{ "letters are no version", "fcos", "latest", NOT_SEMVER },
	{ "a build is another version", "fcos", "1.5.0+x", NO_TRANSLATOR("fcos", "1.5.0+x") },
	{ "what is released is not experimental", "fcos", "1.0.0-experimental",
	  NO_TRANSLATOR("fcos", "1.0.0-experimental") },
	{ "what is experimental is not released", "fcos", "1.8.0", NO_TRANSLATOR("fcos", "1.8.0") },
	{ "variants have versions of their own", "fiot", "1.5.0", NO_TRANSLATOR("fiot", "1.5.0") },
	{ "an unknown variant", "debian", "1.0.0", NO_TRANSLATOR("debian", "1.0.0") },
	{ "no variant", "", "1.0.0", "error parsing variant; must be specified" },
	{ "the variant that is gone", "rhcos", "0.1.0",
	  "rhcos variant has been removed; use openshift variant instead: "
	  "https://coreos.github.io/butane/upgrading-openshift/" },
};

int main(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		const struct butane_dialect *dialect = NULL;
		const char *key = NULL;
		int r = butane_dialect_find(slice_of(rows[i].variant), slice_of(rows[i].version),
					    &dialect, &key, &err);

		tap_str(r < 0 ? err.text : spec_version_name(dialect->spec), rows[i].want,
			rows[i].label);
	}
	while (butane_dialect_at(count))
		count++;
	tap_int((int64_t)count, 33, "the table has them all");
	return tap_done();
}
