/* luks - the words of cryptsetup and clevis, and which volume is kept, opened, made or refused. */
#include "disk/luks.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/clevis.h"
#include "tap.h"

#define OURS   "11111111-2222-4333-a444-555555555555"
#define THEIRS "99999999-2222-4333-a444-555555555555"
#define S(text)                                                                                    \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}

static const struct slice options[] = { S("--pbkdf"), S("pbkdf2") };
static const struct slice own_uuid[] = { S("--uuid=" THEIRS) };

static const struct argv_row {
	const char *label;
	const char *const *(*argv)(const struct luks_request *request, const char *node,
				   const char *key_path, struct arena *arena);
	struct luks_request request;
	const char *want;
} argv_rows[] = {
	{ "the shortest",
	  luks_format_argv,
	  { .name = S("v") },
	  "cryptsetup luksFormat --type luks2 --key-file /k /dev/x" },
	{ "label, UUID, then options",
	  luks_format_argv,
	  { .name = S("v"),
	    .label = S("L"),
	    .uuid = S(THEIRS),
	    .identity = OURS,
	    .options = options,
	    .option_count = 2 },
	  "cryptsetup luksFormat --type luks2 --key-file /k --label L --uuid " THEIRS
	  " --pbkdf pbkdf2 /dev/x" },
	{ "the identity is the UUID of one that was given none",
	  luks_format_argv,
	  { .name = S("v"), .identity = OURS },
	  "cryptsetup luksFormat --type luks2 --key-file /k --uuid " OURS " /dev/x" },
	{ "an option that gives a UUID wins",
	  luks_format_argv,
	  { .name = S("v"), .identity = OURS, .options = own_uuid, .option_count = 1 },
	  "cryptsetup luksFormat --type luks2 --key-file /k --uuid=" THEIRS " /dev/x" },
	{ "it is opened for good",
	  luks_open_argv,
	  { .name = S("v") },
	  "cryptsetup luksOpen /dev/x v --key-file /k --persistent" },
	{ "discards are allowed, and options last",
	  luks_open_argv,
	  { .name = S("v"), .discard = true, .open_options = options, .open_option_count = 2 },
	  "cryptsetup luksOpen /dev/x v --key-file /k --persistent --allow-discards --pbkdf "
	  "pbkdf2" },
};

static void join(const char *const *argv, struct text *out)
{
	for (size_t i = 0; argv[i]; i++)
		text_printf(out, "%s%s", i ? " " : "", argv[i]);
}

static void test_argv(const struct argv_row *row)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);

	join(row->argv(&row->request, "/dev/x", "/k", arena), &got);
	tap_str(text_str(&got), row->want, row->label);
}

static const struct tang_request one_server[] = { { .url = S("http://t"), .thumbprint = S("T") } };
static const struct tang_request two_servers[] = {
	{ .url = S("http://t"), .thumbprint = S("T"), .advertisement = S("{\"a\":1}") },
	{ .url = S("http://u\""), .thumbprint = S("U") },
};

