/* services - units that sections of a config stand for (spec configs 3.4). */
#include "base/json.h"
#include "config/clc/clc.h"
#include "config/clc/lowering.h"
#include "config/clc/options.h"
#include "config/clc/platform.h"

#define SERVICE_TEXT_MAX ((size_t)16 << 20)
#define UNKNOWN_FIELD	 "unknown field"

/* A program whose section is a list of its options. */
struct service {
	const char *section;
	const char *unit;
	const char *dropin;
	const char *image_variable;
	const char *command;
	int (*release)(struct draft *draft, const struct yaml_node *section, struct slice version,
		       struct clc_release *ret);
};

static const struct service etcd_service = {
	.section = "etcd",
	.unit = "etcd-member.service",
	.dropin = "20-clct-etcd-member.conf",
	.image_variable = "ETCD_IMAGE_TAG",
	.command = "/usr/lib/coreos/etcd-wrapper $ETCD_OPTS",
	.release = clc_etcd_release,
};

static const struct service flannel_service = {
	.section = "flannel",
	.unit = "flanneld.service",
	.dropin = "20-clct-flannel.conf",
	.image_variable = "FLANNEL_IMAGE_TAG",
	.command = "/usr/lib/coreos/flannel-wrapper $FLANNEL_OPTS",
	.release = clc_flannel_release,
};

/* One section being rendered. */
struct rendering {
	struct clc_lowering *lowering;
	const struct service *service;
	const struct yaml_node *section;
	struct clc_release release;
	struct text options;
	bool has_templates;
};

static void rendering_done(struct rendering *rendering)
{
	text_done(&rendering->options);
}
DEFINE_DONE(struct rendering, rendering_done)

static uint32_t member(const struct rendering *rendering, const char *key)
{
	return yaml_decode_get(&rendering->lowering->decode, rendering->section->node, key);
}

static struct slice member_text(const struct rendering *rendering, const char *key)
{
	const uint32_t node = member(rendering, key);

	if (!node)
		return (struct slice){ .data = NULL };
	return yaml_decode_scalar(&rendering->lowering->decode, YAML_TYPE_STRING, slice_of(key),
				  node);
}

static void report(const struct rendering *rendering, const char *key, const char *message)
{
	draft_report(&rendering->lowering->draft, REPORT_ERROR, rendering->section->origin, key,
		     "%s", message);
}

/* At boot: whether the machine is told what the variable stands for. */
static void check_told(struct rendering *rendering, const char *key, struct slice field)
{
	struct draft *draft = &rendering->lowering->draft;
	const struct origin origin = rendering->section->origin;
	const struct supply *supply;
	enum platform_role role;

	if (!rendering->lowering->is_boot || !platform_role_find(field, &role))
		return;
	supply = supplies_find(draft->input->supplies, SUPPLY_ATTRIBUTE,
			       slice_of(platform_role_name(role)), origin);
	if (supply && supply->problem)
		draft_report(draft, REPORT_ERROR, origin, key, "{%.*s} is not known: %s",
			     SLICE_ARGS(field), supply->problem);
	else if (supply && supply->data.length == 0)
		draft_report(draft, REPORT_WARNING, origin, key,
			     "platform %s tells this machine no %.*s: the variable is empty",
			     rendering->lowering->platform->name, SLICE_ARGS(field));
}

/* "{PRIVATE_IPV4}" becomes "${COREOS_...}".  Return: what is wrong with it; NULL: nothing. */
static const char *expand(struct rendering *rendering, const char *key, struct slice value,
			  struct text *out)
{
	const struct clc_platform *platform = rendering->lowering->platform;

	while (value.length) {
		const size_t plain = strcspn(value.data, "{}");
		const char *end = NULL, *variable = NULL;
		struct slice field;

		text_append(out, value.data, plain);
		value = slice_from(value, plain);
		if (value.length == 0)
			break;
		end = value.data[0] == '{' ? memchr(value.data, '}', value.length) : NULL;
		field = (struct slice){ value.data + 1, end ? (size_t)(end - value.data) - 1 : 0 };
		if (end)
			variable = clc_platform_variable(platform, field);
		if (!variable)
			return UNKNOWN_FIELD;
		check_told(rendering, key, field);
		text_printf(out, "${%s}", variable);
		value = slice_from(value, (size_t)(end + 1 - value.data));
	}
	return NULL;
}

