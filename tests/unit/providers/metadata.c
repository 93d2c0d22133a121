/* What a platform may say, and its way out of a worker. */
#include "providers/metadata.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

static void test_attributes(void)
{
	AUTO(metadata_free) struct metadata *metadata = metadata_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO_FREE char *huge = xmalloc(METADATA_VALUE_MAX + 1);

	memset(huge, 'x', METADATA_VALUE_MAX + 1);
	metadata_add_attribute(metadata, "A", SLICE(" one\r\n"), NULL);
	tap_str(metadata_get(metadata, "A"), "one", "white space around a value goes");
	metadata_add_attribute(metadata, "A", SLICE("two"), NULL);
	tap_str(metadata_get(metadata, "A"), "two", "the last value counts");
	tap_int((int64_t)metadata->attribute_count, 1, "and there is one");
	metadata_add_attribute(metadata, "B", SLICE(" \n"), NULL);
	metadata_add_attribute(metadata, "C", (struct slice){ NULL, 0 }, NULL);
	tap_ok(!metadata_get(metadata, "B") && !metadata_get(metadata, "C"),
	       "empty and absent values are left out");
	metadata_add_numbered(metadata, "N_", 7, SLICE("x"), NULL);
	tap_str(metadata_get(metadata, "N_7"), "x", "a number behind a name");
	tap_int(metadata_add_attribute(metadata, "D", SLICE("a\nB=c"), &err), -EINVAL,
		"a newline inside is refused");
	tap_str(err.text, "D contains a newline or another control character", "with its name");
	tap_int(metadata_add_attribute(metadata, "D", SLICE("a\0b"), NULL), -EINVAL,
		"a NUL inside is refused");
	tap_int(metadata_add_attribute(metadata, "D",
				       (struct slice){ huge, METADATA_VALUE_MAX + 1 }, NULL),
		-E2BIG, "a value beyond the ceiling is refused");
	tap_int(metadata_add_attribute(metadata, "D", (struct slice){ huge, METADATA_VALUE_MAX },
				       NULL),
		0, "a value of the ceiling is not");
}

static void test_count(void)
{
	AUTO(metadata_free) struct metadata *metadata = metadata_new();
	int r = 0;

	for (size_t i = 0; i < METADATA_ENTRIES_MAX && r == 0; i++)
		r = metadata_add_numbered(metadata, "N_", i, SLICE("x"), NULL);
	tap_int(r, 0, "as many entries as the ceiling");
	tap_int(metadata_add_attribute(metadata, "M", SLICE("x"), NULL), -E2BIG, "and no more");
}

static void test_keys_and_hostname(void)
{
	AUTO(metadata_free) struct metadata *metadata = metadata_new();
	AUTO(error_done) struct error err = ERROR_INIT;

	tap_int(metadata_add_keys(metadata, NULL, SLICE("# mine\nssh-rsa A\r\n\n ssh-rsa B \n"),
				  NULL),
		0, "several keys in one text");
	tap_int((int64_t)metadata->key_count, 2, "without comments and empty lines");
	tap_str(metadata->keys[0].line, "ssh-rsa A", "without the line's end");
	tap_str(metadata->keys[1].line, "ssh-rsa B", "without blanks around it");
	metadata_add_keys(metadata, "me", SLICE("ssh-rsa C"), NULL);
	tap_str(metadata->keys[2].user, "me", "a key for somebody");
	tap_int(metadata_add_keys(metadata, NULL, SLICE("ssh-rsa A\x1b[m"), NULL), -EINVAL,
		"a control character in a key is refused");
	tap_int(metadata_set_hostname(metadata, SLICE("a.b_c-1 d.e\n"), NULL), 0, "two host names");
	tap_str(metadata->hostname, "a.b_c-1", "are the first one");
	metadata_set_hostname(metadata, SLICE(""), NULL);
	tap_str(metadata->hostname, "a.b_c-1", "an empty one changes nothing");
	tap_int(metadata_set_hostname(metadata, SLICE("a\"b"), &err), -EINVAL,
		"a quote in a host name is refused");
	tap_str(err.text, "the platform's host name contains byte 0x22", "with the byte");
}

static int parse_everything(const struct slice *documents, size_t count, struct metadata *ret,
			    struct error *err)
{
	int r = metadata_add_attribute(ret, "X_COUNT", documents[count - 1], err);

	if (r == 0)
		r = metadata_add_keys(ret, "me", SLICE("ssh-rsa A"), err);
	if (r == 0)
		r = metadata_add_keys(ret, NULL, SLICE("ssh-rsa B"), err);
	return r < 0 ? r : metadata_set_hostname(ret, documents[0], err);
}

static int parse_badly_named(const struct slice *documents, size_t count, struct metadata *ret,
			     struct error *err)
{
	(void)documents;
	(void)count;
	return metadata_add_attribute(ret, "LD_PRELOAD=/x\nA", SLICE("b"), err);
}

static int refuse(const struct slice *documents, size_t count, struct metadata *ret,
		  struct error *err)
{
	(void)count;
	(void)ret;
	return error_set(err, ERROR_VERIFY, EILSEQ, "no %.*s", SLICE_ARGS(documents[0]));
}

static void test_worker(void)
{
	AUTO(metadata_free) struct metadata *metadata = metadata_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct slice documents[] = { SLICE("host"), SLICE("42") };

	metadata_add_attribute(metadata, "OLD", SLICE("o"), NULL);
	tap_int(metadata_parse(parse_everything, documents, 2, metadata, NULL), 0,
		"a parser in a worker");
	tap_str(metadata_get(metadata, "X_COUNT"), "42", "its attribute comes out");
	tap_str(metadata_get(metadata, "OLD"), "o", "beside what was there");
	tap_str(metadata->keys[0].user, "me", "the user of a key comes out");
	tap_str(metadata->keys[1].user, NULL, "and that a key is for nobody in particular");
	tap_str(metadata->hostname, "host", "the host name comes out");
	tap_int(metadata_parse(refuse, documents, 1, metadata, &err), -EILSEQ,
		"a parser's refusal");
	tap_str(err.text, "no host", "comes with its words");
	tap_int(metadata_parse(parse_badly_named, documents, 1, metadata, NULL), -EBADMSG,
		"a name that is none does not come out");
}

int main(void)
{
	test_attributes();
	test_count();
	test_keys_and_hostname();
	test_worker();
	return tap_done();
}
