/* hash - vectors of FIPS 180-4, whole and in pieces. */
#include "base/hash.h"

#include "base/alloc.h"

#include "tap.h"

static const struct {
	enum hash_kind kind;
	const char *in, *want;
} rows[] = {
	{ HASH_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ HASH_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ HASH_SHA512, "",
	  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
	{ HASH_SHA512, "abc",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
};

/* In a thread or not: the same. */
static void test_tasks(void)
{
	static const size_t lengths[] = { 0, 1, ((size_t)1 << 20) - 1, (size_t)1 << 20, 5000001 };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		AUTO_FREE char *data = xcalloc(1, lengths[i] + 1);
		char got[HASH_HEX_MAX];
		char want[HASH_HEX_MAX];
		struct hash hash;
		struct hash_task task;

		memset(data, 'h', lengths[i]);
		hash_task_begin(&task, HASH_SHA512, (struct slice){ data, lengths[i] });
		hash_init(&hash, HASH_SHA512);
		hash_update(&hash, data, lengths[i]);
		hash_hex(&hash, want);
		hash_task_end(&task, got);
		tap_str(got, want, "a hash that is made apart is the same");
	}
}

int main(void)
{
	test_tasks();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char hex[HASH_HEX_MAX];
		struct hash hash;

		hash_init(&hash, rows[i].kind);
		hash_update(&hash, rows[i].in, strlen(rows[i].in));
		hash_hex(&hash, hex);
		tap_str(hex, rows[i].want, hash_kind_name(rows[i].kind));

		hash_init(&hash, rows[i].kind);
		for (size_t at = 0; rows[i].in[at]; at++)
			hash_update(&hash, rows[i].in + at, 1);
		hash_hex(&hash, hex);
		tap_str(hex, rows[i].want, "byte by byte");
		tap_int((int64_t)hash_bytes(rows[i].kind) * 2, (int64_t)strlen(rows[i].want),
			"the length of its digest");
	}
	tap_str(hash_kind_name(HASH_SHA256), "sha256", "name");
	tap_str(hash_kind_name(HASH_SHA512), "sha512", "name");
	return tap_done();
}
