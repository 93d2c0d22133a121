/* yaml_scalar - plain scalars as Go's yaml.v3 resolves them. */
#include "base/yaml_scalar.h"

#include "tap.h"

static const struct {
	const char *text;
	enum node_kind kind;
	unsigned flags;
	const char *number; /* as JSON writes it */
} rows[] = {
	{ "", NODE_NULL, 0, "" },
	{ "~", NODE_NULL, 0, "" },
	{ "null", NODE_NULL, 0, "" },
	{ "Null", NODE_NULL, 0, "" },
	{ "NULL", NODE_NULL, 0, "" },
	{ "nULL", NODE_STRING, 0, "" },
	{ "true", NODE_BOOL, NODE_TRUE, "" },
	{ "True", NODE_BOOL, NODE_TRUE, "" },
	{ "TRUE", NODE_BOOL, NODE_TRUE, "" },
	{ "false", NODE_BOOL, 0, "" },
	{ "False", NODE_BOOL, 0, "" },
	{ "FALSE", NODE_BOOL, 0, "" },
	{ "tRUE", NODE_STRING, 0, "" },
	/* YAML 1.1's other booleans are strings. */
	{ "yes", NODE_STRING, 0, "" },
	{ "No", NODE_STRING, 0, "" },
	{ "on", NODE_STRING, 0, "" },
	{ "off", NODE_STRING, 0, "" },
	{ "y", NODE_STRING, 0, "" },
	/* Integers, in decimal. */
	{ "0", NODE_NUMBER, 0, "0" },
	{ "-0", NODE_NUMBER, 0, "0" },
	{ "+12", NODE_NUMBER, 0, "12" },
	{ "-12", NODE_NUMBER, 0, "-12" },
	{ "1_000", NODE_NUMBER, 0, "1000" },
	{ "0x1F", NODE_NUMBER, 0, "31" },
	{ "-0x10", NODE_NUMBER, 0, "-16" },
	{ "0X_ff", NODE_NUMBER, 0, "255" },
	{ "0o644", NODE_NUMBER, 0, "420" },
	{ "0b101", NODE_NUMBER, 0, "5" },
	{ "0644", NODE_NUMBER, 0, "420" },
	{ "-0644", NODE_NUMBER, 0, "-420" },
	{ "00", NODE_NUMBER, 0, "0" },
	{ "9223372036854775807", NODE_NUMBER, 0, "9223372036854775807" },
	{ "-9223372036854775808", NODE_NUMBER, 0, "-9223372036854775808" },
	{ "18446744073709551615", NODE_NUMBER, 0, "18446744073709551615" },
	{ "0xffffffffffffffff", NODE_NUMBER, 0, "18446744073709551615" },
	/* Beyond 64 bits a decimal is a float, others are strings. */
	{ "18446744073709551616", NODE_NUMBER, 0, "18446744073709551616" },
	{ "-9223372036854775809", NODE_NUMBER, 0, "-9223372036854775809" },
	{ "0x10000000000000000", NODE_STRING, 0, "" },
	{ "0x", NODE_STRING, 0, "" },
	{ "0xg", NODE_STRING, 0, "" },
	{ "0o8", NODE_STRING, 0, "" },
	{ "0b2", NODE_STRING, 0, "" },
	{ "089", NODE_NUMBER, 0, "89" },
	/* Floats, as JSON writes them. */
	{ "1.5", NODE_NUMBER, 0, "1.5" },
	{ ".5", NODE_NUMBER, 0, "0.5" },
	{ "-.5", NODE_NUMBER, 0, "-0.5" },
	{ "+1.", NODE_NUMBER, 0, "1" },
	{ "1.e5", NODE_NUMBER, 0, "1e5" },
	{ "1E+5", NODE_NUMBER, 0, "1e5" },
	{ "1e-05", NODE_NUMBER, 0, "1e-05" },
	{ "007.50", NODE_NUMBER, 0, "7.50" },
	{ "1_0.5", NODE_NUMBER, 0, "10.5" },
	{ ".1_0", NODE_STRING, 0, "" },
	{ "1e400", NODE_STRING, 0, "" },
	{ ".inf", NODE_STRING, 0, "" },
	{ "-.Inf", NODE_STRING, 0, "" },
	{ ".nan", NODE_STRING, 0, "" },
	/* What only looks like a number. */
	{ ".", NODE_STRING, 0, "" },
	{ "-", NODE_STRING, 0, "" },
	{ "+", NODE_STRING, 0, "" },
	{ "..5", NODE_STRING, 0, "" },
	{ ".e5", NODE_STRING, 0, "" },
	{ "1e", NODE_STRING, 0, "" },
	{ "1e+", NODE_STRING, 0, "" },
	{ "1.2.3", NODE_STRING, 0, "" },
	{ "--1", NODE_STRING, 0, "" },
	{ "+-1", NODE_STRING, 0, "" },
	{ "1 2", NODE_STRING, 0, "" },
	{ "12:30:45", NODE_STRING, 0, "" },
	{ "2001-12-14", NODE_STRING, 0, "" },
	{ "_1", NODE_STRING, 0, "" },
	{ "1k", NODE_STRING, 0, "" },
	{ "inf", NODE_STRING, 0, "" },
	{ "nan", NODE_STRING, 0, "" },
	{ "<<", NODE_STRING, 0, "" },
};

int main(void)
{
	AUTO(text_done) struct text number = TEXT_INIT(TEXT_MESSAGE_MAX);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct yaml_scalar got = yaml_scalar_resolve(slice_of(rows[i].text), &number);

		tap_ok(got.kind == rows[i].kind && got.flags == rows[i].flags, "kind of \"%s\"",
		       rows[i].text);
		tap_str(text_str(&number), rows[i].number, "its number");
	}
	tap_int(yaml_scalar_resolve(SLICE("1"), &number).is_float, 0, "1 is an integer");
	tap_int(yaml_scalar_resolve(SLICE("1."), &number).is_float, 1, "1. is a float");
	tap_int(yaml_scalar_resolve((struct slice){ "~\0", 2 }, &number).kind, NODE_STRING,
		"a NUL is part of the text");
	return tap_done();
}
