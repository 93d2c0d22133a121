#include "config/cloud_config/options.h"

#include "config/cloud_config/model.h"

#define ETCD2_OPTION	 "etcd2 options no longer work for etcd"
#define OBSOLETE_CA_FILE "ca_file obsoleted by trusted_ca_file and client_cert_auth"
#define OBSOLETE_PEER_CA_FILE                                                                      \
	"peer_ca_file obsoleted peer_trusted_ca_file and peer_client_cert_auth"

static const struct cloud_option etcd_options[] = {
	{ .key = "addr" },
	{ .key = "advertise_client_urls", .deprecated = ETCD2_OPTION },
	{ .key = "bind_addr" },
	{ .key = "ca_file" },
	{ .key = "cert_file" },
	{ .key = "cluster_active_size", .type = YAML_TYPE_INT },
	{ .key = "cluster_remove_delay", .type = YAML_TYPE_FLOAT },
	{ .key = "cluster_sync_interval", .type = YAML_TYPE_FLOAT },
	{ .key = "cors" },
	{ .key = "data_dir" },
	{ .key = "discovery" },
	{ .key = "discovery_fallback", .deprecated = ETCD2_OPTION },
	{ .key = "discovery_srv", .deprecated = ETCD2_OPTION },
	{ .key = "discovery_proxy", .deprecated = ETCD2_OPTION },
	{ .key = "election_timeout", .deprecated = ETCD2_OPTION, .type = YAML_TYPE_INT },
	{ .key = "force_new_cluster", .deprecated = ETCD2_OPTION, .type = YAML_TYPE_BOOL },
	{ .key = "graphite_host" },
	{ .key = "heartbeat_interval", .deprecated = ETCD2_OPTION, .type = YAML_TYPE_INT },
	{ .key = "http_read_timeout", .type = YAML_TYPE_FLOAT },
	{ .key = "http_write_timeout", .type = YAML_TYPE_FLOAT },
	{ .key = "initial_advertise_peer_urls", .deprecated = ETCD2_OPTION },
	{ .key = "initial_cluster", .deprecated = ETCD2_OPTION },
	{ .key = "initial_cluster_state", .deprecated = ETCD2_OPTION },
	{ .key = "initial_cluster_token", .deprecated = ETCD2_OPTION },
	{ .key = "key_file" },
	{ .key = "listen_client_urls", .deprecated = ETCD2_OPTION },
	{ .key = "listen_peer_urls", .deprecated = ETCD2_OPTION },
	{ .key = "max_result_buffer", .type = YAML_TYPE_INT },
	{ .key = "max_retry_attempts", .type = YAML_TYPE_INT },
	{ .key = "max_snapshots", .deprecated = ETCD2_OPTION, .type = YAML_TYPE_INT },
	{ .key = "max_wals", .deprecated = ETCD2_OPTION, .type = YAML_TYPE_INT },
	{ .key = "name" },
	{ .key = "peer_addr" },
	{ .key = "peer_bind_addr" },
	{ .key = "peer_ca_file" },
	{ .key = "peer_cert_file" },
	{ .key = "peer_election_timeout", .type = YAML_TYPE_INT },
	{ .key = "peer_heartbeat_interval", .type = YAML_TYPE_INT },
	{ .key = "peer_key_file" },
	{ .key = "peers" },
	{ .key = "peers_file" },
	{ .key = "proxy", .deprecated = ETCD2_OPTION },
	{ .key = "retry_interval", .type = YAML_TYPE_FLOAT },
	{ .key = "snapshot", .type = YAML_TYPE_BOOL },
	{ .key = "snapshot_count", .variable = "ETCD_SNAPSHOTCOUNT", .type = YAML_TYPE_INT },
	{ .key = "trace" },
	{ .key = "verbose", .type = YAML_TYPE_BOOL },
	{ .key = "very_verbose", .type = YAML_TYPE_BOOL },
	{ .key = "very_very_verbose", .type = YAML_TYPE_BOOL },
};

static const struct cloud_option etcd2_options[] = {
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
	{ .key = "proxy", .value = CLOUD_VALUE_PROXY },
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

static const struct cloud_option fleet_options[] = {
	{ .key = "agent_ttl" },
	{ .key = "authorized_keys_file" },
	{ .key = "disable_engine", .type = YAML_TYPE_BOOL },
	{ .key = "engine_reconcile_interval", .type = YAML_TYPE_FLOAT },
	{ .key = "etcd_cafile" },
	{ .key = "etcd_certfile" },
	{ .key = "etcd_keyfile" },
	{ .key = "etcd_key_prefix" },
	{ .key = "etcd_request_timeout", .type = YAML_TYPE_FLOAT },
	{ .key = "etcd_servers" },
	{ .key = "etcd_username" },
	{ .key = "etcd_password" },
	{ .key = "metadata" },
	{ .key = "public_ip" },
	{ .key = "token_limit", .type = YAML_TYPE_INT },
	{ .key = "verbosity", .type = YAML_TYPE_INT },
	{ .key = "verify_units", .type = YAML_TYPE_BOOL },
};

static const struct cloud_option flannel_options[] = {
	{ .key = "etcd_endpoints" }, { .key = "etcd_cafile" },
	{ .key = "etcd_certfile" },  { .key = "etcd_keyfile" },
	{ .key = "etcd_prefix" },    { .key = "etcd_username" },
	{ .key = "etcd_password" },  { .key = "ip_masq" },
	{ .key = "subnet_file" },    { .key = "interface", .variable = "FLANNELD_IFACE" },
	{ .key = "public_ip" },
};

static const struct cloud_option locksmith_options[] = {
	{ .key = "endpoint" },
	{ .key = "etcd_cafile" },
	{ .key = "etcd_certfile" },
	{ .key = "etcd_keyfile" },
	{ .key = "etcd_username" },
	{ .key = "etcd_password" },
	{ .key = "group" },
	{ .key = "window_start",
	  .variable = "REBOOT_WINDOW_START",
	  .value = CLOUD_VALUE_WINDOW_START },
	{ .key = "window_length",
	  .variable = "REBOOT_WINDOW_LENGTH",
	  .value = CLOUD_VALUE_WINDOW_LENGTH },
};

#define SECTION(name)                                                                              \
	.key = #name, .options = name##_options, .option_count = ARRAY_SIZE(name##_options),       \
	.offset = offsetof(struct cloud_coreos, name)

/* In the order in which they are applied. */
static const struct cloud_section sections[] = {
	{ SECTION(etcd), .prefix = "ETCD_", .unit = "etcd.service",
	  .deprecated = "etcd is no longer shipped in Container Linux" },
	{ SECTION(etcd2), .prefix = "ETCD_", .unit = "etcd2.service",
	  .deprecated = "etcd2 is no longer shipped in Container Linux" },
	{ SECTION(fleet), .prefix = "FLEET_", .unit = "fleet.service",
	  .deprecated = "fleet is no longer shipped in Container Linux" },
	{ SECTION(locksmith), .prefix = "LOCKSMITHD_", .unit = "locksmithd.service" },
	{ SECTION(flannel), .prefix = "FLANNELD_", .unit = "flanneld.service" },
};

const struct cloud_section *cloud_section_at(size_t index)
{
	return index < ARRAY_SIZE(sections) ? &sections[index] : NULL;
}
