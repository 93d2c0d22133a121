/*
 * model - what a Butane config says beyond Ignition, as typed structs.
 *
 * Owns: the structs, and nothing else.  Those that add members to an object of Ignition's model
 * (config/model.h) live beside it: config/butane/lowering.h links the two, and
 * their origin is that of the first value that such a member was given.
 */
#ifndef SLIPWAY_CONFIG_BUTANE_MODEL_H
#define SLIPWAY_CONFIG_BUTANE_MODEL_H

#include "config/model.h"

/* Beside a resource. */
struct butane_resource {
	struct origin origin;
	struct slice inline_text;
	struct slice local;
};

/* Beside a filesystem. */
struct butane_filesystem {
	struct origin origin;
	struct config_bool with_mount_unit;
};

/* Beside a unit or a drop-in. */
struct butane_unit {
	struct origin origin;
	struct slice contents_local;
};

/* Beside a user. */
struct butane_user {
	struct origin origin;
	struct config_list ssh_authorized_keys_local; /* struct config_text */
};

struct butane_tree {
	struct origin origin;
	struct config_int dir_mode;
	struct config_int file_mode;
	struct config_owner group;
	struct slice local;
	struct slice path;
	struct config_owner user;
};

/* Beside storage. */
struct butane_storage {
	struct origin origin;
	struct config_list trees; /* struct butane_tree */
};

struct butane_quadlet_dropin {
	struct origin origin;
	struct slice contents;
	struct slice contents_local;
	struct slice name;
};

struct butane_quadlet {
	struct origin origin;
	struct slice contents;
	struct slice contents_local;
	struct config_list dropins; /* struct butane_quadlet_dropin */
	struct slice name;
	struct config_bool rootful;
};

/* Beside systemd. */
struct butane_systemd {
	struct origin origin;
	struct config_list quadlets; /* struct butane_quadlet */
};

struct butane_boot_luks {
	struct origin origin;
	struct config_cex cex;
	struct slice device;
	struct config_bool discard;
	struct config_list tang; /* struct config_tang */
	struct config_int threshold;
	struct config_bool tpm2;
};

struct butane_mirror {
	struct origin origin;
	struct config_list devices; /* struct config_text */
};

struct butane_boot_device {
	struct origin origin;
	struct slice layout;
	struct butane_boot_luks luks;
	struct butane_mirror mirror;
};

struct butane_grub_user {
	struct origin origin;
	struct slice name;
	struct slice password_hash;
};

struct butane_grub {
	struct origin origin;
	struct config_list users; /* struct butane_grub_user */
};

struct butane_label {
	struct origin origin;
	struct slice name;
	struct slice value;
};

/* A mapping whose keys are the user's own. */
struct butane_labels {
	struct origin origin;
	struct config_list entries; /* struct butane_label */
};

struct butane_metadata {
	struct origin origin;
	struct butane_labels labels;
	struct slice name;
};

struct butane_openshift {
	struct origin origin;
	struct config_list extensions; /* struct config_text */
	struct config_bool fips;
	struct config_list kernel_arguments; /* struct config_text */
	struct slice kernel_type;
};

/* Beside the config itself. */
struct butane_top {
	struct origin origin;
	struct butane_boot_device boot_device;
	struct butane_grub grub;
	struct butane_metadata metadata;
	struct butane_openshift openshift;
	struct slice variant;
	struct slice version;
};

#endif
