/* NoCloud: what cloud-init reads where there is no cloud (spec providers 3.1, 5). */
#include <errno.h>

#include "base/alloc.h"
#include "providers/members.h"
#include "providers/nocloud_seed.h"

#define ID	 "NOCLOUD_INSTANCE_ID"
#define HOSTNAME "NOCLOUD_LOCAL_HOSTNAME"

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(nocloud_seed_done) struct nocloud_seed seed;
	int r = nocloud_seed_find(context, &seed, err);

	return r < 0 ? r : nocloud_seed_read(context, &seed, "user-data", ret, err);
}

static const struct member_row rows[] = {
	{ "instance-id", ID },
	{ "local-hostname", HOSTNAME, .is_hostname = true },
};

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_yaml(documents[0], "meta-data", &fields, err);
	struct place top = fields_top(&fields);

	(void)count;
	if (r == 0)
		r = members_add(top, rows, ARRAY_SIZE(rows), ret, err);
	if (r == 0)
		r = members_add_key_lines(place_member(top, "public-keys"), ret, err);
	return r < 0 ? r : members_add_key_lines(place_member(top, "public_keys"), ret, err);
}

/* What stands beside the seed's address counts before the seed. */
static int add_argument(const struct nocloud_argument *argument, struct metadata *ret,
			struct error *err)
{
	int r = metadata_add_attribute(ret, ID, slice_of(argument->instance_id), err);

	if (r == 0 && argument->hostname) {
		r = metadata_add_attribute(ret, HOSTNAME, slice_of(argument->hostname), err);
		if (r == 0)
			r = metadata_set_hostname(ret, slice_of(argument->hostname), err);
	}
	return r;
}

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(provider_config_done) struct provider_config meta = { .length = 0 };
	AUTO(nocloud_seed_done) struct nocloud_seed seed;
	int r = nocloud_seed_find(context, &seed, err);

	(void)parts; /* one file has them all */
	if (r == 0)
		r = nocloud_seed_read(context, &seed, "meta-data", &meta, err);
	if (r < 0)
		return r;

	const struct slice document = { meta.data, meta.length };

	r = metadata_parse(parse, &document, 1, ret, err);
	return r < 0 ? r : add_argument(&seed.argument, ret, err);
}

static const struct proof proofs[] = {
	{ PROOF_MEDIUM, { { FACT_KERNEL_WORD, "ds=nocloud" } } },
	{ PROOF_MEDIUM, { { FACT_KERNEL_WORD, "ds=nocloud;*" } } },
	{ PROOF_MEDIUM, { { FACT_KERNEL_WORD, "ds=nocloud-net" } } },
	{ PROOF_MEDIUM, { { FACT_KERNEL_WORD, "ds=nocloud-net;*" } } },
	{ PROOF_MEDIUM, { { FACT_SERIAL, "ds=nocloud*" } } },
	{ PROOF_MEDIUM, { { FACT_SERIAL, "* ds=nocloud*" } } },
	{ PROOF_MEDIUM,
	  { { FACT_PATH, "var/lib/cloud/seed/nocloud/user-data" },
	    { FACT_PATH, "var/lib/cloud/seed/nocloud/meta-data" } } },
	{ PROOF_MEDIUM,
	  { { FACT_PATH, "var/lib/cloud/seed/nocloud-net/user-data" },
	    { FACT_PATH, "var/lib/cloud/seed/nocloud-net/meta-data" } } },
	/* On metal anybody could plug one in (spec providers 12.6). */
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "cidata" } } },
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "CIDATA" } } },
};

const struct provider provider_nocloud = {
	.name = "nocloud",
	.title = "NoCloud",
	.aliases = { "nocloud-net" },
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = HOSTNAME },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
