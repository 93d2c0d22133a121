/* The server's address in the text of a lease file. */
#include "providers/lease.h"

#include "tap.h"

#define WORD "SERVER_ADDRESS="

static const struct {
	const char *label, *text, *want;
} rows[] = {
	{ "an address", "ADDRESS=10.1.1.5\n" WORD "10.1.1.1\n", "10.1.1.1" },
	{ "without a last newline", WORD "10.1.1.1", "10.1.1.1" },
	{ "the last of several", WORD "10.1.1.1\n" WORD "10.1.1.2\n", "10.1.1.2" },
	{ "the last that may be one", WORD "10.1.1.1\n" WORD "127.0.0.1\n", "10.1.1.1" },
	{ "what stands behind it", WORD "10.1.1.1;\n", "10.1.1.1" },
	{ "loopback", WORD "127.0.0.1\n", NULL },
	{ "the unspecified address", WORD "0.0.0.0\n", NULL },
	{ "multicast", WORD "224.0.0.1\n", NULL },
	{ "broadcast", WORD "255.255.255.255\n", NULL },
	{ "five numbers", WORD "1.2.3.4.5\n", NULL },
	{ "a number that is too large", WORD "10.1.1.256\n", NULL },
	{ "a name", WORD "evil.example\n", NULL },
	{ "nothing", WORD "\n", NULL },
	{ "no text", "", NULL },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *got = lease_server_in(slice_of(rows[i].text), WORD);

		tap_str(got, rows[i].want, rows[i].label);
	}
	return tap_done();
}
