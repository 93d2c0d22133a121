/* schema_ignition - tables of ignition, of what it refers to, and of kernel arguments. */
#include "config/schema_tables.h"

static const struct schema_field header_fields[] = {
	{ MEMBER("name", "Name", FIELD_STRING, config_header, name),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED, .since = SPEC_3_1,
	  .description = "Name of the header." },
	{ MEMBER("value", "Value", FIELD_STRING, config_header, value),
	  .flags = FIELD_SECRET | FIELD_REMOVES, .since = SPEC_3_1,
	  .description = "Value of the header; absent removes a header that the parent set." },
};

static const struct schema header_schema = { SCHEMA("HTTPHeader", config_header, header_fields),
					     .checks = rules_header,
					     KEYED_BY(config_header, name) };

static const struct schema_field verification_fields[] = {
	{ MEMBER("hash", "Hash", FIELD_STRING, config_verification, hash),
	  .description = "Expected digest: sha512-<hex>, from 3.1 on also sha256-<hex>." },
};

static const struct schema verification_schema = { SCHEMA("Verification", config_verification,
							  verification_fields),
						   .checks = rules_verification };

#define RESOURCE_COMPRESSION                                                                       \
	MEMBER("compression", "Compression", FIELD_STRING, config_resource, compression),          \
		.description = "Compression of the bytes at the source: none or gzip."
#define RESOURCE_SOURCE                                                                            \
	MEMBER("source", "Source", FIELD_STRING, config_resource, source),                         \
		.description = "URL of the bytes."
#define RESOURCE_VERIFICATION                                                                      \
	MEMBER("verification", "Verification", FIELD_OBJECT, config_resource, verification),       \
		.item = &verification_schema, .description = "What the bytes are checked against."

static const struct schema_field resource_fields[] = {
	{ RESOURCE_COMPRESSION },
	{ MEMBER("httpHeaders", "HTTPHeaders", FIELD_LIST, config_resource, http_headers),
	  .item = &header_schema, .go_type = "types.HTTPHeaders", .since = SPEC_3_1,
	  .description = "Headers of the HTTP request." },
	{ RESOURCE_SOURCE, .flags = FIELD_URL },
	{ RESOURCE_VERIFICATION },
};

const struct schema resource_schema = { SCHEMA("Resource", config_resource, resource_fields),
					.checks = rules_resource,
					KEYED_BY(config_resource, source) };

/* Spec 3.0 had three narrower types in place of Resource. */
static const struct schema_field file_contents_3_0_fields[] = {
	{ RESOURCE_COMPRESSION },
	{ RESOURCE_SOURCE, .flags = FIELD_URL },
	{ RESOURCE_VERIFICATION },
};

const struct schema file_contents_3_0_schema = {
	SCHEMA("FileContents", config_resource, file_contents_3_0_fields), .checks = rules_resource,
	KEYED_BY(config_resource, source)
};

static const struct schema_field reference_3_0_fields[] = {
	{ RESOURCE_SOURCE, .flags = FIELD_URL },
	{ RESOURCE_VERIFICATION },
};

static const struct schema reference_3_0_schema = {
	SCHEMA("ConfigReference", config_resource, reference_3_0_fields),
	.checks = rules_reference_3_0, KEYED_BY(config_resource, source)
};

static const struct schema_field authority_3_0_fields[] = {
	{ RESOURCE_SOURCE, .flags = FIELD_URL | FIELD_PLAIN | FIELD_REQUIRED, .removed = SPEC_3_1 },
	{ RESOURCE_VERIFICATION },
};

static const struct schema authority_3_0_schema = {
	SCHEMA("CaReference", config_resource, authority_3_0_fields), .checks = rules_authority_3_0,
	KEYED_BY(config_resource, source)
};

#define REFS_MERGE                                                                                 \
	MEMBER("merge", "Merge", FIELD_LIST, config_refs, merge),                                  \
		.description = "Configs that are merged over this one, in order."
#define REFS_REPLACE                                                                               \
	MEMBER("replace", "Replace", FIELD_OBJECT, config_refs, replace),                          \
		.description = "Config that takes the place of this one."

static const struct schema_field refs_fields[] = {
	{ REFS_MERGE, .item = &reference_3_0_schema, .removed = SPEC_3_1 },
	{ REFS_MERGE, .item = &resource_schema, .since = SPEC_3_1 },
	{ REFS_REPLACE, .item = &reference_3_0_schema, .removed = SPEC_3_1 },
	{ REFS_REPLACE, .item = &resource_schema, .since = SPEC_3_1 },
};

