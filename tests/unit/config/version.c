/* version - which version a text names, and which texts name none. */
#include "config/version.h"

#include "tap.h"

#define NO_VERSION  "invalid config version (couldn't parse)"
#define UNSUPPORTED "unsupported config version"

static const struct {
	const char *text;
	const char *want; /* NULL: accepted */
	enum spec_version version;
} rows[] = {
	{ "3.0.0", NULL, SPEC_3_0 },
	{ "3.6.0", NULL, SPEC_3_6 },
	{ "3.7.0-experimental", NULL, SPEC_3_7_EXPERIMENTAL },
	{ "03.00.000", NULL, SPEC_3_0 },
	{ "3.7.0", UNSUPPORTED },
	{ "3.6.0-experimental", UNSUPPORTED },
	{ "3.6.0+1", UNSUPPORTED },
	{ "3.6.1", UNSUPPORTED },
	{ "2.4.0", UNSUPPORTED },
	{ "9223372036854775807.0.0", UNSUPPORTED },
	{ "3.6.0-a.b-c.1+d.e", UNSUPPORTED },
	{ "9223372036854775808.0.0", NO_VERSION },
	{ "", NO_VERSION },
	{ "3", NO_VERSION },
	{ "3.6", NO_VERSION },
	{ "3.6.", NO_VERSION },
	{ "3.6.0.0", NO_VERSION },
	{ "v3.6.0", NO_VERSION },
	{ " 3.6.0", NO_VERSION },
	{ "3.6.0 ", NO_VERSION },
	{ "+3.6.0", NO_VERSION },
	{ "3.6.0-a..b", NO_VERSION },
	{ "3.6.0-a_b", NO_VERSION },
	{ "3.6.0-a+b+c", NO_VERSION },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		enum spec_version version = SPEC_VERSION_COUNT;
		int r = spec_version_parse(slice_of(rows[i].text), &version, &err);

		tap_str(err.text, rows[i].want, rows[i].text);
		if (r == 0)
			tap_int(version, rows[i].version, "is that version");
		else
			tap_int(version, SPEC_VERSION_COUNT, "sets no version");
	}
	return tap_done();
}
