#include "config/clc/options.h"

#include <errno.h>

#include "base/number.h"

#define OBSOLETE_CA_FILE "ca_file obsoleted by trusted_ca_file and client_cert_auth"
#define OBSOLETE_PEER_CA_FILE                                                                      \
	"peer_ca_file obsoleted peer_trusted_ca_file and peer_client_cert_auth"

#define VERSION_PARTS 3
/* Of one part of a version: CLC_MINOR() stays one number. */
#define PART_MAX INT32_MAX

static const struct clc_option etcd2[] = {
	{ .key = "advertise_client_urls" },
	{ .key = "ca_file", .deprecated = OBSOLETE_CA_FILE },
	{ .key = "cert_file" },
	{ .key = "client_cert_auth", .type = YAML_TYPE_BOOL },
	{ .key = "cors" },
	{ .key = "data_dir" },
	{ .key = "debug", .type = YAML_TYPE_BOOL },
	{ .key = "discovery" },
	{ .key = "discovery_fallback" },
	{ .key = "discovery_srv" },
	{ .key = "discovery_proxy" },
	{ .key = "election_timeout", .type = YAML_TYPE_INT },
	{ .key = "enable_pprof", .type = YAML_TYPE_BOOL },
	{ .key = "force_new_cluster", .type = YAML_TYPE_BOOL },
	{ .key = "heartbeat_interval", .type = YAML_TYPE_INT },
	{ .key = "initial_advertise_peer_urls" },
	{ .key = "initial_cluster" },
	{ .key = "initial_cluster_state" },
	{ .key = "initial_cluster_token" },
	{ .key = "key_file" },
	{ .key = "listen_client_urls" },
	{ .key = "listen_peer_urls" },
	{ .key = "log_package_levels" },
	{ .key = "max_snapshots", .type = YAML_TYPE_INT },
	{ .key = "max_wals", .type = YAML_TYPE_INT },
	{ .key = "name" },
	{ .key = "peer_ca_file", .deprecated = OBSOLETE_PEER_CA_FILE },
	{ .key = "peer_cert_file" },
	{ .key = "peer_key_file" },
	{ .key = "peer_client_cert_auth", .type = YAML_TYPE_BOOL },
	{ .key = "peer_trusted_ca_file" },
	{ .key = "proxy" },
	{ .key = "proxy_dial_timeout", .type = YAML_TYPE_INT },
	{ .key = "proxy_failure_wait", .type = YAML_TYPE_INT },
	{ .key = "proxy_read_timeout", .type = YAML_TYPE_INT },
	{ .key = "proxy_refresh_interval", .type = YAML_TYPE_INT },
	{ .key = "proxy_write_timeout", .type = YAML_TYPE_INT },
	{ .key = "snapshot_count", .type = YAML_TYPE_INT },
	{ .key = "strict_reconfig_check", .type = YAML_TYPE_BOOL },
	{ .key = "trusted_ca_file" },
	{ .key = "wal_dir" },
};

