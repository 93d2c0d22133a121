#include "installer/settings.h"

#include <errno.h>

#include "base/node.h"
#include "base/report.h"
#include "base/yaml.h"

#define KARG_PREFIX	 "coreos.inst."
#define KARG_DEVICE	 KARG_PREFIX "install_dev"
#define RETRIES_INFINITE "infinite"
/* What an automated install's kernel argument says for "no config". */
#define IGNITION_SKIP "skip"

#define STRING(key_, member)                                                                       \
	.key = (key_), .type = SETTING_STRING, .offset = offsetof(struct settings, member)
#define LIST(key_, member)                                                                         \
	.key = (key_), .type = SETTING_LIST, .offset = offsetof(struct settings, member)
#define FLAG(key_, member)                                                                         \
	.key = (key_), .type = SETTING_FLAG, .offset = offsetof(struct settings, member)

const struct setting setting_table[SETTING_COUNT] = {
	{ STRING("stream", stream), .karg = "stream" },
	{ STRING("image-url", image_url), .karg = "image_url" },
	{ STRING("image-file", image_file) },
	{ STRING("ignition-file", ignition_file) },
	{ STRING("ignition-url", ignition_url), .karg = "ignition_url" },
	{ STRING("ignition-hash", ignition_hash) },
	{ STRING("architecture", architecture) },
	{ STRING("platform", platform), .karg = "platform_id" },
	{ LIST("console", console) },
	{ STRING("firstboot-args", firstboot_args) },
	{ LIST("append-karg", append_karg) },
	{ LIST("delete-karg", delete_karg) },
	{ FLAG("copy-network", copy_network) },
	{ STRING("network-dir", network_dir) },
	{ LIST("save-partlabel", save_partlabel), .karg = "save_partlabel" },
	{ LIST("save-partindex", save_partindex), .karg = "save_partindex" },
	{ FLAG("offline", offline) },
	{ FLAG("insecure", insecure), .karg = "insecure" },
	{ FLAG("insecure-ignition", insecure_ignition) },
	{ STRING("stream-base-url", stream_base_url) },
	{ FLAG("preserve-on-error", preserve_on_error) },
	{ STRING("fetch-retries", fetch_retries) },
	{ FLAG("secure-ipl", secure_ipl), .karg = "secure_ipl" },
	{ STRING("dest-device", dest_device), .karg = "install_dev", .is_unique = true },
};

void settings_init(struct settings *ret)
{
	*ret = (struct settings){ .arena = arena_new() };
}

void settings_done(struct settings *settings)
{
	arena_free(settings->arena);
	*settings = (struct settings){ .arena = NULL };
}

const struct setting *setting_find(struct slice key)
{
	for (size_t i = 0; i < SETTING_COUNT; i++)
		if (slice_is(key, setting_table[i].key))
			return &setting_table[i];
	return NULL;
}

static void append_item(struct arena *arena, struct setting_list *list, const char *item)
{
	const char **items = arena_array(arena, list->count + 1, sizeof(*items));

	if (list->count)
		memcpy(items, list->items, list->count * sizeof(*items));
	items[list->count] = item;
	list->items = items;
	list->count++;
}

int settings_set(struct settings *settings, const struct setting *setting, struct slice value,
		 struct error *err)
{
	char *member = (char *)settings + setting->offset;
	const char *text = arena_strndup(settings->arena, value.data, value.length);

	switch (setting->type) {
	case SETTING_FLAG:
		*(bool *)(void *)member = true;
		return 0;
	case SETTING_LIST:
		append_item(settings->arena, (struct setting_list *)(void *)member, text);
		return 0;
	case SETTING_STRING:
		break;
	}
	const char **string = (const char **)(void *)member;

	if (setting->is_unique && *string)
		return error_set(err, ERROR_INPUT, EEXIST, "%s is given twice: %s and %s",
				 setting->key, *string, text);
	*string = text;
	return 0;
}

static int add_strings(struct settings *settings, const struct setting *setting,
		       const struct setting_list *list, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < list->count && r == 0; i++)
		r = settings_set(settings, setting, slice_of(list->items[i]), err);
	return r;
}

