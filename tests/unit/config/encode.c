/* encode - upstream's bytes, redaction, pieces, origins. */
#include "config/encode.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "config_test.h"
#include "tap.h"

#define EMPTY_IGNITION                                                                             \
	"\"ignition\":{\"config\":{\"replace\":{\"verification\":{}}},\"proxy\":{},\"security\":{" \
	"\"tls\":{}},\"timeouts\":{},\"version\":\"3.7.0-experimental\"}"

/* The wanted texts are what upstream wrote for the same configs, but for version and "cex". */
static const struct {
	const char *label, *text, *want;
} rows[] = {
	{ "embedded objects are written when they are empty",
	  "{\"ignition\":{\"version\":\"3.3.0\"}}",
	  "{" EMPTY_IGNITION
	  ",\"kernelArguments\":{},\"passwd\":{},\"storage\":{},\"systemd\":{}}" },
	{ "nodes come before the rest, members in the order of their Go names",
	  "{\"ignition\":{\"version\":\"3.3.0\"},\"storage\":{\"files\":[{\"path\":\"/"
	  "a\",\"mode\":420"
	  ",\"contents\":{\"source\":\"data:,a%20\",\"verification\":{}}}],\"links\":[{\"path\":"
	  "\"/l\",\"target\":\"x\",\"hard\":false}],\"filesystems\":[{\"device\":\"/b\"}],"
	  "\"directories\":[{\"path\":\"/d\"}]},\"passwd\":{\"users\":[{\"name\":\"\",\"uid\":0,"
	  "\"gecos\":\"<a>&\"}],\"groups\":[{\"name\":\"\",\"gid\":0}]}}",
	  "{" EMPTY_IGNITION ",\"kernelArguments\":{},\"passwd\":{\"groups\":[{\"gid\":0,\"name\":"
	  "\"\"}],\"users\":[{\"gecos\":\"\\u003ca\\u003e\\u0026\",\"name\":\"\",\"uid\":0}]},"
	  "\"storage\":{"
	  "\"directories\":"
	  "[{\"group\":{},\"path\":\"/d\",\"user\":{}}],\"files\":[{\"group\":{},\"path\":\"/a\","
	  "\"user\":{},\"contents\":{\"source\":\"data:,a%20\","
	  "\"verification\":"
	  "{}},\"mode\":420}],\"filesystems\":[{\"device\":\"/"
	  "b\"}],\"links\":[{\"group\":{},\"path\":"
	  "\"/l\",\"user\":{},\"hard\":false,\"target\":\"x\"}]},\"systemd\":{}}" },
	{ "a partition without number has none",
	  "{\"ignition\":{\"version\":\"3.3.0\"},\"storage\":{\"disks\":[{\"device\":\"/a\","
	  "\"partitions\":[{\"label\":\"\\u2028\\u0001\\n\\t\xc3\xa4\"},{\"number\":2}]}]}}",
	  "{" EMPTY_IGNITION ",\"kernelArguments\":{},\"passwd\":{},\"storage\":{\"disks\":[{"
	  "\"device\":\"/a\",\"partitions\":[{\"label\":\"\\u2028\\u0001\\n\\t\xc3\xa4\"},{"
	  "\"number\":2}]}]},\"systemd\":{}}" },
	{ "empty lists are left out",
	  "{\"ignition\":{\"version\":\"3.3.0\",\"config\":{\"merge\":[]}},\"kernelArguments\":{"
	  "\"shouldExist\":[],\"shouldNotExist\":[\"a\"]},\"storage\":{\"raid\":[{\"name\":\"\","
	  "\"level\":\"raid1\",\"devices\":[\"/a\"],\"options\":[]}]}}",
	  "{" EMPTY_IGNITION ",\"kernelArguments\":{\"shouldNotExist\":[\"a\"]},\"passwd\":{},"
	  "\"storage\":{\"raid\":[{\"devices\":[\"/a\"],\"level\":\"raid1\",\"name\":\"\"}]},"
	  "\"systemd\":{}}" },
	{ "an encrypted volume has three objects within",
	  "{\"ignition\":{\"version\":\"3.3.0\"},\"storage\":{\"luks\":[{\"name\":\"x\",\"device\":"
	  "\"/x\",\"clevis\":{\"tang\":[{\"url\":\"http://x\",\"thumbprint\":\"x\"}]}}]}}",
	  "{" EMPTY_IGNITION
	  ",\"kernelArguments\":{},\"passwd\":{},\"storage\":{\"luks\":[{\"cex\":{}"
	  ",\"clevis\":{\"custom\":{},\"tang\":[{\"thumbprint\":\"x\",\"url\":\"http://x\"}]},"
	  "\"device\":\"/x\",\"keyFile\":{\"verification\":{}},\"name\":\"x\"}]},\"systemd\":{}}" },
};

