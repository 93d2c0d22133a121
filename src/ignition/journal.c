#include "ignition/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/root.h"
#include "base/text.h"
#include "ignition/journal_history.h"

#define JOURNAL_SIZE_MAX ((size_t)256 << 20)
#define JOURNAL_MODE	 0600
#define NONCE_BYTES	 16

struct journal {
	int fd; /* appended to; -1: no file is kept */
	char *path;
	char *key;
	struct text receipts; /* one per line, newline before and after each */
	char *earlier;	      /* what earlier runs wrote; NULL: nothing; owned */
};

void journal_free(struct journal *journal)
{
	if (!journal)
		return;
	if (journal->fd >= 0)
		close(journal->fd);
	free(journal->path);
	free(journal->key);
	free(journal->earlier);
	text_done(&journal->receipts);
	free(journal);
}

/* First bytes of a journal of @key. */
static char *header_prefix(const char *key)
{
	return xasprintf("{\"slipwayJournal\":1,\"config\":\"%s\"", key);
}

static void remember_receipt(struct journal *journal, struct slice receipt)
{
	if (journal->receipts.length == 0)
		text_append_char(&journal->receipts, '\n');
	text_append_slice(&journal->receipts, receipt);
	text_append_char(&journal->receipts, '\n');
}

static const char receipt_prefix[] = "{\"receipt\":";

static void collect_receipts(struct journal *journal, struct slice text)
{
	while (text.length) {
		struct slice line = slice_take_line(&text);

		if (!slice_starts(line, receipt_prefix) || !slice_ends(line, "}"))
			continue;
		line = slice_from(line, sizeof(receipt_prefix) - 1);
		line.length--;
		remember_receipt(journal, line);
	}
}

bool journal_was_done(const void *journal_pointer, const char *receipt)
{
	const struct journal *journal = journal_pointer;
	AUTO_FREE char *line = xasprintf("\n%s\n", receipt);

	return strstr(text_str(&journal->receipts), line) != NULL;
}

static void load_target_receipts(struct journal *journal, const struct machine *machine)
{
	AUTO_FREE char *prefix = header_prefix(journal->key);
	AUTO_FREE char *data = NULL;
	size_t length = 0;

	if (machine->root_fd < 0 || root_read(machine->root_fd, JOURNAL_TARGET_PATH,
					      JOURNAL_SIZE_MAX, &data, &length, NULL) < 0)
		return;

	struct slice text = { data, length };

	if (slice_starts(text, prefix))
		collect_receipts(journal, text);
}

static bool is_finished(struct slice text)
{
	return slice_ends(text, "{\"complete\":true}\n") || !strstr(text.data, "\n{\"begin\":");
}

/* Whether the journal at @path goes on with this provisioning; *ret_go_on says so. */
static int load_previous(struct journal *journal, bool *ret_go_on, struct error *err)
{
	AUTO_FREE char *prefix = header_prefix(journal->key);
	AUTO_FREE char *data = NULL;
	size_t length = 0;

	*ret_go_on = false;

	struct error missing = ERROR_INIT;
	int r = file_read(journal->path, JOURNAL_SIZE_MAX, /* flags= */ 0, &data, &length,
			  &missing);

	if (r < 0 && r != -ENOENT)
		r = error_set(err, missing.kind, -r, "%s", missing.text);
	error_done(&missing);
	if (r < 0)
		return r == -ENOENT ? 0 : r;

	struct slice text = { data, length };

	*ret_go_on = slice_starts(text, prefix);
	if (*ret_go_on) {
		collect_receipts(journal, text);
		journal->earlier = take_ptr(&data);
	} else if (!is_finished(text)) {
		return error_set(err, ERROR_BUSY, EBUSY,
				 "provisioning from another config was begun and not finished, as "
				 "%s records; finish it, or remove that file to start over",
				 journal->path);
	}
	return 0;
}

static int append(struct journal *journal, const char *text, size_t length, struct error *err)
{
	int r = file_write_fd(journal->fd, text, length);

	return r < 0 ? error_errno(err, -r, "write %s", journal->path) : 0;
}

static void append_header(struct text *out, const char *key)
{
	AUTO_FREE char *prefix = header_prefix(key);
	unsigned char nonce[NONCE_BYTES];

	if (getrandom(nonce, sizeof(nonce), 0) != (ssize_t)sizeof(nonce))
		memset(nonce, 0, sizeof(nonce));
	text_printf(out, "%s,\"nonce\":\"", prefix);
	for (size_t i = 0; i < sizeof(nonce); i++)
		text_printf(out, "%02x", nonce[i]);
	text_append_str(out, "\"}\n");
}