static const struct clevis_row {
	const char *label;
	struct clevis_request clevis;
	const char *want;
	bool is_provable;
	bool needs_network;
	bool needs_tpm;
} clevis_rows[] = {
	{ "a server",
	  { .tang = one_server, .tang_count = 1 },
	  "clevis luks bind -f -k /k -d /dev/x sss "
	  "{\"pins\":{\"tang\":[{\"url\":\"http://t\",\"thp\":\"T\"}]},\"t\":1}",
	  .is_provable = true,
	  .needs_network = true },
	{ "the TPM alone has no list of servers",
	  { .tpm2 = true },
	  "clevis luks bind -f -k /k -d /dev/x sss {\"pins\":{\"tpm2\":{}},\"t\":1}",
	  .is_provable = true,
	  .needs_tpm = true },
	{ "two servers and the TPM; an advertisement is taken as it is",
	  { .tang = two_servers, .tang_count = 2, .tpm2 = true, .threshold = 2 },
	  "clevis luks bind -f -k /k -d /dev/x sss "
	  "{\"pins\":{\"tang\":[{\"url\":\"http://t\",\"thp\":\"T\",\"adv\":{\"a\":1}},"
	  "{\"url\":\"http://u\\\"\",\"thp\":\"U\"}],\"tpm2\":{}},\"t\":2}",
	  .is_provable = true,
	  .needs_network = true,
	  .needs_tpm = true },
	{ "one of two servers is known to be there: two cannot be proved",
	  { .tang = two_servers, .tang_count = 2, .threshold = 2 },
	  "clevis luks bind -f -k /k -d /dev/x sss "
	  "{\"pins\":{\"tang\":[{\"url\":\"http://t\",\"thp\":\"T\",\"adv\":{\"a\":1}},"
	  "{\"url\":\"http://u\\\"\",\"thp\":\"U\"}]},\"t\":2}",
	  .needs_network = true },
	{ "a threshold alone",
	  { .threshold = 1 },
	  "clevis luks bind -f -k /k -d /dev/x sss {\"pins\":{\"tang\":null},\"t\":1}" },
	{ "a custom pin is passed on, and never tried",
	  { .pin = S("tpm2"), .config = S("{\"pcr\":\"7\"}") },
	  "clevis luks bind -f -k /k -d /dev/x tpm2 {\"pcr\":\"7\"}",
	  .needs_tpm = true },
	{ "a custom pin may need the network",
	  { .pin = S("x"), .config = S("{}"), .needs_network = true },
	  "clevis luks bind -f -k /k -d /dev/x x {}",
	  .needs_network = true },
};

static void test_clevis(const struct clevis_row *row)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
	const char *const *argv = clevis_bind_argv(&row->clevis, "/dev/x", "/k", arena);
	size_t last = 0;

	join(argv, &got);
	tap_str(text_str(&got), row->want, row->label);
	tap_ok(clevis_is_provable(&row->clevis) == row->is_provable &&
		       clevis_needs_network(&row->clevis) == row->needs_network &&
		       clevis_needs_tpm(&row->clevis) == row->needs_tpm,
	       "%s: what it needs", row->label);
	while (argv[last + 1])
		last++;
	tap_ok(CLEVIS_SECRET_WORDS == UINT64_C(1) << last, "%s: its config is the secret word",
	       row->label);
}

static const struct luks_header plain = { .keys = 1 };
static const struct luks_header keyless = { .keys = 0 };
static const struct luks_header discards = { .allows_discards = true, .keys = 1 };
static const struct luks_header bound = { .keys = 1, .clevis_keys = 1 };
static const struct luks_header half_bound = { .keys = 2, .clevis_keys = 1 };
/* Any will do: the decision does not read it. */
static const struct content key = { .class = NULL };

#define LUKS2(id)                                                                                  \
	{                                                                                          \
		.type = (char *)"crypto_LUKS", .version = (char *)"2", .uuid = (char *)(id),       \
		.label = (char *)"L"                                                               \
	}

