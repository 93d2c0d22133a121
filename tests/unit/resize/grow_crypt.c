/* grow_crypt - how large an encrypted device could be, from LUKS headers. */
#include "resize/grow_crypt.h"

#include <stdio.h>

#include "fixture.h"
#include "tap.h"

/* Enough for the header area of LUKS2, whose JSON begins at 4 KiB. */
#define HEADER_BYTES 16384
#define JSON_AT	     4096

static const struct row {
	const char *label;
	const char *head; /* NULL: LUKS, with the version */
	uint8_t version;
	uint32_t luks1_sectors;
	uint64_t luks2_bytes; /* of header and JSON */
	const char *json;
	uint64_t device_mib, below_mib;
	uint32_t sector_bytes;
	uint64_t want_bytes;
	const char *want; /* the plan, or the refusal, behind the node */
} rows[] = {
	{ "LUKS2 that uses all of its partition", NULL, 2, 0, HEADER_BYTES,
	  "{\"segments\":{\"0\":{\"offset\":\"16777216\"}}}", 84, 100, 512, 84 * MIB, "" },
	{ "LUKS2 takes what its partition has more", NULL, 2, 0, HEADER_BYTES,
	  "{\"segments\":{\"0\":{\"offset\":\"16777216\"}}}", 84, 200, 512, 184 * MIB,
	  "encrypted device root: 84 MiB -> 184 MiB\n" },
	{ "LUKS1 does", NULL, 1, 4096, 0, "", 98, 200, 512, 198 * MIB,
	  "encrypted device root: 98 MiB -> 198 MiB\n" },
	{ "less than 2 MiB is left", NULL, 1, 4096, 0, "", 98, 101, 512, 99 * MIB, "" },
	{ "2 MiB are taken", NULL, 1, 4096, 0, "", 98, 102, 512, 100 * MIB,
	  "encrypted device root: 98 MiB -> 100 MiB\n" },
	{ "sectors of encryption are whole", NULL, 1, 4097, 0, "", 98, 200, 4096, 198 * MIB - 4096,
	  "encrypted device root: 98 MiB -> 198 MiB\n" },
	{ "it is never planned smaller", NULL, 1, 4096, 0, "", 98, 50, 512, 98 * MIB, "" },
	{ "a partition smaller than the header changes nothing", NULL, 1, 4096, 0, "", 98, 1, 512,
	  98 * MIB, "" },
	{ "LUKS2 without a segment is refused", NULL, 2, 0, HEADER_BYTES, "{\"segments\":{}}", 84,
	  200, 512, 0, " has no LUKS header that says where its data begins" },
	{ "LUKS2 with an offset that is no number is refused", NULL, 2, 0, HEADER_BYTES,
	  "{\"segments\":{\"0\":{\"offset\":\"16m\"}}}", 84, 200, 512, 0,
	  " has no LUKS header that says where its data begins" },
	{ "LUKS2 with segments that are no object is refused", NULL, 2, 0, HEADER_BYTES,
	  "{\"segments\":[1]}", 84, 200, 512, 0,
	  " has no LUKS header that says where its data begins" },
	{ "LUKS2 whose JSON is none is refused", NULL, 2, 0, HEADER_BYTES, "{", 84, 200, 512, 0,
	  " has no LUKS header that says where its data begins" },
	{ "LUKS2 with a header beyond all sizes is refused", NULL, 2, 0, (uint64_t)5 << 20, "{}",
	  84, 200, 512, 0, " has no LUKS header that says where its data begins" },
	{ "LUKS2 with a header without JSON is refused", NULL, 2, 0, 4096, "", 84, 200, 512, 0,
	  " has no LUKS header that says where its data begins" },
	{ "LUKS2 that ends in its JSON is refused", NULL, 2, 0, (uint64_t)1 << 20, "{}", 84, 200,
	  512, 0, " has no LUKS header that says where its data begins" },
	{ "what has no header is refused", "plain", 0, 0, 0, "", 84, 200, 512, 0,
	  " has no LUKS header that says where its data begins" },
};

static void put_big(uint8_t *at, unsigned bytes, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

/* The path of what the encrypted device stands on. */
static char *make_header(const struct fixture *fixture, const struct row *row)
{
	uint8_t header[HEADER_BYTES] = "LUKS\xba\xbe";
	char *path = scratch_path(&fixture->scratch, "below");
	FILE *file = fopen(path, "we");

	header[7] = row->version;
	put_big(header + 8, 8, row->luks2_bytes);
	if (row->version == 1)
		put_big(header + 104, 4, row->luks1_sectors);
	memcpy(header + JSON_AT, row->json, strlen(row->json));
	if (row->head)
		memcpy(header, row->head, strlen(row->head));
	if (!file || fwrite(header, sizeof(header), 1, file) != 1 || fclose(file) != 0)
		abort();
	return path;
}

static void test_row(const struct row *row)
{
	AUTO(fixture_done) struct fixture fixture;
	AUTO(layer_done)
	struct layer layer = fixture_layer(LAYER_CRYPT, "dm-0", row->device_mib * MIB);
	AUTO(error_done) struct error err = ERROR_INIT;
	uint64_t bytes = 0;

	fixture_init(&fixture);
	layer.device.dm_name = xstrdup("root");
	layer.device.sector_bytes = row->sector_bytes;
	fixture_stand_on(&layer, fixture_layer(LAYER_PARTITION, "sda9", 100 * MIB));

	struct device *below = &layer.below[0].device;

	free(below->node);
	below->node = make_header(&fixture, row);

	int r = grow_crypt_plan(&fixture.work, &layer, row->below_mib * MIB, &bytes, &err);
	AUTO_FREE char *plan = fixture_plan_text(&fixture);

	tap_str(r < 0 ? err.text + strlen(below->node) : plan, row->want, row->label);
	if (r < 0)
		tap_ok(err.kind == ERROR_UNSUPPORTED, "which is no failure: %s", row->label);
	else
		tap_int((int64_t)bytes, (int64_t)row->want_bytes, row->label);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	return tap_done();
}