static void append_string(struct rendering *rendering, const struct clc_option *option,
			  struct slice value)
{
	AUTO(text_done) struct text expanded = TEXT_INIT(SERVICE_TEXT_MAX);
	/* expand() looks for braces up to the NUL. */
	const struct slice copy = draft_keep(&rendering->lowering->draft, value);
	const struct clc_platform *platform = rendering->lowering->platform;
	const char *problem = NULL;

	if (strlen(copy.data) != copy.length)
		problem = "a value may not have a NUL in it";
	else if (!strpbrk(copy.data, "{}"))
		text_append_slice(&expanded, copy);
	else if (!platform)
		problem = "platform must be specified to use templating";
	else
		problem = expand(rendering, option->key, copy, &expanded);
	if (problem && rendering->lowering->is_boot && platform) {
		draft_report(&rendering->lowering->draft, REPORT_ERROR, rendering->section->origin,
			     option->key, "%s: platform %s tells its machines nothing of that name",
			     problem, platform->name);
		return;
	}
	if (problem) {
		report(rendering, option->key, problem);
		return;
	}
	rendering->has_templates |= strpbrk(copy.data, "{}") != NULL;
	text_append_quoted(&rendering->options, text_slice(&expanded));
}

static void append_flag(struct rendering *rendering, const struct clc_option *option)
{
	text_append_str(&rendering->options, " \\\n  --");
	if (option->flag) {
		text_append_str(&rendering->options, option->flag);
	} else {
		for (const char *c = option->key; *c; c++) {
			const char dashed[] = { '-', *c };

			text_append_char(&rendering->options, dashed[*c != '_']);
		}
	}
	text_append_char(&rendering->options, '=');
}

static void append_option(struct rendering *rendering, const struct clc_option *option)
{
	const uint32_t node = member(rendering, option->key);
	struct slice value = { .data = NULL };

	if (node)
		value = yaml_decode_scalar(&rendering->lowering->decode, option->type,
					   slice_of(option->key), node);
	if (!value.data)
		return;
	if (option->deprecated)
		draft_report(&rendering->lowering->draft, REPORT_WARNING,
			     rendering->section->origin, option->key, "%s", option->deprecated)
			->hint = CLC_DEPRECATED_HINT;
	append_flag(rendering, option);
	if (option->type == YAML_TYPE_STRING)
		append_string(rendering, option, value);
	else
		text_append_slice(&rendering->options, value);
}

static bool is_known(const struct rendering *rendering, struct slice key)
{
	const bool is_flannel = rendering->service == &flannel_service;

	if (slice_is(key, "version") || (is_flannel && slice_is(key, "network_config")))
		return true;
	for (size_t i = 0; i < rendering->release.count; i++)
		if (slice_is(key, rendering->release.options[i].key) &&
		    clc_option_is_in(&rendering->release, &rendering->release.options[i]))
			return true;
	return false;
}

static void report_unknown(const struct rendering *rendering)
{
	const struct yaml_decode *decode = &rendering->lowering->decode;
	struct document *document = decode->document;

	for (uint32_t key = node_first(document, rendering->section->node); key;
	     key = node_next(document, node_next(document, key)))
		if (!is_known(rendering, node_string(document, key)))
			yaml_decode_unknown(decode, key, /* folded= */ NULL);
}

/* Whether @text is a JSON object. */
static bool is_json_object(struct slice text)
{
	AUTO(source_free) struct source *source = source_new("network_config", text);
	AUTO(document_free) struct document *document = NULL;

	return json_parse(source, &document, /* ret_error= */ NULL, /* err= */ NULL) == 0 &&
	       document->nodes[0].kind == NODE_OBJECT;
}

/* What etcd is told before flannel starts. */
static void append_network_config(const struct rendering *rendering, struct text *out)
{
	static const struct {
		const char *key;
		const char *flag;
		bool is_quoted;
	} flags[] = {
		{ "etcd_endpoints", "--endpoints=", true },
		{ "etcd_cafile", "--ca-file=", false },
		{ "etcd_certfile", "--cert-file=", false },
		{ "etcd_keyfile", "--key-file=", false },
	};
	const struct slice config = member_text(rendering, "network_config");

	if (!config.data)
		return;
	if (!is_json_object(config)) {
		report(rendering, "network_config",
		       "flannel network config doesn't appear to be valid JSON");
		return;
	}
	if (member(rendering, "kube_subnet_mgr")) {
		report(rendering, "network_config",
		       "network_config and kube_subnet_mgr exclude each other");
		return;
	}
	text_append_str(out, "\nExecStartPre=/usr/bin/etcdctl");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		const struct slice value = member_text(rendering, flags[i].key);

		if (!value.data)
			continue;
		text_printf(out, " %s", flags[i].flag);
		if (flags[i].is_quoted)
			text_append_quoted(out, value);
		else
			text_append_slice(out, value);
	}
	text_append_str(out, " set /coreos.com/network/config ");
	text_append_quoted(out, config);
}

