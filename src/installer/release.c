#include "installer/release.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"

#define VERSION_FILE "version.txt"

const struct release_vendor release_flatcar = {
	.host = "release.flatcar-linux.net",
	.prefix = "flatcar_production",
	.version = "FLATCAR_VERSION=",
};

const struct release_vendor release_container_linux = {
	.host = "release.core-os.net",
	.prefix = "coreos_production",
	.version = "COREOS_VERSION=",
};

/* Up to the version's directory, with a slash behind it. */
static void append_base(const struct release *release, struct text *out)
{
	struct slice base = slice_of(release->base_url);

	if (!release->base_url) {
		text_printf(out, "https://%s.%s/%s/", release->channel, release->vendor->host,
			    release->board);
		return;
	}
	if (slice_ends(base, "/"))
		base.length--;
	text_append_slice(out, base);
	text_append_char(out, '/');
}

char *release_image_url(const struct release *release)
{
	AUTO(text_done) struct text url = TEXT_INIT(TEXT_MESSAGE_MAX);
	bool has_oem = release->oem && *release->oem;

	append_base(release, &url);
	text_printf(&url, "%s/%s%s%s_image.bin.bz2", release->version, release->vendor->prefix,
		    has_oem ? "_" : "", has_oem ? release->oem : "");
	return text_take(&url);
}

char *release_version_url(const struct release *release)
{
	AUTO(text_done) struct text url = TEXT_INIT(TEXT_MESSAGE_MAX);

	append_base(release, &url);
	text_append_str(&url, "current/" VERSION_FILE);
	return text_take(&url);
}

/* What comes from the network becomes part of a path. */
static bool is_version(struct slice version)
{
	for (size_t i = 0; i < version.length; i++) {
		char c = version.data[i];
		bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
				(c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '_';

		/* A dot leads, or follows another, in paths that leave their directory only. */
		if (!is_plain && !(c == '.' && i > 0 && version.data[i - 1] != '.'))
			return false;
	}
	return version.length > 0;
}

int release_parse_version(const struct release *release, struct slice text, char **ret,
			  struct error *err)
{
	const char *key = release->vendor->version;

	while (text.length) {
		struct slice line = slice_take_line(&text);

		if (!slice_starts(line, key))
			continue;
		struct slice version = slice_trim(slice_from(line, strlen(key)));

		if (!is_version(version))
			break;
		*ret = slice_dup(version);
		return 0;
	}
	return error_set(err, ERROR_INPUT, EINVAL, VERSION_FILE " has no %s with a version", key);
}