/* What of a config dumps may show; the member is looked for in the dump. */
static const struct {
	const char *label, *text, *want;
} redact_rows[] = {
	{ "password hashes are masked",
	  "{\"passwd\":{\"users\":[{\"name\":\"a\",\"passwordHash\":\"$y$\"}],\"groups\":[{"
	  "\"name\":"
	  "\"b\",\"passwordHash\":\"$y$\"}]}}",
	  "{\"groups\":[{\"name\":\"b\",\"passwordHash\":\"***\"}],\"users\":[{\"name\":\"a\","
	  "\"passwordHash\":\"***\"}]}" },
	{ "values of headers are masked, their names are not",
	  "{\"storage\":{\"files\":[{\"contents\":{\"httpHeaders\":[{\"name\":\"A\",\"value\":"
	  "\"t\"}]"
	  "}}]}}",
	  "[{\"name\":\"A\",\"value\":\"***\"}]" },
	{ "key files are masked whole",
	  "{\"storage\":{\"luks\":[{\"keyFile\":{\"source\":\"http://h/"
	  "k\",\"verification\":{\"hash\":"
	  "\"sha512-1\"}}}]}}",
	  "\"keyFile\":{\"source\":\"***\",\"verification\":{\"hash\":\"***\"}}" },
	{ "a custom pin's config is masked, the pin is not",
	  "{\"storage\":{\"luks\":[{\"clevis\":{\"custom\":{\"pin\":\"sss\",\"config\":\"{}\"}}}]}"
	  "}",
	  "{\"config\":\"***\",\"pin\":\"sss\"}" },
	{ "the payload of a data URL is masked",
	  "{\"storage\":{\"files\":[{\"contents\":{\"source\":\"data:text/plain;base64,aGk=\"}}]}}",
	  "\"source\":\"data:text/plain;base64,***\"" },
	{ "a URL keeps neither user nor query",
	  "{\"storage\":{\"files\":[{\"contents\":{\"source\":\"https://u:p@h/f?token=1\"}}]}}",
	  "\"source\":\"https://h/f" },
	{ "contents of units are shown",
	  "{\"systemd\":{\"units\":[{\"name\":\"a.service\",\"contents\":\"[Unit]\"}]}}",
	  "\"contents\":\"[Unit]\"" },
};

static const struct config *load(struct config_pool *pool, const char *text)
{
	const struct config *config = NULL;

	config_load_cache(pool, test_source(pool, text), &config, /* err= */ NULL);
	return config;
}

static void check_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
		const struct config *config = test_parse(pool, rows[i].text);
		AUTO_FREE char *got = config ? test_encode(config, 0) : NULL;

		tap_str(got, rows[i].want, rows[i].label);
		if (!got)
			continue;

		AUTO_FREE char *again = test_encode(load(pool, got), 0);

		tap_str(again, got, "what was written is read back the same");
	}
	for (size_t i = 0; i < ARRAY_SIZE(redact_rows); i++) {
		AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
		const struct config *config = load(pool, redact_rows[i].text);
		AUTO_FREE char *got = test_encode(config, ENCODE_REDACT);

		if (!tap_ok(strstr(got, redact_rows[i].want) && !strstr(got, "token"), "%s",
			    redact_rows[i].label))
			printf("#   want …%s…\n#   got  %s\n", redact_rows[i].want, got);
	}
}

static void check_indent(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct config *config =
		load(pool,
		     "{\"kernelArguments\":{\"shouldExist\":[\"a\",\"b\"]},\"systemd\":{\"units\":["
		     "{\"name\":\"x\"}]}}");
	AUTO_FREE char *got = test_encode(config, ENCODE_INDENT);

	tap_str(got,
		"{\n  \"ignition\": {\n    \"config\": {\n      \"replace\": {\n        "
		"\"verification\": {}\n      }\n    },\n    \"proxy\": {},\n    \"security\": {\n  "
		"    "
		"\"tls\": {}\n    },\n    \"timeouts\": {},\n    \"version\": \"\"\n  },\n  "
		"\"kernelArguments\": {\n    \"shouldExist\": [\n      \"a\",\n      \"b\"\n    "
		"]\n  "
		"},\n  \"passwd\": {},\n  \"storage\": {},\n  \"systemd\": {\n    \"units\": [\n   "
		"   {"
		"\n        \"name\": \"x\"\n      }\n    ]\n  }\n}",
		"indented as upstream's dumps");
}

/* A sink that counts, and fails at the call it is told. */
struct counter {
	size_t calls;
	size_t fail_at;	 /* 0: never */
	const char *saw; /* a pointer that was handed on as it is */
	bool was_seen;
};

static int count(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	struct counter *counter = sink->context;

	(void)length;
	counter->was_seen |= data == counter->saw;
	if (++counter->calls == counter->fail_at)
		return error_set(err, ERROR_SYSTEM, ENOSPC, "no space");
	return 0;
}

#define LONG_LENGTH ((size_t)1 << 20)

