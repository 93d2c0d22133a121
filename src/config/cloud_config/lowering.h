/*
 * lowering - one CoreOS cloud-config on its way to Ignition: what the steps share.
 *
 * Owns: the state.  Only config/cloud_config includes it.
 */
#ifndef SLIPWAY_CONFIG_CLOUD_CONFIG_LOWERING_H
#define SLIPWAY_CONFIG_CLOUD_CONFIG_LOWERING_H

#include "config/cloud_config/model.h"
#include "config/draft.h"

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

/** cloud_lower_files - what write_files asks for. */
void cloud_lower_files(struct cloud_lowering *lowering);

/** cloud_lower_units - units as the user wrote them. */
void cloud_lower_units(struct cloud_lowering *lowering);

/** cloud_lower_services - what sections become: drop-ins and files. */
void cloud_lower_services(struct cloud_lowering *lowering);

/** cloud_lower_script - a script runs once, when the machine is up. */
void cloud_lower_script(struct draft *draft, struct slice text);

/** cloud_put_file - a file in place of one that is there already. */
struct config_file *cloud_put_file(struct draft *draft, struct slice path, int64_t mode,
				   struct slice contents, struct origin origin);

/** cloud_start_unit - @unit is started at boot, as the command start asks for. */
void cloud_start_unit(struct draft *draft, struct config_unit *unit, struct origin origin);

#endif
