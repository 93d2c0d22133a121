#include "config/cloud_config/live.h"

#include <errno.h>

#include "config/cloud_config/lowering.h"

#define LIVE_TEXT_MAX	 ((size_t)16 << 20)
#define LIVE_FILE_MODE	 0644
#define LIVE_SPEC	 SPEC_3_0
#define UPDATE_CONF	 "/etc/coreos/update.conf"
#define UPDATE_CONF_BASE "/usr/share/coreos/update.conf"
#define ENVIRONMENT_FILE "/etc/environment"
#define FLANNEL_FILE	 "/run/flannel/options.env"
#define FLANNEL_SECTION	 "flannel"
#define LOCKSMITH_UNIT	 "locksmithd.service"
#define UPDATE_UNIT	 "update-engine.service"

static const struct {
	const char *attribute;
	const char *variable;
} addresses[CLOUD_ADDRESS_COUNT] = {
	[CLOUD_PUBLIC_IPV4] = { "public_ipv4", "COREOS_PUBLIC_IPV4" },
	[CLOUD_PRIVATE_IPV4] = { "private_ipv4", "COREOS_PRIVATE_IPV4" },
	[CLOUD_PUBLIC_IPV6] = { "public_ipv6", "COREOS_PUBLIC_IPV6" },
	[CLOUD_PRIVATE_IPV6] = { "private_ipv6", "COREOS_PRIVATE_IPV6" },
};

const char *cloud_address_attribute(enum cloud_address address)
{
	return addresses[address].attribute;
}

const char *cloud_address_variable(enum cloud_address address)
{
	return addresses[address].variable;
}

struct live_lowering {
	struct cloud_lowering cloud;
	const struct cloud_machine *machine;
	struct live_config *out;
};

static bool is_true(struct config_bool value)
{
	return value.is_set && value.value;
}

/* --- users and keys */

static struct config_list *add_group(struct live_lowering *live, struct slice user,
				     struct slice group, struct origin origin)
{
	struct live_keys *keys =
		draft_add(&live->cloud.draft, &live->out->keys, sizeof(*keys), origin);

	keys->user = user;
	keys->group = group;
	return &keys->keys;
}

static void lower_github(struct live_lowering *live, struct slice user, struct slice name,
			 struct origin origin)
{
	struct draft *draft = &live->cloud.draft;
	const struct slice group =
		slice_of(arena_printf(draft->arena, "github-%.*s", SLICE_ARGS(name)));

	cloud_import_github(draft, add_group(live, user, group, origin), name, origin);
}

static void lower_user_keys(struct live_lowering *live, const struct cloud_user *user)
{
	struct draft *draft = &live->cloud.draft;
	const struct origin origin = user->origin;

	if (user->ssh_authorized_keys.count)
		cloud_add_keys(draft, add_group(live, user->name, live->machine->key_group, origin),
			       &user->ssh_authorized_keys);
	if (user->import_github.length)
		lower_github(live, user->name, user->import_github, origin);
	CONFIG_EACH (const struct config_text, name, &user->import_github_users)
		lower_github(live, user->name, name->text, name->origin);
	if (user->import_url.length)
		cloud_import_keys(
			draft,
			add_group(live, user->name,
				  slice_of(arena_printf(draft->arena, "coreos-cloudinit-%.*s",
							SLICE_ARGS(user->name))),
				  origin),
			user->import_url, origin, "coreos_ssh_import_url");
}

static void lower_users(struct live_lowering *live)
{
	struct draft *draft = &live->cloud.draft;

	CONFIG_EACH (const struct cloud_user, user, &live->cloud.config->users) {
		if (user->name.length == 0) {
			draft_report(draft, REPORT_WARNING, user->origin, /* key= */ NULL,
				     "User object has no 'name' field, skipping");
			continue;
		}
		cloud_lower_user_details(user, draft_user(draft, user->name, user->origin));
		lower_user_keys(live, user);
	}
}

/* Those of the top level and of the platform, which take the place of core's own. */
static void lower_core_keys(struct live_lowering *live, const struct config_list *own)
{
	const struct cloud_machine *machine = live->machine;
	struct draft *draft = &live->cloud.draft;
	const struct origin origin = draft->config->origin;
	struct config_list *list;

	if (!machine->key_count && !(own && own->count))
		return;
	list = add_group(live, SLICE(CLOUD_CORE_USER), machine->key_group, origin);
	if (own)
		cloud_add_keys(draft, list, own);
	for (size_t i = 0; i < machine->key_count; i++)
		cloud_add_key(draft, list, machine->keys[i], origin);
}

/* --- units */

static bool is_placed(const struct cloud_unit *unit)
{
	return unit->content.length || unit->drop_ins.count || is_true(unit->mask);
}

static struct slice unit_path(struct draft *draft, const struct cloud_unit *unit)
{
	return slice_of(arena_printf(
		draft->arena, "/%s/systemd/%s/%.*s", is_true(unit->runtime) ? "run" : "etc",
		cloud_unit_is_network(unit->name) ? "network" : "system", SLICE_ARGS(unit->name)));
}

