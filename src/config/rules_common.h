/*
 * rules_common - what the files of rules share: how an entry is added, and rules on single texts.
 *
 * Owns: messages that several objects use.  Only config/rules_*.c include it.
 */
#ifndef SLIPWAY_CONFIG_RULES_COMMON_H
#define SLIPWAY_CONFIG_RULES_COMMON_H

#include "base/error.h"
#include "config/rules.h"

/* A step below a path: RULES_KEY(context->path, "mode"), RULES_INDEX(list, 3). */
#define RULES_KEY(above, name)	  (&(struct report_path){ .parent = (above), .key = SLICE(name) })
#define RULES_INDEX(above, place) (&(struct report_path){ .parent = (above), .index = (place) })

/* An entry of an array of checks that holds in every version, and the end of an array. */
#define RULES_ALWAYS(check)                                                                        \
	{                                                                                          \
		.since = SPEC_OLDEST, .until = SPEC_NEWEST, .run = (check)                         \
	}
#define RULES_END                                                                                  \
	{                                                                                          \
		.run = NULL                                                                        \
	}

/* Ceiling of texts that are made of the config's own, which is capped when it is read. */
#define RULES_TEXT_MAX (SIZE_MAX / 2)

#define RULES_URL_UNPARSEABLE "unable to parse url"
#define RULES_URL_SCHEME      "invalid url scheme"

/**
 * rules_error - one entry, unless @fault is NULL.
 * @fault: upstream's words
 *
 * Return: the entry, so that the caller can set a hint; NULL when there is none.
 */
struct report_entry *rules_error(const struct check_context *context,
				 const struct report_path *path, const char *fault);

/** rules_warn - as rules_error(), as a warning. */
struct report_entry *rules_warn(const struct check_context *context, const struct report_path *path,
				const char *fault);

/** rules_path - the rules that every path and device obeys: given, absolute and clean. */
void rules_path(const struct check_context *context, const struct report_path *path,
		struct slice value);

/** rules_url - an entry at @path unless @url may be fetched in this version; empty is allowed. */
void rules_url(const struct check_context *context, const struct report_path *path,
	       struct slice url);

/**
 * rules_url_check - whether something may be fetched from @url in the version of @context.
 *
 * Return: 0; -EINVAL with upstream's words in @err.
 */
int rules_url_check(const struct check_context *context, struct slice url, struct error *err);

/** rules_scheme_is - whether @scheme as written is @name, without regard to case. */
bool rules_scheme_is(struct slice scheme, const char *name);

/** rules_contains - whether @c is in @s. */
static inline bool rules_contains(struct slice s, char c)
{
	return s.data && memchr(s.data, c, s.length);
}

/** rules_is_true - whether @value is given as true. */
static inline bool rules_is_true(struct config_bool value)
{
	return value.is_set && value.value;
}

/** rules_is_false - whether @value is given as false. */
static inline bool rules_is_false(struct config_bool value)
{
	return value.is_set && !value.value;
}

#endif
