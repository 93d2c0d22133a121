/* z/VM: the first file of type "ign" in the virtual card reader (spec providers 4.17). */
#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/number.h"
#include "providers/driver.h"

#define READER	       "000c"
#define TYPE	       "ign"
#define COMMAND_MS     30000
#define SPOOL_LIST_MAX ((size_t)1 << 20)
#define SPOOL_ID_MAX   9999

/* ORIGINID FILE CLASSA CLASSB RECORDS CPY HOLD DATE TIME NAME TYPE DIST */
enum {
	COLUMN_FILE = 1,
	COLUMN_TYPE = 10,
	COLUMN_COUNT,
};

static int run(const struct provider_context *context, const char *const *argv, struct text *output,
	       struct error *err)
{
	const struct command command = { .argv = argv,
					 .timeout_ms = COMMAND_MS,
					 .observer = context->observer };

	return command_run(&command, output, /* ret_status= */ NULL, err);
}

/* The reader may be on the kernel's list of devices to leave alone. */
static int bring_online(const struct provider_context *context, struct error *err)
{
	const char *const online[] = { "chccwdev", "-e", READER, NULL };
	const char *const release[] = { "cio_ignore", "-r", READER, NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;

	driver_load(context, "vmur", "sys/bus/ccw/drivers/vmur");
	if (run(context, online, /* output= */ NULL, &problem) == 0)
		return 0;

	int r = run(context, release, /* output= */ NULL, err);

	if (r == 0)
		r = run(context, online, /* output= */ NULL, err);
	return error_wrap(err, r, "bring the card reader online");
}

static bool next_word(struct slice *line, struct slice *ret)
{
	*line = slice_trim(*line);
	ret->data = line->data;
	ret->length = 0;
	while (ret->length < line->length && line->data[ret->length] != ' ' &&
	       line->data[ret->length] != '\t')
		ret->length++;
	*line = slice_from(*line, ret->length);
	return ret->length > 0;
}

/* The number of the file, when the row has enough columns and its type is ours. */
static bool is_config(struct slice line, uint64_t *ret)
{
	struct slice words[COLUMN_COUNT] = { { NULL, 0 } };

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (!next_word(&line, &words[i]))
			return false;
	return words[COLUMN_TYPE].length == strlen(TYPE) &&
	       strncasecmp(words[COLUMN_TYPE].data, TYPE, strlen(TYPE)) == 0 &&
	       number_parse_u64(words[COLUMN_FILE], 0, SPOOL_ID_MAX, ret) == 0;
}

/* Its contents come on standard output: nothing is left in a directory. */
static int receive(const struct provider_context *context, uint64_t id, struct provider_config *ret,
		   struct error *err)
{
	AUTO(text_done) struct text data = TEXT_INIT(PROVIDER_CONFIG_MAX);
	AUTO_FREE char *number = xasprintf("%04u", (unsigned)id);
	const char *const argv[] = { "vmur", "re", "-f", "-O", number, NULL };
	int r = run(context, argv, &data, err);

	if (r < 0)
		return error_wrap(err, r, "receive spool file %s", number);

	size_t length = data.length;
	size_t skip = 0;

	while (length && data.data[length - 1] == '\0')
		length--;
	while (skip < length && data.data[skip] == '\0')
		skip++;
	ret->length = length - skip;
	ret->data = ret->length ? xstrndup(data.data + skip, ret->length) : xstrdup("");
	ret->name = xasprintf("reader:%s", number);
	return 0;
}

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(text_done) struct text list = TEXT_INIT(SPOOL_LIST_MAX);
	const char *const argv[] = { "vmur", "li", NULL };
	int r = bring_online(context, err);

	if (r == 0)
		r = run(context, argv, &list, err);
	if (r < 0)
		return r;
	for (struct slice rest = text_slice(&list); rest.length;) {
		uint64_t id = 0;

		if (is_config(slice_take_line(&rest), &id))
			return receive(context, id, ret, err);
	}
	ret->data = xstrdup("");
	ret->name = xstrdup("reader");
	return 0;
}

static const struct proof proofs[] = { { PROOF_PLATFORM, { { FACT_CONTROL, "z/VM*" } } } };

const struct provider provider_zvm = {
	.name = "zvm",
	.title = "IBM z/VM",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.fetch_config = fetch_config,
};