static const struct clc_option etcd3[] = {
	{ .key = "name" },
	{ .key = "data_dir" },
	{ .key = "wal_dir" },
	{ .key = "snapshot_count", .type = YAML_TYPE_INT },
	{ .key = "heartbeat_interval", .type = YAML_TYPE_INT },
	{ .key = "election_timeout", .type = YAML_TYPE_INT },
	{ .key = "enable_pprof", .type = YAML_TYPE_BOOL },
	{ .key = "enable_v2", .type = YAML_TYPE_BOOL, .since = CLC_MINOR(3, 2) },
	{ .key = "listen_peer_urls" },
	{ .key = "listen_client_urls" },
	{ .key = "max_snapshots", .type = YAML_TYPE_INT },
	{ .key = "max_wals", .type = YAML_TYPE_INT },
	{ .key = "cors" },
	{ .key = "quota_backend_bytes", .type = YAML_TYPE_INT, .since = CLC_MINOR(3, 3) },
	{ .key = "max_txn_ops", .type = YAML_TYPE_INT, .since = CLC_MINOR(3, 3) },
	{ .key = "max_request_bytes", .type = YAML_TYPE_INT, .since = CLC_MINOR(3, 3) },
	{ .key = "grpc_keepalive_min_time", .since = CLC_MINOR(3, 3) },
	{ .key = "grpc_keepalive_interval", .since = CLC_MINOR(3, 3) },
	{ .key = "grpc_keepalive_timeout", .since = CLC_MINOR(3, 3) },
	{ .key = "initial_advertise_peer_urls" },
	{ .key = "initial_cluster" },
	{ .key = "initial_cluster_state" },
	{ .key = "initial_cluster_token" },
	{ .key = "advertise_client_urls" },
	{ .key = "discovery" },
	{ .key = "discovery_srv" },
	{ .key = "discovery_fallback" },
	{ .key = "discovery_proxy" },
	{ .key = "strict_reconfig_check", .type = YAML_TYPE_BOOL },
	{ .key = "auto_compaction_retention", .type = YAML_TYPE_INT, .until = CLC_MINOR(3, 3) },
	{ .key = "auto_compaction_retention", .since = CLC_MINOR(3, 3) },
	{ .key = "auto_compaction_mode", .since = CLC_MINOR(3, 3) },
	{ .key = "proxy" },
	{ .key = "proxy_failure_wait", .type = YAML_TYPE_INT },
	{ .key = "proxy_refresh_interval", .type = YAML_TYPE_INT },
	{ .key = "proxy_dial_timeout", .type = YAML_TYPE_INT },
	{ .key = "proxy_write_timeout", .type = YAML_TYPE_INT },
	{ .key = "proxy_read_timeout", .type = YAML_TYPE_INT },
	{ .key = "ca_file", .deprecated = OBSOLETE_CA_FILE },
	{ .key = "cert_file" },
	{ .key = "key_file" },
	{ .key = "client_cert_auth", .type = YAML_TYPE_BOOL },
	{ .key = "client_crl_file", .since = CLC_MINOR(3, 3) },
	{ .key = "trusted_ca_file" },
	{ .key = "auto_tls", .type = YAML_TYPE_BOOL },
	{ .key = "peer_ca_file", .deprecated = OBSOLETE_PEER_CA_FILE },
	{ .key = "peer_cert_file" },
	{ .key = "peer_key_file" },
	{ .key = "peer_client_cert_auth", .type = YAML_TYPE_BOOL },
	{ .key = "peer_crl_file", .since = CLC_MINOR(3, 3) },
	{ .key = "peer_trusted_ca_file" },
	{ .key = "peer_auto_tls", .type = YAML_TYPE_BOOL },
	{ .key = "peer_cert_allowed_cn", .since = CLC_MINOR(3, 3) },
	{ .key = "auth_token", .since = CLC_MINOR(3, 2) },
	{ .key = "debug", .type = YAML_TYPE_BOOL },
	{ .key = "log_package_levels" },
	{ .key = "force_new_cluster", .type = YAML_TYPE_BOOL },
	{ .key = "metrics", .since = CLC_MINOR(3, 1) },
	{ .key = "log_output", .since = CLC_MINOR(3, 1) },
	{ .key = "listen_metrics_urls", .since = CLC_MINOR(3, 3) },
	{ .key = "experimental_initial_corrupt_check",
	  .type = YAML_TYPE_BOOL,
	  .since = CLC_MINOR(3, 3) },
	{ .key = "experimental_corrupt_check_time", .since = CLC_MINOR(3, 3) },
	{ .key = "experimental_enable_v2v3", .since = CLC_MINOR(3, 3) },
};

static const struct clc_option flannel[] = {
	{ .key = "etcd_username", .since = CLC_MINOR(0, 6) },
	{ .key = "etcd_password", .since = CLC_MINOR(0, 6) },
	{ .key = "etcd_endpoints" },
	{ .key = "etcd_cafile" },
	{ .key = "etcd_certfile" },
	{ .key = "etcd_keyfile" },
	{ .key = "etcd_prefix" },
	{ .key = "ip_masq" },
	{ .key = "subnet_file" },
	{ .key = "interface", .flag = "iface" },
	{ .key = "public_ip" },
	{ .key = "kube_subnet_mgr", .type = YAML_TYPE_BOOL, .since = CLC_MINOR(0, 7) },
};

/* Releases of a program that configs may name. */
struct range {
	const char *too_old;
	const char *too_new;
	const char *minor_too_new; /* warning */
	unsigned oldest;	   /* CLC_MINOR() */
};

static const struct range etcd_range = {
	.too_old = "Etcd version specified is not valid (too old)",
	.too_new = "Etcd version is not valid (too new)",
	.minor_too_new = "Etcd minor version specified is too new, only options available in the "
			 "previous minor version will be accepted",
	.oldest = CLC_MINOR(2, 3),
};

