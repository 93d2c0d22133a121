/*
 * model - a Container Linux Config as typed structs.
 *
 * Owns: the structs, and nothing else (spec configs 3.2).  What is the same in Ignition's model is
 * taken from there.
 */
#ifndef SLIPWAY_CONFIG_CLC_MODEL_H
#define SLIPWAY_CONFIG_CLC_MODEL_H

#include "config/model.h"
#include "config/yaml_decode.h"

struct clc_hash {
	struct origin origin;
	struct slice function;
	struct slice sum;
};

struct clc_verification {
	struct origin origin;
	struct clc_hash hash;
};

/* Of another config, or of a bundle of authorities. */
struct clc_reference {
	struct origin origin;
	struct slice source;
	struct clc_verification verification;
};

struct clc_refs {
	struct origin origin;
	struct config_list append; /* struct clc_reference */
	struct clc_reference replace;
};

struct clc_tls {
	struct origin origin;
	struct config_list certificate_authorities; /* struct clc_reference */
};

struct clc_security {
	struct origin origin;
	struct clc_tls tls;
};

struct clc_ignition {
	struct origin origin;
	struct clc_refs config;
	struct config_timeouts timeouts;
	struct clc_security security;
};

struct clc_partition {
	struct origin origin;
	struct slice label;
	struct config_int number;
	struct slice size;
	struct slice start;
	struct slice guid;
	struct slice type_guid;
};

struct clc_disk {
	struct origin origin;
	struct slice device;
	struct config_bool wipe_table;
	struct config_list partitions; /* struct clc_partition */
};

struct clc_mount_create {
	struct origin origin;
	struct config_bool force;
	struct config_list options; /* struct config_text */
};

struct clc_mount {
	struct origin origin;
	struct slice device;
	struct slice format;
	struct clc_mount_create create;
	struct config_bool wipe_filesystem;
	struct slice label;
	struct slice uuid;
	struct config_list options; /* struct config_text */
};

struct clc_filesystem {
	struct origin origin;
	struct slice name;
	struct clc_mount mount;
	struct slice path;
};

/* What files, directories and links begin with. */
struct clc_node {
	struct origin origin;
	struct slice filesystem;
	struct slice path;
	struct config_owner user;
	struct config_owner group;
	struct config_bool overwrite;
};

struct clc_remote {
	struct origin origin;
	struct slice url;
	struct slice compression;
	struct clc_verification verification;
};

struct clc_contents {
	struct origin origin;
	struct clc_remote remote;
	struct slice inline_text;
	struct slice local;
};

struct clc_file {
	struct clc_node node;
	struct config_int mode;
	struct clc_contents contents;
	struct config_bool append;
};

struct clc_directory {
	struct clc_node node;
	struct config_int mode;
};

struct clc_link {
	struct clc_node node;
	struct config_bool hard;
	struct slice target;
};

struct clc_storage {
	struct origin origin;
	struct config_list disks;	/* struct clc_disk */
	struct config_list raid;	/* struct config_raid */
	struct config_list filesystems; /* struct clc_filesystem */
	struct config_list files;	/* struct clc_file */
	struct config_list directories; /* struct clc_directory */
	struct config_list links;	/* struct clc_link */
};

struct clc_unit {
	struct origin origin;
	struct slice name;
	struct config_bool enable;
	struct config_bool enabled;
	struct config_bool mask;
	struct slice contents;
	struct config_list dropins; /* struct config_dropin */
};

/* Of systemd, and of networkd. */
struct clc_units {
	struct origin origin;
	struct config_list units; /* struct clc_unit */
};

struct clc_user_create {
	struct origin origin;
	struct config_int uid;
	struct slice gecos;
	struct slice home_dir;
	struct config_bool no_create_home;
	struct slice primary_group;
	struct config_list groups; /* struct config_text */
	struct config_bool no_user_group;
	struct config_bool is_system;
	struct config_bool no_log_init;
	struct slice shell;
};

struct clc_user {
	struct clc_user_create flat; /* its origin is the user's */
	struct slice name;
	struct slice password_hash;
	struct config_list ssh_authorized_keys; /* struct config_text */
	struct clc_user_create create;
};

struct clc_passwd {
	struct origin origin;
	struct config_list users;  /* struct clc_user */
	struct config_list groups; /* struct config_group */
};

struct clc_docker {
	struct origin origin;
	struct config_list flags; /* struct config_text */
};

struct clc_update {
	struct origin origin;
	struct slice group;
	struct slice server;
};

struct clc_locksmith {
	struct origin origin;
	struct slice reboot_strategy;
	struct slice window_start;
	struct slice window_length;
	struct slice group;
	struct slice etcd_endpoints;
	struct slice etcd_cafile;
	struct slice etcd_certfile;
	struct slice etcd_keyfile;
};

struct clc_config {
	struct origin origin;
	struct config_int version;
	struct clc_ignition ignition;
	struct clc_storage storage;
	struct clc_units systemd;
	struct clc_units networkd;
	struct clc_passwd passwd;
	struct yaml_node etcd;
	struct yaml_node flannel;
	struct clc_docker docker;
	struct clc_update update;
	struct clc_locksmith locksmith;
};

#endif
