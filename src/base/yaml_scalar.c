#include "base/yaml_scalar.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static const struct {
	const char *text;
	enum node_kind kind;
	unsigned flags;
} constants[] = {
	{ "", NODE_NULL, 0 },
	{ "~", NODE_NULL, 0 },
	{ "null", NODE_NULL, 0 },
	{ "Null", NODE_NULL, 0 },
	{ "NULL", NODE_NULL, 0 },
	{ "true", NODE_BOOL, NODE_TRUE },
	{ "True", NODE_BOOL, NODE_TRUE },
	{ "TRUE", NODE_BOOL, NODE_TRUE },
	{ "false", NODE_BOOL, 0 },
	{ "False", NODE_BOOL, 0 },
	{ "FALSE", NODE_BOOL, 0 },
};

/* Letters after a leading zero; a digit there means octal too, as in YAML 1.1. */
static const struct {
	char letter;
	unsigned base;
} prefixes[] = {
	{ 'x', 16 },
	{ 'o', 8 },
	{ 'b', 2 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int digit_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Takes the prefix off @digits. */
static unsigned take_base(struct slice *digits)
{
	if (digits->length < 2 || digits->data[0] != '0')
		return 10;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if ((digits->data[1] | 0x20) == prefixes[i].letter) {
			*digits = slice_from(*digits, 2);
			return prefixes[i].base;
		}
	}
	*digits = slice_from(*digits, 1);
	return 8;
}

/* Digits in @base, at least one, that fit 64 bits. */
static bool parse_digits(struct slice digits, unsigned base, uint64_t *ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < digits.length; i++) {
		unsigned digit = (unsigned)digit_value(digits.data[i]);

		if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	*ret = value;
	return digits.length > 0;
}

static bool resolve_integer(struct slice plain, struct text *number)
{
	bool negative = slice_starts(plain, "-");
	struct slice digits = negative || slice_starts(plain, "+") ? slice_from(plain, 1) : plain;
	unsigned base = take_base(&digits);
	uint64_t value = 0;

	if (!parse_digits(digits, base, &value))
		return false;
	if (negative && value > (uint64_t)INT64_MAX + 1)
		return false;
	text_clear(number);
	text_printf(number, "%s%" PRIu64, negative && value ? "-" : "", value);
	return true;
}

static size_t count_digits(struct slice s)
{
	size_t count = 0;

	while (count < s.length && is_digit(s.data[count]))
		count++;
	return count;
}

static struct slice take_digits(struct slice *s)
{
	struct slice digits = { s->data, count_digits(*s) };

	*s = slice_from(*s, digits.length);
	return digits;
}

static bool take_char(struct slice *s, const char *any_of)
{
	if (s->length == 0 || !s->data[0] || !strchr(any_of, s->data[0]))
		return false;
	*s = slice_from(*s, 1);
	return true;
}

/* The parts of [-+]?([0-9]*\.?[0-9]*)([eE][-+]?[0-9]+)?, of which one digit before e is needed. */
struct decimal {
	bool negative, negative_exponent;
	struct slice whole, fraction, exponent;
};

static bool parse_decimal(struct slice s, struct decimal *ret)
{
	struct decimal decimal = { .negative = slice_starts(s, "-") };

	take_char(&s, "+-");
	decimal.whole = take_digits(&s);
	if (take_char(&s, "."))
		decimal.fraction = take_digits(&s);
	if (decimal.whole.length + decimal.fraction.length == 0)
		return false;
	if (take_char(&s, "eE")) {
		decimal.negative_exponent = slice_starts(s, "-");
		take_char(&s, "+-");
		decimal.exponent = take_digits(&s);
		if (decimal.exponent.length == 0)
			return false;
	}
	*ret = decimal;
	return s.length == 0;
}

static void append_decimal(struct text *out, const struct decimal *decimal)
{
	struct slice whole = decimal->whole;

	while (whole.length && whole.data[0] == '0')
		whole = slice_from(whole, 1);
	if (decimal->negative)
		text_append_char(out, '-');
	text_append_slice(out, whole.length ? whole : SLICE("0"));
	if (decimal->fraction.length) {
		text_append_char(out, '.');
		text_append_slice(out, decimal->fraction);
	}
	if (decimal->exponent.length) {
		text_append_str(out, decimal->negative_exponent ? "e-" : "e");
		text_append_slice(out, decimal->exponent);
	}
}

static bool resolve_float(struct slice plain, struct text *number)
{
	struct decimal decimal = { 0 };

	if (!parse_decimal(plain, &decimal))
		return false;
	text_clear(number);
	append_decimal(number, &decimal);
	return isfinite(strtod(text_str(number), NULL));
}

/* @value without the _ that group digits; only numbers that begin with a digit or a sign may. */
static void append_ungrouped(struct text *out, struct slice value)
{
	for (size_t i = 0; i < value.length; i++) {
		if (value.data[i] != '_')
			text_append_char(out, value.data[i]);
	}
}

struct yaml_scalar yaml_scalar_resolve(struct slice value, struct text *number)
{
	char first = '\0';

	if (value.length)
		first = value.data[0];
	text_clear(number);
	for (size_t i = 0; i < ARRAY_SIZE(constants); i++) {
		if (slice_is(value, constants[i].text))
			return (struct yaml_scalar){ .kind = constants[i].kind,
						     .flags = constants[i].flags };
	}
	if (first == '.' && resolve_float(value, number))
		return (struct yaml_scalar){ .kind = NODE_NUMBER, .is_float = true };
	if (!is_digit(first) && first != '+' && first != '-')
		return (struct yaml_scalar){ .kind = NODE_STRING };

	AUTO(text_done) struct text plain = TEXT_INIT(value.length);

	append_ungrouped(&plain, value);
	if (resolve_integer(text_slice(&plain), number))
		return (struct yaml_scalar){ .kind = NODE_NUMBER };
	if (resolve_float(text_slice(&plain), number))
		return (struct yaml_scalar){ .kind = NODE_NUMBER, .is_float = true };
	text_clear(number);
	return (struct yaml_scalar){ .kind = NODE_STRING };
}
