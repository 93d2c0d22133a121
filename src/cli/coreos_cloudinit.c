/* coreos-cloudinit - CoreOS cloud-configs and scripts (spec configs 1.2). */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "cli/narrator.h"
#include "cli/options.h"
#include "config/cloud_config/cloud_config.h"
#include "config/cloud_config/live.h"
#include "config/dialect.h"
#include "ignition/apply.h"
#include "ignition/interpret.h"
#include "live/hostname.h"
#include "live/live.h"
#include "live/source.h"

#define WORKSPACE    "/var/lib/coreos-cloudinit"
#define SSH_KEY_NAME "coreos-cloudinit"
/* Address of metadata services that have no name. */
#define LINK_LOCAL "http://169.254.169.254/"

#define NETCONF_DEBIAN "debian"

/* Sources that have a place. */
enum source_of {
	SOURCE_FILE,
	SOURCE_CONFIGDRIVE,
	SOURCE_WAAGENT,
	SOURCE_EC2,
	SOURCE_GCE,
	SOURCE_DIGITALOCEAN,
	SOURCE_PACKET,
	SOURCE_URL,
	SOURCE_VMWARE_OVF,
	SOURCE_COUNT,
};

struct values {
	bool ignores_failure;
	bool validates;
	bool has_ec2;
	bool has_cloudsigma;
	bool has_guestinfo;
	bool has_cmdline;
	const char *sources[SOURCE_COUNT];
	const char *oem;
	const char *netconf;
	const char *workspace;
	const char *ssh_key_name;
};

static const struct cli_option options[] = {
	{ .name = "ignore-failure",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, ignores_failure),
	  .help = "exit 0 also when user data cannot be processed" },
	{ .name = "validate",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, validates),
	  .help = "check user data, apply nothing" },
	{ .name = "from-file",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, sources[SOURCE_FILE]),
	  .argument = "PATH",
	  .help = "user data from a file" },
	{ .name = "from-configdrive",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, sources[SOURCE_CONFIGDRIVE]),
	  .argument = "PATH",
	  .help = "from a config drive's mount point" },
	{ .name = "from-waagent",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, sources[SOURCE_WAAGENT]),
	  .argument = "PATH",
	  .help = "from Azure's agent's directory" },
	{ .name = "from-metadata-service",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, has_ec2),
	  .help = "from EC2 at its usual address (deprecated)" },
	{ .name = "from-ec2-metadata",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, sources[SOURCE_EC2]),
	  .argument = "URL",
	  .help = "from EC2's metadata service" },
	{ .name = "from-gce-metadata",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, sources[SOURCE_GCE]),
	  .argument = "URL",
	  .help = "from GCE's metadata service" },
	{ .name = "from-cloudsigma-metadata",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, has_cloudsigma),
	  .help = "from CloudSigma's server context" },
	{ .name = "from-digitalocean-metadata",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, sources[SOURCE_DIGITALOCEAN]),
	  .argument = "URL",
	  .help = "from DigitalOcean's metadata service" },
	{ .name = "from-packet-metadata",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, sources[SOURCE_PACKET]),
	  .argument = "URL",
	  .help = "from Packet's metadata service" },
	{ .name = "from-url",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, sources[SOURCE_URL]),
	  .argument = "URL",
	  .help = "user data from a URL" },
	{ .name = "from-vmware-ovf-env",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, sources[SOURCE_VMWARE_OVF]),
	  .argument = "PATH",
	  .help = "from VMware's OVF environment" },
	{ .name = "from-vmware-guestinfo",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, has_guestinfo),
	  .help = "from VMware's guestinfo" },
	{ .name = "from-proc-cmdline",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, has_cmdline),
	  .help = "from the URL in the kernel argument cloud-config-url" },
	{ .name = "oem",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, oem),
	  .argument = "NAME",
	  .help = "the sources of a platform" },
	{ .name = "convert-netconf",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, netconf),
	  .argument = "KIND",
	  .help = "convert network data: debian, packet, vmware" },
	{ .name = "workspace",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, workspace),
	  .argument = "DIR",
	  .fallback = WORKSPACE,
	  .help = "where scripts go" },
	{ .name = "ssh-key-name",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, ssh_key_name),
	  .argument = "NAME",
	  .fallback = SSH_KEY_NAME,
	  .help = "name of the group of user core's keys" },
};

