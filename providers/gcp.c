/* Google Compute Engine (spec providers 4.2). */
#include <time.h>

#include "base/alloc.h"
#include "base/number.h"
#include "providers/fields.h"
#include "providers/metadata_http.h"

#define ROOT	    "/computeMetadata/v1/"
#define CONFIG_PATH ROOT "instance/attributes/user-data"

static const struct fetch_header headers[] = {
	{ SLICE_INIT("Metadata-Flavor"), SLICE_INIT("Google") },
};

/* Its name, metadata.google.internal, would need DNS. */
static const char *const bases[] = { "http://169.254.169.254", NULL };

static const struct metadata_service service = {
	.bases = bases,
	.headers = headers,
	.header_count = ARRAY_SIZE(headers),
};

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);

	return metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_EMPTY, ret, err);
}

/* --- attributes and host name */

static const struct {
	const char *path;
	const char *attribute;
} leaves[] = {
	{ ROOT "instance/hostname", "GCP_HOSTNAME" },
	{ ROOT "instance/network-interfaces/0/access-configs/0/external-ip", "GCP_IP_EXTERNAL_0" },
	{ ROOT "instance/network-interfaces/0/ip", "GCP_IP_LOCAL_0" },
	{ ROOT "instance/machine-type", "GCP_MACHINE_TYPE" },
};

static int add_leaves(struct metadata_client *client, struct metadata *ret, struct error *err)
{
	struct metadata_item items[ARRAY_SIZE(leaves)] = { { .path = NULL } };

	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++)
		items[i].path = leaves[i].path;

	int r = metadata_http_get_all(client, items, ARRAY_SIZE(items), err);

	for (size_t i = 0; i < ARRAY_SIZE(leaves) && r == 0; i++)
		r = metadata_add_attribute(ret, leaves[i].attribute,
					   metadata_http_item_text(&items[i]), err);
	if (r == 0)
		r = metadata_set_hostname(ret, metadata_http_item_text(&items[0]), err);
	metadata_http_items_done(items, ARRAY_SIZE(items));
	return r;
}

/* --- keys */

enum key_document {
	INSTANCE_OLD, /* when it is there, nothing else counts */
	INSTANCE,
	BLOCK_PROJECT,
	PROJECT_OLD,
	PROJECT,
	KEY_DOCUMENT_COUNT,
};

static const char *const key_paths[] = {
	[INSTANCE_OLD] = ROOT "instance/attributes/sshKeys",
	[INSTANCE] = ROOT "instance/attributes/ssh-keys",
	[BLOCK_PROJECT] = ROOT "instance/attributes/block-project-ssh-keys",
	[PROJECT_OLD] = ROOT "project/attributes/sshKeys",
	[PROJECT] = ROOT "project/attributes/ssh-keys",
};
_Static_assert(ARRAY_SIZE(key_paths) == KEY_DOCUMENT_COUNT, "every document has a path");

#define SECONDS_PER_DAY 86400

/* Of the proleptic Gregorian calendar, from 1970-01-01; libc's would open the zone's file. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	/* Years begin in March, so that a leap day is the last of one; 400 years are 146097 days.
	 */
	int64_t shifted_year = month > 2 ? year : year - 1;
	int64_t month_from_march = (month + 9) % 12;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;

	return shifted_year * 365 + shifted_year / 4 - shifted_year / 100 + shifted_year / 400 +
	       day_of_year - 719468;
}

/* "2018-12-04T20:12:00+0000" (RFC 3339, but for the zone); the zone is UTC in what Google writes.
 */
static bool parse_date(struct slice text, int64_t *ret_seconds)
{
	static const struct {
		size_t at, length;
	} parts[] = { { 0, 4 }, { 5, 2 }, { 8, 2 }, { 11, 2 }, { 14, 2 }, { 17, 2 } };
	uint64_t values[ARRAY_SIZE(parts)];

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (text.length < parts[i].at + parts[i].length ||
		    number_parse_u64((struct slice){ text.data + parts[i].at, parts[i].length }, 0,
				     9999, &values[i]) < 0)
			return false;
	*ret_seconds = days_of((int64_t)values[0], (int64_t)values[1], (int64_t)values[2]) *
			       SECONDS_PER_DAY +
		       (int64_t)(values[3] * 3600 + values[4] * 60 + values[5]);
	return true;
}

