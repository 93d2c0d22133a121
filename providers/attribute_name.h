/*
 * attribute_name - what attributes are called outside: AFTERBURN_AWS_REGION, COREOS_EC2_REGION.
 *
 * Owns: the two names that each attribute has, and which attribute stands for a role.
 */
#ifndef SLIPWAY_PROVIDERS_ATTRIBUTE_NAME_H
#define SLIPWAY_PROVIDERS_ATTRIBUTE_NAME_H

#include "config/platform_role.h"
#include "providers/provider.h"

#define ATTRIBUTE_AFTERBURN "AFTERBURN_"
#define ATTRIBUTE_COREOS    "COREOS_"

/**
 * attribute_name_coreos - "COREOS_EC2_REGION" for "AWS_REGION": with the platform's older word.
 *
 * Return: freed with free().
 */
char *attribute_name_coreos(const struct provider *provider, const char *attribute);

/** attribute_name_of_role - without prefix; NULL: the platform does not tell it as an attribute. */
const char *attribute_name_of_role(const struct provider *provider, enum platform_role role);

/** attribute_find - an attribute by any of its names, or without prefix; NULL: there is none. */
const char *attribute_find(const struct provider *provider, const struct metadata *metadata,
			   const char *name);

#endif
