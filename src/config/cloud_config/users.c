/* users - users and their keys (spec configs 1.7, 1.8). */
#include "base/json.h"
#include "config/cloud_config/lowering.h"

#define GITHUB_KEYS "https://api.github.com/users/%.*s/keys"
#define CORE	    "core"

static void add_key(struct draft *draft, struct config_user *user, struct slice key,
		    struct origin origin)
{
	struct config_text *item;

	key = slice_trim(key);
	CONFIG_EACH (const struct config_text, present, &user->ssh_authorized_keys)
		if (slice_equal(present->text, key))
			return;
	if (key.length == 0)
		return;
	item = draft_add(draft, &user->ssh_authorized_keys, sizeof(*item), origin);
	item->text = key;
}

static void add_keys(struct draft *draft, struct config_user *user, const struct config_list *keys)
{
	CONFIG_EACH (const struct config_text, key, keys)
		add_key(draft, user, key->text, key->origin);
}

/* Keys of a JSON array of { "key": "ssh-..." }.  Return: whether it is one. */
static bool add_answer(struct draft *draft, struct config_user *user, struct slice json,
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
		add_key(draft, user, draft_keep(draft, node_string(document, key)), origin);
	}
	return true;
}

static void import_keys(struct draft *draft, struct config_user *user, struct slice url,
			struct origin origin, const char *key)
{
	const struct supply *supply =
		supplies_find(draft->input->supplies, SUPPLY_URL, url, origin);

	if (!supply)
		return;
	if (supply->problem)
		draft_report(draft, REPORT_ERROR, origin, key, "keys cannot be fetched: %s",
			     supply->problem);
	else if (!add_answer(draft, user, supply->data, origin))
		draft_report(draft, REPORT_ERROR, origin, key,
			     "what was fetched is no JSON array of keys");
}

static void import_github(struct draft *draft, struct config_user *user, struct slice name,
			  struct origin origin)
{
	import_keys(draft, user,
		    slice_of(arena_printf(draft->arena, GITHUB_KEYS, SLICE_ARGS(name))), origin,
		    "coreos_ssh_import_github");
}

static void lower_details(const struct cloud_user *user, struct config_user *out)
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
	return slice_is(user->name, CORE) && lowering->config->ssh_authorized_keys.count;
}

static void lower_user(struct cloud_lowering *lowering, const struct cloud_user *user)
{
	struct draft *draft = &lowering->draft;
	struct config_user *out;

	if (user->name.length == 0) {
		draft_report(draft, REPORT_WARNING, user->origin, /* key= */ NULL,
			     "User object has no 'name' field, skipping");
		return;
	}
	out = draft_user(draft, user->name, user->origin);
	lower_details(user, out);
	if (!is_replaced(lowering, user))
		add_keys(draft, out, &user->ssh_authorized_keys);
	else if (user->ssh_authorized_keys.count)
		draft_report(draft, REPORT_WARNING, user->origin, "ssh_authorized_keys",
			     "the keys of user core are replaced by those at the top level");
	if (user->import_github.length)
		import_github(draft, out, user->import_github, user->origin);
	CONFIG_EACH (const struct config_text, name, &user->import_github_users)
		import_github(draft, out, name->text, name->origin);
	if (user->import_url.length)
		import_keys(draft, out, user->import_url, user->origin, "coreos_ssh_import_url");
}

void cloud_lower_users(struct cloud_lowering *lowering)
{
	const struct cloud_config *config = lowering->config;
	const struct config_list *keys = &config->ssh_authorized_keys;

	CONFIG_EACH (const struct cloud_user, user, &config->users)
		lower_user(lowering, user);
	if (keys->count)
		add_keys(&lowering->draft,
			 draft_user(&lowering->draft, SLICE(CORE),
				    ((const struct config_text *)keys->items)->origin),
			 keys);
}