static const struct cli_program program = {
	.name = "coreos-cloudinit",
	.summary = "Applies CoreOS user data, cloud-configs and scripts, to the running system.",
	.operands = "",
	.details = "Of several sources the first that answers counts.\n"
		   "Exit status: 0 fine, 1 not, 2 wrong usage.",
	.syntax = CLI_GO,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

/* What -oem stands for. */
struct preset {
	const char *name;
	const char *netconf;
	enum source_of source; /* SOURCE_COUNT: one without a place */
	const char *place;
};

static const struct preset presets[] = {
	{ "digitalocean", NULL, SOURCE_DIGITALOCEAN, LINK_LOCAL },
	{ "ec2-compat", NULL, SOURCE_EC2, LINK_LOCAL },
	{ "gce", NULL, SOURCE_GCE, "http://metadata.google.internal/" },
	{ "rackspace-onmetal", "debian", SOURCE_CONFIGDRIVE, "/media/configdrive" },
	{ "azure", NULL, SOURCE_WAAGENT, "/var/lib/waagent" },
	{ "cloudsigma", NULL, SOURCE_COUNT, NULL },
	{ "packet", NULL, SOURCE_PACKET, "https://metadata.packet.net/" },
	{ "vmware", "vmware", SOURCE_COUNT, NULL },
};

static void take_preset(struct values *values, const struct preset *preset)
{
	if (preset->netconf)
		values->netconf = preset->netconf;
	if (preset->place)
		values->sources[preset->source] = preset->place;
	else if (preset->netconf)
		values->has_guestinfo = true;
	else
		values->has_cloudsigma = true;
}

static int apply_preset(struct values *values)
{
	if (!values->oem || !*values->oem)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(presets); i++) {
		if (strcmp(values->oem, presets[i].name) == 0) {
			take_preset(values, &presets[i]);
			return 0;
		}
	}
	fprintf(stderr, "Invalid option to -oem: \"%s\". Supported options: [", values->oem);
	for (size_t i = 0; i < ARRAY_SIZE(presets); i++)
		fprintf(stderr, "%s\"%s\"", i ? " " : "", presets[i].name);
	fprintf(stderr, "]\n");
	return -1;
}

static int check_netconf(const struct values *values)
{
	static const char *const kinds[] = { NETCONF_DEBIAN, "packet", "vmware" };

	if (!values->netconf || !*values->netconf)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(values->netconf, kinds[i]) == 0)
			return 0;
	fprintf(stderr,
		"Invalid option to -convert-netconf: '%s'. Supported options: 'debian, packet, "
		"vmware'\n",
		values->netconf);
	return -1;
}

/* An option that names a source. */
struct given {
	const char *option;    /* as source_find() knows it */
	enum source_of source; /* SOURCE_COUNT: a flag */
	size_t flag;	       /* in struct values */
};

/* Local ones first. */
static const struct given all_given[] = {
	{ "file", SOURCE_FILE, 0 },
	{ "configdrive", SOURCE_CONFIGDRIVE, 0 },
	{ "waagent", SOURCE_WAAGENT, 0 },
	{ "vmware-ovf-env", SOURCE_VMWARE_OVF, 0 },
	{ "vmware-guestinfo", SOURCE_COUNT, offsetof(struct values, has_guestinfo) },
	{ "cloudsigma-metadata", SOURCE_COUNT, offsetof(struct values, has_cloudsigma) },
	{ "metadata-service", SOURCE_COUNT, offsetof(struct values, has_ec2) },
	{ "ec2-metadata", SOURCE_EC2, 0 },
	{ "gce-metadata", SOURCE_GCE, 0 },
	{ "digitalocean-metadata", SOURCE_DIGITALOCEAN, 0 },
	{ "packet-metadata", SOURCE_PACKET, 0 },
	{ "url", SOURCE_URL, 0 },
	{ "proc-cmdline", SOURCE_COUNT, offsetof(struct values, has_cmdline) },
};

