#include "installer/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/file.h"
#include "base/number.h"
#include "installer/keyring.h"

/* From the first byte on: an image may come slowly, and the stream that feeds it has its limits. */
#define GPGV_MS	   ((int64_t)7 * 24 * 3600 * 1000)
#define STATUS_MAX ((size_t)256 << 10)
#define PREFIX	   "[GNUPG:] "

/* --- what gpgv said */

struct reading {
	struct signature_judgement *judgement;
	unsigned good, bad;
	bool is_signed; /* a signature was read at all */
	uint64_t signed_at;
	uint64_t expired_at; /* earliest end of a key; UINT64_MAX: none has expired */
};

/* Words of a line, up to the next blank. */
static struct slice take_word(struct slice *line)
{
	struct slice word = *line;
	const char *blank = line->length ? memchr(line->data, ' ', line->length) : NULL;

	word.length = blank ? (size_t)(blank - line->data) : line->length;
	*line = slice_from(*line, word.length + (blank != NULL));
	return word;
}

static void set_key(struct reading *reading, struct slice key)
{
	struct signature_judgement *judgement = reading->judgement;

	if (key.length >= sizeof(judgement->key))
		return;
	memcpy(judgement->key, key.data ?: "", key.length);
	judgement->key[key.length] = '\0';
}

static void set_signer(struct reading *reading, struct slice signer)
{
	free(reading->judgement->signer);
	reading->judgement->signer = signer.length ? slice_dup(signer) : NULL;
}

static void read_good(struct reading *reading, struct slice rest)
{
	set_key(reading, take_word(&rest));
	set_signer(reading, rest);
	reading->good++;
}

/* A good signature by a key that has ended; good all the same if it had not yet when it signed. */
static void read_expired_key(struct reading *reading, struct slice rest)
{
	read_good(reading, rest);
	reading->good--;
	reading->judgement->verdict = SIGNATURE_EXPIRED_KEY;
}

static void read_expired(struct reading *reading, struct slice rest)
{
	read_expired_key(reading, rest);
	reading->judgement->verdict = SIGNATURE_EXPIRED;
}

static void read_revoked(struct reading *reading, struct slice rest)
{
	read_expired_key(reading, rest);
	reading->judgement->verdict = SIGNATURE_REVOKED_KEY;
}

static void read_bad(struct reading *reading, struct slice rest)
{
	read_expired_key(reading, rest);
	reading->judgement->verdict = SIGNATURE_BAD;
	reading->bad++;
}

static void read_unknown(struct reading *reading, struct slice rest)
{
	if (reading->judgement->verdict != SIGNATURE_NONE)
		return;
	set_key(reading, take_word(&rest));
	reading->judgement->verdict = SIGNATURE_UNKNOWN_KEY;
}

/* VALIDSIG <fingerprint> <date> <time> … */
static void read_valid(struct reading *reading, struct slice rest)
{
	uint64_t at = 0;

	set_key(reading, take_word(&rest));
	take_word(&rest);
	if (number_parse_u64(take_word(&rest), 0, UINT64_MAX, &at) == 0)
		reading->signed_at = at;
	if (reading->judgement->verdict == SIGNATURE_EXPIRED_KEY &&
	    reading->signed_at < reading->expired_at && reading->expired_at != UINT64_MAX)
		reading->good++;
}

static void read_key_end(struct reading *reading, struct slice rest)
{
	uint64_t at = 0;

	if (number_parse_u64(take_word(&rest), 0, UINT64_MAX, &at) == 0 && at < reading->expired_at)
		reading->expired_at = at;
}

/* GnuPG, doc/DETAILS, "Format of the --status-fd output". */
static const struct {
	const char *keyword;
	void (*read)(struct reading *reading, struct slice rest);
} lines[] = {
	{ "GOODSIG", read_good },	{ "BADSIG", read_bad },
	{ "EXPSIG", read_expired },	{ "EXPKEYSIG", read_expired_key },
	{ "REVKEYSIG", read_revoked },	{ "ERRSIG", read_unknown },
	{ "NO_PUBKEY", read_unknown },	{ "VALIDSIG", read_valid },
	{ "KEYEXPIRED", read_key_end },
};

static void read_line(struct reading *reading, struct slice line)
{
	if (!slice_starts(line, PREFIX))
		return;
	line = slice_from(line, strlen(PREFIX));

	const struct slice keyword = take_word(&line);

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (slice_is(keyword, lines[i].keyword))
			lines[i].read(reading, line);
}

void signature_judge(struct slice status, struct signature_judgement *ret)
{
	struct reading reading = { .judgement = ret, .expired_at = UINT64_MAX };

	*ret = (struct signature_judgement){ .verdict = SIGNATURE_NONE };
	while (status.length)
		read_line(&reading, slice_take_line(&status));
	if (reading.good && !reading.bad)
		ret->verdict = SIGNATURE_GOOD;
}

