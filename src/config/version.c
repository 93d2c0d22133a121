#include "config/version.h"

#include <errno.h>

#include "base/number.h"

/* What follows the first @separator, cut off @text; absent when there is none. */
static struct slice split_off(struct slice *text, char separator)
{
	const char *at = text->length ? memchr(text->data, separator, text->length) : NULL;

	if (!at)
		return (struct slice){ 0 };

	struct slice rest = slice_from(*text, (size_t)(at - text->data) + 1);

	text->length = (size_t)(at - text->data);
	return rest;
}

/* Letters, digits, dashes, in parts between dots; may be empty. */
static bool is_identifier(struct slice text)
{
	bool part_is_empty = true;

	for (size_t i = 0; i < text.length; i++) {
		const char c = text.data[i];
		const char lower = (char)(c | 0x20);

		if (c == '.' && part_is_empty)
			return false;
		part_is_empty = c == '.';
		if (c != '.' && c != '-' && !(c >= '0' && c <= '9') &&
		    !(lower >= 'a' && lower <= 'z'))
			return false;
	}
	return text.length == 0 || !part_is_empty;
}

struct semver {
	int64_t numbers[3];
	struct slice prerelease;
	struct slice metadata;
};

/* As coreos/go-semver: leading zeros are accepted. Whether @text is a version. */
static bool semver_parse(struct slice text, struct semver *ret)
{
	struct semver version = { .metadata = split_off(&text, '+') };

	version.prerelease = split_off(&text, '-');
	if (!is_identifier(version.prerelease) || !is_identifier(version.metadata))
		return false;

	for (size_t i = 0; i < ARRAY_SIZE(version.numbers); i++) {
		struct slice rest = i < 2 ? split_off(&text, '.') : (struct slice){ 0 };

		if (number_parse_i64(text, 0, INT64_MAX, &version.numbers[i]) < 0)
			return false;
		text = rest;
	}
	*ret = version;
	return true;
}

static bool semver_equal(const struct semver *a, const struct semver *b)
{
	return memcmp(a->numbers, b->numbers, sizeof(a->numbers)) == 0 &&
	       slice_equal(a->prerelease, b->prerelease) && slice_equal(a->metadata, b->metadata);
}

int spec_version_parse(struct slice text, enum spec_version *ret, struct error *err)
{
	struct semver wanted;

	if (!semver_parse(text, &wanted))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "invalid config version (couldn't parse)");
	for (enum spec_version version = SPEC_OLDEST; version < SPEC_VERSION_COUNT; version++) {
		struct semver known;

		if (semver_parse(slice_of(spec_version_name(version)), &known) &&
		    semver_equal(&wanted, &known)) {
			*ret = version;
			return 0;
		}
	}
	return error_set(err, ERROR_INPUT, EINVAL, "unsupported config version");
}