static void print_report(const struct report *report)
{
	static const char *const kinds[] = {
		[REPORT_INFO] = "info", [REPORT_WARNING] = "warning", [REPORT_ERROR] = "error"
	};

	for (size_t i = 0; i < report_count(report); i++) {
		const struct report_entry *entry = report_entry_at(report, i);

		printf("line %u: %s: %s\n", entry->origin.line ?: 1, kinds[entry->severity],
		       entry->message);
	}
}

/* Return: the exit status. */
static int validate(struct config_pool *pool, const struct source *source)
{
	AUTO(report_free) struct report *report = report_new();
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct front_end_input input = {
		.pool = pool, .source = source, .supplies = supplies, .report = report
	};
	const struct slice text = source_text(source);

	if (sniff_dialect(text) == DIALECT_IGNITION)
		return 0;
	if (slice_starts(text, "#!") || sniff_has_cloud_config_header(text))
		cloud_config_validate(&input, &err);
	else
		report_add(report, REPORT_ERROR, /* path= */ NULL, source_origin(source, 0),
			   "must be \"#cloud-config\" or begin with \"#!\"");
	print_report(report);
	return report_count(report) > 0;
}

/* One run, from where user data comes from to what is made of it. */
struct work {
	const struct values *values;
	struct machine machine;
	struct fetcher *fetcher;
	struct config_pool *pool;
	struct metadata *metadata;
	const struct source_kind *kind; /* that answered */
	const char *place;
	struct narrator narrator;
};

static void work_done(struct work *work)
{
	metadata_free(work->metadata);
	config_pool_free(work->pool);
	fetcher_free(work->fetcher);
	machine_done(&work->machine);
}
DEFINE_DONE(struct work, work_done)

static struct provider_context context_of(const struct work *work)
{
	return (struct provider_context){ .machine = &work->machine,
					  .fetcher = work->fetcher,
					  .observer = &work->narrator.observer,
					  .wait_ms = SOURCE_WAIT_MS };
}

/* Where the value of @option is looked for; NULL: it was not given. */
static const char *given_place(const struct values *values, const struct given *given)
{
	const char *value = NULL;

	if (given->source == SOURCE_COUNT)
		return *(const bool *)((const char *)values + given->flag) ? "" : NULL;
	value = values->sources[given->source];
	return value && *value ? value : NULL;
}

static size_t count_given(const struct values *values)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all_given); i++)
		count += given_place(values, &all_given[i]) != NULL;
	return count;
}

static int ask_source(struct work *work, const struct given *given, const char *place,
		      struct provider_config *ret)
{
	const struct provider_context context = context_of(work);
	const struct source_kind *kind = source_find(given->option);
	AUTO(error_done) struct error err = ERROR_INIT;
	int r = source_fetch_config(kind, &context, place, ret, &err);

	if (r < 0) {
		fprintf(stderr, "Failed fetching user-data from datasource %s: %s\n", kind->type,
			err.text);
		return r;
	}
	work->kind = kind;
	work->place = place;
	return 0;
}

/* The first that answers; each has its share of the time. */
static int fetch(struct work *work, struct provider_config *ret)
{
	struct fetch_settings settings = FETCH_SETTINGS_DEFAULT;

	settings.total_ms = SOURCE_WAIT_MS / (int64_t)count_given(work->values);
	fetcher_configure(work->fetcher, &settings, /* err= */ NULL);
	for (size_t i = 0; i < ARRAY_SIZE(all_given); i++) {
		const char *place = given_place(work->values, &all_given[i]);

		if (place && ask_source(work, &all_given[i], place, ret) == 0)
			return 0;
	}
	fprintf(stderr, "No datasources available in time\n");
	return -1;
}

