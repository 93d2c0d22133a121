/* OpenNebula: a drive with a file of shell assignments, which no shell sees (spec providers 5). */
#include <errno.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "providers/config_drive.h"
#include "providers/extract.h"
#include "providers/shell_assignments.h"

#define CONTEXT	  "/context.sh"
#define HOSTNAME  "OPENNEBULA_HOSTNAME"
#define NAMES_MAX 4
#define LINKS_MAX 32

static const char *const labels[] = { "CONTEXT", "CDROM", NULL };

/*
 * Value of the first of @names that is there, as the last assignment to it left it; nothing is
 * appended when none is.
 */
static int find_value(struct slice context, const char *const *names, struct text *ret,
		      struct error *err)
{
	AUTO(text_done) struct text value = TEXT_INIT(PROVIDER_CONFIG_MAX);
	struct shell_reader reader = SHELL_READER_INIT(context);
	size_t best = NAMES_MAX;
	struct slice name;
	int r;

	while ((r = shell_assignments_next(&reader, &name, &value, err)) == 1) {
		size_t i = 0;

		while (names[i] && !slice_is(name, names[i]))
			i++;
		if (!names[i] || i > best)
			continue;
		best = i;
		text_clear(ret);
		if (text_append_slice(ret, text_slice(&value)) < 0)
			return error_set(err, ERROR_INPUT, E2BIG, "%s is too long", names[i]);
	}
	return error_wrap(err, r, CONTEXT);
}

/* --- the config */

static const char *const data_names[] = { "USER_DATA", "USERDATA", NULL };
static const char *const encoding_names[] = { "USERDATA_ENCODING", "USER_DATA_ENCODING", NULL };

static int find_config(struct slice context, struct text *ret, struct error *err)
{
	AUTO(text_done) struct text encoding = TEXT_INIT(METADATA_VALUE_MAX);
	AUTO(text_done) struct text data = TEXT_INIT(PROVIDER_CONFIG_MAX);
	int r = find_value(context, encoding_names, &encoding, err);

	if (r == 0)
		r = find_value(context, data_names, &data, err);
	if (r < 0)
		return r;
	if (!slice_is(text_slice(&encoding), "base64"))
		return text_append_slice(ret, text_slice(&data));

	struct slice encoded = slice_trim(text_slice(&data));
	AUTO_FREE unsigned char *decoded = xmalloc(BASE64_DECODED_MAX(encoded.length));
	size_t length = 0;

	if (base64_decode(encoded, decoded, &length, /* ret_offset= */ NULL) < 0)
		return error_set(err, ERROR_INPUT, EINVAL, CONTEXT ": USER_DATA is no base64");
	return text_append(ret, decoded, length);
}

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	int r = config_drive_wait(context, labels, context->wait_ms, &drive, err);

	if (r == 0)
		r = config_drive_read(&drive, CONTEXT, &ret->data, &ret->length, err);
	if (r < 0)
		return r;
	ret->name = xasprintf("%s:" CONTEXT, drive.label);
	return extract(find_config, ret, err);
}

/* --- metadata */

static const char *const host_names[] = { "SET_HOSTNAME", "HOSTNAME", NULL };
static const char *const key_names[] = { "SSH_KEY", "SSH_PUBLIC_KEY", NULL };

/* Of each link: what is behind "ETH<n>_". */
static const struct address_row {
	const char *word;
	const char *attribute;
} address_rows[] = {
	{ "IP", "OPENNEBULA_IPV4_" },
	{ "IP6", "OPENNEBULA_IPV6_" },
};

static int add_address(struct slice context, const struct address_row *row, size_t number,
		       struct metadata *ret, struct error *err)
{
	AUTO(text_done) struct text value = TEXT_INIT(METADATA_VALUE_MAX);
	AUTO_FREE char *name = xasprintf("ETH%zu_%s", number, row->word);
	const char *const names[] = { name, NULL };
	int r = find_value(context, names, &value, err);

	return r < 0 ? r
		     : metadata_add_numbered(ret, row->attribute, number, text_slice(&value), err);
}

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(text_done) struct text hostname = TEXT_INIT(METADATA_VALUE_MAX);
	AUTO(text_done) struct text keys = TEXT_INIT(METADATA_VALUE_MAX);
	int r = find_value(documents[0], host_names, &hostname, err);

	(void)count;
	if (r == 0)
		r = find_value(documents[0], key_names, &keys, err);
	if (r == 0)
		r = metadata_add_attribute(ret, HOSTNAME, text_slice(&hostname), err);
	if (r == 0)
		r = metadata_set_hostname(ret, text_slice(&hostname), err);
	if (r == 0)
		r = metadata_add_keys(ret, /* user= */ NULL, text_slice(&keys), err);
	for (size_t i = 0; i < LINKS_MAX * ARRAY_SIZE(address_rows) && r == 0; i++)
		r = add_address(documents[0], &address_rows[i % ARRAY_SIZE(address_rows)],
				i / ARRAY_SIZE(address_rows), ret, err);
	return r;
}

static const struct drive_set files = { .files = { { CONTEXT } }, .parser = parse };

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	int r = config_drive_wait(context, labels, context->wait_ms, &drive, err);

	(void)parts; /* one file has them all */
	return r < 0 ? r : config_drive_parse(&drive, &files, ret, err);
}

static const struct proof proofs[] = {
	/* "CDROM" is any disc. */
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "CONTEXT" } } },
};

const struct provider provider_opennebula = {
	.name = "opennebula",
	.title = "OpenNebula",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = HOSTNAME,
		   .private_ipv4 = "OPENNEBULA_IPV4_0",
		   .private_ipv6 = "OPENNEBULA_IPV6_0" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
