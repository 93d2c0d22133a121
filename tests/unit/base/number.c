/* number - integers, durations, sizes. */
#include "base/number.h"

#include <errno.h>

#include "tap.h"

static const struct {
	const char *label, *text;
	uint64_t max;
	int want;
	uint64_t value;
} u64_rows[] = {
	{ "zero", "0", UINT64_MAX, 0, 0 },
	{ "the largest", "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
	{ "one more overflows", "18446744073709551616", UINT64_MAX, -ERANGE, 0 },
	{ "above the maximum", "11", 10, -ERANGE, 0 },
	{ "empty text is no number", "", 10, -EINVAL, 0 },
	{ "a sign is no digit", "+1", 10, -EINVAL, 0 },
	{ "trailing text is refused", "1 ", 10, -EINVAL, 0 },
	{ "hexadecimal is refused", "0x1", 10, -EINVAL, 0 },
};

static const struct {
	const char *text;
	int want;
	int64_t ms;
} duration_rows[] = {
	{ "2m0s", 0, 120000 },	   { "1.5h", 0, 5400000 },
	{ "300ms", 0, 300 },	   { "0", 0, 0 },
	{ "-1s", 0, -1000 },	   { "1h2m3.25s", 0, 3723250 },
	{ ".5s", 0, 500 },	   { "1", -EINVAL, 0 },
	{ "s", -EINVAL, 0 },	   { "", -EINVAL, 0 },
	{ "1d", -EINVAL, 0 },	   { "99999999999h", -ERANGE, 0 },
	{ "1500\xc2\xb5s", 0, 1 }, { ".", -EINVAL, 0 },
};

static const struct {
	const char *text;
	int want;
	uint64_t bytes;
} parse_size_rows[] = {
	{ "8G", 0, UINT64_C(8) << 30 },
	{ "512MiB", 0, 512 << 20 },
	{ "4096", 0, 4096 },
	{ "1K", 0, 1024 },
	{ "16777215T", 0, UINT64_C(16777215) << 40 },
	{ "16777216T", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "G", -EINVAL, 0 },
	{ "8GB", -EINVAL, 0 },
	{ "1.5G", -EINVAL, 0 },
};

static const struct {
	uint64_t bytes;
	const char *want;
} size_rows[] = {
	{ 0, "0 B" },
	{ 1023, "1023 B" },
	{ 1024, "1 KiB" },
	{ 4831838208, "4.5 GiB" },
	{ (1 << 20) - 1, "1024 KiB" },
	{ UINT64_MAX, "16 EiB" },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(u64_rows); i++) {
		uint64_t value = 0;
		int r = number_parse_u64(slice_of(u64_rows[i].text), 0, u64_rows[i].max, &value);

		tap_ok(r == u64_rows[i].want && value == u64_rows[i].value, "u64: %s",
		       u64_rows[i].label);
	}

	int64_t low = 0;

	tap_int(number_parse_i64(SLICE("-9223372036854775808"), INT64_MIN, INT64_MAX, &low), 0,
		"i64: the smallest");
	tap_ok(low == INT64_MIN, "i64: the smallest has its value");
	tap_int(number_parse_i64(SLICE("9223372036854775808"), INT64_MIN, INT64_MAX, &low), -ERANGE,
		"i64: one above the largest");

	uint32_t mode = 0;

	tap_int(number_parse_octal(SLICE("0644"), 07777, &mode), 0, "octal: a mode");
	tap_int(mode, 0644, "octal: its value");
	tap_int(number_parse_octal(SLICE("10000"), 07777, &mode), -ERANGE, "octal: too large");
	tap_int(number_parse_octal(SLICE("8"), 07777, &mode), -EINVAL, "octal: 8 is no digit");

	for (size_t i = 0; i < ARRAY_SIZE(duration_rows); i++) {
		int64_t ms = 0;
		int r = number_parse_duration(slice_of(duration_rows[i].text), &ms);

		tap_ok(r == duration_rows[i].want && ms == duration_rows[i].ms,
		       "duration: \"%s\" (got %d, %" PRId64 ")", duration_rows[i].text, r, ms);
	}
	for (size_t i = 0; i < ARRAY_SIZE(parse_size_rows); i++) {
		uint64_t bytes = 0;
		int r = number_parse_size(slice_of(parse_size_rows[i].text), &bytes);

		tap_ok(r == parse_size_rows[i].want && bytes == parse_size_rows[i].bytes,
		       "size: \"%s\" (got %d, %" PRIu64 ")", parse_size_rows[i].text, r, bytes);
	}
	for (size_t i = 0; i < ARRAY_SIZE(size_rows); i++) {
		AUTO(text_done) struct text text = TEXT_INIT(64);

		number_append_size(&text, size_rows[i].bytes);
		tap_str(text_str(&text), size_rows[i].want, "size in IEC units");
	}
	return tap_done();
}
