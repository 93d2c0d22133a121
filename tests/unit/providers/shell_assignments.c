/* Assignments of a shell: what bash makes of each value, and what is refused with its line. */
#include "providers/shell_assignments.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

#define VALUE_MAX 64

static const struct {
	const char *label, *text, *want; /* "name=value" of each, with '|' behind it */
	const char *error;		 /* NULL: none */
} rows[] = {
	{ "nothing", "", "" },
	{ "comments and empty lines", "\n # a=b\n\t\n;\n", "" },
	{ "plain words", "A=1\nB=two", "A=1|B=two|" },
	{ "several on a line", "A=1 B=2;C=3", "A=1|B=2|C=3|" },
	{ "exported ones", "export A=1\nexport\t B=2", "A=1|B=2|" },
	{ "a name that begins like export", "exported=1", "exported=1|" },
	{ "an empty value", "A=\nB=''", "A=|B=|" },
	{ "single quotes keep everything", "A='a\n\"$x`y`\\'", "A=a\n\"$x`y`\\|" },
	{ "double quotes keep blanks", "A=\"a  b'c'\"", "A=a  b'c'|" },
	{ "escapes in double quotes", "A=\"\\$\\`\\\"\\\\\\n\"", "A=$`\"\\\\n|" },
	{ "a line that goes on in double quotes", "A=\"a\\\nb\"", "A=ab|" },
	{ "a line that goes on outside", "A=a\\\nb", "A=ab|" },
	{ "escapes outside quotes", "A=a\\ b\\'\\$", "A=a b'$|" },
	{ "quotes side by side", "A='it'\\''s'\" ok\"", "A=it's ok|" },
	{ "a dollar that expands nothing", "A=\"a$ b$\" B=1$", "A=a$ b$|B=1$|" },
	{ "patterns and braces are not expanded", "A=*{a,b}[c]?", "A=*{a,b}[c]?|" },
	{ "a hash inside a word", "A=a#b #c", "A=a#b|" },
	{ "a tilde inside a word", "A=a~b B='~'", "A=a~b|B=~|" },
	{ "a variable", "A=1\nB=$A", "A=1|", "line 2: an expansion, which is not done" },
	{ "a variable in double quotes", "A=\"$A\"", "",
	  "line 1: an expansion, which is not done" },
	{ "a command's output", "A=$(id)", "", "line 1: an expansion, which is not done" },
	{ "likewise in backquotes", "A=\"`id`\"", "", "line 1: an expansion, which is not done" },
	{ "a parameter in braces", "A=${B:=c}", "", "line 1: an expansion, which is not done" },
	{ "C's quotes", "A=$'a\\n'", "", "line 1: an expansion, which is not done" },
	{ "a home directory", "A=~root", "", "line 1: an expansion, which is not done" },
	{ "one behind a colon", "A=a:~", "", "line 1: an expansion, which is not done" },
	{ "a pipe", "A=a|sh", "", "line 1: a command, which is not run" },
	{ "a list", "A=(a b)", "", "line 1: a command, which is not run" },
	{ "a redirection", "A=a>b", "", "line 1: a command, which is not run" },
	{ "a command", "\n\nrm -rf /", "", "line 3: no assignment, and nothing else is done" },
	{ "a command behind an assignment", "A=1 sh", "A=1|",
	  "line 1: no assignment, and nothing else is done" },
	{ "blanks around the sign", "A = 1", "",
	  "line 1: no assignment, and nothing else is done" },
	{ "an appending one", "A+=1", "", "line 1: no assignment, and nothing else is done" },
	{ "an element", "A[0]=1", "", "line 1: no assignment, and nothing else is done" },
	{ "a name that begins with a digit", "1A=1", "",
	  "line 1: no assignment, and nothing else is done" },
	{ "a quote that is not closed", "A='a\nb", "", "line 2: a quote is not closed" },
	{ "likewise a double one", "A=\"a", "", "line 1: a quote is not closed" },
	{ "a backslash at the end", "A=a\\", "", "line 1: a backslash at the end" },
	{ "a value above the ceiling",
	  "A=0123456789012345678901234567890123456789012345678901234567890123456789", "",
	  "line 1: the value is too long" },
};

static void check(size_t row)
{
	AUTO(text_done) struct text value = TEXT_INIT(VALUE_MAX);
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(error_done) struct error err = ERROR_INIT;
	struct shell_reader reader = SHELL_READER_INIT(slice_of(rows[row].text));
	struct slice name;
	int r;

	while ((r = shell_assignments_next(&reader, &name, &value, &err)) == 1)
		text_printf(&got, "%.*s=%s|", SLICE_ARGS(name), text_str(&value));
	tap_str(text_str(&got), rows[row].want, rows[row].label);
	tap_str(err.text, rows[row].error, rows[row].label);
	tap_ok((r < 0) == (rows[row].error != NULL), "%s: the result", rows[row].label);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(i);

	AUTO(text_done) struct text value = TEXT_INIT(VALUE_MAX);
	AUTO(error_done) struct error err = ERROR_INIT;
	struct shell_reader reader = SHELL_READER_INIT(SLICE("A='a\0b'"));
	struct slice name;

	tap_int(shell_assignments_next(&reader, &name, &value, &err), -EINVAL, "a NUL is refused");
	tap_str(err.text, "line 1: a NUL byte", "and said");
	return tap_done();
}