static void place_dropins(struct draft *draft, const struct cloud_unit *unit, struct slice path)
{
	CONFIG_EACH (const struct cloud_dropin, dropin, &unit->drop_ins)
		if (dropin->name.length && dropin->content.length)
			cloud_put_file(
				draft,
				slice_of(arena_printf(draft->arena, "%.*s.d/%.*s", SLICE_ARGS(path),
						      SLICE_ARGS(dropin->name))),
				LIVE_FILE_MODE, dropin->content, dropin->origin);
}

static struct live_unit *add_unit(struct live_lowering *live, const struct cloud_unit *unit)
{
	struct live_unit *out =
		draft_add(&live->cloud.draft, &live->out->units, sizeof(*out), unit->origin);

	out->name = unit->name;
	out->command = unit->command;
	out->enables = is_true(unit->enable);
	return out;
}

static void lower_unit(struct live_lowering *live, const struct cloud_unit *unit)
{
	struct draft *draft = &live->cloud.draft;
	const struct slice path = unit_path(draft, unit);
	const bool is_network = cloud_unit_is_network(unit->name);

	if (is_true(unit->mask))
		draft_link(draft, path, SLICE("/dev/null"), unit->origin);
	else if (unit->content.length)
		cloud_put_file(draft, path, LIVE_FILE_MODE, unit->content, unit->origin);
	place_dropins(draft, unit, path);
	live->out->reloads |= is_placed(unit);
	if (is_network) {
		live->out->restarts_network = true;
		return;
	}

	struct live_unit *out = add_unit(live, unit);

	/* A unit that was placed there is no mask, and one that was not has nothing to lose. */
	if (is_true(unit->runtime) && !is_true(unit->mask) && !unit->content.length)
		out->unmask = path;
}

static void lower_units(struct live_lowering *live)
{
	struct draft *draft = &live->cloud.draft;

	CONFIG_EACH (const struct cloud_unit, unit, &live->cloud.config->coreos.units) {
		if (unit->name.length == 0)
			draft_report(draft, REPORT_WARNING, unit->origin, /* key= */ NULL,
				     "Skipping unit without name");
		else if (memchr(unit->name.data, '/', unit->name.length))
			draft_report(draft, REPORT_ERROR, unit->origin, "name",
				     "the name of a unit has a slash in it");
		else
			lower_unit(live, unit);
	}
}

/* --- sections */

static const struct config_bool yes = { true, true };

static void lower_section(struct live_lowering *live, const struct cloud_section *section)
{
	AUTO(text_done) struct text dropin = TEXT_INIT(LIVE_TEXT_MAX);
	const struct yaml_node *node = cloud_section_node(&live->cloud, section);
	struct cloud_dropin item = { .name = SLICE(CLOUD_DROPIN) };
	struct cloud_unit unit = { .name = slice_of(section->unit), .runtime = yes };

	if (!node)
		return;
	cloud_append_dropin(&live->cloud, section, &dropin);
	item.origin = unit.origin = node->origin;
	item.content = draft_keep(&live->cloud.draft, text_slice(&dropin));
	unit.drop_ins = (struct config_list){ &item, dropin.length > 0 };
	lower_unit(live, &unit);
}

/* Upstream writes no newline at the end. */
static void lower_flannel(struct live_lowering *live, const struct cloud_section *section)
{
	static const struct cloud_section_form form = { "", "\n" };
	AUTO(text_done) struct text variables = TEXT_INIT(LIVE_TEXT_MAX);
	const struct yaml_node *node = cloud_section_node(&live->cloud, section);

	cloud_append_section(&live->cloud, section, &form, &variables);
	if (variables.length == 0)
		return;
	text_truncate(&variables, variables.length - 1);
	cloud_put_file(&live->cloud.draft, SLICE(FLANNEL_FILE), LIVE_FILE_MODE,
		       text_slice(&variables), node->origin);
}

static void lower_sections(struct live_lowering *live)
{
	const struct cloud_section *section;

	for (size_t i = 0; (section = cloud_section_at(i)); i++) {
		if (strcmp(section->key, FLANNEL_SECTION) == 0)
			lower_flannel(live, section);
		else
			lower_section(live, section);
	}
}

/* --- lines of files */

static void add_variable(struct live_lowering *live, struct live_lines *lines, const char *name,
			 struct slice value)
{
	struct config_header *variable;

	if (value.length == 0)
		return;
	variable =
		draft_add(&live->cloud.draft, &lines->variables, sizeof(*variable), lines->origin);
	variable->name = slice_of(name);
	variable->value = value;
}

