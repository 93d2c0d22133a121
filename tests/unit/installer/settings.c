/* Settings of an install: config files, kernel arguments, what goes together (spec 3.2, 3.12). */
#include "installer/settings.h"

#include <errno.h>

#include "base/report.h"
#include "base/source.h"
#include "tap.h"

#define DEVICE "dest-device: \"/dev/sda\"\n"

/* Read, and written again. */
static const struct {
	const char *label;
	const char *text;
	const char *want; /* the settings, or the first entry of the report */
} files[] = {
	{ "nothing", "", "" },
	{ "a comment", "# x\n", "" },
	{ "scalars and flags", "image-url: http://a/\ncopy-network: true\noffline: false\n",
	  "image-url: \"http://a/\"\ncopy-network: true\n" },
	{ "a number where a text is wanted", "fetch-retries: 3\n", "fetch-retries: \"3\"\n" },
	{ "null says nothing", "stream: null\n", "" },
	{ "lists", "save-partindex: [1-3, 7]\nappend-karg:\n- a=1\n- b\n",
	  "append-karg:\n  - \"a=1\"\n  - \"b\"\nsave-partindex:\n  - \"1-3\"\n  - \"7\"\n" },
	{ "what needs quotes", "firstboot-args: 'a \"b\" \\'\n",
	  "firstboot-args: \"a \\\"b\\\" \\\\\"\n" },
	{ "an unknown setting", "stream: a\nnope: 1\n",
	  "error at $.nope, line 2 col 1: there is no such setting" },
	{ "a list for a text", "stream: [a]\n",
	  "error at $.stream, line 1 col 10: must be a string" },
	{ "a text for a flag", "insecure: 'yes'\n",
	  "error at $.insecure, line 1 col 11: must be true or false" },
	{ "a text for a list", "console: tty0\n",
	  "error at $.console, line 1 col 10: must be a list of strings" },
	{ "an object in a list", "console: [{a: b}]\n",
	  "error at $.console, line 1 col 12: must be a list of strings" },
	{ "no object", "[a]\n",
	  "error at line 1 col 2: must be an object with the settings of an install" },
};

static const struct {
	const char *label;
	const char *line;
	int want_r;
	const char *want;
} kargs[] = {
	{ "nothing is asked for", "quiet", 0, "fetch-retries: \"infinite\"\n" },
	{ "a device without a slash", "coreos.inst.install_dev=sda", 1,
	  "fetch-retries: \"infinite\"\n" DEVICE },
	{ "the last of two", "coreos.inst.install_dev=/dev/sdb coreos.inst.install_dev=/dev/sda", 1,
	  "fetch-retries: \"infinite\"\n" DEVICE },
	{ "an empty device asks for nothing", "coreos.inst.install_dev=", 0,
	  "fetch-retries: \"infinite\"\n" },
	{ "a config needs no proof there",
	  "coreos.inst.ignition_url=http://a/ coreos.inst.stream=next", 0,
	  "stream: \"next\"\nignition-url: \"http://a/\"\ninsecure-ignition: true\n"
	  "fetch-retries: \"infinite\"\n" },
	{ "no config", "coreos.inst.ignition_url=skip", 0, "fetch-retries: \"infinite\"\n" },
	{ "a flag that is set", "coreos.inst.insecure=1", 0,
	  "insecure: true\nfetch-retries: \"infinite\"\n" },
	{ "flags that are not", "coreos.inst.insecure=off coreos.inst.secure_ipl", 0,
	  "fetch-retries: \"infinite\"\n" },
	{ "platform and partitions",
	  "coreos.inst.platform_id=qemu coreos.inst.save_partlabel=d*,e "
	  "coreos.inst.save_partindex=3-",
	  0,
	  "platform: \"qemu\"\nsave-partlabel:\n  - \"d*,e\"\nsave-partindex:\n  - \"3-\"\n"
	  "fetch-retries: \"infinite\"\n" },
};