static int open_file(struct journal *journal, struct error *err)
{
	bool go_on = false;
	int r = load_previous(journal, &go_on, err);

	if (r < 0)
		return r;
	r = file_make_parents(journal->path, 0700, err);
	if (r < 0)
		return r;
	journal->fd =
		open(journal->path,
		     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (go_on ? 0 : O_TRUNC),
		     JOURNAL_MODE);
	if (journal->fd < 0)
		return error_errno(err, errno, "open %s", journal->path);
	/* A line that a kill cut off must not swallow the next one. */
	if (go_on)
		return slice_ends(slice_of(journal->earlier), "\n") ? 0
								    : append(journal, "\n", 1, err);

	AUTO(text_done) struct text header = TEXT_INIT(TEXT_MESSAGE_MAX);

	append_header(&header, journal->key);
	return append(journal, text_str(&header), header.length, err);
}

int journal_history(const struct journal *journal, const char *stage, struct history **ret,
		    struct error *err)
{
	int r = journal_history_parse(slice_of(journal->earlier), stage, ret, err);

	return r < 0 ? error_wrap(err, r, "journal %s", journal->path) : 0;
}

int journal_open(struct journal **ret, const char *path, const struct machine *machine,
		 const char *key, struct error *err)
{
	AUTO(journal_free) struct journal *journal = xcalloc(1, sizeof(*journal));

	journal->fd = -1;
	journal->key = xstrdup(key);
	journal->receipts = TEXT_INIT(JOURNAL_SIZE_MAX);
	load_target_receipts(journal, machine);
	if (path) {
		journal->path = xstrdup(path);

		int r = open_file(journal, err);

		if (r < 0)
			return error_wrap(err, r, "journal");
	}
	*ret = take_ptr(&journal);
	return 0;
}

/* All receipts, old and new, into the target root, durably. */
static int save_target_receipts(struct journal *journal, const struct machine *machine,
				struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(JOURNAL_SIZE_MAX);

	append_header(&out, journal->key);
	for (struct slice rest = text_slice(&journal->receipts); rest.length;) {
		struct slice receipt = slice_take_line(&rest);

		if (receipt.length)
			text_printf(&out, "%s%.*s}\n", receipt_prefix, SLICE_ARGS(receipt));
	}
	return root_replace(machine->root_fd, JOURNAL_TARGET_PATH, text_slice(&out), JOURNAL_MODE,
			    ROOT_DURABLE, err);
}

/* New receipts of @plan.  Return: how many. */
static size_t add_receipts(struct journal *journal, const struct plan *plan, struct text *out)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const char *receipt = plan->operations[i].receipt;

		if (!receipt || journal_was_done(journal, receipt))
			continue;
		remember_receipt(journal, slice_of(receipt));
		text_printf(out, "%s%s}\n", receipt_prefix, receipt);
		count++;
	}
	return count;
}

int journal_plan(struct journal *journal, const struct machine *machine, const struct plan *plan,
		 const char *stage, struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(JOURNAL_SIZE_MAX);

	text_append_str(&out, "{\"stage\":");
	text_append_json(&out, slice_of(stage));
	text_printf(&out, ",\"operations\":%zu}\n", plan->count);
	for (size_t i = 0; i < plan->count; i++) {
		text_append_str(&out, "{\"operation\":");
		plan_append_json(&plan->operations[i], i, &out);
		text_append_str(&out, "}\n");
	}

	size_t receipts = add_receipts(journal, plan, &out);

	if (receipts) {
		int r = save_target_receipts(journal, machine, err);

		if (r < 0)
			return error_wrap(err, r, "journal");
	}
	if (journal->fd < 0)
		return 0;

	int r = append(journal, text_str(&out), out.length, err);

	if (r == 0 && fdatasync(journal->fd) < 0)
		r = error_errno(err, errno, "sync %s", journal->path);
	return r;
}

static int note(struct journal *journal, const char *what, size_t index, struct error *err)
{
	if (journal->fd < 0)
		return 0;

	AUTO_FREE char *line = xasprintf("{\"%s\":%zu}\n", what, index);

	return append(journal, line, strlen(line), err);
}

int journal_begin(struct journal *journal, size_t index, struct error *err)
{
	return note(journal, "begin", index, err);
}

int journal_done(struct journal *journal, size_t index, struct error *err)
{
	return note(journal, "done", index, err);
}

int journal_complete(struct journal *journal, struct error *err)
{
	static const char line[] = "{\"complete\":true}\n";

	return journal->fd < 0 ? 0 : append(journal, line, sizeof(line) - 1, err);
}
