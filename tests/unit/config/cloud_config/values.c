/* What strings of a CoreOS cloud-config may be: upstream's regular expressions. */
#include "config/cloud_config/values.h"

#include "tap.h"

static const struct {
	enum cloud_value value;
	const char *text;
	bool want;
} rows[] = {
	{ CLOUD_VALUE_ANY, "whatever", true },
	{ CLOUD_VALUE_STRATEGY, "", true },
	{ CLOUD_VALUE_STRATEGY, "etcd-lock", true },
	{ CLOUD_VALUE_STRATEGY, "best-effort", false },
	{ CLOUD_VALUE_STRATEGY, "Off", false },
	{ CLOUD_VALUE_COMMAND, "reload-or-try-restart", true },
	{ CLOUD_VALUE_COMMAND, "enable", false },
	{ CLOUD_VALUE_PROXY, "readonly", true },
	{ CLOUD_VALUE_PROXY, "true", false },
	{ CLOUD_VALUE_ENCODING, "gz+b64", true },
	{ CLOUD_VALUE_ENCODING, "b64+gz", false },
	{ CLOUD_VALUE_PERMISSIONS, "644", true },
	{ CLOUD_VALUE_PERMISSIONS, "0644", true },
	{ CLOUD_VALUE_PERMISSIONS, "00644", true },
	{ CLOUD_VALUE_PERMISSIONS, "10644", false },
	{ CLOUD_VALUE_PERMISSIONS, "64", false },
	{ CLOUD_VALUE_PERMISSIONS, "0648", false },
	{ CLOUD_VALUE_PERMISSIONS, "-rwx", false },
	{ CLOUD_VALUE_WINDOW_START, "0:0", true },
	{ CLOUD_VALUE_WINDOW_START, "000023:00059", true },
	{ CLOUD_VALUE_WINDOW_START, "sAt 3:20", true },
	{ CLOUD_VALUE_WINDOW_START, "24:00", false },
	{ CLOUD_VALUE_WINDOW_START, "1:60", false },
	{ CLOUD_VALUE_WINDOW_START, "Fry 1:00", false },
	{ CLOUD_VALUE_WINDOW_START, "Mon  1:00", false },
	{ CLOUD_VALUE_WINDOW_START, "100", false },
	{ CLOUD_VALUE_WINDOW_START, ":", false },
	{ CLOUD_VALUE_WINDOW_LENGTH, "1h", true },
	{ CLOUD_VALUE_WINDOW_LENGTH, "1h30m", true },
	{ CLOUD_VALUE_WINDOW_LENGTH, "-1.5d", true },
	{ CLOUD_VALUE_WINDOW_LENGTH, "h", true },
	{ CLOUD_VALUE_WINDOW_LENGTH, "1.2.3h", false },
	{ CLOUD_VALUE_WINDOW_LENGTH, "60", false },
	{ CLOUD_VALUE_WINDOW_LENGTH, "1 h", false },
	{ CLOUD_VALUE_WINDOW_LENGTH, "+", false },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tap_ok(cloud_value_is_valid(rows[i].value, slice_of(rows[i].text)) == rows[i].want,
		       "\"%s\" is %s value %u", rows[i].text, rows[i].want ? "a" : "no",
		       rows[i].value);
	return tap_done();
}