/* Units that learn of new settings. */
static void restart_for_update(struct live_lowering *live, const struct cloud_update *update)
{
	struct cloud_unit locksmith = { .origin = update->origin,
					.name = SLICE(LOCKSMITH_UNIT),
					.runtime = yes,
					.command = SLICE("restart") };
	const struct cloud_unit engine = { .origin = update->origin,
					   .name = SLICE(UPDATE_UNIT),
					   .command = SLICE("restart") };

	if (slice_is(update->reboot_strategy, "off")) {
		locksmith.mask = yes;
		locksmith.command = SLICE("stop");
	}
	if (update->reboot_strategy.length)
		lower_unit(live, &locksmith);
	if (update->group.length || update->server.length)
		lower_unit(live, &engine);
}

static void lower_update(struct live_lowering *live)
{
	const struct cloud_update *update = &live->cloud.config->coreos.update;
	struct live_lines lines = { .origin = update->origin,
				    .path = SLICE(UPDATE_CONF),
				    .base = SLICE(UPDATE_CONF_BASE),
				    .by_prefix = true };

	add_variable(live, &lines, "GROUP", update->group);
	add_variable(live, &lines, "REBOOT_STRATEGY", update->reboot_strategy);
	add_variable(live, &lines, "SERVER", update->server);
	if (!lines.variables.count)
		return;
	*(struct live_lines *)draft_add(&live->cloud.draft, &live->out->lines, sizeof(lines),
					lines.origin) = lines;
	restart_for_update(live, update);
}

static void lower_environment(struct live_lowering *live)
{
	static const enum cloud_address order[] = { CLOUD_PRIVATE_IPV4, CLOUD_PRIVATE_IPV6,
						    CLOUD_PUBLIC_IPV4, CLOUD_PUBLIC_IPV6 };
	struct draft *draft = &live->cloud.draft;
	struct live_lines lines = { .origin = draft->config->origin,
				    .path = SLICE(ENVIRONMENT_FILE) };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		add_variable(live, &lines, addresses[order[i]].variable,
			     live->machine->addresses[order[i]]);
	if (lines.variables.count && !draft_find_file(draft, SLICE(ENVIRONMENT_FILE)))
		*(struct live_lines *)draft_add(draft, &live->out->lines, sizeof(lines),
						lines.origin) = lines;
}

/* --- the whole */

static void lower_hosts(struct live_lowering *live)
{
	AUTO(text_done) struct text contents = TEXT_INIT(LIVE_TEXT_MAX);
	const struct slice name =
		live->out->hostname.length ? live->out->hostname : live->machine->current_hostname;

	if (!slice_is(live->cloud.config->manage_etc_hosts, "localhost"))
		return;
	text_printf(&contents, "127.0.0.1 %.*s\n", SLICE_ARGS(name));
	cloud_put_file(&live->cloud.draft, SLICE("/etc/hosts"), LIVE_FILE_MODE,
		       text_slice(&contents), live->cloud.config->origin);
}

/* Generated files come last: they win. */
static void lower_document(struct live_lowering *live)
{
	const struct cloud_config *config = live->cloud.config;

	if (config->hostname.length)
		live->out->hostname = config->hostname;
	lower_users(live);
	lower_core_keys(live, &config->ssh_authorized_keys);
	cloud_lower_files(&live->cloud);
	lower_environment(live);
	cloud_lower_oem(&live->cloud);
	lower_hosts(live);
	lower_units(live);
	lower_sections(live);
	lower_update(live);
}

static void lower_network(struct live_lowering *live)
{
	const struct cloud_machine *machine = live->machine;
	struct draft *draft = &live->cloud.draft;

	for (size_t i = 0; i < machine->network_count; i++)
		cloud_put_file(draft,
			       slice_of(arena_printf(draft->arena, "/run/systemd/network/%.*s",
						     SLICE_ARGS(machine->network[i].name))),
			       LIVE_FILE_MODE, machine->network[i].text, draft->config->origin);
	live->out->restarts_network |= machine->network_count > 0;
}

static int lower_text(struct live_lowering *live, const struct source *source, struct error *err)
{
	const struct slice text = source_text(source);
	int r = 0;

	if (slice_starts(text, "#!"))
		live->out->script = text;
	else if (text.length)
		r = cloud_read(&live->cloud, source, err);
	if (r < 0)
		return r;
	if (live->cloud.config) {
		lower_document(live);
		return 0;
	}
	lower_core_keys(live, /* own= */ NULL);
	lower_environment(live);
	return 0;
}

int cloud_config_live(const struct front_end_input *input, const struct cloud_machine *machine,
		      struct live_config *ret, struct error *err)
{
	struct live_config out = { .hostname = machine->hostname };
	struct live_lowering live = { .machine = machine, .out = &out };
	const struct source *source = NULL;
	int r = cloud_substitute(input, &source, err);

	if (r < 0)
		return r;
	draft_init(&live.cloud.draft, input);
	r = lower_text(&live, source, err);
	lower_network(&live);
	if (r == 0)
		r = draft_check(&live.cloud.draft, LIVE_SPEC, err);
	if (r == 0) {
		out.config = live.cloud.draft.config;
		*ret = out;
	}
	draft_done(&live.cloud.draft);
	return r;
}