void signature_judgement_done(struct signature_judgement *judgement)
{
	free(judgement->signer);
	*judgement = (struct signature_judgement){ .signer = NULL };
}

static const char *const verdict_texts[] = {
	[SIGNATURE_GOOD] = "it is good",
	[SIGNATURE_BAD] = "the signature does not match: the image is damaged, or another one",
	[SIGNATURE_UNKNOWN_KEY] = "it was made by a key that the keyring does not have",
	[SIGNATURE_EXPIRED_KEY] = "it was made by a key after that had expired",
	[SIGNATURE_REVOKED_KEY] = "it was made by a key that is revoked",
	[SIGNATURE_EXPIRED] = "the signature has expired",
	[SIGNATURE_NONE] = "what was given as one is no signature",
};
_Static_assert(ARRAY_SIZE(verdict_texts) == SIGNATURE_VERDICT_COUNT, "every verdict has a text");

int signature_refuse(const struct signature_judgement *judgement, const char *image,
		     struct error *err)
{
	if (judgement->verdict == SIGNATURE_GOOD)
		return 0;
	return error_set(err, ERROR_VERIFY, EBADMSG, "image signature check failed: %s: %s%s%s",
			 image, verdict_texts[judgement->verdict],
			 judgement->key[0] ? "; key " : "", judgement->key);
}

/* --- gpgv */

struct signature_check {
	int signature_fd; /* files in memory; owned */
	int keyring_fd;
	struct text status;
	struct command_process *process; /* owned */
};

void signature_check_free(struct signature_check *check)
{
	if (!check)
		return;
	command_process_free(check->process);
	scope_close(&check->signature_fd);
	scope_close(&check->keyring_fd);
	text_done(&check->status);
	free(check);
}

int signature_keyring(const char **ret, struct error *err)
{
	static const char installed[] = INSTALL_KEYRING;

	if (installed[0] == '\0')
		return error_set(err, ERROR_NOT_FOUND, ENOENT,
				 "there is no keyring to check the signature with: this build has "
				 "none of its own, so name one");
	*ret = installed;
	return 0;
}

static int keep(const char *name, struct slice bytes, struct error *err)
{
	AUTO_CLOSE int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "keep the %s", name);

	int r = file_write_fd(fd, bytes.data, bytes.length);

	return r < 0 ? error_errno(err, -r, "keep the %s", name) : take_fd(&fd);
}

static int keep_keyring(const char *path, struct error *err)
{
	AUTO(text_done) struct text keys = TEXT_INIT(KEYRING_MAX);
	int r = path ? 0 : signature_keyring(&path, err);

	if (r == 0)
		r = keyring_load(path, &keys, err);
	return r < 0 ? r : keep("keyring", text_slice(&keys), err);
}

/* Both files have no name: a child finds them as descriptors of ours. */
static int start(struct signature_check *check, int input_fd, const struct event_observer *observer,
		 struct error *err)
{
	AUTO_FREE char *keyring = xasprintf("/proc/%d/fd/%d", (int)getpid(), check->keyring_fd);
	AUTO_FREE char *signature = xasprintf("/proc/%d/fd/%d", (int)getpid(), check->signature_fd);
	const char *argv[] = { "gpgv", "--status-fd", "1", "--keyring", keyring,
			       "--",   signature,     "-", NULL };
	const struct command command = {
		.argv = argv, .input_fd = &input_fd, .timeout_ms = GPGV_MS, .observer = observer
	};

	return command_start(&command, &check->status, &check->process, err);
}

int signature_begin(struct slice signature, const char *keyring, int input_fd,
		    const struct event_observer *observer, struct signature_check **ret,
		    struct error *err)
{
	AUTO(signature_check_free) struct signature_check *check = xcalloc(1, sizeof(*check));

	check->status = TEXT_INIT(STATUS_MAX);
	check->keyring_fd = -1;
	check->signature_fd = keep("signature", signature, err);
	if (check->signature_fd < 0)
		return check->signature_fd;
	check->keyring_fd = keep_keyring(keyring, err);
	if (check->keyring_fd < 0)
		return check->keyring_fd;

	int r = start(check, input_fd, observer, err);

	if (r == 0)
		*ret = take_ptr(&check);
	return r;
}

int signature_end(struct signature_check *check, struct signature_judgement *ret, struct error *err)
{
	AUTO(signature_check_free) struct signature_check *owned = check;
	AUTO(error_done) struct error problem = ERROR_INIT;
	int status = 0;
	int r = command_finish(take_ptr(&owned->process), &status, &problem);

	/* It exits with 1 or 2 for what is not good, which its lines tell more of. */
	if (r < 0 && (r != -ECANCELED || owned->status.length == 0))
		return error_move(err, &problem, r);
	signature_judge(text_slice(&owned->status), ret);
	if (r < 0 && ret->verdict == SIGNATURE_GOOD && status != 0)
		ret->verdict = status == 1 ? SIGNATURE_BAD : ret->verdict;
	return 0;
}
