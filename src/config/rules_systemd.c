/* rules_systemd - units, their drop-ins, and instances of templates. */
#include "config/rules_common.h"

#include "config/key_map.h"
#include "config/path.h"
#include "config/unit_text.h"

static const char *const unit_extensions[] = {
	".service", ".socket", ".device", ".mount",    ".automount", ".swap",
	".target",  ".path",   ".timer",  ".snapshot", ".slice",     ".scope",
};

static const char *extension_fault(struct slice name)
{
	struct slice extension = path_extension(name);

	for (size_t i = 0; i < ARRAY_SIZE(unit_extensions); i++)
		if (slice_is(extension, unit_extensions[i]))
			return NULL;
	return "invalid systemd unit extension";
}

/* Return: whether @contents, which may be absent, are a unit file. */
static bool check_contents(const struct check_context *context, struct slice contents,
			   bool *ret_has_install)
{
	AUTO(error_done) struct error err = ERROR_INIT;

	if (unit_text_check(contents, ret_has_install, &err) == 0)
		return true;
	report_add(context->report, REPORT_ERROR, RULES_KEY(context->path, "contents"),
		   (struct origin){ 0 }, "invalid unit content: %s", err.text);
	return false;
}

static void check_unit(const struct check_context *context, const void *object)
{
	const struct config_unit *unit = object;
	AUTO(text_done) struct text message = TEXT_INIT(RULES_TEXT_MAX);
	bool has_install;

	rules_error(context, RULES_KEY(context->path, "name"), extension_fault(unit->name));
	if (!check_contents(context, unit->contents, &has_install) || has_install)
		return;
	if (!rules_is_true(unit->enabled) || unit->contents.length == 0)
		return;
	text_append_str(&message, "unit ");
	text_append_quoted(&message, unit->name);
	text_append_str(&message, " is enabled, but has no install section so enable does nothing");
	rules_warn(context, RULES_KEY(context->path, "contents"), text_str(&message))->rule =
		"enabled-without-install";
}

const struct schema_check rules_unit[] = { RULES_ALWAYS(check_unit), RULES_END };

static void check_dropin(const struct check_context *context, const void *object)
{
	const struct config_dropin *dropin = object;

	check_contents(context, dropin->contents, /* ret_has_install= */ NULL);
	if (!slice_is(path_extension(dropin->name), ".conf"))
		rules_error(context, RULES_KEY(context->path, "name"),
			    "invalid systemd drop-in extension");
}

const struct schema_check rules_dropin[] = { RULES_ALWAYS(check_dropin), RULES_END };

/*
 * Appends the template of an instance: "t@.service" for "t@i.service", where t and i are not empty
 * and t is as short as can be.  Return: whether @name is an instance.
 */
static bool append_template(struct text *out, struct slice name)
{
	static const char suffix[] = ".service";
	struct slice stem = name;

	if (!slice_ends(name, suffix) || memchr(name.data, '\n', name.length))
		return false;
	stem.length -= strlen(suffix);
	for (size_t i = 1; i + 1 < stem.length; i++) {
		if (stem.data[i] != '@')
			continue;
		text_append(out, stem.data, i + 1);
		text_append_str(out, suffix);
		return true;
	}
	return false;
}

/* Whether enabling an instance of @unit does nothing; a text that does not parse is said there. */
static bool lacks_install(const struct config_unit *unit)
{
	bool has_install;

	return unit->contents.length &&
	       unit_text_check(unit->contents, &has_install, /* err= */ NULL) == 0 && !has_install;
}

static void warn_template(const struct check_context *context, size_t index,
			  const struct text *template, const struct config_unit *instance)
{
	const struct report_path *list = RULES_KEY(context->path, "units");
	AUTO(text_done) struct text message = TEXT_INIT(RULES_TEXT_MAX);

	text_append_str(&message, "template unit ");
	text_append_quoted(&message, text_slice(template));
	text_append_str(&message, " for ");
	text_append_quoted(&message, instance->name);
	text_append_str(&message, " doesn't have Install section");
	rules_warn(context, RULES_KEY(RULES_INDEX(list, index), "contents"), text_str(&message))
		->rule = "enabled-without-install";
}

/* Templates without [Install] by name; of units with the same name the last one counts. */
static void collect_templates(const struct config_list *units, struct key_map *lacking)
{
	AUTO(key_map_done) struct key_map all = { 0 };

	for (size_t i = units->count; i > 0; i--) {
		const struct config_unit *unit = CONFIG_AT(struct config_unit, units, i - 1);

		if (slice_ends(unit->name, "@.service") && key_map_add(&all, unit->name, i) &&
		    lacks_install(unit))
			key_map_add(lacking, unit->name, i);
	}
}

static void check_systemd(const struct check_context *context, const void *object)
{
	const struct config_systemd *systemd = object;
	AUTO(key_map_done) struct key_map lacking = { 0 };
	AUTO(text_done) struct text template = TEXT_INIT(RULES_TEXT_MAX);

	collect_templates(&systemd->units, &lacking);
	for (size_t i = 0; lacking.count && i < systemd->units.count; i++) {
		const struct config_unit *unit = CONFIG_AT(struct config_unit, &systemd->units, i);

		text_clear(&template);
		if (rules_is_true(unit->enabled) && append_template(&template, unit->name) &&
		    key_map_find(&lacking, text_slice(&template), NULL))
			warn_template(context, i, &template, unit);
	}
}

const struct schema_check rules_systemd[] = { RULES_ALWAYS(check_systemd), RULES_END };
