#include "fetch/content_range.h"

#include "base/number.h"

#define UNIT "bytes "

/* The digits before the first @end of @rest, which goes on behind it. */
static bool take_number(struct slice *rest, char end, uint64_t *ret)
{
	const char *found = rest->length ? memchr(rest->data, end, rest->length) : NULL;

	if (!found)
		return false;

	struct slice digits = { rest->data, (size_t)(found - rest->data) };

	*rest = slice_from(*rest, digits.length + 1);
	return number_parse_u64(digits, 0, UINT64_MAX, ret) == 0;
}

bool content_range_parse(struct slice value, struct content_range *ret)
{
	struct content_range range = { 0 };

	if (!slice_starts(value, UNIT))
		return false;
	value = slice_from(value, strlen(UNIT));
	if (!take_number(&value, '-', &range.first) || !take_number(&value, '/', &range.last) ||
	    range.first > range.last)
		return false;
	range.is_sized = !slice_is(value, "*");
	if (range.is_sized &&
	    (number_parse_u64(value, 0, UINT64_MAX, &range.total) < 0 || range.last >= range.total))
		return false;
	*ret = range;
	return true;
}
