/* translate - what changes on the way to the newest spec, and what must not. */
#include "config/translate.h"

#include "config/decode.h"
#include "config_test.h"
#include "tap.h"

static const struct {
	const char *label;
	enum spec_version from;
	const char *text, *want; /* contained in the newest */
} rows[] = {
	{ "an authority's source was not a pointer in 3.0", SPEC_3_0,
	  "{\"ignition\":{\"security\":{\"tls\":{\"certificateAuthorities\":[{}]}}}}",
	  "[{\"source\":\"\",\"verification\":{}}]" },
	{ "in 3.1 it is", SPEC_3_1,
	  "{\"ignition\":{\"security\":{\"tls\":{\"certificateAuthorities\":[{}]}}}}",
	  "[{\"verification\":{}}]" },
	{ "the source of a reference was always a pointer", SPEC_3_0,
	  "{\"ignition\":{\"config\":{\"merge\":[{}]}}}", "\"merge\":[{\"verification\":{}}]" },
	{ "a link's target was not a pointer in 3.2", SPEC_3_2, "{\"storage\":{\"links\":[{}]}}",
	  "\"user\":{},\"target\":\"\"}" },
	{ "nor in 3.0", SPEC_3_0, "{\"storage\":{\"links\":[{}]}}",
	  "\"user\":{},\"target\":\"\"}" },
	{ "in 3.3 it is", SPEC_3_3, "{\"storage\":{\"links\":[{}]}}", "\"user\":{}}]" },
	{ "a target stays what it is", SPEC_3_2, "{\"storage\":{\"links\":[{\"target\":\"x\"}]}}",
	  "\"target\":\"x\"}" },
	{ "an array's level was not a pointer in 3.2", SPEC_3_2, "{\"storage\":{\"raid\":[{}]}}",
	  "\"raid\":[{\"level\":\"\",\"name\":\"\"}]" },
	{ "pin and config were not pointers in 3.2", SPEC_3_2,
	  "{\"storage\":{\"luks\":[{\"clevis\":{\"custom\":{}}}]}}",
	  "\"custom\":{\"config\":\"\",\"pin\":\"\"}" },
	{ "a custom pin that is not there has neither", SPEC_3_2,
	  "{\"storage\":{\"luks\":[{\"clevis\":{}}]}}", "\"custom\":{}" },
	{ "nor has one that is null", SPEC_3_2,
	  "{\"storage\":{\"luks\":[{\"clevis\":{\"custom\":null}}]}}", "\"custom\":{}" },
	{ "special bits of directories were never set before 3.6", SPEC_3_5,
	  "{\"storage\":{\"directories\":[{\"mode\":1023}]}}", "\"mode\":511" },
	{ "nor those of files", SPEC_3_0, "{\"storage\":{\"files\":[{\"mode\":2541}]}}",
	  "\"mode\":493" },
	{ "from 3.6 on they are", SPEC_3_6, "{\"storage\":{\"files\":[{\"mode\":4095}]}}",
	  "\"mode\":4095" },
	{ "no mode stays no mode", SPEC_3_0, "{\"storage\":{\"files\":[{}]}}",
	  "\"contents\":{\"verification\":{}}}]" },
	{ "the advertisement of 3.4, which upstream loses", SPEC_3_4,
	  "{\"storage\":{\"luks\":[{\"clevis\":{\"tang\":[{\"advertisement\":\"{}\"}]}}]}}",
	  "\"tang\":[{\"advertisement\":\"{}\"}]" },
	{ "the version is the newest", SPEC_3_0, "{\"ignition\":{\"version\":\"3.0.0\"}}",
	  "\"version\":\"3.7.0-experimental\"" },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
		struct document *document = test_document(pool, rows[i].text);
		struct decode_error error;
		struct config config = { 0 };

		config_decode(config_pool_arena(pool), document, &config_schema, rows[i].from,
			      &config, &error);
		config_translate(&config, rows[i].from);

		AUTO_FREE char *got = test_encode(&config, 0);

		if (!tap_ok(strstr(got, rows[i].want), "%s", rows[i].label))
			printf("#   want …%s…\n#   got  %s\n", rows[i].want, got);
	}
	return tap_done();
}
