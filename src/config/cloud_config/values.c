#include "config/cloud_config/values.h"

#include <errno.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/inflate.h"
#include "base/number.h"

/* Of a time of day. */
#define HOUR_MAX   23
#define MINUTE_MAX 59
/* "Mon" before a blank. */
#define DAY_BYTES 3

static bool is_word(struct slice text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_is(text, words[i]))
			return true;
	return false;
}

static bool is_proxy(struct slice text)
{
	static const char *const words[] = { "on", "off", "readonly" };

	return is_word(text, words, ARRAY_SIZE(words));
}

static bool is_strategy(struct slice text)
{
	static const char *const words[] = { "etcd-lock", "reboot", "off" };

	return is_word(text, words, ARRAY_SIZE(words));
}

static bool is_command(struct slice text)
{
	static const char *const words[] = {
		"start",
		"stop",
		"restart",
		"reload",
		"try-restart",
		"reload-or-restart",
		"reload-or-try-restart",
	};

	return is_word(text, words, ARRAY_SIZE(words));
}

static bool is_encoding(struct slice text)
{
	static const char *const words[] = {
		"base64", "b64", "gz", "gzip", "gz+base64", "gzip+base64", "gz+b64", "gzip+b64",
	};

	return is_word(text, words, ARRAY_SIZE(words));
}

/* ^((?i:sun|mon|tue|wed|thu|fri|sat|sun) )?0*([0-9]|1[0-9]|2[0-3]):0*([0-9]|[1-5][0-9])$ */
static bool is_window_start(struct slice text)
{
	static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };
	const char *colon;
	uint64_t number = 0;
	bool is_day = false;

	for (size_t i = 0; text.length > DAY_BYTES && i < ARRAY_SIZE(days); i++)
		is_day |= strncasecmp(text.data, days[i], DAY_BYTES) == 0 &&
			  text.data[DAY_BYTES] == ' ';
	if (is_day)
		text = slice_from(text, DAY_BYTES + 1);
	colon = text.length ? memchr(text.data, ':', text.length) : NULL;
	return colon &&
	       number_parse_u64((struct slice){ text.data, (size_t)(colon - text.data) }, 0,
				HOUR_MAX, &number) == 0 &&
	       number_parse_u64(slice_from(text, (size_t)(colon + 1 - text.data)), 0, MINUTE_MAX,
				&number) == 0;
}

/* ^[-+]?([0-9]*(\.[0-9]*)?[a-z]+)+$ : in the end, letters; anything but two points in a row of
 * digits. */
static bool is_window_length(struct slice text)
{
	bool has_point = false;

	if (text.length && (text.data[0] == '-' || text.data[0] == '+'))
		text = slice_from(text, 1);
	for (size_t i = 0; i < text.length; i++) {
		const char c = text.data[i];

		if (c >= 'a' && c <= 'z')
			has_point = false;
		else if (c == '.' && !has_point)
			has_point = true;
		else if (c < '0' || c > '9')
			return false;
	}
	return text.length && text.data[text.length - 1] >= 'a' &&
	       text.data[text.length - 1] <= 'z';
}

/* ^0?[0-7]{3,4}$ */
static bool is_permissions(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (text.data[i] < '0' || text.data[i] > '7')
			return false;
	return text.length == 3 || text.length == 4 || (text.length == 5 && text.data[0] == '0');
}

static bool (*const checks[])(struct slice text) = {
	[CLOUD_VALUE_PROXY] = is_proxy,
	[CLOUD_VALUE_WINDOW_START] = is_window_start,
	[CLOUD_VALUE_WINDOW_LENGTH] = is_window_length,
	[CLOUD_VALUE_STRATEGY] = is_strategy,
	[CLOUD_VALUE_COMMAND] = is_command,
	[CLOUD_VALUE_PERMISSIONS] = is_permissions,
	[CLOUD_VALUE_ENCODING] = is_encoding,
};
_Static_assert(ARRAY_SIZE(checks) == CLOUD_VALUE_COUNT, "every value has a check");

bool cloud_value_is_valid(enum cloud_value value, struct slice text)
{
	return text.length == 0 || !checks[value] || checks[value](text);
}

static int decode_base64(struct slice content, struct text *out, struct error *err)
{
	AUTO_FREE unsigned char *bytes = xmalloc(BASE64_DECODED_MAX(content.length));
	size_t length = 0, offset = 0;

	if (base64_decode(content, bytes, &length, &offset) < 0)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "Unable to decode base64: illegal base64 data at input byte %zu",
				 offset);
	if (text_append(out, bytes, length) < 0)
		return error_set(err, ERROR_INPUT, EFBIG, "contents are larger than %zu bytes",
				 out->max);
	return 0;
}

static int decode_gzip(struct slice content, struct text *out, struct error *err)
{
	int r = inflate_gzip(content, out, err);

	return r < 0 ? error_wrap(err, r, "Unable to decode gzip") : 0;
}

int cloud_value_decode(struct slice content, struct slice encoding, struct text *out,
		       struct error *err)
{
	const bool is_gzip = slice_starts(encoding, "gz");
	const bool is_base64 = slice_ends(encoding, "64");
	AUTO(text_done) struct text bytes = TEXT_INIT(out->max);

	if (encoding.length && !is_encoding(encoding))
		return error_set(err, ERROR_INPUT, EINVAL, "Unsupported encoding \"%.*s\"",
				 SLICE_ARGS(encoding));
	if (encoding.length == 0)
		return text_append_slice(out, content) < 0
			       ? error_set(err, ERROR_INPUT, EFBIG,
					   "contents are larger than %zu bytes", out->max)
			       : 0;
	if (!is_base64)
		return decode_gzip(content, out, err);
	if (!is_gzip)
		return decode_base64(content, out, err);

	int r = decode_base64(content, &bytes, err);

	return r < 0 ? r : decode_gzip(text_slice(&bytes), out, err);
}
