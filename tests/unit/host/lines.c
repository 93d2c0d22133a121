/* Lines of files that are set while the others stay (spec configs 1.6, 1.8). */
#include "host/lines.h"

#include "tap.h"

static const struct {
	const char *label;
	const char *old;
	const char *want;
	unsigned flags;
} rows[] = {
	{ "an empty file gets all, sorted", "", "A=1\nB=2\n", 0 },
	{ "a line is replaced where it is", "B=0\nC=3\n", "B=2\nC=3\nA=1\n", 0 },
	{ "each line of a name is replaced", "A=0\nA=9\n", "A=1\nA=1\nB=2\n", 0 },
	{ "comments and blank lines stay", "# A=0\n\n", "# A=0\n\nA=1\nB=2\n", 0 },
	{ "carriage returns go", "A=0\r\nC=\r\n", "A=1\nC=\nB=2\n", 0 },
	{ "a last line without newline gets one", "C=3", "C=3\nA=1\nB=2\n", 0 },
	{ "a longer name is another one", "AB=0\n", "AB=0\nA=1\nB=2\n", 0 },
	{ "by prefix it is not", "AB=0\n", "A=1\nB=2\n", LINES_BY_PREFIX },
	{ "what is as asked stays as it is", "A=1\nB=2\n", "A=1\nB=2\n", 0 },
};

int main(void)
{
	static const struct lines_variable variables[] = {
		{ SLICE_INIT("B"), SLICE_INIT("2") },
		{ SLICE_INIT("A"), SLICE_INIT("1") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

		lines_merge(slice_of(rows[i].old), variables, ARRAY_SIZE(variables), rows[i].flags,
			    &out);
		tap_str(text_str(&out), rows[i].want, rows[i].label);
	}
	return tap_done();
}