/* "… google-ssh {"userName":"me","expireOn":"2018-12-04T20:12:00+0000"}" */
static bool is_expired(struct slice key)
{
	static const char mark[] = " google-ssh {";
	const char *at = memmem(key.data, key.length, mark, strlen(mark));
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int64_t expires = 0;
	struct timespec now;

	if (!at)
		return false;
	at += strlen(mark) - 1;
	if (fields_of_json((struct slice){ at, (size_t)(key.data + key.length - at) }, "a comment",
			   &fields, /* err= */ NULL) < 0 ||
	    !parse_date(place_member_text(fields_top(&fields), "expireOn"), &expires))
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	return expires < now.tv_sec;
}

/* "user:key" */
static int add_line(struct slice line, struct metadata *ret, struct error *err)
{
	const char *colon = line.length ? memchr(line.data, ':', line.length) : NULL;

	if (!colon || is_expired(line))
		return 0;

	struct slice name = { line.data, (size_t)(colon - line.data) };
	AUTO_FREE char *user = slice_dup(slice_trim(name));

	return metadata_add_keys(ret, user, slice_from(line, name.length + 1), err);
}

static int add_lines(struct slice lines, struct metadata *ret, struct error *err)
{
	int r = 0;

	while (lines.length && r == 0)
		r = add_line(slice_trim(slice_take_line(&lines)), ret, err);
	return r;
}

static int parse_keys(const struct slice *documents, size_t count, struct metadata *ret,
		      struct error *err)
{
	int r = 0;

	(void)count;
	if (documents[INSTANCE_OLD].length)
		return add_lines(documents[INSTANCE_OLD], ret, err);
	r = add_lines(documents[INSTANCE], ret, err);
	if (r < 0 || slice_is(documents[BLOCK_PROJECT], "true"))
		return r;
	r = add_lines(documents[PROJECT_OLD], ret, err);
	return r < 0 ? r : add_lines(documents[PROJECT], ret, err);
}

static int add_keys(struct metadata_client *client, struct metadata *ret, struct error *err)
{
	struct metadata_item items[KEY_DOCUMENT_COUNT] = { { .path = NULL } };
	struct slice documents[KEY_DOCUMENT_COUNT];

	for (size_t i = 0; i < KEY_DOCUMENT_COUNT; i++)
		items[i].path = key_paths[i];

	int r = metadata_http_get_all(client, items, KEY_DOCUMENT_COUNT, err);

	for (size_t i = 0; i < KEY_DOCUMENT_COUNT; i++)
		documents[i] = metadata_http_item_text(&items[i]);
	if (r == 0)
		r = metadata_parse(parse_keys, documents, KEY_DOCUMENT_COUNT, ret, err);
	metadata_http_items_done(items, KEY_DOCUMENT_COUNT);
	return r;
}

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);
	int r = 0;

	if (parts & (METADATA_ATTRIBUTES | METADATA_HOSTNAME))
		r = add_leaves(&client, ret, err);
	if (r == 0 && (parts & METADATA_KEYS))
		r = add_keys(&client, ret, err);
	return r;
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_PRODUCT, "Google Compute Engine" } } },
	{ PROOF_PLATFORM, { { FACT_SERIAL, "GoogleCloud-*" } } },
};

const struct provider provider_gcp = {
	.name = "gcp",
	.title = "Google Compute Engine",
	.aliases = { "gce" },
	.coreos_word = "GCE",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "GCP_HOSTNAME",
		   .private_ipv4 = "GCP_IP_LOCAL_0",
		   .public_ipv4 = "GCP_IP_EXTERNAL_0" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
	.credentials = &credential_gce,
};
