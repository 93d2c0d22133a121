/*
 * model - an Ignition config of the newest 3.x spec as typed structs.
 *
 * Owns: the structs, and nothing else: what is legal, required, merged or secret stands in the
 * schema tables (config/schema.c), which know each member by its offset.  Every object begins with
 * its origin.  Strings are slices of the source text or of the pool; data NULL is "absent". Members
 * are those of spec ignition 2.1, in the spelling of style section 3.
 */
#ifndef SLIPWAY_CONFIG_MODEL_H
#define SLIPWAY_CONFIG_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/source.h"
#include "base/text.h"

/* Items are structs of the list's item schema, or struct config_text for lists of strings. */
struct config_list {
	void *items;
	size_t count;
};

/* NOLINTBEGIN(bugprone-macro-parentheses): a type or a declared name cannot stand in them. */
/* for (struct config_file *f in list) */
#define CONFIG_EACH(type, var, list)                                                               \
	for (type *var = (list)->items;                                                            \
	     (list)->count && var < (type *)(list)->items + (list)->count; var++)
#define CONFIG_AT(type, list, index) (&((type *)(list)->items)[index])
/* NOLINTEND(bugprone-macro-parentheses) */

struct config_int {
	int64_t value;
	bool is_set;
};

struct config_bool {
	bool value;
	bool is_set;
};

/* Element of a list of strings. */
struct config_text {
	struct origin origin;
	struct slice text;
};

struct config_header {
	struct origin origin;
	struct slice name;
	struct slice value; /* absent: remove the parent's header when merging */
};

struct config_verification {
	struct origin origin;
	struct slice hash;
};

struct config_resource {
	struct origin origin;
	struct slice compression;
	struct config_list http_headers; /* struct config_header */
	struct slice source;
	struct config_verification verification;
};

struct config_refs {
	struct origin origin;
	struct config_list merge; /* struct config_resource */
	struct config_resource replace;
};

struct config_proxy {
	struct origin origin;
	struct slice http_proxy;
	struct slice https_proxy;
	struct config_list no_proxy; /* struct config_text */
};

struct config_tls {
	struct origin origin;
	struct config_list certificate_authorities; /* struct config_resource */
};

struct config_security {
	struct origin origin;
	struct config_tls tls;
};

struct config_timeouts {
	struct origin origin;
	struct config_int http_response_headers; /* seconds */
	struct config_int http_total;		 /* seconds; 0 = unlimited */
};

struct config_ignition {
	struct origin origin;
	struct config_refs config;
	struct config_proxy proxy;
	struct config_security security;
	struct config_timeouts timeouts;
	struct slice version;
};

struct config_kargs {
	struct origin origin;
	struct config_list should_exist;     /* struct config_text */
	struct config_list should_not_exist; /* struct config_text */
};

struct config_group {
	struct origin origin;
	struct config_int gid;
	struct slice name;
	struct slice password_hash;
	struct config_bool should_exist;
	struct config_bool is_system;
};

struct config_user {
	struct origin origin;
	struct slice gecos;
	struct config_list groups; /* struct config_text */
	struct slice home_dir;
	struct slice name;
	struct config_bool no_create_home;
	struct config_bool no_log_init;
	struct config_bool no_user_group;
	struct slice password_hash;
	struct slice primary_group;
	struct config_list ssh_authorized_keys; /* struct config_text */
	struct slice shell;
	struct config_bool should_exist;
	struct config_bool is_system;
	struct config_int uid;
};

struct config_passwd {
	struct origin origin;
	struct config_list groups; /* struct config_group */
	struct config_list users;  /* struct config_user */
};

struct config_owner {
	struct origin origin;
	struct config_int id;
	struct slice name;
};

/* What files, directories and links begin with. */
struct config_node {
	struct origin origin;
	struct config_owner group;
	struct config_bool overwrite;
	struct slice path;
	struct config_owner user;
};

struct config_directory {
	struct config_node node;
	struct config_int mode;
};

struct config_file {
	struct config_node node;
	struct config_list append; /* struct config_resource */
	struct config_resource contents;
	struct config_int mode;
};

struct config_link {
	struct config_node node;
	struct config_bool hard;
	struct slice target;
};

struct config_partition {
	struct origin origin;
	struct slice guid;
	struct slice label;
	int64_t number; /* 0 = next free */
	struct config_bool resize;
	struct config_bool should_exist;
	struct config_int size_mib;
	struct config_int start_mib;
	struct slice type_guid;
	struct config_bool wipe_partition_entry;
};

struct config_disk {
	struct origin origin;
	struct slice device;
	struct config_list partitions; /* struct config_partition */
	struct config_bool wipe_table;
};

struct config_filesystem {
	struct origin origin;
	struct slice device;
	struct slice format;
	struct slice label;
	struct config_list mount_options; /* struct config_text */
	struct config_list options;	  /* struct config_text */
	struct slice path;
	struct slice uuid;
	struct config_bool wipe_filesystem;
};

struct config_cex {
	struct origin origin;
	struct config_bool enabled;
};

struct config_clevis_custom {
	struct origin origin;
	struct slice config;
	struct config_bool needs_network;
	struct slice pin;
};

struct config_tang {
	struct origin origin;
	struct slice advertisement;
	struct slice thumbprint;
	struct slice url;
};

struct config_clevis {
	struct origin origin;
	struct config_clevis_custom custom;
	struct config_list tang; /* struct config_tang */
	struct config_int threshold;
	struct config_bool tpm2;
};

struct config_luks {
	struct origin origin;
	struct config_cex cex;
	struct config_clevis clevis;
	struct slice device;
	struct config_bool discard;
	struct config_resource key_file;
	struct slice label;
	struct slice name;
	struct config_list open_options; /* struct config_text */
	struct config_list options;	 /* struct config_text */
	struct slice uuid;
	struct config_bool wipe_volume;
};

struct config_raid {
	struct origin origin;
	struct config_list devices; /* struct config_text */
	struct slice level;
	struct slice name;
	struct config_list options; /* struct config_text */
	struct config_int spares;
};

struct config_storage {
	struct origin origin;
	struct config_list directories; /* struct config_directory */
	struct config_list disks;	/* struct config_disk */
	struct config_list files;	/* struct config_file */
	struct config_list filesystems; /* struct config_filesystem */
	struct config_list links;	/* struct config_link */
	struct config_list luks;	/* struct config_luks */
	struct config_list raid;	/* struct config_raid */
};

struct config_dropin {
	struct origin origin;
	struct slice contents;
	struct slice name;
};

struct config_unit {
	struct origin origin;
	struct slice contents;
	struct config_list dropins; /* struct config_dropin */
	struct config_bool enabled;
	struct config_bool mask;
	struct slice name;
};

struct config_systemd {
	struct origin origin;
	struct config_list units; /* struct config_unit */
};

struct config {
	struct origin origin;
	struct config_ignition ignition;
	struct config_kargs kernel_arguments;
	struct config_passwd passwd;
	struct config_storage storage;
	struct config_systemd systemd;
};

#endif
