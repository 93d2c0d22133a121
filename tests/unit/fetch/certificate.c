/* certificate - whose a certificate is, and what is said about authorities. */
#include "fetch/certificate.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "fetch/authorities.h"
#include "tap.h"

/* Subject: C=DE, CN=First, O=Acme, CN=Acme "Root"; its issuer is the same. */
#define TWO_NAMES                                                                                  \
	"MIIB2zCCAYGgAwIBAgIUewyGJuyM1FjDzDUFPooGjiRW2kswCgYIKoZIzj0EAwIw\n"                       \
	"QjELMAkGA1UEBhMCREUxDjAMBgNVBAMMBUZpcnN0MQ0wCwYDVQQKDARBY21lMRQw\n"                       \
	"EgYDVQQDDAtBY21lICJSb290IjAgFw0yNjExMjMyMTM0MTZaGA8yMTI2MTAzMDIx\n"                       \
	"MzQxNlowQjELMAkGA1UEBhMCREUxDjAMBgNVBAMMBUZpcnN0MQ0wCwYDVQQKDARB\n"                       \
	"Y21lMRQwEgYDVQQDDAtBY21lICJSb290IjBZMBMGByqGSM49AgEGCCqGSM49AwEH\n"                       \
	"A0IABJCE3XZsyB7CjKSpxu67GPKI2RG9Kg6JdpC8a8m7kSmtzKGeJ0zGKv36etWh\n"                       \
	"8C45JhwKvMWH3d6Diu9i9rjeJMKjUzBRMB0GA1UdDgQWBBQg3pdG325iGNbJhNgY\n"                       \
	"ccpt99Kd6DAfBgNVHSMEGDAWgBQg3pdG325iGNbJhNgYccpt99Kd6DAPBgNVHRMB\n"                       \
	"Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQC4WtHxWGBoQVJXgFAiBvb7Bzbi\n"                       \
	"4XbdLz7bEnOKFAoyzgIgDHUlh1ZO0Rcb4oHJ4qx+lUfnlEM4vOQmafbM+4PzKHM=\n"
#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END   "-----END CERTIFICATE-----\n"

static void test_names(void)
{
	static const struct {
		const char *label;
		struct slice der;
		const char *want;
	} rows[] = {
#define DER(text) { text, sizeof(text) - 1 }
		{ "nothing", DER(""), "" },
		{ "a length that is missing", DER("\x30"), "" },
		{ "a length beyond the end", DER("\x30\x05\x30\x00"), "" },
		{ "a length of five bytes", DER("\x30\x85\x00\x00\x00\x00\x02\x30\x00"), "" },
		{ "a length without end", DER("\x30\x80\x30\x00"), "" },
		{ "a subject after the version",
		  DER("\x30\x1b\x30\x19\xa0\x00\x02\x00\x30\x00\x30\x00\x30\x00"
		      "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02me"),
		  "me" },
		{ "a subject without one",
		  DER("\x30\x19\x30\x17\x02\x00\x30\x00\x30\x00\x30\x00"
		      "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02me"),
		  "me" },
		{ "another attribute",
		  DER("\x30\x19\x30\x17\x02\x00\x30\x00\x30\x00\x30\x00"
		      "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x0c\x02me"),
		  "" },
		{ "an attribute without a value",
		  DER("\x30\x15\x30\x13\x02\x00\x30\x00\x30\x00\x30\x00"
		      "\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03"),
		  "" },
#undef DER
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tap_ok(slice_is(certificate_common_name(rows[i].der), rows[i].want),
		       "the name in %s", rows[i].label);
}

/* From memory of exactly its size, so that a sanitizer sees a read beyond the end. */
static void test_cut(void)
{
	unsigned char der[BASE64_DECODED_MAX(sizeof(TWO_NAMES))];
	bool is_safe = true;
	size_t length = 0;

	base64_decode(SLICE(TWO_NAMES), der, &length, /* ret_offset= */ NULL);
	for (size_t i = 0; i < length; i++) {
		AUTO_FREE char *cut = xmalloc(i + 1);

		memcpy(cut, der, i);
		is_safe = is_safe && certificate_common_name((struct slice){ cut, i }).length == 0;
	}
	tap_ok(is_safe, "a certificate that is cut anywhere has no name");
}

static void hear(const struct event_observer *observer, const struct event *event)
{
	text_printf(observer->context, "%d:%s\n", (int)event->level, event->text);
}

static void test_told(void)
{
	AUTO(text_done) struct text heard = TEXT_INIT(1000);
	const struct event_observer observer = { hear, &heard };
	const struct slice bundles[] = { SLICE(BEGIN TWO_NAMES END BEGIN "AAAA\n" END),
					 SLICE(BEGIN "?\n" END "text") };

	authorities_tell(bundles, ARRAY_SIZE(bundles), &observer);
	tap_str(text_str(&heard),
		"6:Adding \"Acme \\\"Root\\\"\" to list of CAs\n6:Adding \"\" to list of CAs\n",
		"each certificate is told by its last common name");
}

int main(void)
{
	test_names();
	test_cut();
	test_told();
	return tap_done();
}