static const struct range flannel_range = {
	.too_old = "Flannel version specified is not valid (too old)",
	.minor_too_new = "Flannel minor version specified is too new, only options available in "
			 "the previous minor version will be accepted",
	.oldest = CLC_MINOR(0, 5),
};

bool clc_option_is_in(const struct clc_release *release, const struct clc_option *option)
{
	return option->since <= release->minor &&
	       (!option->until || release->minor < option->until);
}

static int reject(struct draft *draft, const struct yaml_node *section, const char *message)
{
	draft_report(draft, REPORT_ERROR, section->origin, "version", "%s", message);
	return -EINVAL;
}

/* "3.2.1-rc.0+x": three numbers; what follows them does not choose options. */
static int parse_version(struct draft *draft, const struct yaml_node *section, struct slice version,
			 uint64_t parts[static VERSION_PARTS])
{
	AUTO(text_done) struct text core = TEXT_INIT(TEXT_MESSAGE_MAX);
	size_t count = 0;

	text_append_slice(&core, version);
	text_truncate(&core, strcspn(text_str(&core), "-+"));
	for (const char *part = text_str(&core); part; count++) {
		const size_t length = strcspn(part, ".");

		if (count < VERSION_PARTS && number_parse_u64((struct slice){ part, length }, 0,
							      PART_MAX, &parts[count]) < 0) {
			draft_report(draft, REPORT_ERROR, section->origin, "version",
				     "strconv.ParseInt: parsing \"%.*s\": invalid syntax",
				     (int)length, part);
			return -EINVAL;
		}
		part = part[length] == '.' ? part + length + 1 : NULL;
	}
	if (count == VERSION_PARTS)
		return 0;
	draft_report(draft, REPORT_ERROR, section->origin, "version",
		     "%.*s is not in dotted-tri format", SLICE_ARGS(version));
	return -EINVAL;
}

static void warn_newer(struct draft *draft, const struct yaml_node *section,
		       const struct range *range)
{
	draft_report(draft, REPORT_WARNING, section->origin, "version", "%s", range->minor_too_new);
}

/* @parts of an absent version are zero. */
static bool is_before(const uint64_t *parts, unsigned oldest)
{
	return parts[0] < oldest / 100 || (parts[0] == oldest / 100 && parts[1] < oldest % 100);
}

int clc_etcd_release(struct draft *draft, const struct yaml_node *section, struct slice version,
		     struct clc_release *ret)
{
	uint64_t parts[VERSION_PARTS] = { 3, 0, 0 };
	const unsigned newest[] = { [2] = 3, [3] = 3 };

	if (version.data && parse_version(draft, section, version, parts) < 0)
		return -EINVAL;
	if (is_before(parts, etcd_range.oldest))
		return reject(draft, section, etcd_range.too_old);
	if (parts[0] >= ARRAY_SIZE(newest))
		return reject(draft, section, etcd_range.too_new);
	if (parts[1] > newest[parts[0]]) {
		warn_newer(draft, section, &etcd_range);
		parts[1] = newest[parts[0]];
	}
	*ret = (struct clc_release){
		.options = parts[0] == 2 ? etcd2 : etcd3,
		.count = parts[0] == 2 ? ARRAY_SIZE(etcd2) : ARRAY_SIZE(etcd3),
		.minor = CLC_MINOR((unsigned)parts[0], (unsigned)parts[1]),
		.number = version,
	};
	return 0;
}

int clc_flannel_release(struct draft *draft, const struct yaml_node *section, struct slice version,
			struct clc_release *ret)
{
	const unsigned newest = 7;
	uint64_t parts[VERSION_PARTS] = { 0, 6, 0 };

	if (version.data && parse_version(draft, section, version, parts) < 0)
		return -EINVAL;
	if (is_before(parts, flannel_range.oldest))
		return reject(draft, section, flannel_range.too_old);
	if (parts[0] > 0 || parts[1] > newest) {
		warn_newer(draft, section, &flannel_range);
		parts[1] = newest;
	}
	*ret = (struct clc_release){
		.options = flannel,
		.count = ARRAY_SIZE(flannel),
		.minor = CLC_MINOR(0, (unsigned)parts[1]),
		.number = version,
	};
	return 0;
}