int settings_add(struct settings *settings, const struct settings *more, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < SETTING_COUNT && r == 0; i++) {
		const struct setting *setting = &setting_table[i];
		const char *member = (const char *)more + setting->offset;
		const char *string = NULL;

		if (setting->type == SETTING_LIST) {
			r = add_strings(settings, setting, (const void *)member, err);
			continue;
		}
		if (setting->type == SETTING_STRING)
			string = *(const char *const *)(const void *)member;
		else if (*(const bool *)(const void *)member)
			string = "";
		if (string)
			r = settings_set(settings, setting, slice_of(string), err);
	}
	return r;
}

/* --- config files */

struct reading {
	struct settings *settings;
	struct document *document;
	struct report *report;
};

static const char *const type_names[] = {
	[SETTING_STRING] = "a string",
	[SETTING_LIST] = "a list of strings",
	[SETTING_FLAG] = "true or false",
};

static void refuse_type(const struct reading *reading, const struct setting *setting, uint32_t node)
{
	struct report_path path = { .key = slice_of(setting->key) };

	report_add(reading->report, REPORT_ERROR, &path, node_marker(reading->document, node),
		   "must be %s", type_names[setting->type]);
}

static bool is_scalar(const struct document *document, uint32_t node)
{
	return document->nodes[node].kind == NODE_STRING ||
	       document->nodes[node].kind == NODE_NUMBER;
}

static struct slice scalar_text(struct document *document, uint32_t node)
{
	return document->nodes[node].kind == NODE_STRING ? node_string(document, node)
							 : node_text(document, node);
}

static void take_scalar(struct reading *reading, const struct setting *setting, uint32_t node)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	struct report_path path = { .key = slice_of(setting->key) };

	if (settings_set(reading->settings, setting, scalar_text(reading->document, node), &err) <
	    0)
		report_add(reading->report, REPORT_ERROR, &path,
			   node_marker(reading->document, node), "%s", err.text);
}

static void take_list(struct reading *reading, const struct setting *setting, uint32_t list)
{
	const struct document *document = reading->document;

	for (uint32_t item = node_first(document, list); item; item = node_next(document, item)) {
		if (is_scalar(document, item))
			take_scalar(reading, setting, item);
		else
			refuse_type(reading, setting, item);
	}
}

static void take_value(struct reading *reading, const struct setting *setting, uint32_t value)
{
	const struct node *node = &reading->document->nodes[value];
	bool is_right = setting->type == SETTING_FLAG	? node->kind == NODE_BOOL
			: setting->type == SETTING_LIST ? node->kind == NODE_ARRAY
							: is_scalar(reading->document, value);

	if (node->kind == NODE_NULL)
		return;
	if (!is_right)
		refuse_type(reading, setting, value);
	else if (setting->type == SETTING_LIST)
		take_list(reading, setting, value);
	else if (setting->type == SETTING_STRING)
		take_scalar(reading, setting, value);
	else
		*(bool *)(void *)((char *)reading->settings + setting->offset) =
			node->flags & NODE_TRUE;
}

int settings_read_file(struct settings *settings, const struct source *source,
		       struct report *report, struct error *err)
{
	AUTO(document_free) struct document *document = NULL;
	struct origin origin = { .source = NULL };
	int r = yaml_parse(source, &document, &origin, err);

	if (r < 0)
		return origin.source ? source_wrap(err, r, &origin)
				     : error_wrap(err, r, "%s", source_name(source));
	struct reading reading = { settings, document, report };

	if (document->nodes[0].kind == NODE_NULL)
		return 0;
	if (document->nodes[0].kind != NODE_OBJECT)
		report_add(report, REPORT_ERROR, NULL, node_marker(document, 0),
			   "must be an object with the settings of an install");
	for (uint32_t key = document->nodes[0].kind == NODE_OBJECT ? node_first(document, 0) : 0;
	     key; key = node_next(document, node_next(document, key))) {
		struct slice name = node_string(document, key);
		const struct setting *setting = setting_find(name);
		struct report_path path = { .key = name };

		if (setting)
			take_value(&reading, setting, node_next(document, key));
		else
			report_add(report, REPORT_ERROR, &path, node_marker(document, key),
				   "there is no such setting");
	}
	return 0;
}

/* --- the kernel's command line */

static bool is_false(struct slice value)
{
	return value.length == 0 || slice_is(value, "0") || slice_is(value, "no") ||
	       slice_is(value, "off");
}

