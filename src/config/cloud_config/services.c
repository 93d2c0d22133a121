/* services - what sections and the host's name become (spec configs 1.8, 1.15). */
#include "config/cloud_config/lowering.h"
#include "config/cloud_config/options.h"

#define TEXT_MAX	 ((size_t)16 << 20)
#define FILE_MODE	 0644
#define ENVIRONMENT_FILE "/etc/environment"

/* Zero is the same as absent: upstream cannot tell them apart. */
static bool is_zero(enum yaml_type type, struct slice value)
{
	if (type == YAML_TYPE_BOOL && slice_is(value, "false"))
		return true;
	return value.length == 0 ||
	       (type != YAML_TYPE_STRING && (slice_is(value, "0") || slice_is(value, "-0")));
}

static void append_variable(struct text *out, const struct cloud_section *section,
			    const struct cloud_option *option, struct slice value)
{
	if (option->variable) {
		text_append_str(out, option->variable);
	} else {
		text_append_str(out, section->prefix);
		for (const char *c = option->key; *c; c++)
			text_append_char(out, char_upper(*c));
	}
	text_printf(out, "=%.*s", SLICE_ARGS(value));
}

void cloud_append_section(struct cloud_lowering *lowering, const struct cloud_section *section,
			  const struct cloud_section_form *form, struct text *out)
{
	AUTO(report_free) struct report *known = report_new();
	const struct yaml_node *node = cloud_section_node(lowering, section);
	struct yaml_decode decode = lowering->decode;

	/* Every mistake was reported by the rules. */
	decode.report = known;
	for (size_t i = 0; node && i < section->option_count; i++) {
		const struct cloud_option *option = &section->options[i];
		const uint32_t at = yaml_decode_get(&decode, node->node, option->key);
		struct slice value = SLICE("");

		if (at)
			value = yaml_decode_scalar(&decode, option->type, slice_of(option->key),
						   at);
		if (is_zero(option->type, value))
			continue;
		text_append_str(out, form->before);
		append_variable(out, section, option, value);
		text_append_str(out, form->after);
	}
}

const struct yaml_node *cloud_section_node(const struct cloud_lowering *lowering,
					   const struct cloud_section *section)
{
	const char *coreos = (const char *)&lowering->config->coreos;
	const struct yaml_node *node = (const void *)(coreos + section->offset);

	return node->origin.source ? node : NULL;
}

void cloud_append_dropin(struct cloud_lowering *lowering, const struct cloud_section *section,
			 struct text *out)
{
	static const struct cloud_section_form form = { "Environment=\"", "\"\n" };
	AUTO(text_done) struct text variables = TEXT_INIT(TEXT_MAX);

	cloud_append_section(lowering, section, &form, &variables);
	if (variables.length)
		text_printf(out, "[Service]\n%s", text_str(&variables));
}

static void lower_section(struct cloud_lowering *lowering, const struct cloud_section *section)
{
	AUTO(text_done) struct text dropin = TEXT_INIT(TEXT_MAX);
	const struct yaml_node *node = cloud_section_node(lowering, section);
	struct draft *draft = &lowering->draft;

	cloud_append_dropin(lowering, section, &dropin);
	if (dropin.length)
		draft_dropin(draft, draft_unit(draft, slice_of(section->unit), node->origin),
			     SLICE(CLOUD_DROPIN), draft_keep(draft, text_slice(&dropin)),
			     node->origin);
}

static void lower_sections(struct cloud_lowering *lowering)
{
	const struct cloud_section *section;

	for (size_t i = 0; (section = cloud_section_at(i)); i++)
		lower_section(lowering, section);
}

void cloud_lower_oem(struct cloud_lowering *lowering)
{
	const struct cloud_oem *oem = &lowering->config->coreos.oem;
	const struct {
		const char *name;
		struct slice value;
	} quoted[] = {
		{ "NAME", oem->name },
		{ "HOME_URL", oem->home_url },
		{ "BUG_REPORT_URL", oem->bug_report_url },
	};
	AUTO(text_done) struct text contents = TEXT_INIT(TEXT_MAX);

	if (oem->id.length == 0)
		return;
	text_printf(&contents, "ID=%.*s\nVERSION_ID=%.*s\n", SLICE_ARGS(oem->id),
		    SLICE_ARGS(oem->version_id));
	for (size_t i = 0; i < ARRAY_SIZE(quoted); i++) {
		text_printf(&contents, "%s=", quoted[i].name);
		text_append_quoted(&contents, quoted[i].value);
		text_append_char(&contents, '\n');
	}
	cloud_put_file(&lowering->draft, SLICE("/etc/oem-release"), FILE_MODE,
		       text_slice(&contents), oem->origin);
}