static struct slice address_of(const struct work *work, enum cloud_address address)
{
	const struct provider_roles *roles = source_roles(work->kind);
	const char *const names[CLOUD_ADDRESS_COUNT] = {
		[CLOUD_PUBLIC_IPV4] = roles->public_ipv4,
		[CLOUD_PRIVATE_IPV4] = roles->private_ipv4,
		[CLOUD_PUBLIC_IPV6] = roles->public_ipv6,
		[CLOUD_PRIVATE_IPV6] = roles->private_ipv6,
	};
	const char *value = names[address] ? metadata_get(work->metadata, names[address]) : NULL;

	if (!value)
		value = getenv(cloud_address_variable(address));
	return value ? slice_of(value) : SLICE("");
}

static struct cloud_machine machine_of(const struct work *work)
{
	struct arena *arena = config_pool_arena(work->pool);
	struct slice *keys = arena_array(arena, work->metadata->key_count, sizeof(*keys));
	struct cloud_machine machine = {
		.hostname = work->metadata->hostname ? slice_of(work->metadata->hostname)
						     : (struct slice){ .data = NULL },
		.current_hostname = live_hostname_get(arena),
		.key_group = slice_of(work->values->ssh_key_name),
		.keys = keys,
		.key_count = work->metadata->key_count,
	};

	for (size_t i = 0; i < work->metadata->key_count; i++)
		keys[i] = slice_of(work->metadata->keys[i].line);
	for (size_t i = 0; i < CLOUD_ADDRESS_COUNT; i++)
		machine.addresses[i] = address_of(work, (enum cloud_address)i);
	return machine;
}

/* Units of the platform's network data, when they are asked for. */
static int convert_network(const struct work *work, struct cloud_machine *machine,
			   struct error *err)
{
	const struct provider_context context = context_of(work);
	struct provider_config data = { .data = NULL };
	struct netconf netconf = { .arena = config_pool_arena(work->pool) };
	struct netconf_list units = { .items = NULL };
	const struct source *source;
	int r;

	if (!work->values->netconf || !*work->values->netconf)
		return 0;
	if (strcmp(work->values->netconf, NETCONF_DEBIAN) != 0)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "those of %s cannot be converted, those of " NETCONF_DEBIAN " can",
				 work->values->netconf);
	r = source_fetch_network(work->kind, &context, work->place, &data, err);
	if (r < 0) {
		provider_config_done(&data);
		return r;
	}
	/* The pool keeps the text: names are slices of it. */
	source = config_pool_add_source(work->pool, "network data", take_ptr(&data.data),
					data.length);
	provider_config_done(&data);
	r = netconf_read_debian(source_text(source), &netconf, err);
	if (r == 0)
		r = netconf_units(&netconf, &units, err);
	machine->network = units.items;
	machine->network_count = units.count;
	return r;
}

static void print_log(const struct report *report)
{
	for (size_t i = 0; i < report_count(report); i++) {
		const struct report_entry *entry = report_entry_at(report, i);

		fprintf(stderr, "line %u: %s\n", entry->origin.line ?: 1, entry->message);
	}
}

/* Lowers until everything that was asked for has been answered. */
static int lower(const struct work *work, const struct source *source,
		 const struct cloud_machine *machine, struct live_config *ret, struct error *err)
{
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	AUTO(report_free) struct report *report = NULL;
	struct supply answers[CLOUD_ADDRESS_COUNT] = { { .problem = NULL } };
	const struct interpret_params params = { .pool = work->pool, .fetcher = work->fetcher };
	int lowered = 0;
	int r = 1;

	for (size_t i = 0; i < CLOUD_ADDRESS_COUNT; i++) {
		answers[i].data = machine->addresses[i];
		supplies_add(supplies, SUPPLY_ATTRIBUTE,
			     slice_of(cloud_address_attribute((enum cloud_address)i)), &answers[i]);
	}
	while (r > 0) {
		error_done(err);
		report_free(report);
		report = report_new();
		lowered = cloud_config_live(&(struct front_end_input){ .pool = work->pool,
								       .source = source,
								       .supplies = supplies,
								       .report = report },
					    machine, ret, err);
		r = interpret_answer(&params, supplies, lowered < 0 ? NULL : err);
	}
	print_log(report);
	return r < 0 ? r : lowered;
}

