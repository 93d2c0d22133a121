/* system - users, groups and units of Ignition 2.3 as those of 3.x (spec configs 3.7). */
#include "config/clc/lowering.h"

#define NETWORK_DIRECTORY "/etc/systemd/network/"
#define NETWORK_MODE	  0644

static void lower_unit(struct clc_lowering *lowering, const struct clc_unit *unit)
{
	struct draft *draft = &lowering->draft;
	struct config_unit *out = draft_unit(draft, unit->name, unit->origin);

	if (unit->enable.is_set && unit->enable.value)
		out->enabled = unit->enable;
	if (unit->enabled.is_set)
		out->enabled = unit->enabled;
	if (unit->mask.is_set)
		out->mask = unit->mask;
	if (unit->contents.data)
		out->contents = unit->contents;
	CONFIG_EACH (const struct config_dropin, dropin, &unit->dropins)
		draft_dropin(draft, out, dropin->name, dropin->contents, dropin->origin);
}

/* networkd's units are files: Ignition 3 has no section for them. */
static void lower_network_unit(struct clc_lowering *lowering, const struct clc_unit *unit)
{
	struct draft *draft = &lowering->draft;

	if (unit->name.length == 0)
		draft_report(draft, REPORT_ERROR, unit->origin, "name",
			     "a unit needs a name, as \"10-static.network\"");
	if (unit->contents.data)
		draft_file(draft,
			   slice_of(arena_printf(draft->arena, NETWORK_DIRECTORY "%.*s",
						 SLICE_ARGS(unit->name))),
			   NETWORK_MODE, unit->contents, unit->origin);
	CONFIG_EACH (const struct config_dropin, dropin, &unit->dropins)
		draft_file(draft,
			   slice_of(arena_printf(draft->arena, NETWORK_DIRECTORY "%.*s.d/%.*s",
						 SLICE_ARGS(unit->name), SLICE_ARGS(dropin->name))),
			   NETWORK_MODE, dropin->contents, dropin->origin);
}

static void put_details(const struct clc_user_create *from, struct config_user *out)
{
	const struct {
		struct slice from;
		struct slice *to;
	} texts[] = {
		{ from->gecos, &out->gecos },
		{ from->home_dir, &out->home_dir },
		{ from->primary_group, &out->primary_group },
		{ from->shell, &out->shell },
	};
	const struct {
		struct config_bool from;
		struct config_bool *to;
	} truths[] = {
		{ from->no_create_home, &out->no_create_home },
		{ from->no_user_group, &out->no_user_group },
		{ from->is_system, &out->is_system },
		{ from->no_log_init, &out->no_log_init },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].from.data)
			*texts[i].to = texts[i].from;
	for (size_t i = 0; i < ARRAY_SIZE(truths); i++)
		if (truths[i].from.is_set)
			*truths[i].to = truths[i].from;
	if (from->uid.is_set)
		out->uid = from->uid;
	if (from->groups.count)
		out->groups = from->groups;
}

static void lower_user(struct clc_lowering *lowering, const struct clc_user *user)
{
	struct draft *draft = &lowering->draft;
	struct config_user *out =
		draft_add(draft, &draft->config->passwd.users, sizeof(*out), user->flat.origin);

	out->name = user->name;
	out->password_hash = user->password_hash;
	out->ssh_authorized_keys = user->ssh_authorized_keys;
	if (user->create.origin.source) {
		draft_report(draft, REPORT_WARNING, user->flat.origin, "create",
			     "the create object has been deprecated in favor of user-level "
			     "options");
		put_details(&user->create, out);
	}
	put_details(&user->flat, out);
}

void clc_lower_system(struct clc_lowering *lowering)
{
	const struct clc_config *config = lowering->config;

	CONFIG_EACH (const struct clc_user, user, &config->passwd.users)
		lower_user(lowering, user);
	lowering->draft.config->passwd.groups = config->passwd.groups;
	CONFIG_EACH (const struct clc_unit, unit, &config->systemd.units)
		lower_unit(lowering, unit);
	CONFIG_EACH (const struct clc_unit, unit, &config->networkd.units)
		lower_network_unit(lowering, unit);
}