static void append_service(const struct rendering *rendering, struct text *out)
{
	if (rendering->has_templates)
		text_append_str(out, "[Unit]\nRequires=coreos-metadata.service\n"
				     "After=coreos-metadata.service\n\n");
	text_append_str(out, "[Service]\n");
	if (rendering->has_templates)
		text_append_str(out, "EnvironmentFile=/run/metadata/coreos\n");
	if (rendering->release.number.data)
		text_printf(out, "Environment=\"%s=v%.*s\"\n", rendering->service->image_variable,
			    SLICE_ARGS(rendering->release.number));
	text_printf(out, "ExecStart=\nExecStart=%s", rendering->service->command);
	text_append_slice(out, text_slice(&rendering->options));
	if (rendering->service == &flannel_service)
		append_network_config(rendering, out);
}

static void add_dropin(struct clc_lowering *lowering, const char *name, const char *dropin,
		       const struct text *contents, struct origin origin)
{
	struct config_unit *unit = draft_unit(&lowering->draft, slice_of(name), origin);

	unit->enabled = (struct config_bool){ true, true };
	draft_dropin(&lowering->draft, unit, slice_of(dropin),
		     draft_keep(&lowering->draft, text_slice(contents)), origin);
}

static void lower_service(struct clc_lowering *lowering, const struct service *service,
			  const struct yaml_node *section)
{
	AUTO(rendering_done)
	struct rendering rendering = {
		.lowering = lowering,
		.service = service,
		.section = section,
		.options = TEXT_INIT(SERVICE_TEXT_MAX),
	};
	AUTO(text_done) struct text contents = TEXT_INIT(SERVICE_TEXT_MAX);

	if (!section->origin.source ||
	    service->release(&lowering->draft, section, member_text(&rendering, "version"),
			     &rendering.release) < 0)
		return;
	report_unknown(&rendering);
	for (size_t i = 0; i < rendering.release.count; i++)
		if (clc_option_is_in(&rendering.release, &rendering.release.options[i]))
			append_option(&rendering, &rendering.release.options[i]);
	append_service(&rendering, &contents);
	add_dropin(lowering, service->unit, service->dropin, &contents, section->origin);
}

static void lower_docker(struct clc_lowering *lowering)
{
	const struct clc_docker *docker = &lowering->config->docker;
	AUTO(text_done) struct text contents = TEXT_INIT(SERVICE_TEXT_MAX);

	if (!docker->origin.source)
		return;
	text_append_str(&contents, "[Service]\nEnvironment=\"DOCKER_OPTS=");
	CONFIG_EACH (const struct config_text, flag, &docker->flags)
		text_printf(&contents, "%s%.*s", flag == docker->flags.items ? "" : " ",
			    SLICE_ARGS(flag->text));
	text_append_char(&contents, '"');
	add_dropin(lowering, "docker.service", "20-clct-docker.conf", &contents, docker->origin);
}

static void lower_platform(struct clc_lowering *lowering)
{
	static const char *const units[] = { "coreos-metadata.service",
					     "coreos-metadata-sshkeys@.service" };
	const struct clc_platform *platform = lowering->platform;

	for (size_t i = 0; platform && platform->overrides_provider && i < ARRAY_SIZE(units); i++) {
		AUTO(text_done) struct text contents = TEXT_INIT(SERVICE_TEXT_MAX);

		text_printf(&contents,
			    "[Service]\nEnvironment=COREOS_METADATA_OPT_PROVIDER=--provider=%s",
			    platform->name);
		add_dropin(lowering, units[i], "20-clct-provider-override.conf", &contents,
			   lowering->config->origin);
	}
}

void clc_lower_services(struct clc_lowering *lowering)
{
	lower_platform(lowering);
	lower_docker(lowering);
	lower_service(lowering, &etcd_service, &lowering->config->etcd);
	lower_service(lowering, &flannel_service, &lowering->config->flannel);
}
