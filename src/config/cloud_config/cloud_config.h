/*
 * cloud_config - CoreOS cloud-configs, for programs that want more of one than the Ignition config
 * it stands for (config/front_end.h).
 */
#ifndef SLIPWAY_CONFIG_CLOUD_CONFIG_CLOUD_CONFIG_H
#define SLIPWAY_CONFIG_CLOUD_CONFIG_CLOUD_CONFIG_H

#include "config/front_end.h"

/**
 * cloud_config_validate - what upstream's validator says about a text (spec configs 1.12), and
 * nothing of what lowering adds.
 *
 * Texts are taken as they are: addresses are not put in.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when the text is no YAML, reported.
 */
int cloud_config_validate(const struct front_end_input *input, struct error *err);

#endif
