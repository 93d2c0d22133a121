/* VMware (spec providers 4.13). */
#include "providers/vmware.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/url.h"
#include "providers/encoding.h"
#include "providers/ovf.h"
#include "providers/rpci.h"

#define PREFIX "guestinfo."
/* What is left of a config: "{}" and a newline in base64, which is harmless also as a text. */
#define REMAINS "e30K"

/* Upstream's keys, then those of Container Linux; in guestinfo and in the OVF environment alike. */
static const struct data_key {
	const char *data;
	const char *encoding;
} data_keys[] = {
	{ PREFIX "ignition.config.data", PREFIX "ignition.config.data.encoding" },
	{ PREFIX "coreos.config.data", PREFIX "coreos.config.data.encoding" },
};
static const char *const url_keys[] = { PREFIX "ignition.config.url", PREFIX "coreos.config.url" };

/* All of them, as the OVF environment is asked. */
enum {
	KEY_URL = 2 * ARRAY_SIZE(data_keys),
	KEY_COUNT = KEY_URL + ARRAY_SIZE(url_keys),
};
_Static_assert(KEY_COUNT <= OVF_KEYS_MAX, "one question is enough");

static void list_keys(const char *ret[static KEY_COUNT])
{
	for (size_t i = 0; i < ARRAY_SIZE(data_keys); i++) {
		ret[2 * i] = data_keys[i].data;
		ret[2 * i + 1] = data_keys[i].encoding;
	}
	for (size_t i = 0; i < ARRAY_SIZE(url_keys); i++)
		ret[KEY_URL + i] = url_keys[i];
}

/* --- where values come from */

/* What the host says, each in full; NULL: nothing. */
struct values {
	char *items[KEY_COUNT]; /* owned */
};

static void values_done(struct values *values)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		free(values->items[i]);
}

DEFINE_DONE(struct values, values_done)

/* Return: 0, with *ret NULL when there is none or it is empty; NUL in it is an error. */
static int get_value(const struct backdoor *port, const char *key, char **ret, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	AUTO_FREE char *value = NULL;
	size_t length = 0;
	int r = guestinfo_get(port, key + strlen(PREFIX), &value, &length, &problem);

	*ret = NULL;
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_move(err, &problem, r);
	if (strlen(value) != length)
		return error_set(err, ERROR_INPUT, EINVAL, "%s has a NUL in it", key);
	if (length)
		*ret = take_ptr(&value);
	return 0;
}

/* The OVF environment may hold anything; what is no such document is only told. */
static void read_environment(const struct backdoor *port, const struct event_observer *observer,
			     struct values *values)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	AUTO_FREE char *environment = NULL;
	const char *keys[KEY_COUNT];
	int r = get_value(port, PREFIX "ovfenv", &environment, &problem);

	list_keys(keys);
	if (r == 0 && environment)
		r = ovf_properties(slice_of(environment), keys, KEY_COUNT, values->items, &problem);
	if (r < 0)
		event_message(observer, EVENT_WARNING,
			      "failed to read the OVF environment: %s; it is ignored",
			      problem.text);
}

/* guestinfo counts, value by value, before the environment. */
static int read_values(const struct backdoor *port, struct values *values, struct error *err)
{
	const char *keys[KEY_COUNT];

	list_keys(keys);
	for (size_t i = 0; i < KEY_COUNT; i++) {
		AUTO_FREE char *value = NULL;
		int r = get_value(port, keys[i], &value, err);

		if (r < 0)
			return r;
		if (!value)
			continue;
		free(values->items[i]);
		values->items[i] = take_ptr(&value);
	}
	return 0;
}

/* --- the config */

static bool is_set(const char *value)
{
	return value && value[0];
}

static int get_url(const struct provider_context *context, const char *text,
		   struct provider_config *ret, struct error *err)
{
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);
	const struct fetch_request request = { .url = slice_of(text) };

	url_append_printable(&name, slice_of(text));

	int r = fetch_memory(context->fetcher, &request, &ret->data, &ret->length, err);

	if (r < 0)
		return error_wrap(err, r, "fetch %s", text_str(&name));
	ret->name = text_take(&name);
	return 0;
}

int vmware_get_config(const struct backdoor *port, const struct provider_context *context,
		      struct provider_config *ret, struct error *err)
{
	AUTO(values_done) struct values values = { .items = { NULL } };

	read_environment(port, context->observer, &values);

	int r = read_values(port, &values, err);

	for (size_t i = 0; i < ARRAY_SIZE(data_keys) && r == 0; i++) {
		char **data = &values.items[2 * i];

		if (!is_set(*data))
			continue;
		*ret = (struct provider_config){ .length = strlen(*data),
						 .name = xstrdup(data_keys[i].data) };
		ret->data = take_ptr(data);
		return encoding_decode(ret, values.items[2 * i + 1] ?: "", err);
	}
	for (size_t i = KEY_URL; i < KEY_COUNT && r == 0; i++)
		if (is_set(values.items[i]))
			return get_url(context, values.items[i], ret, err);
	if (r < 0)
		return r;
	ret->data = xstrdup("");
	ret->name = xstrdup("vmware");
	return 0;
}

/* --- removal */

static int replace(const struct backdoor *port, const char *key, const char *value,
		   struct error *err)
{
	AUTO_FREE char *now = NULL;
	int r = get_value(port, key, &now, err);

	if (r < 0 || (now && strcmp(now, value) == 0))
		return r;
	return guestinfo_set(port, key + strlen(PREFIX), slice_of(value), err);
}

/* Data before encoding: whatever happens between the two leaves nothing that harms. */
static int remove_data(const struct backdoor *port, const struct data_key *key, struct error *err)
{
	AUTO_FREE char *data = NULL;
	int r = get_value(port, key->data, &data, err);

	if (r < 0 || !data)
		return r;
	r = replace(port, key->data, REMAINS, err);
	return r < 0 ? r : replace(port, key->encoding, "base64", err);
}

static int remove_properties(const struct backdoor *port, struct error *err)
{
	AUTO(text_done) struct text rest = TEXT_INIT(RPCI_BYTES_MAX);
	AUTO_FREE char *environment = NULL;
	const char *keys[KEY_COUNT];
	int r = get_value(port, PREFIX "ovfenv", &environment, err);

	if (r < 0 || !environment)
		return r;
	list_keys(keys);
	r = ovf_remove(slice_of(environment), keys, KEY_URL, &rest, err);
	if (r < 0 || rest.length == strlen(environment))
		return r;
	return guestinfo_set(port, "ovfenv", text_slice(&rest), err);
}

int vmware_remove_config(const struct backdoor *port, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(data_keys) && r == 0; i++)
		r = remove_data(port, &data_keys[i], err);
	return r < 0 ? r : remove_properties(port, err);
}

/* --- the provider */

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	const struct backdoor *port = NULL;
	int r = backdoor_find(&port, err);

	return r < 0 ? r : vmware_get_config(port, context, ret, err);
}

static int delete_config(const struct provider_context *context, struct error *err)
{
	const struct backdoor *port = NULL;
	int r = backdoor_find(&port, err);

	(void)context;
	return r < 0 ? r : vmware_remove_config(port, err);
}

static const struct proof proofs[] = {
	{ PROOF_HYPERVISOR, { { FACT_PRODUCT, "*VMware*" } } },
	{ PROOF_HYPERVISOR, { { FACT_VENDOR, "VMware, Inc." } } },
};

const struct provider provider_vmware = {
	.name = "vmware",
	.title = "VMware",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.fetch_config = fetch_config,
	.delete_config = delete_config,
};
