/*
 * signature - who signed the image, as gpgv says it.
 *
 * Owns: gpgv as a child that is fed every byte of the file as it was fetched; what its status lines
 * mean; keyrings, which are given or installed, and never fetched.
 */
#ifndef SLIPWAY_INSTALLER_SIGNATURE_H
#define SLIPWAY_INSTALLER_SIGNATURE_H

#include "base/error.h"
#include "base/event.h"
#include "base/text.h"

enum signature_verdict {
	SIGNATURE_GOOD,
	SIGNATURE_BAD,
	SIGNATURE_UNKNOWN_KEY, /* none of the keyring */
	SIGNATURE_EXPIRED_KEY, /* at the time when it signed */
	SIGNATURE_REVOKED_KEY,
	SIGNATURE_EXPIRED, /* the signature itself */
	SIGNATURE_NONE,	   /* what was given is no signature */
	SIGNATURE_VERDICT_COUNT,
};

/* What gpgv said. */
struct signature_judgement {
	enum signature_verdict verdict;
	char key[41]; /* fingerprint or long id of the key; "": it was not told */
	char *signer; /* "Flatcar Buildbot <…>"; NULL: unknown; owned */
};

/**
 * signature_judge - read the lines of gpgv's status (GnuPG, doc/DETAILS); pure.
 * @ret: release with signature_judgement_done()
 *
 * Good is what has at least one good signature by a key of the keyring and none that is bad: every
 * other set of lines is not.
 */
void signature_judge(struct slice status, struct signature_judgement *ret);
void signature_judgement_done(struct signature_judgement *judgement);

/** signature_refuse - the judgement as an error (ERROR_VERIFY, -EBADMSG), or 0 for a good one. */
int signature_refuse(const struct signature_judgement *judgement, const char *image,
		     struct error *err);

/* A running gpgv. */
struct signature_check;

/**
 * signature_begin - start gpgv.
 * @signature: contents of the detached signature
 * @keyring: path of the keyring; NULL: the distribution's
 * @input_fd: where gpgv reads the file; borrowed until this returns
 * @ret: to signature_end(), or to signature_check_free(), which ends it
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when there is no gpgv, or no keyring, or an empty one.
 */
int signature_begin(struct slice signature, const char *keyring, int input_fd,
		    const struct event_observer *observer, struct signature_check **ret,
		    struct error *err);

/** signature_end - wait for the verdict, and free @check. */
int signature_end(struct signature_check *check, struct signature_judgement *ret,
		  struct error *err);
void signature_check_free(struct signature_check *check);

/**
 * signature_keyring - the distribution's keyring.
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when this build was told of none (--with-keyring).
 */
int signature_keyring(const char **ret, struct error *err);

DEFINE_DONE(struct signature_judgement, signature_judgement_done)
DEFINE_RELEASE(struct signature_check *, signature_check_free)

#endif
