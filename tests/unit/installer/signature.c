/* What lines of gpgv come to. */
#include "installer/signature.h"

#include <errno.h>
#include <stdlib.h>

#include "installer/keyring.h"
#include "tap.h"

#define FPR   "0123456789ABCDEF0123456789ABCDEF01234567"
#define GOOD  "[GNUPG:] GOODSIG 89ABCDEF01234567 A Signer <a@b>\n"
#define VALID "[GNUPG:] VALIDSIG " FPR " 2020-06-01 1590969600 0 4 0 22 8 00 " FPR "\n"
#define BAD   "[GNUPG:] BADSIG 89ABCDEF01234567 A Signer <a@b>\n"

static const struct {
	const char *label, *status;
	enum signature_verdict want;
	const char *key;
} rows[] = {
	{ "a good signature", "[GNUPG:] NEWSIG\n" GOOD VALID, SIGNATURE_GOOD, FPR },
	{ "a good one of an unknown key beside it",
	  "[GNUPG:] ERRSIG AAAAAAAAAAAAAAAA 22 8 00 1590969600 9 -\n[GNUPG:] NO_PUBKEY "
	  "AAAAAAAAAAAAAAAA\n" GOOD VALID,
	  SIGNATURE_GOOD, FPR },
	{ "a bad signature", BAD, SIGNATURE_BAD, "89ABCDEF01234567" },
	{ "a bad one beside a good one", GOOD VALID BAD, SIGNATURE_BAD, "89ABCDEF01234567" },
	{ "the other way around", BAD GOOD VALID, SIGNATURE_BAD, FPR },
	{ "an unknown key", "[GNUPG:] ERRSIG AAAAAAAAAAAAAAAA 22 8 00 1590969600 9 -\n",
	  SIGNATURE_UNKNOWN_KEY, "AAAAAAAAAAAAAAAA" },
	{ "a revoked key", "[GNUPG:] REVKEYSIG 89ABCDEF01234567 A\n" VALID, SIGNATURE_REVOKED_KEY,
	  FPR },
	{ "a signature that has expired", "[GNUPG:] EXPSIG 89ABCDEF01234567 A\n" VALID,
	  SIGNATURE_EXPIRED, FPR },
	{ "a key that expired after it signed",
	  "[GNUPG:] KEYEXPIRED 1600000000\n[GNUPG:] EXPKEYSIG 89ABCDEF01234567 A\n" VALID,
	  SIGNATURE_GOOD, FPR },
	{ "a key that expired before it signed",
	  "[GNUPG:] KEYEXPIRED 1500000000\n[GNUPG:] EXPKEYSIG 89ABCDEF01234567 A\n" VALID,
	  SIGNATURE_EXPIRED_KEY, FPR },
	{ "a key that expired nobody knows when", "[GNUPG:] EXPKEYSIG 89ABCDEF01234567 A\n" VALID,
	  SIGNATURE_EXPIRED_KEY, FPR },
	{ "one of two ends came before it signed",
	  "[GNUPG:] KEYEXPIRED 1600000000\n[GNUPG:] KEYEXPIRED 1500000000\n[GNUPG:] EXPKEYSIG "
	  "89ABCDEF01234567 A\n" VALID,
	  SIGNATURE_EXPIRED_KEY, FPR },
	{ "no signature", "[GNUPG:] NODATA 4\n", SIGNATURE_NONE, "" },
	{ "nothing", "", SIGNATURE_NONE, "" },
	{ "words of a user are no status", "GOODSIG 89ABCDEF01234567 A\ngpgv: " GOOD,
	  SIGNATURE_NONE, "" },
	{ "a valid line alone is not good", VALID, SIGNATURE_NONE, FPR },
	{ "a key that is no key", "[GNUPG:] ERRSIG " FPR FPR " 22 8 00 1 9 -\n",
	  SIGNATURE_UNKNOWN_KEY, "" },
};

static void test_keyring(void)
{
	static const char armoured[] = "a comment\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
				       "Version: x\n\nmAEC\nAwQ=\n=abcd\n"
				       "-----END PGP PUBLIC KEY BLOCK-----\n";
	AUTO(text_done) struct text out = TEXT_INIT(KEYRING_MAX);

	tap_int(keyring_parse(SLICE("\x98\x01\x02"), "ring", &out, NULL), 0, "a binary keyring");
	tap_ok(slice_is(text_slice(&out), "\x98\x01\x02"), "is taken as it is");
	text_clear(&out);
	tap_int(keyring_parse(slice_of(armoured), "ring", &out, NULL), 0, "an armoured one");
	tap_ok(slice_is(text_slice(&out), "\x98\x01\x02\x03\x04"), "loses its armour");
	tap_int(keyring_parse(SLICE("hello\n"), "ring", &out, NULL), -EINVAL, "other text is none");
	tap_int(keyring_parse(SLICE(""), "ring", &out, NULL), -EINVAL, "nothing is none");
	tap_int(keyring_parse(SLICE("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmAEC\n"), "ring", &out,
			      NULL),
		-EINVAL, "an armoured one that is cut is none");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(signature_judgement_done) struct signature_judgement got = { .signer = NULL };
		AUTO(error_done) struct error err = ERROR_INIT;

		signature_judge(slice_of(rows[i].status), &got);
		tap_int(got.verdict, rows[i].want, rows[i].label);
		tap_str(got.key, rows[i].key, "its key");
		tap_int(signature_refuse(&got, "image", &err),
			rows[i].want == SIGNATURE_GOOD ? 0 : -EBADMSG, "and what follows");
	}
	test_keyring();
	return tap_done();
}
