/* update - /etc/coreos/update.conf (spec configs 3.5). */
#include <strings.h>

#include "base/number.h"
#include "config/clc/lowering.h"

#define UPDATE_CONF	"/etc/coreos/update.conf"
#define UPDATE_MODE	0644
#define UPDATE_TEXT_MAX ((size_t)16 << 20)
/* Of a time of day. */
#define HOUR_MAX   23
#define MINUTE_MAX 59
/* "Mon" and the blank behind it. */
#define DAY_BYTES 3

static bool is_one_of(struct slice value, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i]) == value.length &&
		    strncasecmp(words[i], value.data, value.length) == 0)
			return true;
	return false;
}

static void check_group(struct clc_lowering *lowering)
{
	static const char *const groups[] = { "stable", "beta", "alpha" };
	const struct clc_update *update = &lowering->config->update;

	if (update->group.data && !update->server.length &&
	    !is_one_of(update->group, groups, ARRAY_SIZE(groups)))
		draft_report(&lowering->draft, REPORT_WARNING, update->origin, "group",
			     "unknown update group");
}

/* Return: what is wrong with "[Day] HH:MM"; NULL: nothing. */
static const char *check_window_start(struct slice start)
{
	static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };
	static const char malformed[] = "couldn't parse window start";
	const char *blank = memchr(start.data, ' ', start.length);
	struct slice day = { start.data, blank ? (size_t)(blank - start.data) : 0 };
	struct slice time = blank ? slice_from(start, day.length + 1) : start;
	const char *colon = time.length ? memchr(time.data, ':', time.length) : NULL;
	uint64_t number = 0;

	if (blank && !is_one_of(day, days, ARRAY_SIZE(days)))
		return "unknown day in window start";
	if (!colon ||
	    number_parse_u64((struct slice){ time.data, (size_t)(colon - time.data) }, 0, HOUR_MAX,
			     &number) < 0 ||
	    number_parse_u64(slice_from(time, (size_t)(colon + 1 - time.data)), 0, MINUTE_MAX,
			     &number) < 0)
		return malformed;
	return NULL;
}

static void check_locksmith(struct clc_lowering *lowering)
{
	static const char *const strategies[] = { "reboot", "etcd-lock", "off" };
	const struct clc_locksmith *locksmith = &lowering->config->locksmith;
	struct draft *draft = &lowering->draft;
	const char *problem = NULL;
	int64_t length_ms = 0;

	if (locksmith->reboot_strategy.data &&
	    !is_one_of(locksmith->reboot_strategy, strategies, ARRAY_SIZE(strategies)))
		draft_report(draft, REPORT_ERROR, locksmith->origin, "reboot_strategy",
			     "unknown reboot strategy");
	if (!locksmith->window_start.data != !locksmith->window_length.data)
		draft_report(draft, REPORT_ERROR, locksmith->origin,
			     locksmith->window_start.data ? "window_start" : "window_length",
			     "window-start and window-length must both be specified");
	if (!locksmith->window_start.data || !locksmith->window_length.data)
		return;
	problem = check_window_start(locksmith->window_start);
	if (problem)
		draft_report(draft, REPORT_ERROR, locksmith->origin, "window_start", "%s", problem);
	if (number_parse_duration(locksmith->window_length, &length_ms) < 0)
		draft_report(draft, REPORT_ERROR, locksmith->origin, "window_length",
			     "couldn't parse window length");
}

static void append_locksmith(const struct clc_locksmith *locksmith, struct text *out)
{
	const struct {
		const char *name;
		struct slice value;
	} lines[] = {
		{ "REBOOT_STRATEGY", locksmith->reboot_strategy },
		{ "LOCKSMITHD_REBOOT_WINDOW_START", locksmith->window_start },
		{ "LOCKSMITHD_REBOOT_WINDOW_LENGTH", locksmith->window_length },
		{ "LOCKSMITHD_GROUP", locksmith->group },
		{ "LOCKSMITHD_ENDPOINT", locksmith->etcd_endpoints },
		{ "LOCKSMITHD_ETCD_CAFILE", locksmith->etcd_cafile },
		{ "LOCKSMITHD_ETCD_CERTFILE", locksmith->etcd_certfile },
		{ "LOCKSMITHD_ETCD_KEYFILE", locksmith->etcd_keyfile },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!lines[i].value.data)
			continue;
		text_printf(out, "\n%s=", lines[i].name);
		text_append_quoted(out, lines[i].value);
	}
}

/* Without a group the first line is empty, as upstream writes it. */
static void append_update(const struct clc_update *update, struct text *out)
{
	if (update->group.data) {
		text_append_str(out, "GROUP=");
		for (size_t i = 0; i < update->group.length; i++)
			text_append_char(out, char_lower(update->group.data[i]));
	}
	if (update->server.data)
		text_printf(out, "\nSERVER=%.*s", SLICE_ARGS(update->server));
}

void clc_lower_update(struct clc_lowering *lowering)
{
	const struct clc_config *config = lowering->config;
	AUTO(text_done) struct text contents = TEXT_INIT(UPDATE_TEXT_MAX);
	const bool has_update = config->update.origin.source;

	if (!has_update && !config->locksmith.origin.source)
		return;
	check_group(lowering);
	check_locksmith(lowering);
	append_update(&config->update, &contents);
	append_locksmith(&config->locksmith, &contents);
	draft_file(&lowering->draft, SLICE(UPDATE_CONF), UPDATE_MODE, text_slice(&contents),
		   has_update ? config->update.origin : config->locksmith.origin);
}