static int take_karg(struct settings *settings, const struct setting *setting, struct slice value,
		     struct error *err)
{
	AUTO(text_done) struct text device = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (setting->type == SETTING_FLAG && is_false(value))
		return 0;
	if (strcmp(setting->key, "ignition-url") == 0 && slice_is(value, IGNITION_SKIP))
		return 0;
	if (strcmp(setting->key, "dest-device") == 0 && !slice_starts(value, "/")) {
		text_printf(&device, "/dev/%.*s", SLICE_ARGS(value));
		value = text_slice(&device);
	}
	if (strcmp(setting->key, "ignition-url") == 0)
		settings->insecure_ignition = true;
	return settings_set(settings, setting, value, err);
}

/* The last of those that are repeated wins. */
static bool find_karg(const struct machine *machine, const char *name, struct slice *ret)
{
	const char *at = NULL;
	struct machine_karg karg;
	bool is_there = false;

	while (machine_next_karg(machine, &at, &karg)) {
		if (!slice_starts(karg.name, KARG_PREFIX) ||
		    !slice_is(slice_from(karg.name, strlen(KARG_PREFIX)), name))
			continue;
		*ret = karg.value;
		is_there = true;
	}
	return is_there;
}

int settings_read_kargs(struct settings *settings, const struct machine *machine, struct error *err)
{
	struct slice value = { NULL, 0 };
	int r = 0;

	for (size_t i = 0; i < SETTING_COUNT && r == 0; i++)
		if (setting_table[i].karg && find_karg(machine, setting_table[i].karg, &value) &&
		    (value.length || setting_table[i].type == SETTING_FLAG))
			r = take_karg(settings, &setting_table[i], value, err);
	if (r < 0)
		return error_wrap(err, r, "kernel command line");
	if (!settings->fetch_retries)
		settings->fetch_retries = RETRIES_INFINITE;
	return find_karg(machine, "install_dev", &value) && value.length ? 1 : 0;
}

/* --- what does not go together */

static int refuse_pair(const char *a, const char *b, struct error *err)
{
	return error_set(err, ERROR_INPUT, EINVAL, "%s and %s do not go together", a, b);
}

static int check_ignition(const struct settings *settings, struct error *err)
{
	struct slice url = slice_of(settings->ignition_url);

	if (settings->ignition_file && settings->ignition_url)
		return refuse_pair("ignition-file", "ignition-url", err);
	if (!settings->ignition_url || slice_starts(url, "https://"))
		return 0;
	if (!slice_starts(url, "http://"))
		return error_set(err, ERROR_INPUT, EINVAL, "ignition-url must be of http or https");
	if (settings->ignition_hash || settings->insecure_ignition)
		return 0;
	return error_set(err, ERROR_INPUT, EINVAL,
			 "ignition-url is of http, where anybody may change it: use https, give "
			 "ignition-hash, or insecure-ignition");
}

int settings_check(const struct settings *settings, struct error *err)
{
	const struct {
		const char *a, *b;
		bool is_given;
	} pairs[] = {
		{ "image-url", "image-file", settings->image_url && settings->image_file },
		{ "image-url", "stream", settings->image_url && settings->stream },
		{ "image-file", "stream", settings->image_file && settings->stream },
		{ "image-url", "offline", settings->image_url && settings->offline },
		{ "stream", "offline", settings->stream && settings->offline },
		{ "copy-network", "firstboot-args",
		  settings->copy_network && settings->firstboot_args },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (pairs[i].is_given)
			return refuse_pair(pairs[i].a, pairs[i].b, err);
	if (settings->secure_ipl)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "secure-ipl is for the firmware of s390x only");
	if (!settings->dest_device)
		return error_set(err, ERROR_INPUT, EINVAL, "no disk is named to install to");
	return check_ignition(settings, err);
}

/* --- writing them down */

void settings_append_yaml(const struct settings *settings, struct text *out)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting *setting = &setting_table[i];
		const char *member = (const char *)settings + setting->offset;

		if (setting->type == SETTING_FLAG) {
			if (*(const bool *)(const void *)member)
				text_printf(out, "%s: true\n", setting->key);
		} else if (setting->type == SETTING_LIST) {
			const struct setting_list *list = (const void *)member;

			if (list->count)
				text_printf(out, "%s:\n", setting->key);
			for (size_t j = 0; j < list->count; j++) {
				text_append_str(out, "  - ");
				text_append_json(out, slice_of(list->items[j]));
				text_append_char(out, '\n');
			}
		} else if (*(const char *const *)(const void *)member) {
			text_printf(out, "%s: ", setting->key);
			text_append_json(out, slice_of(*(const char *const *)(const void *)member));
			text_append_char(out, '\n');
		}
	}
}