static void check_pieces(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text text = TEXT_INIT(TEST_TEXT_MAX);
	struct counter counter = { 0 };
	struct content_sink sink = { .write = count, .context = &counter };

	text_append_str(&text, "{\"storage\":{\"files\":[{\"contents\":{\"source\":\"");
	for (size_t i = 0; i < LONG_LENGTH; i++)
		text_append_char(&text, 'x');
	text_append_str(&text, "\"}}]}}");

	const struct config *config = load(pool, text_str(&text));

	counter.saw =
		CONFIG_AT(struct config_file, &config->storage.files, 0)->contents.source.data;
	tap_ok(config_encode(config, 0, &sink, NULL) == 0 && counter.was_seen,
	       "a long string is handed on without a copy");

	counter = (struct counter){ .fail_at = 2 };
	tap_ok(config_encode(config, 0, &sink, &err) == -ENOSPC && counter.calls == 2,
	       "nothing is written after the sink has failed");
	tap_str(err.text, "no space", "the sink's error is returned");
}

/* Runs of all lengths, so that every cut of a long one falls everywhere in a character. */
static void check_long_runs(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	size_t wrong = 0;

	for (size_t length = 340; length < 350; length++) {
		AUTO(text_done) struct text text = TEXT_INIT(TEST_TEXT_MAX);

		text_append_str(&text, "{\"systemd\":{\"units\":[{\"contents\":\"");
		for (size_t i = 0; i < length % 7; i++)
			text_append_str(&text, "\\u0001");
		for (size_t i = 0; i < length; i++)
			text_append_str(&text, "\xe2\x82\xac");
		text_append_str(&text, "\\u003c\",\"name\":\"\"}]}}");

		AUTO_FREE char *got = test_encode(load(pool, text_str(&text)), 0);

		wrong += !strstr(got, text_str(&text) + strlen("{\"systemd\":{"));
	}
	tap_int((int64_t)wrong, 0, "long runs of other letters are cut between characters");
}

static char *origins_of(const struct config *config)
{
	struct text out = TEXT_INIT(TEST_TEXT_MAX);
	struct content_sink sink = { .write = test_append, .context = &out };

	text_append_str(&out, "");
	config_encode_origins(config, &sink, /* err= */ NULL);
	return text_take(&out);
}

static void check_origins(void)
{
	static const char text[] = "{\"ignition\":{\"version\":\"3.3.0\"},\n\"kernelArguments\":{"
				   "\"shouldExist\":[\"a\",\n"
				   "\"b\"]},\"storage\":{\"files\":[{\"path\":\"/"
				   "a\",\"contents\":{\"source\":\"data:,\"}}]}}";
	static const char want[] = "$\t1\t1\ttest\n"
				   "$.ignition\t1\t13\ttest\n"
				   "$.kernelArguments\t2\t19\ttest\n"
				   "$.kernelArguments.shouldExist.0\t2\t35\ttest\n"
				   "$.kernelArguments.shouldExist.1\t3\t1\ttest\n"
				   "$.storage\t3\t17\ttest\n"
				   "$.storage.files.0\t3\t27\ttest\n"
				   "$.storage.files.0.contents\t3\t51\ttest\n";
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct config *config = test_parse(pool, text);
	AUTO_FREE char *origins = origins_of(config);
	AUTO_FREE char *cache = test_encode(config, 0);
	const struct config *loaded = load(pool, cache);
	const struct config_file *file = CONFIG_AT(struct config_file, &loaded->storage.files, 0);

	tap_str(origins, want, "a line for each object that somebody wrote");
	config_load_origins(pool, loaded, slice_of(origins));
	tap_ok(file->contents.origin.line == 3 && file->contents.origin.column == 51 &&
		       strcmp(source_name(file->contents.origin.source), "test") == 0,
	       "origins are put back");
	tap_ok(file->contents.origin.source == loaded->origin.source,
	       "one source stands for all lines that name it");

	loaded = load(pool, cache);
	file = CONFIG_AT(struct config_file, &loaded->storage.files, 0);
	config_load_origins(pool, loaded,
			    SLICE("$\t7\t1\tx\n$.kernelArguments.shouldExist.5\t8\t1\tx\n"
				  "$.storage.files.0\t9\t1\tx\n"));
	tap_ok(loaded->origin.line == 7 && file->node.origin.line != 9,
	       "from the first line that does not fit, nothing is put back");
	config_load_origins(pool, loaded, SLICE("$\tx\t1\ty\n"));
	config_load_origins(pool, loaded, SLICE("$\t5\t1\ty"));
	tap_int(loaded->origin.line, 7, "a line that is no line is not put back");
}

static void check_origin_names(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct source *source = config_pool_borrow_source(pool, "a\tb\nc", SLICE("{}"));
	const struct config *config = NULL;

	config_load_cache(pool, source, &config, /* err= */ NULL);

	AUTO_FREE char *origins = origins_of(config);

	tap_str(origins, "$\t1\t1\ta?b?c\n", "a name cannot end its line");
}

int main(void)
{
	check_rows();
	check_indent();
	check_pieces();
	check_long_runs();
	check_origins();
	check_origin_names();
	return tap_done();
}
