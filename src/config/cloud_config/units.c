/* units - coreos.units (spec configs 1.10, 1.15). */
#include "config/cloud_config/lowering.h"
#include "config/unit_text.h"

#define UNIT_DIRECTORY	  "/etc/systemd/system/"
#define SHIPPED_DIRECTORY "/usr/lib/systemd/system/"
#define NETWORK_DIRECTORY "/etc/systemd/network/"
#define WANTS_DIRECTORY	  UNIT_DIRECTORY "multi-user.target.wants/"
#define NETWORK_MODE	  0644

static bool is_true(struct config_bool value)
{
	return value.is_set && value.value;
}

bool cloud_unit_is_network(struct slice name)
{
	return slice_ends(name, ".network") || slice_ends(name, ".netdev") ||
	       slice_ends(name, ".link");
}

static struct slice join(struct draft *draft, const char *directory, struct slice name)
{
	return slice_of(arena_printf(draft->arena, "%s%.*s", directory, SLICE_ARGS(name)));
}

static void lower_network(struct cloud_lowering *lowering, const struct cloud_unit *unit)
{
	struct draft *draft = &lowering->draft;
	const struct slice path = join(draft, NETWORK_DIRECTORY, unit->name);

	if (is_true(unit->mask))
		draft_link(draft, path, SLICE("/dev/null"), unit->origin);
	else if (unit->content.length)
		cloud_put_file(draft, path, NETWORK_MODE, unit->content, unit->origin);
	CONFIG_EACH (const struct cloud_dropin, dropin, &unit->drop_ins)
		if (dropin->name.length && dropin->content.length)
			cloud_put_file(
				draft,
				slice_of(arena_printf(draft->arena, "%.*s.d/%.*s", SLICE_ARGS(path),
						      SLICE_ARGS(dropin->name))),
				NETWORK_MODE, dropin->content, dropin->origin);
	if (unit->command.length)
		draft_report(draft, REPORT_WARNING, unit->origin, "command",
			     "networkd's units take no command: it is ignored");
}

static bool has_install(struct slice contents)
{
	bool has = false;

	return contents.length && unit_text_check(contents, &has, /* err= */ NULL) == 0 && has;
}

void cloud_start_unit(struct draft *draft, struct config_unit *unit, struct origin origin)
{
	const struct slice wants = join(draft, WANTS_DIRECTORY, unit->name);

	if (has_install(unit->contents)) {
		unit->enabled = (struct config_bool){ true, true };
		return;
	}
	if (draft_has_link(draft, wants))
		return;
	draft_link(
		draft, wants,
		join(draft, unit->contents.data ? UNIT_DIRECTORY : SHIPPED_DIRECTORY, unit->name),
		origin);
}

/* Provisioning is over before the first unit starts: there is nothing to stop or to reload. */
static void lower_command(struct cloud_lowering *lowering, const struct cloud_unit *unit,
			  struct config_unit *out)
{
	static const char *const starting[] = { "start", "restart", "reload-or-restart" };
	struct draft *draft = &lowering->draft;

	for (size_t i = 0; i < ARRAY_SIZE(starting); i++) {
		if (!slice_is(unit->command, starting[i]))
			continue;
		if (!has_install(out->contents))
			draft_report(draft, REPORT_WARNING, unit->origin, "command",
				     "unit \"%.*s\" is started with multi-user.target: it has no "
				     "[Install] that says otherwise",
				     SLICE_ARGS(unit->name));
		cloud_start_unit(draft, out, unit->origin);
		return;
	}
	if (unit->command.length && !is_true(unit->mask))
		draft_report(draft, REPORT_WARNING, unit->origin, "command",
			     "command \"%.*s\" does nothing: no unit runs yet when the machine is "
			     "provisioned",
			     SLICE_ARGS(unit->command));
}

static void lower_unit(struct cloud_lowering *lowering, const struct cloud_unit *unit)
{
	struct draft *draft = &lowering->draft;
	struct config_unit *out = draft_unit(draft, unit->name, unit->origin);

	if (unit->content.length)
		out->contents = unit->content;
	CONFIG_EACH (const struct cloud_dropin, dropin, &unit->drop_ins)
		if (dropin->name.length && dropin->content.length)
			draft_dropin(draft, out, dropin->name, dropin->content, dropin->origin);
	if (is_true(unit->enable))
		out->enabled = unit->enable;
	if (is_true(unit->runtime) && (unit->content.length || unit->drop_ins.count))
		draft_report(draft, REPORT_WARNING, unit->origin, "runtime",
			     "unit \"%.*s\" is placed in /etc, where it stays after a reboot",
			     SLICE_ARGS(unit->name));
	if (!is_true(unit->mask)) {
		lower_command(lowering, unit, out);
		return;
	}
	if (out->contents.length)
		draft_report(draft, REPORT_WARNING, unit->origin, "mask",
			     "unit \"%.*s\" is masked: its content is not used",
			     SLICE_ARGS(unit->name));
	out->mask = unit->mask;
	out->contents = (struct slice){ .data = NULL };
}

void cloud_lower_units(struct cloud_lowering *lowering)
{
	CONFIG_EACH (const struct cloud_unit, unit, &lowering->config->coreos.units) {
		if (unit->name.length == 0)
			draft_report(&lowering->draft, REPORT_WARNING, unit->origin,
				     /* key= */ NULL, "Skipping unit without name");
		else if (cloud_unit_is_network(unit->name))
			lower_network(lowering, unit);
		else
			lower_unit(lowering, unit);
	}
}