static const struct decide_row {
	const char *label;
	struct luks_request request; /* name, device and identity are filled in */
	struct probe_result found;
	const struct luks_header *header;
	const char *damage;
	bool is_open;
	bool has_key;
	const char *user;
	int want_error;
	enum luks_action want;
	const char *want_text;
} decide_rows[] = {
	{ "nothing is there: made", .want = LUKS_FORMAT },
	{ "something else is there",
	  .found = { .type = (char *)"xfs", .usage = (char *)"filesystem" }, .want_error = -EINVAL,
	  .want_text = "volume is not of the correct type: an xfs filesystem is on \"/dev/x\"" },
	{ "something else is there, and wiping was asked for",
	  { .wipe = true },
	  { .type = (char *)"xfs" },
	  .want = LUKS_FORMAT },
	{ "a device in use is refused, wipe or not",
	  { .wipe = true },
	  { .type = (char *)"xfs" },
	  .user = "mounted on /var",
	  .want_error = -EBUSY,
	  .want_text = "refusing to make volume \"v\" on \"/dev/x\": it is mounted on /var" },
	{ "LUKS1",
	  { .key = &key },
	  { .type = (char *)"crypto_LUKS", .version = (char *)"1", .uuid = (char *)THEIRS },
	  .want_error = -EINVAL,
	  .want_text = "/dev/x is a luks device but not luks2; Ignition cannot reuse it" },
	{ "another's volume is opened with the key",
	  { .key = &key },
	  LUKS2(THEIRS),
	  &plain,
	  .want = LUKS_OPEN },
	{ "another's volume that is open: its key is tried",
	  { .key = &key },
	  LUKS2(THEIRS),
	  &plain,
	  .is_open = true,
	  .want = LUKS_REMEMBER },
	{ "another's volume whose key is remembered is kept",
	  { .key = &key },
	  LUKS2(THEIRS),
	  &plain,
	  .is_open = true,
	  .has_key = true,
	  .want = LUKS_KEEP },
	{ "another's volume without a key",
	  { .wipe = false },
	  LUKS2(THEIRS),
	  &plain,
	  .want_error = -EINVAL,
	  .want_text = "config must specify keyfile" },
	{ "another's volume to be bound",
	  { .key = &key, .has_clevis = true },
	  LUKS2(THEIRS),
	  &plain,
	  .want_error = -EINVAL,
	  .want_text = "config must not specify clevis binding" },
	{ "another label",
	  { .key = &key, .label = S("M") },
	  LUKS2(THEIRS),
	  &plain,
	  .want_error = -EINVAL,
	  .want_text = "its label is another" },
	{ "the same label",
	  { .key = &key, .label = S("L") },
	  LUKS2(THEIRS),
	  &plain,
	  .want = LUKS_OPEN },
	{ "another UUID",
	  { .key = &key, .uuid = S(OURS) },
	  LUKS2(THEIRS),
	  &plain,
	  .want_error = -EINVAL,
	  .want_text = "its UUID is another" },
	{ "discards that are not asked for",
	  { .key = &key },
	  LUKS2(THEIRS),
	  &discards,
	  .want_error = -EINVAL,
	  .want_text = "it allows discards" },
	{ "discards that are missing",
	  { .key = &key, .discard = true },
	  LUKS2(THEIRS),
	  &plain,
	  .want_error = -EINVAL,
	  .want_text = "it does not allow discards" },
	{ "discards on both sides",
	  { .key = &key, .discard = true },
	  LUKS2(THEIRS),
	  &discards,
	  .want = LUKS_OPEN },
	{ "a header that was not looked at yet",
	  { .key = &key, .discard = true },
	  LUKS2(THEIRS),
	  NULL,
	  .want = LUKS_OPEN },
	{ "a damaged header",
	  { .key = &key },
	  LUKS2(THEIRS),
	  NULL,
	  .damage = "its LUKS header is damaged",
	  .want_error = -EINVAL,
	  .want_text = "not of the correct type: its LUKS header is damaged" },
	{ "a damaged header is wiped when asked",
	  { .key = &key, .wipe = true },
	  LUKS2(THEIRS),
	  NULL,
	  .damage = "its LUKS header is damaged",
	  .want = LUKS_FORMAT },
	{ "another's open volume is not wiped",
	  { .wipe = true },
	  LUKS2(THEIRS),
	  &plain,
	  .is_open = true,
	  .want_error = -EBUSY,
	  .want_text = "open as a volume of this name" },
	{ "ours, open, its key remembered",
	  { .wipe = true },
	  LUKS2(OURS),
	  &plain,
	  .is_open = true,
	  .has_key = true,
	  .want = LUKS_KEEP },
	{ "ours, closed, its key remembered",
	  { .wipe = true },
	  LUKS2(OURS),
	  &plain,
	  .has_key = true,
	  .want = LUKS_OPEN },
	{ "ours, open, whose drawn key was handed on to the target, is kept",
	  { .wipe = true },
	  LUKS2(OURS),
	  &plain,
	  .is_open = true,
	  .want = LUKS_KEEP },
	{ "the same, closed, is refused and never made anew",
	  { .wipe = true },
	  LUKS2(OURS),
	  &plain,
	  .want_error = -ENOKEY,
	  .want_text = "is in the target (/etc/luks/v)" },
	{ "ours, cut off before it had a key slot, is made anew",
	  { .wipe = false },
	  LUKS2(OURS),
	  &keyless,
	  .has_key = true,
	  .want = LUKS_FORMAT },
	{ "ours, whose key the config has",
	  { .key = &key },
	  LUKS2(OURS),
	  &plain,
	  .is_open = true,
	  .want = LUKS_REMEMBER },
	{ "ours, bound, open",
	  { .has_clevis = true },
	  LUKS2(OURS),
	  &bound,
	  .is_open = true,
	  .want = LUKS_KEEP },
	{ "ours, bound, closed", { .has_clevis = true }, LUKS2(OURS), &bound, .want = LUKS_OPEN },
	{ "ours, the drawn key still on it",
	  { .has_clevis = true },
	  LUKS2(OURS),
	  &half_bound,
	  .is_open = true,
	  .want = LUKS_FORMAT },
	{ "ours, not bound yet",
	  { .has_clevis = true },
	  LUKS2(OURS),
	  &plain,
	  .is_open = true,
	  .want = LUKS_FORMAT },
	{ "ours, bound beside the config's key",
	  { .has_clevis = true, .key = &key },
	  LUKS2(OURS),
	  &half_bound,
	  .is_open = true,
	  .has_key = true,
	  .want = LUKS_KEEP },
	{ "ours and damaged",
	  { .wipe = false },
	  LUKS2(OURS),
	  NULL,
	  .damage = "damaged",
	  .want = LUKS_FORMAT },
	{ "a UUID that the config gives does not make it ours",
	  { .uuid = S(THEIRS), .wipe = true },
	  LUKS2(THEIRS),
	  &plain,
	  .has_key = true,
	  .want = LUKS_FORMAT },
};