static int apply(struct work *work, const struct live_config *config, struct error *err)
{
	AUTO(prefetch_free) struct prefetch *prefetch = prefetch_new(work->fetcher);
	AUTO(plan_free) struct plan *plan = NULL;
	const struct live_params params = { .config = config,
					    .machine = &work->machine,
					    .prefetch = prefetch,
					    .workspace = work->values->workspace,
					    .observer = &work->narrator.observer };
	int r = live_plan(&params, &plan, err);

	return r < 0 ? r
		     : apply_plan(plan, &work->machine, /* journal= */ NULL, "live",
				  &work->narrator.observer, err);
}

/* What is no user data is said, and the metadata is applied all the same. */
static const struct source *recognise(struct work *work, const struct source *source,
				      bool *ret_failed)
{
	const struct slice text = source_text(source);

	if (text.length == 0 || slice_starts(text, "#!") || sniff_has_cloud_config_header(text))
		return source;
	fprintf(stderr,
		"Failed to parse user-data: Unrecognized user-data format\nContinuing...\n");
	*ret_failed = true;
	return config_pool_add_source(work->pool, source_name(source), xstrdup(""), 0);
}

/* Return: the exit status. */
static int process(struct work *work, const struct source *source)
{
	const struct provider_context context = context_of(work);
	AUTO(error_done) struct error err = ERROR_INIT;
	struct live_config config = { .config = NULL };
	bool has_failed = false;

	if (work->values->validates)
		return validate(work->pool, source);
	if (sniff_dialect(source_text(source)) == DIALECT_IGNITION) {
		printf("Detected an Ignition config. Exiting...");
		return 0;
	}
	source = recognise(work, source, &has_failed);
	if (source_fetch_metadata(work->kind, &context, work->place, work->metadata, &err) < 0) {
		fprintf(stderr, "Failed fetching meta-data from datasource: %s\n", err.text);
		return 1;
	}

	struct cloud_machine machine = machine_of(work);

	if (convert_network(work, &machine, &err) < 0) {
		fprintf(stderr, "Failed to convert network data: %s\n", err.text);
		return 1;
	}
	if (lower(work, source, &machine, &config, &err) < 0) {
		fprintf(stderr, "Failed to parse user-data: %s\n", err.text);
		return !work->values->ignores_failure;
	}
	if (apply(work, &config, &err) < 0) {
		fprintf(stderr, "Failed to apply cloud-config: %s\n", err.text);
		return 1;
	}
	return has_failed && !work->values->ignores_failure;
}

static int read_user_data(struct work *work)
{
	AUTO(provider_config_done) struct provider_config config = { .data = NULL };
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct source *source = NULL;

	if (fetch(work, &config) < 0)
		return 1;
	source = config_pool_add_source(work->pool, config.name ?: work->place,
					take_ptr(&config.data), config.length);
	if (dialect_unpack(work->pool, &source, &err) < 0) {
		fprintf(stderr, "Failed to parse user-data: %s\n", err.text);
		return 1;
	}
	return process(work, source);
}

static int run(const struct values *values)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(work_done) struct work work = { .values = values, .machine = MACHINE_INIT };

	narrator_init(&work.narrator, program.name, /* is_verbose= */ true);
	if (machine_open(&work.machine, "/", "/", &err) < 0) {
		fprintf(stderr, "%s: %s\n", program.name, err.text);
		return 1;
	}
	work.fetcher = fetcher_new(FETCHER_ONLINE, &work.narrator.observer);
	work.pool = config_pool_new();
	work.metadata = metadata_new();
	return read_user_data(&work);
}

int main(int argc, char **argv)
{
	struct values values = { .workspace = WORKSPACE, .ssh_key_name = SSH_KEY_NAME };
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (apply_preset(&values) < 0 || check_netconf(&values) < 0)
		return CLI_EXIT_USAGE;
	if (count_given(&values) == 0)
		return cli_usage_error(&program,
				       "coreos-cloudinit: no source of user data is given");
	return cli_finish(&program, run(&values));
}
