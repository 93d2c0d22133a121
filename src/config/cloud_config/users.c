/* users - users and their keys (spec configs 1.7, 1.8). */
#include "base/json.h"
#include "config/cloud_config/lowering.h"

#define GITHUB_KEYS "https://api.github.com/users/%.*s/keys"

void cloud_add_key(struct draft *draft, struct config_list *list, struct slice key,
		   struct origin origin)
{
	struct config_text *item;

	key = slice_trim(key);
	CONFIG_EACH (const struct config_text, present, list)
		if (slice_equal(present->text, key))
			return;
	if (key.length == 0)
		return;
	item = draft_add(draft, list, sizeof(*item), origin);
	item->text = key;
}

void cloud_add_keys(struct draft *draft, struct config_list *list, const struct config_list *keys)
{
	CONFIG_EACH (const struct config_text, key, keys)
		cloud_add_key(draft, list, key->text, key->origin);
}

/* Keys of a JSON array of { "key": "ssh-..." }.  Return: whether it is one. */
static bool add_answer(struct draft *draft, struct config_list *list, struct slice json,
		       struct origin origin)
{
	AUTO(source_free) struct source *source = source_new("keys", json);
	AUTO(document_free) struct document *document = NULL;

	if (json_parse(source, &document, /* ret_error= */ NULL, /* err= */ NULL) < 0 ||
	    document->nodes[0].kind != NODE_ARRAY)
		return false;
	for (uint32_t item = node_first(document, 0); item; item = node_next(document, item)) {
		const uint32_t key = document->nodes[item].kind == NODE_OBJECT
					     ? node_get(document, item, "key")
					     : 0;

		if (!key || document->nodes[key].kind != NODE_STRING)
			return false;
		cloud_add_key(draft, list, draft_keep(draft, node_string(document, key)), origin);
	}
	return true;
}

void cloud_import_keys(struct draft *draft, struct config_list *list, struct slice url,
		       struct origin origin, const char *key)
{
	const struct supply *supply =
		supplies_find(draft->input->supplies, SUPPLY_URL, url, origin);

	if (!supply)
		return;
	if (supply->problem)
		draft_report(draft, REPORT_ERROR, origin, key, "keys cannot be fetched: %s",
			     supply->problem);
	else if (!add_answer(draft, list, supply->data, origin))
		draft_report(draft, REPORT_ERROR, origin, key,
			     "what was fetched is no JSON array of keys");
}

void cloud_import_github(struct draft *draft, struct config_list *list, struct slice name,
			 struct origin origin)
{
	cloud_import_keys(draft, list,
			  slice_of(arena_printf(draft->arena, GITHUB_KEYS, SLICE_ARGS(name))),
			  origin, "coreos_ssh_import_github");
}

void cloud_lower_user_details(const struct cloud_user *user, struct config_user *out)
{
	out->origin = user->origin;
	out->password_hash = user->passwd.length ? user->passwd : out->password_hash;
	out->gecos = user->gecos;
	out->home_dir = user->homedir;
	out->no_create_home = user->no_create_home;
	out->primary_group = user->primary_group;
	out->groups = user->groups;
	out->no_user_group = user->no_user_group;
	out->is_system = user->is_system;
	out->no_log_init = user->no_log_init;
	out->shell = user->shell;
}

/* Top-level keys are of the same group as core's own, and replace them. */
static bool is_replaced(const struct cloud_lowering *lowering, const struct cloud_user *user)
{
	return slice_is(user->name, CLOUD_CORE_USER) && lowering->config->ssh_authorized_keys.count;
}

static void lower_user(struct cloud_lowering *lowering, const struct cloud_user *user)
{
	struct draft *draft = &lowering->draft;
	struct config_list *keys;
	struct config_user *out;

	if (user->name.length == 0) {
		draft_report(draft, REPORT_WARNING, user->origin, /* key= */ NULL,
			     "User object has no 'name' field, skipping");
		return;
	}
	out = draft_user(draft, user->name, user->origin);
	keys = &out->ssh_authorized_keys;
	cloud_lower_user_details(user, out);
	if (!is_replaced(lowering, user))
		cloud_add_keys(draft, keys, &user->ssh_authorized_keys);
	else if (user->ssh_authorized_keys.count)
		draft_report(draft, REPORT_WARNING, user->origin, "ssh_authorized_keys",
			     "the keys of user core are replaced by those at the top level");
	if (user->import_github.length)
		cloud_import_github(draft, keys, user->import_github, user->origin);
	CONFIG_EACH (const struct config_text, name, &user->import_github_users)
		cloud_import_github(draft, keys, name->text, name->origin);
	if (user->import_url.length)
		cloud_import_keys(draft, keys, user->import_url, user->origin,
				  "coreos_ssh_import_url");
}

void cloud_lower_users(struct cloud_lowering *lowering)
{
	const struct cloud_config *config = lowering->config;
	const struct config_list *keys = &config->ssh_authorized_keys;

	CONFIG_EACH (const struct cloud_user, user, &config->users)
		lower_user(lowering, user);
	if (keys->count)
		cloud_add_keys(&lowering->draft,
			       &draft_user(&lowering->draft, SLICE(CLOUD_CORE_USER),
					   ((const struct config_text *)keys->items)->origin)
					->ssh_authorized_keys,
			       keys);
}
