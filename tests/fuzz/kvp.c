/*
 * kvp - whatever a Hyper-V host sends, pools stay lists of whole records whose keys and values end.
 */
#include "providers/kvp.h"

#include <linux/hyperv.h>
#include <string.h>

#include "fuzz.h"

/* An operation, a pool, both sizes, then bytes for key and value by turns. */
#define HEAD_BYTES 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(kvp_done) struct kvp kvp;

	kvp_init(&kvp);
	kvp_take(&kvp, data, size);
	while (size >= HEAD_BYTES) {
		struct hv_kvp_msg message = { .kvp_hdr = { .operation = data[0],
							   .pool = data[1] } };
		struct hv_kvp_exchg_msg_value *value = &message.body.kvp_set.data;
		size_t count = size - HEAD_BYTES < 64 ? size - HEAD_BYTES : 64;

		value->key_size = (uint32_t)data[2] << 8 | data[3];
		value->value_size = (uint32_t)data[4] << 8 | data[5];
		memcpy(value->key, data + HEAD_BYTES, count);
		memcpy(value->value, data + HEAD_BYTES, count);
		kvp_take(&kvp, &message, sizeof(message));
		data += HEAD_BYTES + count;
		size -= HEAD_BYTES + count;
	}
	for (size_t i = 0; i < KVP_POOLS; i++) {
		FUZZ_REQUIRE(kvp.pools[i].length % KVP_RECORD == 0);
		for (size_t at = 0; at < kvp.pools[i].length; at += KVP_RECORD) {
			const char *record = kvp.pools[i].data + at;

			FUZZ_REQUIRE(record[KVP_KEY_BYTES - 1] == '\0');
			FUZZ_REQUIRE(record[KVP_RECORD - 1] == '\0');
			FUZZ_REQUIRE(kvp_find(&kvp, (enum kvp_pool)i, record).data);
		}
	}
	return 0;
}
