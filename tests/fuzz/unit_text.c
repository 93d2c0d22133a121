/*
 * unit_text - a text shorter than the limit on lines is judged alike wherever it falls in the read
 * buffer; what is accepted is accepted with an [Install] section behind it; what is refused has a
 * message.
 */
#include "config/unit_text.h"

#include "fuzz.h"

/* One line of this length may be refused for its place in the buffer. */
#define LINE_BYTES_MAX 2048
#define BUFFER_BYTES   4096

struct verdict {
	bool has_install;
	struct error err;
};

static void verdict_done(struct verdict *verdict)
{
	error_done(&verdict->err);
}
DEFINE_DONE(struct verdict, verdict_done)

static struct verdict judge(struct slice text)
{
	struct verdict verdict = { .err = ERROR_INIT };
	int r = unit_text_check(text, &verdict.has_install, &verdict.err);

	FUZZ_REQUIRE((r < 0) == (verdict.err.text != NULL));
	FUZZ_REQUIRE(r == 0 || (r == -verdict.err.errnum && verdict.err.kind == ERROR_INPUT));
	return verdict;
}

/* Newlines in front of the first section are not seen. */
static void check_shifted(struct slice text, const struct verdict *want, size_t newlines)
{
	AUTO(text_done) struct text shifted = TEXT_INIT(2 * BUFFER_BYTES);

	for (; newlines > 0; newlines--)
		text_append_char(&shifted, '\n');
	FUZZ_REQUIRE(text_append_slice(&shifted, text) == 0);

	AUTO(verdict_done) struct verdict got = judge(text_slice(&shifted));

	FUZZ_REQUIRE(got.has_install == want->has_install);
	FUZZ_REQUIRE(slice_equal(slice_of(got.err.text), slice_of(want->err.text)));
}

/* The empty line ends a value or a comment that goes on. */
static void check_extended(struct slice text)
{
	AUTO(text_done) struct text extended = TEXT_INIT(2 * BUFFER_BYTES);

	text_append_slice(&extended, text);
	FUZZ_REQUIRE(text_append_str(&extended, "\n\n[Install]\nA=b\n") == 0);

	AUTO(verdict_done) struct verdict got = judge(text_slice(&extended));

	FUZZ_REQUIRE(!got.err.text && got.has_install);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	AUTO(verdict_done) struct verdict verdict = judge(text);

	if (size >= LINE_BYTES_MAX - sizeof("\n\n[Install]\nA=b\n"))
		return 0;
	/* All places at which the text meets the end of the buffer, over many inputs. */
	check_shifted(text, &verdict, BUFFER_BYTES - size % BUFFER_BYTES);
	check_shifted(text, &verdict, BUFFER_BYTES - size / 2);
	check_shifted(text, &verdict, 1);
	if (!verdict.err.text)
		check_extended(text);
	return 0;
}