/* The image's own settings stay in /usr/share/coreos/update.conf, which is read first. */
static void lower_update(struct cloud_lowering *lowering)
{
	const struct cloud_update *update = &lowering->config->coreos.update;
	const struct {
		const char *name;
		struct slice value;
	} lines[] = {
		{ "GROUP", update->group },
		{ "REBOOT_STRATEGY", update->reboot_strategy },
		{ "SERVER", update->server },
	};
	AUTO(text_done) struct text contents = TEXT_INIT(TEXT_MAX);
	struct draft *draft = &lowering->draft;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (lines[i].value.length)
			text_printf(&contents, "%s=%.*s\n", lines[i].name,
				    SLICE_ARGS(lines[i].value));
	if (contents.length == 0)
		return;
	cloud_put_file(draft, SLICE("/etc/coreos/update.conf"), FILE_MODE, text_slice(&contents),
		       update->origin);
	if (slice_is(update->reboot_strategy, "off"))
		draft_unit(draft, SLICE("locksmithd.service"), update->origin)->mask =
			(struct config_bool){ true, true };
}

/* %H is the host's name as systemd knows it when the unit starts. */
static const char hosts_unit[] = "[Unit]\n"
				 "Description=Name of the host in /etc/hosts\n"
				 "ConditionPathExists=!/etc/hosts\n"
				 "\n"
				 "[Service]\n"
				 "Type=oneshot\n"
				 "RemainAfterExit=yes\n"
				 "ExecStart=/usr/bin/echo \"127.0.0.1 %H\"\n"
				 "StandardOutput=truncate:/etc/hosts\n"
				 "\n"
				 "[Install]\n"
				 "WantedBy=multi-user.target\n";

static void lower_hosts(struct cloud_lowering *lowering)
{
	const struct cloud_config *config = lowering->config;
	struct draft *draft = &lowering->draft;
	AUTO(text_done) struct text contents = TEXT_INIT(TEXT_MAX);
	struct config_unit *unit;

	if (!slice_is(config->manage_etc_hosts, "localhost"))
		return;
	if (config->hostname.length) {
		text_printf(&contents, "127.0.0.1 %.*s\n", SLICE_ARGS(config->hostname));
		cloud_put_file(draft, SLICE("/etc/hosts"), FILE_MODE, text_slice(&contents),
			       config->origin);
		return;
	}
	unit = draft_unit(draft, SLICE("cloudinit-etc-hosts.service"), config->origin);
	unit->contents = slice_of(hosts_unit);
	unit->enabled = (struct config_bool){ true, true };
}

static void lower_hostname(struct cloud_lowering *lowering)
{
	const struct cloud_config *config = lowering->config;
	AUTO(text_done) struct text contents = TEXT_INIT(TEXT_MAX);

	if (config->hostname.length == 0)
		return;
	text_printf(&contents, "%.*s\n", SLICE_ARGS(config->hostname));
	cloud_put_file(&lowering->draft, SLICE("/etc/hostname"), FILE_MODE, text_slice(&contents),
		       config->origin);
}

/* Addresses that are known join whatever the image has there, unless the user wrote the file. */
static void lower_environment(struct cloud_lowering *lowering)
{
	static const struct {
		const char *variable;
		const char *attribute;
	} addresses[] = {
		{ "COREOS_PRIVATE_IPV4", "private_ipv4" },
		{ "COREOS_PRIVATE_IPV6", "private_ipv6" },
		{ "COREOS_PUBLIC_IPV4", "public_ipv4" },
		{ "COREOS_PUBLIC_IPV6", "public_ipv6" },
	};
	struct draft *draft = &lowering->draft;
	const struct origin origin = lowering->config->origin;
	AUTO(text_done) struct text contents = TEXT_INIT(TEXT_MAX);
	struct config_file *file;
	struct config_resource *piece;

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		const struct supply *supply = supplies_peek(
			draft->input->supplies, SUPPLY_ATTRIBUTE, slice_of(addresses[i].attribute));

		if (supply && !supply->problem && supply->data.length)
			text_printf(&contents, "%s=%.*s\n", addresses[i].variable,
				    SLICE_ARGS(supply->data));
	}
	if (contents.length == 0 || draft_find_file(draft, SLICE(ENVIRONMENT_FILE)))
		return;
	file = draft_add(draft, &draft->config->storage.files, sizeof(*file), origin);
	file->node.path = SLICE(ENVIRONMENT_FILE);
	file->mode = (struct config_int){ FILE_MODE, true };
	piece = draft_add(draft, &file->append, sizeof(*piece), origin);
	draft_set_contents(draft, piece, text_slice(&contents));
}

void cloud_lower_services(struct cloud_lowering *lowering)
{
	lower_hostname(lowering);
	cloud_lower_oem(lowering);
	lower_update(lowering);
	lower_hosts(lowering);
	lower_sections(lowering);
	lower_environment(lowering);
}
