/* Streams of Fedora CoreOS and what they have (spec install-and-boot 3.4). */
#include "installer/stream_metadata.h"

#include <errno.h>

#include "base/source.h"
#include "tap.h"

static const char stream[] =
	"{\"stream\": \"stable\", \"architectures\": {"
	"\"x86_64\": {\"artifacts\": {"
	"\"metal\": {\"release\": \"38.1\", \"formats\": {"
	"\"raw.xz\": {\"disk\": {\"location\": \"https://h/m.raw.xz\","
	" \"signature\": \"https://h/m.raw.xz.sig\", \"sha256\": \"00\"}},"
	"\"pxe\": {\"kernel\": {\"location\": \"https://h/k\"},"
	" \"initramfs\": {\"location\": \"https://h/i\"}},"
	"\"iso\": {\"iso\": {\"location\": \"https://h/iso\"}},"
	"\"bad\": {\"disk\": {}}, \"none\": {}}},"
	"\"aws\": {\"formats\": {\"vmdk.xz\": {\"disk\": {\"location\": \"l\"}}}}}},"
	"\"aarch64\": {\"artifacts\": {\"metal\": {\"formats\": {\"iso\": {}}}}},"
	"\"odd\": 1}}";

static const struct {
	const char *label;
	struct stream_choice choice;
	const char *want; /* location of the disk, or the error */
	int want_r;
} rows[] = {
	{ "the image of a disk", { "x86_64", "metal", "raw.xz" }, "https://h/m.raw.xz", 0 },
	{ "no such architecture",
	  { "s390x", "metal", "raw.xz" },
	  "the stream has no s390x",
	  -ENOENT },
	{ "no such platform",
	  { "x86_64", "azure", "raw.xz" },
	  "the stream has no x86_64.artifacts.azure",
	  -ENOENT },
	{ "no such format",
	  { "x86_64", "metal", "4k.raw.xz" },
	  "the stream has no x86_64.artifacts.metal.formats.4k.raw.xz",
	  -ENOENT },
	{ "an architecture that is no object",
	  { "odd", "metal", "raw.xz" },
	  "the stream has no odd",
	  -ENOENT },
	{ "several artifacts",
	  { "x86_64", "metal", "pxe" },
	  "the stream has 2 artifacts of that format, and the image of a disk is one",
	  -EINVAL },
	{ "no artifact",
	  { "x86_64", "metal", "none" },
	  "the stream has 0 artifacts of that format, and the image of a disk is one",
	  -EINVAL },
	{ "another artifact",
	  { "x86_64", "metal", "iso" },
	  "the stream has no image of a disk in that format, but \"iso\"",
	  -EINVAL },
	{ "an artifact that is nowhere",
	  { "x86_64", "metal", "bad" },
	  "artifact \"disk\" of the stream has no location",
	  -EINVAL },
};

static void check_row(struct stream_metadata *metadata, size_t row)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(stream_artifacts_done) struct stream_artifacts artifacts = { .list = NULL };
	const struct stream_artifact *disk = NULL;
	int r = stream_metadata_find(metadata, &rows[row].choice, &artifacts, &err);

	if (r == 0)
		r = stream_artifacts_disk(&artifacts, &disk, &err);
	tap_int(r, rows[row].want_r, rows[row].label);
	if (r < 0)
		tap_str(err.text, rows[row].want, rows[row].label);
	else
		tap_ok(slice_is(disk->location, rows[row].want) &&
			       slice_is(disk->signature, "https://h/m.raw.xz.sig") &&
			       slice_is(artifacts.release, "38.1"),
		       "%s: where it and its signature are", rows[row].label);
}

static void check_refusals(void)
{
	static const char *const texts[] = { "", "[]", "{}", "{\"architectures\": []}", "{" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(source_free) struct source *source = source_new("s.json", slice_of(texts[i]));
		AUTO(stream_metadata_free) struct stream_metadata *metadata = NULL;
		int r = stream_metadata_parse(source, &metadata, &err);

		tap_ok(r == -EINVAL && err.kind == ERROR_INPUT &&
			       strstr(err.text, "stream metadata s.json: "),
		       "no stream: %s", texts[i]);
	}
}

int main(void)
{
	AUTO(source_free) struct source *source = source_new("s.json", slice_of(stream));
	AUTO(stream_metadata_free) struct stream_metadata *metadata = NULL;
	AUTO(text_done) struct text table = TEXT_INIT(TEXT_MESSAGE_MAX);

	tap_int(stream_metadata_parse(source, &metadata, /* err= */ NULL), 0, "a stream is read");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(metadata, i);
	stream_metadata_append_table(metadata, &table);
	tap_str(text_str(&table),
		"Architecture  Platform  Format\n"
		"aarch64       metal     iso\n"
		"x86_64        aws       vmdk.xz\n"
		"x86_64        metal     bad\n"
		"x86_64        metal     iso\n"
		"x86_64        metal     none\n"
		"x86_64        metal     pxe\n"
		"x86_64        metal     raw.xz\n",
		"the table is sorted and in columns");
	check_refusals();
	return tap_done();
}
