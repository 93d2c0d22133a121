/* coreos-cloudinit - CoreOS cloud-configs and scripts (spec configs 1.2). */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/options.h"
#include "config/cloud_config/cloud_config.h"
#include "config/dialect.h"
#include "config/yaml_text.h"

#define WORKSPACE    "/var/lib/coreos-cloudinit"
#define SSH_KEY_NAME "coreos-cloudinit"
/* Address of metadata services that have no name. */
#define LINK_LOCAL "http://169.254.169.254/"

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
	.summary = "Checks CoreOS user data: cloud-configs and scripts.",
	.operands = "",
	.details =
		"Applying user data to the running system is not built: the engine provisions a\n"
		"machine with it at its first boot.\n"
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
	static const char *const kinds[] = { "debian", "packet", "vmware" };

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

static bool has_source(const struct values *values)
{
	bool has = values->has_ec2 || values->has_cloudsigma || values->has_guestinfo ||
		   values->has_cmdline;

	for (size_t i = 0; i < SOURCE_COUNT; i++)
		has |= values->sources[i] && *values->sources[i];
	return has;
}

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

static int process(const struct values *values, struct config_pool *pool,
		   const struct source *source)
{
	if (values->validates)
		return validate(pool, source);
	if (sniff_dialect(source_text(source)) == DIALECT_IGNITION) {
		printf("Detected an Ignition config. Exiting...");
		return 0;
	}
	fprintf(stderr, "coreos-cloudinit: applying user data to the running system is not built; "
			"-validate checks it, and the engine provisions a machine with it at its "
			"first boot\n");
	return values->ignores_failure ? 0 : 1;
}

static int run(const struct values *values)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	const char *path = values->sources[SOURCE_FILE];
	const struct source *source = NULL;
	char *data = NULL;
	size_t length = 0;

	if (!path || !*path) {
		fprintf(stderr, "coreos-cloudinit: only -from-file is built: other sources need "
				"the platform's provider\n");
		return 1;
	}
	if (file_read(path, YAML_TEXT_SIZE_MAX, /* flags= */ 0, &data, &length, &err) < 0) {
		fprintf(stderr, "Failed fetching user-data from datasource: %s\n", err.text);
		return 1;
	}
	source = config_pool_add_source(pool, path, data, length);
	if (dialect_unpack(pool, &source, &err) < 0) {
		fprintf(stderr, "Failed to parse user-data: %s\n", err.text);
		return 1;
	}
	return process(values, pool, source);
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
	if (!has_source(&values))
		return cli_usage_error(&program,
				       "coreos-cloudinit: no source of user data is given");
	return cli_finish(&program, run(&values));
}
