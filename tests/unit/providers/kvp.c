/* Hyper-V's pools: messages of the host, the conversation, configs and pool files. */
#include "providers/kvp.h"

#include <errno.h>
#include <linux/hyperv.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "providers/hyperv.h"
#include "tap.h"

static struct hv_kvp_msg set_message(unsigned pool, const char *key, const char *value)
{
	struct hv_kvp_msg message = { .kvp_hdr = { .operation = KVP_OP_SET, .pool = (__u8)pool } };
	struct hv_kvp_exchg_msg_value *data = &message.body.kvp_set.data;

	data->value_type = 1;
	data->key_size = (__u32)strlen(key) + 1;
	data->value_size = (__u32)strlen(value) + 1;
	memcpy(data->key, key, data->key_size);
	memcpy(data->value, value, data->value_size);
	return message;
}

static const struct size_row {
	const char *label;
	unsigned operation, pool;
	uint32_t key_size, value_size;
	bool is_taken;
} size_rows[] = {
	{ "a key and a value", KVP_OP_SET, 0, 4, 6, true },
	{ "the last pool", KVP_OP_SET, 4, 4, 6, true },
	{ "a pool that is none", KVP_OP_SET, 5, 4, 6, false },
	{ "another operation", KVP_OP_GET, 0, 4, 6, false },
	{ "a key without even its NUL", KVP_OP_SET, 0, 0, 6, false },
	{ "a value without even its NUL", KVP_OP_SET, 0, 4, 0, false },
	{ "the longest key", KVP_OP_SET, 0, 512, 6, true },
	{ "a longer key", KVP_OP_SET, 0, 513, 6, false },
	{ "the longest value", KVP_OP_SET, 0, 4, 2048, true },
	{ "a longer value", KVP_OP_SET, 0, 4, 2049, false },
	{ "sizes that overflow", KVP_OP_SET, 0, UINT32_MAX, UINT32_MAX, false },
};

static void test_sizes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(size_rows); i++) {
		const struct size_row *row = &size_rows[i];
		struct hv_kvp_msg message = set_message(row->pool, "key", "value");
		AUTO(kvp_done) struct kvp kvp;

		kvp_init(&kvp);
		message.kvp_hdr.operation = (__u8)row->operation;
		message.body.kvp_set.data.key_size = row->key_size;
		message.body.kvp_set.data.value_size = row->value_size;
		tap_ok(kvp_take(&kvp, &message, sizeof(message)) == row->is_taken, "%s",
		       row->label);
		if (row->is_taken)
			tap_ok(slice_is(kvp_find(&kvp, row->pool, "key"), "value"), "%s: is found",
			       row->label);
	}
}

static void test_conversation(void)
{
	const struct hv_kvp_msg said[] = {
		{ .kvp_hdr.operation = KVP_OP_REGISTER1 },
		set_message(0, "ignition.config", "old"),
		set_message(7, "ignition.config", "nowhere"),
		set_message(0, "ignition.config", "new"),
	};
	static const int want[] = { HV_S_OK, (int)HV_E_FAIL, HV_S_OK };
	AUTO(kvp_done) struct kvp kvp;
	struct hv_kvp_msg heard;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends) < 0)
		return;
	kvp_init(&kvp);
	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		tap_ok(write(ends[1], &said[i], sizeof(said[i])) == sizeof(said[i]), "a message");
	tap_int(kvp_receive(ends[0], 10, &kvp, NULL), 0, "all that the host has");
	tap_ok(read(ends[1], &heard, sizeof(heard)) == sizeof(heard) &&
		       heard.kvp_hdr.operation == KVP_OP_REGISTER1,
	       "we register first");
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		tap_ok(read(ends[1], &heard, sizeof(heard)) == sizeof(heard) &&
			       heard.error == want[i],
		       "message %zu is answered, the registration is not", i);
	tap_ok(read(ends[1], &heard, sizeof(heard)) < 0, "and nothing else is said");
	tap_ok(slice_is(kvp_find(&kvp, KVP_EXTERNAL, "ignition.config"), "new"),
	       "of two values the last counts");
	tap_int((int64_t)kvp.pools[0].length, KVP_RECORD, "in one record");

	AUTO(error_done) struct error err = ERROR_INIT;

	tap_ok(write(ends[1], "short", 5) == 5, "half a message");
	tap_int(kvp_receive(ends[0], 10, &kvp, &err), -EBADMSG, "is refused");
	tap_str(err.text, "a message of Hyper-V's host has 5 bytes", "by its size");
	close(ends[0]);
	close(ends[1]);
}

