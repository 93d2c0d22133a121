/*
 * model - a CoreOS cloud-config as typed structs.
 *
 * Owns: the structs, and nothing else (spec configs 1.7).
 */
#ifndef SLIPWAY_CONFIG_CLOUD_CONFIG_MODEL_H
#define SLIPWAY_CONFIG_CLOUD_CONFIG_MODEL_H

#include "config/model.h"
#include "config/yaml_decode.h"

struct cloud_file {
	struct origin origin;
	struct slice path;
	struct slice content;
	struct slice owner;
	struct slice permissions;
	struct slice encoding;
};

struct cloud_user {
	struct origin origin;
	struct slice name;
	struct slice passwd;
	struct config_list ssh_authorized_keys; /* struct config_text */
	struct slice import_github;
	struct config_list import_github_users; /* struct config_text */
	struct slice import_url;
	struct slice gecos;
	struct slice homedir;
	struct config_bool no_create_home;
	struct slice primary_group;
	struct config_list groups; /* struct config_text */
	struct config_bool no_user_group;
	struct config_bool is_system;
	struct config_bool no_log_init;
	struct slice shell;
};

struct cloud_dropin {
	struct origin origin;
	struct slice name;
	struct slice content;
};

struct cloud_unit {
	struct origin origin;
	struct slice name;
	struct config_bool mask;
	struct config_bool enable;
	struct config_bool runtime;
	struct slice content;
	struct slice command;
	struct config_list drop_ins; /* struct cloud_dropin */
};

struct cloud_update {
	struct origin origin;
	struct slice reboot_strategy;
	struct slice group;
	struct slice server;
};

struct cloud_oem {
	struct origin origin;
	struct slice id;
	struct slice name;
	struct slice version_id;
	struct slice home_url;
	struct slice bug_report_url;
};

struct cloud_coreos {
	struct origin origin;
	struct yaml_node etcd;
	struct yaml_node etcd2;
	struct yaml_node flannel;
	struct yaml_node fleet;
	struct yaml_node locksmith;
	struct cloud_oem oem;
	struct cloud_update update;
	struct config_list units; /* struct cloud_unit */
};

struct cloud_config {
	struct origin origin;
	struct config_list ssh_authorized_keys; /* struct config_text */
	struct cloud_coreos coreos;
	struct config_list write_files; /* struct cloud_file */
	struct slice hostname;
	struct config_list users; /* struct cloud_user */
	struct slice manage_etc_hosts;
};

#endif
