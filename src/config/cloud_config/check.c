/* check - the rules of upstream's validator (spec configs 1.12). */
#include "base/url.h"
#include "config/cloud_config/lowering.h"
#include "config/cloud_config/options.h"
#include "config/path.h"

#define IMPORT_DEPRECATED                                                                          \
	"trying to fetch from a remote endpoint introduces too many intermittent errors"

static void check_value(struct cloud_lowering *lowering, struct origin origin, const char *key,
			enum cloud_value value, struct slice text)
{
	if (!cloud_value_is_valid(value, text))
		draft_report(&lowering->draft, REPORT_ERROR, origin, key, "invalid value %.*s",
			     SLICE_ARGS(text));
}

static void check_deprecated(struct cloud_lowering *lowering, struct origin origin, const char *key,
			     const char *why)
{
	if (why)
		draft_report(&lowering->draft, REPORT_WARNING, origin, key,
			     "deprecated key \"%s\" (%s)", key, why);
}

static const struct cloud_option *find_option(const struct cloud_lowering *lowering,
					      const struct cloud_section *section, struct slice key)
{
	for (size_t i = 0; i < section->option_count; i++)
		if (yaml_decode_same_key(&lowering->decode, key, section->options[i].key))
			return &section->options[i];
	return NULL;
}

static void check_option(struct cloud_lowering *lowering, const struct cloud_section *section,
			 struct origin origin, uint32_t key)
{
	struct document *document = lowering->decode.document;
	const struct cloud_option *option =
		find_option(lowering, section, node_string(document, key));
	struct slice value;

	if (!option) {
		yaml_decode_unknown(&lowering->decode, key, /* folded= */ NULL);
		return;
	}
	check_deprecated(lowering, origin, option->key, option->deprecated);
	/* Mistakes of its type are reported here, and once. */
	value = yaml_decode_scalar(&lowering->decode, option->type, slice_of(option->key),
				   node_next(document, key));
	check_value(lowering, origin, option->key, option->value, value);
}

/* "http://host/...", as Go's url.ParseRequestURI would have it. */
static bool is_url(struct slice text)
{
	struct url parts;

	return url_parse(text, &parts, /* err= */ NULL) == 0 && memchr(text.data, ':', text.length);
}

static void check_discovery(struct cloud_lowering *lowering, const struct yaml_node *node)
{
	const uint32_t value = yaml_decode_get(&lowering->decode, node->node, "discovery");

	if (!value || lowering->decode.document->nodes[value].kind != NODE_STRING ||
	    is_url(node_string(lowering->decode.document, value)))
		return;
	draft_report(&lowering->draft, REPORT_WARNING, node->origin, "discovery",
		     "discovery URL is not valid");
}

static void check_section(struct cloud_lowering *lowering, const struct cloud_section *section,
			  const struct yaml_node *node)
{
	struct document *document = lowering->decode.document;

	if (!node->origin.source)
		return;
	check_deprecated(lowering, lowering->config->coreos.origin, section->key,
			 section->deprecated);
	if (strcmp(section->key, "etcd") == 0)
		check_discovery(lowering, node);
	for (uint32_t key = node_first(document, node->node); key;
	     key = node_next(document, node_next(document, key)))
		check_option(lowering, section, node->origin, key);
}

static void check_file(struct cloud_lowering *lowering, const struct cloud_file *file)
{
	AUTO(text_done) struct text path = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text content = TEXT_INIT(CLOUD_CONTENT_MAX);
	AUTO(error_done) struct error err = ERROR_INIT;
	struct draft *draft = &lowering->draft;

	if (cloud_value_decode(file->content, file->encoding, &content, &err) < 0)
		draft_report(draft, REPORT_ERROR, file->origin,
			     file->content.data ? "content" : "encoding",
			     "content cannot be decoded as \"%.*s\"", SLICE_ARGS(file->encoding))
			->hint = arena_strdup(report_arena(draft->input->report), err.text);
	check_value(lowering, file->origin, "permissions", CLOUD_VALUE_PERMISSIONS,
		    file->permissions);
	path_join(&path, SLICE("/"), file->path);
	if (slice_is(text_slice(&path), "/usr") || slice_starts(text_slice(&path), "/usr/"))
		draft_report(draft, REPORT_ERROR, file->origin, "path",
			     "file cannot be written to a read-only filesystem");
}

static void check_user(struct cloud_lowering *lowering, const struct cloud_user *user)
{
	static const char why[] = IMPORT_DEPRECATED;

	if (user->import_github.data)
		check_deprecated(lowering, user->origin, "coreos_ssh_import_github", why);
	if (user->import_github_users.count)
		check_deprecated(lowering, user->origin, "coreos_ssh_import_github_users", why);
	if (user->import_url.data)
		check_deprecated(lowering, user->origin, "coreos_ssh_import_url", why);
}

void cloud_check(struct cloud_lowering *lowering)
{
	const struct cloud_config *config = lowering->config;
	const struct cloud_section *section;
	uint32_t node;

	for (size_t i = 0; (section = cloud_section_at(i)); i++)
		check_section(lowering, section,
			      (const void *)((const char *)&config->coreos + section->offset));
	CONFIG_EACH (const struct cloud_file, file, &config->write_files)
		check_file(lowering, file);
	CONFIG_EACH (const struct cloud_user, user, &config->users)
		check_user(lowering, user);
	CONFIG_EACH (const struct cloud_unit, unit, &config->coreos.units)
		check_value(lowering, unit->origin, "command", CLOUD_VALUE_COMMAND, unit->command);
	check_value(lowering, config->coreos.update.origin, "reboot_strategy", CLOUD_VALUE_STRATEGY,
		    config->coreos.update.reboot_strategy);
	if (config->manage_etc_hosts.length && !slice_is(config->manage_etc_hosts, "localhost"))
		draft_report(&lowering->draft, REPORT_ERROR, config->origin, "manage_etc_hosts",
			     "invalid value %.*s", SLICE_ARGS(config->manage_etc_hosts));
	node = yaml_decode_get(&lowering->decode, 0, "coreos");
	if (node && yaml_decode_get(&lowering->decode, node, "write_files"))
		draft_report(&lowering->draft, REPORT_INFO, config->coreos.origin, "write_files",
			     "write_files doesn't belong under coreos");
}