static const struct join_row {
	const char *label;
	const char *keys[8];
	const char *want;
} join_rows[] = {
	{ "none", { NULL }, "" },
	{ "one value", { "ignition.config", "{}" }, "{}" },
	{ "one value, and parts that do not count",
	  { "ignition.config", "{}", "ignition.config.0", "x" },
	  "{}" },
	{ "an empty value, then parts",
	  { "ignition.config", "", "ignition.config.0", "{", "ignition.config.1", "}" },
	  "{}" },
	{ "parts in their order",
	  { "ignition.config.1", "b", "ignition.config.0", "a", "ignition.config.2", "c" },
	  "abc" },
	{ "parts up to a gap", { "ignition.config.0", "a", "ignition.config.2", "c" }, "a" },
	{ "no first part", { "ignition.config.1", "a" }, "" },
};

static void test_join(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(join_rows); i++) {
		AUTO(provider_config_done) struct provider_config config = { .length = 0 };
		AUTO(kvp_done) struct kvp kvp;

		kvp_init(&kvp);
		for (const char *const *key = join_rows[i].keys; *key; key += 2) {
			struct hv_kvp_msg message = set_message(KVP_EXTERNAL, key[0], key[1]);

			kvp_take(&kvp, &message, sizeof(message));
		}
		hyperv_join(&kvp, &config);
		tap_str(config.data, join_rows[i].want, join_rows[i].label);
	}
}

static void test_files(void)
{
	AUTO(kvp_done) struct kvp kvp;
	AUTO(text_done) struct text files = TEXT_INIT(1 << 20);
	struct hv_kvp_msg message = set_message(KVP_GUEST, "key", "value");

	kvp_init(&kvp);
	kvp_take(&kvp, &message, sizeof(message));
	tap_int(hyperv_output_files(&kvp, &files), 0, "files of the pools");
	tap_ok(strncmp(files.data,
		       "[{\"path\":\"/var/lib/hyperv/.kvp_pool_0\",\"mode\":384,\"overwrite\":true,"
		       "\"contents\":{\"source\":\"data:;base64,\"}},"
		       "{\"path\":\"/var/lib/hyperv/.kvp_pool_1\",\"mode\":384,\"overwrite\":true,"
		       "\"contents\":{\"source\":\"data:;base64,a2V5AAAA",
		       210) == 0,
	       "their owner's alone, each with its records");
}

static void test_round_trip(void)
{
	AUTO(kvp_done) struct kvp kvp;
	AUTO(kvp_done) struct kvp again;
	AUTO(kvp_done) struct kvp none;
	AUTO(text_done) struct text files = TEXT_INIT(1 << 20);
	AUTO(error_done) struct error err = ERROR_INIT;
	struct hv_kvp_msg message = set_message(KVP_EXTERNAL, "ignition.config", "{}");

	kvp_init(&kvp);
	kvp_init(&again);
	kvp_init(&none);
	kvp_take(&kvp, &message, sizeof(message));
	hyperv_output_files(&kvp, &files);
	tap_int(hyperv_load_files(text_str(&files), &again, NULL), 0, "a later stage reads them");
	tap_ok(slice_is(kvp_find(&again, KVP_EXTERNAL, "ignition.config"), "{}"),
	       "and finds the config");
	tap_int(hyperv_load_files("[{\"path\":\"/etc/passwd\"}]", &none, &err), -EINVAL,
		"other files");
	tap_str(err.text, "the provider's files are not pools", "are refused");
}

int main(void)
{
	test_sizes();
	test_conversation();
	test_join();
	test_files();
	test_round_trip();
	return tap_done();
}
