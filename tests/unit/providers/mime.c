/* The cloud-config of a multipart message. */
#include "providers/mime.h"

#include <errno.h>

#include "tap.h"

#define TOP	 "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
#define TYPE	 "Content-Type: text/cloud-config\n"
#define BASE64	 "Content-Transfer-Encoding: base64\n"
#define PART_MAX 32

static const struct {
	const char *label, *text, *want, *error;
} rows[] = {
	{ "no message", "", "" },
	{ "no multipart", "Content-Type: text/plain\n\n--b\n" TYPE "\na: 1\n--b--\n", "" },
	{ "a part", TOP "--b\n" TYPE "\na: 1\n--b--\n", "a: 1\n" },
	{ "with carriage returns",
	  "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
	  "text/cloud-config\r\n\r\na: 1\r\n--b--\r\n",
	  "a: 1\r\n" },
	{ "the first of its type", TOP "--b\n" TYPE "\na\n--b\n" TYPE "\nb\n--b--\n", "a\n" },
	{ "behind one of another type",
	  TOP "--b\nContent-Type: text/x-sh\n\nx\n--b\n" TYPE "\na\n--b--\n", "a\n" },
	{ "in base64", TOP "--b\n" TYPE BASE64 "\nYTog\nMQo=\n--b--\n", "a: 1\n" },
	{ "in what is none", TOP "--b\n" TYPE BASE64 "\n%%%%\n--b--\n", "",
	  "a part is no base64 at byte 0" },
	{ "a part that is not closed", TOP "--b\n" TYPE "\na: 1", "a: 1" },
	{ "text before the first part", TOP TYPE "\nx\n--b\n" TYPE "\na\n--b--\n", "a\n" },
	{ "a boundary without a message", TOP "--b", "" },
	{ "no boundary", "Content-Type: multipart/mixed\n\n--\n" TYPE "\na\n", "" },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(text_done) struct text got = TEXT_INIT(PART_MAX);
		AUTO(error_done) struct error err = ERROR_INIT;
		int r = mime_find_part(slice_of(rows[i].text), "text/cloud-config", &got, &err);

		tap_str(text_str(&got), rows[i].want, rows[i].label);
		tap_str(err.text, rows[i].error, rows[i].label);
		tap_ok((r < 0) == (rows[i].error != NULL), "%s: the result", rows[i].label);
	}

	AUTO(text_done) struct text got = TEXT_INIT(2);

	tap_int(mime_find_part(SLICE(TOP "--b\n" TYPE "\nlong\n--b--\n"), "text/cloud-config", &got,
			       /* err= */ NULL),
		-E2BIG, "a part above the ceiling");
	return tap_done();
}