static void test_decide(const struct decide_row *row)
{
	struct luks_request request = row->request;
	const struct luks_facts facts = {
		.found = &row->found,
		.header = row->header,
		.damage = row->damage,
		.is_open = row->is_open,
		.has_key = row->has_key,
		.user = row->user,
	};
	AUTO(error_done) struct error err = ERROR_INIT;
	enum luks_action got = LUKS_KEEP;

	request.name = SLICE("v");
	request.device = SLICE("/dev/x");
	memcpy(request.identity, OURS, sizeof(OURS));

	int r = luks_decide(&request, &facts, &got, &err);

	tap_ok(r == row->want_error && (r < 0 || got == row->want) &&
		       (!row->want_text || (err.text && strstr(err.text, row->want_text))),
	       "%s", row->label);
	printf("# %d, action %d%s%s\n", r, got, err.text ? ": " : "", err.text ?: "");
}

static const struct header_row {
	const char *label;
	const char *text;
	int want_error;
	struct luks_header want;
} header_rows[] = {
	{ "one key, no flags",
	  "{\"keyslots\":{\"0\":{\"type\":\"luks2\"}},\"tokens\":{},\"config\":{\"json_size\":"
	  "\"1\"}}",
	  0,
	  { .keys = 1 } },
	{ "flags, and two tokens of which one is of clevis",
	  "{\"keyslots\":{\"0\":{},\"1\":{}},\"tokens\":{\"0\":{\"type\":\"clevis\",\"keyslots\":"
	  "[\"1\"]},\"1\":{\"type\":\"systemd-tpm2\"}},\"config\":{\"flags\":[\"no-read-"
	  "workqueue\","
	  "\"allow-discards\"]}}",
	  0,
	  { .allows_discards = true, .keys = 2, .clevis_keys = 1 } },
	{ "members that are missing or of another kind",
	  "{\"tokens\":[1],\"config\":{\"flags\":{}}}",
	  0,
	  { .keys = 0 } },
	{ "a token that is no object", "{\"tokens\":{\"0\":7}}", 0, { .keys = 0 } },
	{ "no object", "[]", -EBADMSG, { .keys = 0 } },
	{ "cut short", "{\"keyslots\":", -EBADMSG, { .keys = 0 } },
	{ "nothing", "", -EBADMSG, { .keys = 0 } },
};

static void test_header(const struct header_row *row)
{
	struct luks_header got = { .keys = 0 };
	int r = luks_header_parse(slice_of(row->text), &got, /* err= */ NULL);

	tap_ok(r == row->want_error && got.allows_discards == row->want.allows_discards &&
		       got.keys == row->want.keys && got.clevis_keys == row->want.clevis_keys,
	       "header: %s", row->label);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(argv_rows); i++)
		test_argv(&argv_rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(clevis_rows); i++)
		test_clevis(&clevis_rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(decide_rows); i++)
		test_decide(&decide_rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(header_rows); i++)
		test_header(&header_rows[i]);
	return tap_done();
}
