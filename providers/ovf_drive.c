/* A hypervisor that hands over an OVF environment on a disc (spec providers 1.3, 3.5). */
#include <errno.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "providers/config_drive.h"
#include "providers/encoding.h"
#include "providers/ovf.h"

#define ENVIRONMENT "/ovf-env.xml"

static const char *const labels[] = { "OVF-TRANSPORT", "OVFENV",  "OVF ENV", "ovf-transport",
				      "ovfenv",	       "ovf env", NULL };

/* cloud-init's names, of which the first two are the same thing. */
enum {
	KEY_LOCAL_HOSTNAME,
	KEY_HOSTNAME,
	KEY_ID,
	KEY_SSH,
	KEY_CONFIG,
	KEY_COUNT,
};

static const char *const keys[KEY_COUNT] = {
	[KEY_LOCAL_HOSTNAME] = "local-hostname",
	[KEY_HOSTNAME] = "hostname",
	[KEY_ID] = "instance-id",
	[KEY_SSH] = "public-keys",
	[KEY_CONFIG] = "user-data",
};
_Static_assert(KEY_COUNT <= OVF_KEYS_MAX, "one question is enough");

struct properties {
	char *values[KEY_COUNT]; /* NULL: absent; owned */
	char *where;		 /* owned */
};

static void properties_done(struct properties *properties)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		free(properties->values[i]);
	free(properties->where);
}

DEFINE_DONE(struct properties, properties_done)

static int read_properties(const struct provider_context *context, struct properties *ret,
			   struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r = config_drive_wait(context, labels, context->wait_ms, &drive, err);

	if (r == 0)
		r = config_drive_read(&drive, ENVIRONMENT, &text, &length, err);
	if (r < 0)
		return r;
	ret->where = xasprintf("%s:" ENVIRONMENT, drive.label);
	return ovf_properties((struct slice){ text, length }, keys, KEY_COUNT, ret->values, err);
}

/* In base64, or as it is, as cloud-init has it. */
static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(properties_done) struct properties properties = { .where = NULL };
	int r = read_properties(context, &properties, err);

	if (r < 0)
		return r;
	ret->data = properties.values[KEY_CONFIG] ? take_ptr(&properties.values[KEY_CONFIG])
						  : xstrdup("");
	ret->length = strlen(ret->data);
	ret->name = take_ptr(&properties.where);

	struct slice encoded = slice_trim(slice_of(ret->data));
	bool is_base64 = base64_decode(encoded, /* out= */ NULL, NULL, NULL) == 0;

	return is_base64 ? encoding_decode_base64(ret, err) : 0;
}

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(properties_done) struct properties properties = { .where = NULL };
	int r = read_properties(context, &properties, err);
	const char *hostname =
		properties.values[KEY_LOCAL_HOSTNAME] ?: properties.values[KEY_HOSTNAME];

	(void)parts; /* one document has them all */
	if (r == 0)
		r = metadata_add_attribute(ret, "OVF_INSTANCE_ID",
					   slice_of(properties.values[KEY_ID]), err);
	if (r == 0)
		r = metadata_add_attribute(ret, "OVF_HOSTNAME", slice_of(hostname), err);
	if (r == 0)
		r = metadata_set_hostname(ret, slice_of(hostname), err);
	return r < 0 ? r
		     : metadata_add_keys(ret, /* user= */ NULL,
					 slice_of(properties.values[KEY_SSH]), err);
}

static const struct proof proofs[] = {
	/* On metal anybody could put one in (spec providers 12.6). */
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "OVF-TRANSPORT" } } },
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "OVFENV" } } },
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "OVF ENV" } } },
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "ovf-transport" } } },
};

const struct provider provider_ovf = {
	.name = "ovf",
	.title = "an OVF environment on a disc",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "OVF_HOSTNAME" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
