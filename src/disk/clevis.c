#include "disk/clevis.h"

#include <errno.h>
#include <time.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/directory.h"

#define SYSFS_TPM	 "sys/class/tpm"
#define TPM_WAIT_MS	 10000
#define TPM_POLL_MS	 100
#define CONFIG_BYTES_MAX ((size_t)4 << 20)
#define THRESHOLD	 1

static uint64_t threshold_of(const struct clevis_request *clevis)
{
	return clevis->threshold ?: THRESHOLD;
}

static void append_tang(struct text *out, const struct tang_request *tang)
{
	text_append_str(out, "{\"url\":");
	text_append_json(out, tang->url);
	text_append_str(out, ",\"thp\":");
	text_append_json(out, tang->thumbprint);
	/* Validation has found it to be JSON. */
	if (tang->advertisement.length)
		text_printf(out, ",\"adv\":%.*s", SLICE_ARGS(tang->advertisement));
	text_append_char(out, '}');
}

static void append_pins(struct text *out, const struct clevis_request *clevis)
{
	bool has_list = clevis->tang_count || !clevis->tpm2;

	if (has_list)
		text_append_str(out, clevis->tang_count ? "\"tang\":[" : "\"tang\":null");
	for (size_t i = 0; i < clevis->tang_count; i++) {
		text_append_str(out, i ? "," : "");
		append_tang(out, &clevis->tang[i]);
	}
	text_append_str(out, clevis->tang_count ? "]" : "");
	if (clevis->tpm2)
		text_append_str(out, has_list ? ",\"tpm2\":{}" : "\"tpm2\":{}");
}

const char *clevis_config(const struct clevis_request *clevis, struct arena *arena)
{
	AUTO(text_done) struct text out = TEXT_INIT(CONFIG_BYTES_MAX);

	if (clevis->pin.length)
		return arena_strndup(arena, clevis->config.data ?: "", clevis->config.length);
	text_append_str(&out, "{\"pins\":{");
	append_pins(&out, clevis);
	text_printf(&out, "},\"t\":%ju}", (uintmax_t)threshold_of(clevis));
	return arena_strdup(arena, text_str(&out));
}

const char *const *clevis_bind_argv(const struct clevis_request *clevis, const char *node,
				    const char *key_path, struct arena *arena)
{
	const char *pin = clevis->pin.length
				  ? arena_strndup(arena, clevis->pin.data, clevis->pin.length)
				  : "sss";
	const char *words[] = { "clevis", "luks", "bind", "-f", "-k",
				key_path, "-d",	  node,	  pin,	clevis_config(clevis, arena),
				NULL };
	const char **argv = arena_array(arena, ARRAY_SIZE(words), sizeof(*argv));

	memcpy(argv, words, sizeof(words));
	return argv;
}

const char *const *clevis_unlock_argv(const char *node, struct slice name, struct arena *arena)
{
	const char *words[] = { "clevis",
				"luks",
				"unlock",
				"-d",
				node,
				"-n",
				arena_strndup(arena, name.data ?: "", name.length),
				NULL };
	const char **argv = arena_array(arena, ARRAY_SIZE(words), sizeof(*argv));

	memcpy(argv, words, sizeof(words));
	return argv;
}

bool clevis_is_provable(const struct clevis_request *clevis)
{
	uint64_t pins = clevis->tpm2 ? 1 : 0;

	if (clevis->pin.length)
		return false;
	for (size_t i = 0; i < clevis->tang_count; i++)
		pins += clevis->tang[i].advertisement.length == 0;
	return pins >= threshold_of(clevis);
}

bool clevis_needs_network(const struct clevis_request *clevis)
{
	return clevis->tang_count || (clevis->pin.length && clevis->needs_network);
}

bool clevis_needs_tpm(const struct clevis_request *clevis)
{
	return clevis->tpm2 || slice_is(clevis->pin, "tpm2");
}

static bool has_tpm(const struct machine *machine)
{
	AUTO(directory_close) DIR *directory = NULL;

	return directory_open(machine, SYSFS_TPM, &directory, /* err= */ NULL) == 0 &&
	       directory_next(directory);
}

int clevis_wait_for_tpm(const struct machine *machine, const struct event_observer *observer,
			struct error *err)
{
	const struct timespec pause = { .tv_nsec = TPM_POLL_MS * 1000000L };

	for (int64_t left = TPM_WAIT_MS; left > 0; left -= TPM_POLL_MS) {
		if (has_tpm(machine))
			return 0;
		if (left == TPM_WAIT_MS)
			event_notify(observer, &(struct event){ .kind = EVENT_WAIT,
								.text = "a TPM",
								.remaining_ms = left });
		nanosleep(&pause, NULL);
	}
	return error_set(err, ERROR_NOT_FOUND, ENODEV,
			 "no TPM appeared within %d s; a volume with clevis.tpm2 needs one",
			 TPM_WAIT_MS / 1000);
}
