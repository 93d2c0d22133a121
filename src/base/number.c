#include "base/number.h"

#include <errno.h>
#include <inttypes.h>

int number_parse_u64(struct slice s, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;
	bool overflow = false;

	if (s.length == 0)
		return -EINVAL;
	for (size_t i = 0; i < s.length; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return -EINVAL;
		overflow |= __builtin_mul_overflow(value, 10, &value);
		overflow |= __builtin_add_overflow(value, (uint64_t)(s.data[i] - '0'), &value);
	}
	if (overflow || value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int number_parse_i64(struct slice s, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = slice_starts(s, "-");
	uint64_t magnitude = 0;
	uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	int r = number_parse_u64(negative ? slice_from(s, 1) : s, 0, limit, &magnitude);

	if (r < 0)
		return r;

	int64_t value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;

	if (value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int number_parse_octal(struct slice s, uint32_t max, uint32_t *ret)
{
	uint32_t value = 0;

	if (s.length == 0)
		return -EINVAL;
	for (size_t i = 0; i < s.length; i++) {
		if (s.data[i] < '0' || s.data[i] > '7')
			return -EINVAL;
		if (__builtin_mul_overflow(value, 8, &value) || value > max)
			return -ERANGE;
		value += (uint32_t)(s.data[i] - '0');
	}
	if (value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

/* Longest first where one is a prefix of another. */
static const struct {
	const char *name;
	int64_t nanoseconds;
} duration_units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\xc2\xb5s", 1000 }, /* µs */
	{ "\xce\xbcs", 1000 }, /* μs */
	{ "ms", 1000000 },
	{ "s", INT64_C(1000000000) },
	{ "m", INT64_C(60000000000) },
	{ "h", INT64_C(3600000000000) },
};

/* Takes digits from the front of *s; returns how many. */
static size_t take_digits(struct slice *s, int64_t *ret, bool *overflow)
{
	size_t count = 0;

	*ret = 0;
	while (count < s->length && s->data[count] >= '0' && s->data[count] <= '9') {
		*overflow |= __builtin_mul_overflow(*ret, 10, ret);
		*overflow |= __builtin_add_overflow(*ret, s->data[count] - '0', ret);
		count++;
	}
	*s = slice_from(*s, count);
	return count;
}

/* Nanoseconds of a fraction ".25" of @unit; digits beyond the ninth do not count. */
static size_t take_fraction(struct slice *s, int64_t unit, int64_t *ret)
{
	size_t count = 0;
	int64_t scale = unit;

	*ret = 0;
	while (count < s->length && s->data[count] >= '0' && s->data[count] <= '9')
		count++;
	for (size_t i = 0; i < count && scale >= 10; i++) {
		scale /= 10;
		*ret += (s->data[i] - '0') * scale;
	}
	*s = slice_from(*s, count);
	return count;
}

static int64_t find_unit(struct slice *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(duration_units); i++) {
		if (!slice_starts(*s, duration_units[i].name))
			continue;
		*s = slice_from(*s, strlen(duration_units[i].name));
		return duration_units[i].nanoseconds;
	}
	return 0;
}

/* One "1.5h" from the front of *s, added to *total. */
static int take_component(struct slice *s, int64_t *total)
{
	bool overflow = false;
	int64_t whole = 0;
	int64_t fraction = 0;
	size_t digits = take_digits(s, &whole, &overflow);
	struct slice decimals = { "", 0 };

	if (slice_starts(*s, ".")) {
		decimals = slice_from(*s, 1);
		*s = decimals;

		size_t before = s->length;

		take_fraction(s, 1, &fraction);
		decimals.length = before - s->length;
		digits += decimals.length;
	}

	int64_t unit = find_unit(s);

	if (digits == 0 || unit == 0)
		return -EINVAL;
	take_fraction(&decimals, unit, &fraction);
	overflow |= __builtin_mul_overflow(whole, unit, &whole);
	overflow |= __builtin_add_overflow(whole, fraction, &whole);
	overflow |= __builtin_add_overflow(*total, whole, total);
	return overflow ? -ERANGE : 0;
}

int number_parse_duration(struct slice s, int64_t *ret_ms)
{
	bool negative = slice_starts(s, "-");
	int64_t total = 0;

	if (negative || slice_starts(s, "+"))
		s = slice_from(s, 1);
	if (slice_is(s, "0")) {
		*ret_ms = 0;
		return 0;
	}
	if (s.length == 0)
		return -EINVAL;
	while (s.length) {
		int r = take_component(&s, &total);

		if (r < 0)
			return r;
	}
	total /= 1000000;
	*ret_ms = negative ? -total : total;
	return 0;
}

int number_parse_size(struct slice s, uint64_t *ret_bytes)
{
	static const char units[] = "KMGT";
	uint64_t scale = 1;
	uint64_t value = 0;

	if (slice_ends(s, "iB"))
		s.length -= 2;

	const char *unit = s.length ? strchr(units, s.data[s.length - 1]) : NULL;

	if (unit) {
		scale <<= 10 * (unit - units + 1);
		s.length--;
	}

	int r = number_parse_u64(s, 0, UINT64_MAX / scale, &value);

	if (r == 0)
		*ret_bytes = value * scale;
	return r;
}

int number_append_size(struct text *text, uint64_t size_bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	size_t unit = 0;
	uint64_t scale = 1;

	while (unit + 1 < ARRAY_SIZE(units) && size_bytes / scale >= 1024) {
		scale *= 1024;
		unit++;
	}

	/* Tenths, rounded to nearest; scale is at most 2^60, so the remainder times 10 fits. */
	uint64_t whole = size_bytes / scale;
	uint64_t tenths = (size_bytes % scale * 10 + scale / 2) / scale;

	if (tenths == 10) {
		whole++;
		tenths = 0;
	}
	if (tenths)
		return text_printf(text, "%" PRIu64 ".%" PRIu64 " %s", whole, tenths, units[unit]);
	return text_printf(text, "%" PRIu64 " %s", whole, units[unit]);
}
