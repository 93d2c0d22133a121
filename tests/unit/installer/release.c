/* URLs of Container Linux and Flatcar (spec install-and-boot 2.3). */
#include "installer/release.h"

#include <stdlib.h>

#include "tap.h"

static const struct {
	const char *label;
	struct release release;
	const char *want;
	const char *want_version;
} urls[] = {
	{ "Flatcar",
	  { &release_flatcar, "beta", "arm64-usr", "3510.2.0", NULL, NULL },
	  "https://beta.release.flatcar-linux.net/arm64-usr/3510.2.0/"
	  "flatcar_production_image.bin.bz2",
	  "https://beta.release.flatcar-linux.net/arm64-usr/current/version.txt" },
	{ "an OEM's image",
	  { &release_flatcar, "stable", "amd64-usr", "current-2022", "ami", NULL },
	  "https://stable.release.flatcar-linux.net/amd64-usr/current-2022/"
	  "flatcar_production_ami_image.bin.bz2",
	  "https://stable.release.flatcar-linux.net/amd64-usr/current/version.txt" },
	{ "no OEM asked for",
	  { &release_container_linux, "stable", "amd64-usr", "2512.3.0", "", NULL },
	  "https://stable.release.core-os.net/amd64-usr/2512.3.0/coreos_production_image.bin.bz2",
	  "https://stable.release.core-os.net/amd64-usr/current/version.txt" },
	{ "a mirror stands for channel and board",
	  { &release_flatcar, "stable", "amd64-usr", "1.2.3", NULL, "http://m/x/" },
	  "http://m/x/1.2.3/flatcar_production_image.bin.bz2",
	  "http://m/x/current/version.txt" },
	{ "one slash is taken off",
	  { &release_flatcar, "stable", "amd64-usr", "1.2.3", NULL, "http://m//" },
	  "http://m//1.2.3/flatcar_production_image.bin.bz2",
	  "http://m//current/version.txt" },
};

static const struct {
	const char *label;
	const char *text;
	const char *want;
} versions[] = {
	{ "the version", "FLATCAR_BUILD=3\nFLATCAR_VERSION=3510.2.0\nX=1\n", "3510.2.0" },
	{ "with a suffix and CR", "FLATCAR_VERSION=3510.2.0+nightly-2\r\n", "3510.2.0+nightly-2" },
	{ "empty", "FLATCAR_VERSION=\n", NULL },
	{ "none", "<html>\n", NULL },
	{ "a path", "FLATCAR_VERSION=../../x\n", NULL },
	{ "a way up", "FLATCAR_VERSION=3..4\n", NULL },
	{ "a query", "FLATCAR_VERSION=3?x\n", NULL },
	{ "another key that ends so", "XFLATCAR_VERSION=3\n", NULL },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		AUTO_FREE char *image = release_image_url(&urls[i].release);
		AUTO_FREE char *version = release_version_url(&urls[i].release);

		tap_str(image, urls[i].want, urls[i].label);
		tap_str(version, urls[i].want_version, urls[i].label);
	}
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO_FREE char *version = NULL;
		int r = release_parse_version(&urls[0].release, slice_of(versions[i].text),
					      &version, &err);

		if (versions[i].want)
			tap_str(version, versions[i].want, versions[i].label);
		else
			tap_ok(r < 0 && err.kind == ERROR_INPUT, "%s: refused", versions[i].label);
	}
	return tap_done();
}
