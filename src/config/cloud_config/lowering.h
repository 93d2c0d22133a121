/*
 * lowering - one CoreOS cloud-config on its way to Ignition: what the steps share.
 *
 * Owns: the state.  Only config/cloud_config includes it.
 */
#ifndef SLIPWAY_CONFIG_CLOUD_CONFIG_LOWERING_H
#define SLIPWAY_CONFIG_CLOUD_CONFIG_LOWERING_H

#include "config/cloud_config/model.h"
#include "config/cloud_config/options.h"
#include "config/draft.h"

/* Whose keys stand at the top level. */
#define CLOUD_CORE_USER "core"
/* The drop-in that a section becomes. */
#define CLOUD_DROPIN "20-cloudinit.conf"
/* Decoded contents of one file. */
#define CLOUD_CONTENT_MAX ((size_t)64 << 20)

struct cloud_lowering {
	struct draft draft;
	struct yaml_decode decode;
	const struct cloud_config *config;
};

/**
 * cloud_substitute - the text with addresses in place of $private_ipv4 and its like.
 * @ret: @input's own source when nothing had to be replaced
 *
 * An address that its supplier says it does not have is an error at the place that wants it.
 *
 * Return: 0; -EINVAL (ERROR_INPUT), reported; -EFBIG.
 */
int cloud_substitute(const struct front_end_input *input, const struct source **ret,
		     struct error *err);

/** cloud_check - the rules of upstream's validator (spec configs 1.12) on what the user wrote. */
void cloud_check(struct cloud_lowering *lowering);

/** cloud_lower_users - users, their keys, and those of user core. */
void cloud_lower_users(struct cloud_lowering *lowering);

/** cloud_lower_user_details - all of @user but his name and his keys. */
void cloud_lower_user_details(const struct cloud_user *user, struct config_user *out);

/** cloud_add_key - one more key of @list (struct config_text), unless it is there or empty. */
void cloud_add_key(struct draft *draft, struct config_list *list, struct slice key,
		   struct origin origin);
void cloud_add_keys(struct draft *draft, struct config_list *list, const struct config_list *keys);

/** cloud_import_keys - those at @url; @key is the member that asks, for messages. */
void cloud_import_keys(struct draft *draft, struct config_list *list, struct slice url,
		       struct origin origin, const char *key);

/** cloud_import_github - those of GitHub's user @name. */
void cloud_import_github(struct draft *draft, struct config_list *list, struct slice name,
			 struct origin origin);

/** cloud_lower_files - what write_files asks for. */
void cloud_lower_files(struct cloud_lowering *lowering);

/** cloud_lower_units - units as the user wrote them. */
void cloud_lower_units(struct cloud_lowering *lowering);

/** cloud_lower_services - what sections become: drop-ins and files. */
void cloud_lower_services(struct cloud_lowering *lowering);

/** cloud_lower_oem - /etc/oem-release, when it has an id. */
void cloud_lower_oem(struct cloud_lowering *lowering);

/** cloud_section_node - where @section is in the text; NULL: it is not. */
const struct yaml_node *cloud_section_node(const struct cloud_lowering *lowering,
					   const struct cloud_section *section);

/* What stands around each "NAME=value". */
struct cloud_section_form {
	const char *before;
	const char *after;
};

/** cloud_append_section - the variables that @section stands for. */
void cloud_append_section(struct cloud_lowering *lowering, const struct cloud_section *section,
			  const struct cloud_section_form *form, struct text *out);

/** cloud_append_dropin - the drop-in that says them; nothing when there are none. */
void cloud_append_dropin(struct cloud_lowering *lowering, const struct cloud_section *section,
			 struct text *out);

/** cloud_read - the document of @source, decoded and checked; none for what is no mapping. */
int cloud_read(struct cloud_lowering *lowering, const struct source *source, struct error *err);

/** cloud_unit_is_network - whether @name is of networkd's. */
bool cloud_unit_is_network(struct slice name);

/** cloud_lower_script - a script runs once, when the machine is up. */
void cloud_lower_script(struct draft *draft, struct slice text);

/** cloud_put_file - a file in place of one that is there already. */
struct config_file *cloud_put_file(struct draft *draft, struct slice path, int64_t mode,
				   struct slice contents, struct origin origin);

/** cloud_start_unit - @unit is started at boot, as the command start asks for. */
void cloud_start_unit(struct draft *draft, struct config_unit *unit, struct origin origin);

#endif