static const struct schema refs_schema = { SCHEMA("IgnitionConfig", config_refs, refs_fields),
					   .checks = rules_refs };

static const struct schema_field proxy_fields[] = {
	{ MEMBER("httpProxy", "HTTPProxy", FIELD_STRING, config_proxy, http_proxy),
	  .flags = FIELD_URL, .since = SPEC_3_1,
	  .description = "Proxy of requests with scheme http." },
	{ MEMBER("httpsProxy", "HTTPSProxy", FIELD_STRING, config_proxy, https_proxy),
	  .flags = FIELD_URL, .since = SPEC_3_1,
	  .description = "Proxy of requests with scheme https." },
	{ MEMBER("noProxy", "NoProxy", FIELD_LIST, config_proxy, no_proxy),
	  .go_type = "[]types.NoProxyItem", .since = SPEC_3_1,
	  .description = "Hosts, domains and networks that are reached without a proxy." },
};

static const struct schema proxy_schema = { SCHEMA("Proxy", config_proxy, proxy_fields),
					    .checks = rules_proxy };

#define TLS_AUTHORITIES                                                                            \
	MEMBER("certificateAuthorities", "CertificateAuthorities", FIELD_LIST, config_tls,         \
	       certificate_authorities),                                                           \
		.description = "Bundles of PEM certificates to trust beside the system's."

static const struct schema_field tls_fields[] = {
	{ TLS_AUTHORITIES, .item = &authority_3_0_schema, .removed = SPEC_3_1 },
	{ TLS_AUTHORITIES, .item = &resource_schema, .since = SPEC_3_1 },
};

static const struct schema tls_schema = { SCHEMA("TLS", config_tls, tls_fields),
					  .checks = rules_tls };

static const struct schema_field security_fields[] = {
	{ MEMBER("tls", "TLS", FIELD_OBJECT, config_security, tls), .item = &tls_schema,
	  .description = "Trust in servers." },
};

static const struct schema security_schema = { SCHEMA("Security", config_security,
						      security_fields) };

static const struct schema_field timeouts_fields[] = {
	{ MEMBER("httpResponseHeaders", "HTTPResponseHeaders", FIELD_INT, config_timeouts,
		 http_response_headers),
	  .description = "Seconds to wait for the headers of a response; 0 is no limit." },
	{ MEMBER("httpTotal", "HTTPTotal", FIELD_INT, config_timeouts, http_total),
	  .description = "Seconds for a request with all its retries; 0 is no limit." },
};

static const struct schema timeouts_schema = { SCHEMA("Timeouts", config_timeouts,
						      timeouts_fields) };

static const struct schema_field ignition_fields[] = {
	{ MEMBER("config", "Config", FIELD_OBJECT, config_ignition, config), .item = &refs_schema,
	  .description = "Other configs that belong to this one." },
	{ MEMBER("proxy", "Proxy", FIELD_OBJECT, config_ignition, proxy), .item = &proxy_schema,
	  .since = SPEC_3_1, .description = "Proxies of HTTP requests." },
	{ MEMBER("security", "Security", FIELD_OBJECT, config_ignition, security),
	  .item = &security_schema, .description = "Network security." },
	{ MEMBER("timeouts", "Timeouts", FIELD_OBJECT, config_ignition, timeouts),
	  .item = &timeouts_schema, .description = "Limits of HTTP requests." },
	{ MEMBER("version", "Version", FIELD_STRING, config_ignition, version),
	  .flags = FIELD_PLAIN | FIELD_REQUIRED,
	  .description = "Version of the spec that the config is written in." },
};

const struct schema ignition_schema = { SCHEMA("Ignition", config_ignition, ignition_fields),
					.checks = rules_ignition };

static const struct schema_field kernel_arguments_fields[] = {
	{ MEMBER("shouldExist", "ShouldExist", FIELD_LIST, config_kargs, should_exist),
	  .go_type = "[]types.KernelArgument", .key_space = "argument", .since = SPEC_3_3,
	  .description = "Arguments to add where they are missing." },
	{ MEMBER("shouldNotExist", "ShouldNotExist", FIELD_LIST, config_kargs, should_not_exist),
	  .go_type = "[]types.KernelArgument", .key_space = "argument", .since = SPEC_3_3,
	  .description = "Arguments to remove where they are present." },
};

const struct schema kernel_arguments_schema = { SCHEMA("KernelArguments", config_kargs,
						       kernel_arguments_fields) };
