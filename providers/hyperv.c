/* Hyper-V (spec providers 3.7, 4.17). */
#include "providers/hyperv.h"

#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "providers/driver.h"
#include "providers/fields.h"

#define DEVICE	   "dev/vmbus/hv_kvp"
#define DRIVER	   "sys/bus/vmbus/drivers/hv_utils"
#define KEY	   "ignition.config"
#define QUIET_MS   1000
#define FILES_MAX  ((size_t)64 << 20)
#define POOL_FILE  "/var/lib/hyperv/.kvp_pool_"
#define MODE_OWNER 0600
#define DATA_URL   "data:;base64,"

void hyperv_join(const struct kvp *kvp, struct provider_config *ret)
{
	AUTO(text_done) struct text joined = TEXT_INIT(KVP_POOL_MAX);
	struct slice part = kvp_find(kvp, KVP_EXTERNAL, KEY);

	text_append_slice(&joined, part);
	for (unsigned i = 0; i == 0 || part.data; i++) {
		AUTO_FREE char *key = xasprintf(KEY ".%u", i);

		if (i == 0 && joined.length)
			break;
		part = kvp_find(kvp, KVP_EXTERNAL, key);
		text_append_slice(&joined, part);
	}
	*ret = (struct provider_config){ .length = joined.length, .name = xstrdup("hyperv:" KEY) };
	ret->data = joined.length ? text_take(&joined) : xstrdup("");
}

int hyperv_output_files(const struct kvp *kvp, struct text *ret)
{
	int r = 0;

	for (unsigned i = 0; i < KVP_POOLS && r == 0; i++) {
		r = text_printf(ret,
				"%s{\"path\":\"" POOL_FILE "%u\",\"mode\":%d,\"overwrite\":true,"
				"\"contents\":{\"source\":\"" DATA_URL,
				i ? "," : "[", i, MODE_OWNER);
		if (r == 0)
			r = base64_append(ret, kvp->pools[i].data, kvp->pools[i].length);
		if (r == 0)
			r = text_append_str(ret, "\"}}");
	}
	return r < 0 ? r : text_append_char(ret, ']');
}

static int load_pool(struct place file, struct text *pool)
{
	struct slice source = place_member_text(place_member(file, "contents"), "source");

	if (!slice_starts(source, DATA_URL))
		return -EINVAL;
	source = slice_from(source, sizeof(DATA_URL) - 1);

	AUTO_FREE unsigned char *bytes = xmalloc(BASE64_DECODED_MAX(source.length));
	size_t length = 0;

	if (base64_decode(source, bytes, &length, /* ret_offset= */ NULL) < 0 ||
	    length % KVP_RECORD != 0)
		return -EINVAL;
	return text_append(pool, bytes, length) < 0 ? -EINVAL : 0;
}

int hyperv_load_files(const char *files, struct kvp *kvp, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(slice_of(files), "the provider's files", &fields, err);

	if (r < 0)
		return r;

	struct place file = place_first(fields_top(&fields));

	for (unsigned i = 0; i < KVP_POOLS && r == 0; i++, file = place_next(file)) {
		AUTO_FREE char *path = xasprintf(POOL_FILE "%u", i);

		r = slice_is(place_member_text(file, "path"), path)
			    ? load_pool(file, &kvp->pools[i])
			    : -EINVAL;
	}
	return r < 0 ? error_set(err, ERROR_INPUT, EINVAL, "the provider's files are not pools")
		     : 0;
}

/* What the host has to say, which it says once. */
static int hear(const struct provider_context *context, struct kvp *kvp, struct error *err)
{
	if (context->output_files)
		return hyperv_load_files(context->output_files, kvp, err);
	driver_load(context, "hv_utils", DRIVER);

	AUTO_CLOSE int fd =
		openat(context->machine->host_fd, DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open /" DEVICE);

	int r = kvp_receive(fd, QUIET_MS, kvp, err);

	return error_wrap(err, r, "/" DEVICE);
}

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(kvp_done) struct kvp kvp;
	AUTO(text_done) struct text files = TEXT_INIT(FILES_MAX);

	kvp_init(&kvp);

	int r = hear(context, &kvp, err);

	if (r < 0)
		return r;
	if (hyperv_output_files(&kvp, &files) < 0)
		return error_set(err, ERROR_INPUT, EFBIG, "/" DEVICE ": the pools are too large");
	hyperv_join(&kvp, ret);
	/* The host does not say it again: whoever asks later finds it where its daemon keeps it. */
	ret->output_files = text_take(&files);
	if (ret->length)
		event_message(context->observer, EVENT_WARNING,
			      "Hyper-V's host keeps the config, which only its administrator can "
			      "remove; here its pools are written with mode 0600");
	return 0;
}

static const struct proof proofs[] = {
	{ PROOF_HYPERVISOR,
	  { { FACT_VENDOR, "Microsoft Corporation" },
	    { FACT_PRODUCT, "Virtual Machine" },
	    { FACT_ASSET_TAG, "7783-7084-3265-9085-8269-3286-77", .is_absent = true } } },
};

const struct provider provider_hyperv = {
	.name = "hyperv",
	.title = "Hyper-V",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.fetch_config = fetch_config,
};
