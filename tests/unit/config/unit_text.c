/* unit_text - the texts that upstream's unit parser accepts, and its words about the others. */
#include "config/unit_text.h"

#include <errno.h>

#include "tap.h"

#define NO_END	"unable to find end of section"
#define NEWLINE "unexpected newline encountered while parsing option name"
#define LONG	"line too long (max 2048 bytes)"

static const struct {
	const char *label;
	struct slice text;
	const char *want; /* NULL: accepted */
	bool has_install;
} rows[] = {
	{ "nothing", SLICE("") },
	{ "absent", { NULL, 0 } },
	{ "text without a section", SLICE("ExecStart=/bin/true\nnot an option") },
	{ "a section and an option", SLICE("[Unit]\nA=b\n") },
	{ "no newline at the end", SLICE("[Unit]\nA=b") },
	{ "an option without a value", SLICE("[Install]\nA="), .has_install = true },
	{ "an option without a name", SLICE("[Install]\n=b"), .has_install = true },
	{ "spaces around an option", SLICE("[Install]\n  A = b \n"), .has_install = true },
	{ "an option in [Install]", SLICE("[Unit]\n[Install]\nA=b\n"), .has_install = true },
	{ "an empty [Install]", SLICE("[Unit]\nA=b\n[Install]\n") },
	{ "[Install] after text on the same line", SLICE("x[Install]\nA=b"), .has_install = true },
	{ "another case", SLICE("[install]\nA=b") },
	{ "spaces in brackets", SLICE("[ Install ]\nA=b") },
	{ "a comment in [Install]", SLICE("[Install]\n#A=b\n;A=b\n") },
	{ "a section in a comment", SLICE("#[Unit\n;[Unit\n") },
	{ "a comment that goes on", SLICE("[Install]\n#A\\\nA=b\n") },
	{ "a comment that goes on behind one space", SLICE("[Install]\n#A\\ \nA=b\n") },
	{ "a comment that does not behind two", SLICE("[Install]\n#A\\  \nA=b\n"),
	  .has_install = true },
	{ "a value that goes on", SLICE("[Unit]\nA=b\\\n[Install]\n") },
	{ "a value does not go on behind a space", SLICE("[Unit]\nA=b\\ \n[Install]\nA=b\n"),
	  .has_install = true },
	{ "a value that goes on to the end", SLICE("[Install]\nA=b\\"), .has_install = true },
	{ "CRLF after a section", SLICE("[Install]\r\nA=b\r\n"), .has_install = true },
	{ "white space of other scripts between lines",
	  SLICE("[Install]\n\xc2\xa0\xe3\x80\x80\nA=b"), .has_install = true },
	{ "white space after a section", SLICE("[Unit] \t\xe2\x80\x83\nA=b") },
	{ "a section name over two lines", SLICE("[Un\nit]\nA=b") },
	{ "no end of section", SLICE("[Unit\nA=b"), NO_END },
	{ "a bracket alone", SLICE("["), NO_END },
	{ "text after a section", SLICE("[Unit] x \"y\" \n"),
	  "found garbage after section name : \"x \\\"y\\\"\"" },
	{ "a comment after a section", SLICE("[Unit] # x"),
	  "found garbage after section name : \"# x\"" },
	{ "a CR inside what follows a section", SLICE("[Unit]\rx"),
	  "found garbage after section name : \"x\"" },
	{ "an option without an equals sign", SLICE("[Unit]\nA\nB=c"), NEWLINE },
	{ "a CR in a name", SLICE("[Unit]\nA\r=b"), NEWLINE },
	{ "the end in a name", SLICE("[Unit]\nA"), "EOF" },
	{ "the end in a name after [Install]", SLICE("[Install]\nA=b\nC"), "EOF" },
	{ "a value is not checked", SLICE("[Unit]\nA=[x\n") },
	{ "invalid UTF-8 is text", SLICE("[Install]\n\xff\xfe=\x80\n\x80=\n"),
	  .has_install = true },
};

/* A section, an option whose line has @value_bytes after "A=", and @after_bytes of comment. */
static void test_length(size_t before_bytes, size_t value_bytes, size_t after_bytes,
			const char *want, const char *label)
{
	AUTO(text_done) struct text text = TEXT_INIT(1 << 20);
	AUTO(error_done) struct error err = ERROR_INIT;

	for (; before_bytes > 0; before_bytes--)
		text_append_str(&text, "#\n");
	text_append_str(&text, "[U]\nA=");
	for (; value_bytes > 0; value_bytes--)
		text_append_char(&text, 'x');
	text_append_char(&text, '\n');
	for (; after_bytes > 0; after_bytes--)
		text_append_str(&text, "#\n");
	unit_text_check(text_slice(&text), NULL, &err);
	tap_str(err.text, want, label);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		bool has_install = false;
		int r = unit_text_check(rows[i].text, &has_install, &err);

		tap_str(err.text, rows[i].want, rows[i].label);
		if (rows[i].want)
			tap_int(r, -EINVAL, "it is refused");
		else
			tap_int(has_install, rows[i].has_install, "its [Install] section");
	}
	test_length(1, 2045, 1000, NULL, "an option of 2047 bytes and its newline");
	test_length(1, 2046, 1000, LONG, "an option of 2048 bytes");
	test_length(1, 2046, 0, LONG, "an option of 2048 bytes at the end");
	test_length(1022, 2046, 1000, LONG, "an option of which 2048 bytes are in the buffer");
	test_length(1023, 2046, 1000, NULL, "an option of which 2046 are");
	test_length(1030, 9000, 0, NULL, "a longer one of which fewer are");
	test_length(2045, 5000, 0, NULL, "an option that ends the buffer");
	test_length(2046, 5000, 0, LONG, "an option that begins the next buffer");
	tap_int(unit_text_check(SLICE("[Unit]\nA=b"), NULL, NULL), 0, "nobody wants the result");
	tap_int(unit_text_check(SLICE("["), NULL, NULL), -EINVAL, "nor the reason");
	return tap_done();
}