static const struct {
	const char *label;
	const char *text;
	const char *want; /* error; NULL: it is well */
} checks[] = {
	{ "a disk is enough", DEVICE, NULL },
	{ "no disk", "stream: a\n", "no disk is named to install to" },
	{ "two images", DEVICE "image-url: a\nimage-file: b\n",
	  "image-url and image-file do not go together" },
	{ "an image and a stream", DEVICE "image-file: b\nstream: a\n",
	  "image-file and stream do not go together" },
	{ "two configs", DEVICE "ignition-url: https://a/\nignition-file: b\n",
	  "ignition-file and ignition-url do not go together" },
	{ "a config of https", DEVICE "ignition-url: https://a/\n", NULL },
	{ "a config of http with its hash", DEVICE "ignition-url: http://a/\nignition-hash: x\n",
	  NULL },
	{ "a config of http, knowingly",
	  DEVICE "ignition-url: http://a/\ninsecure-ignition: true\n", NULL },
	{ "a config of http", DEVICE "ignition-url: http://a/\n",
	  "ignition-url is of http, where anybody may change it: use https, give ignition-hash, or "
	  "insecure-ignition" },
	{ "a config of another scheme", DEVICE "ignition-url: ftp://a/\n",
	  "ignition-url must be of http or https" },
	{ "what only s390x has", DEVICE "secure-ipl: true\n",
	  "secure-ipl is for the firmware of s390x only" },
};

static void read_text(struct settings *settings, const char *text, struct report *report)
{
	AUTO(source_free) struct source *source = source_new("i.yaml", slice_of(text));

	settings_read_file(settings, source, report, /* err= */ NULL);
}

static void check_file(size_t row)
{
	AUTO(report_free) struct report *report = report_new();
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text again = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(settings_done) struct settings settings;
	AUTO(settings_done) struct settings second;

	settings_init(&settings);
	settings_init(&second);
	read_text(&settings, files[row].text, report);
	if (report_count(report)) {
		report_render_upstream(report_entry_at(report, 0), &got);
		tap_str(text_str(&got), files[row].want, files[row].label);
		return;
	}
	settings_append_yaml(&settings, &got);
	tap_str(text_str(&got), files[row].want, files[row].label);
	read_text(&second, text_str(&got), report);
	settings_append_yaml(&second, &again);
	tap_str(text_str(&again), text_str(&got), "and what is written says the same");
}

static void check_kargs(size_t row)
{
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(settings_done) struct settings settings;
	char *line = (char *)kargs[row].line;
	const struct machine machine = { .host_fd = -1,
					 .root_fd = -1,
					 .kernel_command_line = line };

	settings_init(&settings);
	tap_int(settings_read_kargs(&settings, &machine, /* err= */ NULL), kargs[row].want_r,
		kargs[row].label);
	settings_append_yaml(&settings, &got);
	tap_str(text_str(&got), kargs[row].want, kargs[row].label);
}

/* What options say, beside @settings that have a stream and two arguments. */
static void check_added(struct settings *settings)
{
	const char *items[] = { "z" };
	const struct settings options = { .stream = "c",
					  .offline = true,
					  .append_karg = { items, ARRAY_SIZE(items) } };

	tap_int(settings_add(settings, &options, /* err= */ NULL), 0, "options are added");
	tap_str(settings->stream, "c", "a scalar of them counts");
	tap_ok(settings->offline, "a flag of them too");
	tap_ok(settings->append_karg.count == 3 && strcmp(settings->append_karg.items[2], "z") == 0,
	       "a list grows by theirs");
}

static void check_order(void)
{
	AUTO(report_free) struct report *report = report_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(settings_done) struct settings settings;

	settings_init(&settings);
	read_text(&settings, "stream: a\nappend-karg: [x]\n", report);
	read_text(&settings, "stream: b\nappend-karg: [y]\n", report);
	tap_str(settings.stream, "b", "the last of several scalars counts");
	tap_ok(settings.append_karg.count == 2 && strcmp(settings.append_karg.items[1], "y") == 0,
	       "lists grow");
	check_added(&settings);
	settings_set(&settings, setting_find(SLICE("dest-device")), SLICE("/dev/sda"), NULL);
	tap_int(settings_set(&settings, setting_find(SLICE("dest-device")), SLICE("/dev/sdb"),
			     &err),
		-EEXIST, "two disks");
	tap_str(err.text, "dest-device is given twice: /dev/sda and /dev/sdb",
		"and they are named");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		check_file(i);
	for (size_t i = 0; i < ARRAY_SIZE(kargs); i++)
		check_kargs(i);
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		AUTO(report_free) struct report *report = report_new();
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(settings_done) struct settings settings;

		settings_init(&settings);
		read_text(&settings, checks[i].text, report);
		settings_check(&settings, &err);
		tap_str(err.text, checks[i].want, checks[i].label);
	}
	check_order();
	return tap_done();
}
