/*
 * draft - an Ignition config that a front end is writing.
 *
 * Owns: adding files, units, drop-ins and users, each known by its name and made once; contents as
 * data URLs (spec configs 0.4); entries of the report at members of the user's text; and the rules
 * of Ignition on what became of it.
 * Leaves to others: what is written (the front ends), the rules themselves (config/rules).
 */
#ifndef SLIPWAY_CONFIG_DRAFT_H
#define SLIPWAY_CONFIG_DRAFT_H

#include "config/butane/places.h"
#include "config/front_end.h"
#include "config/key_map.h"
#include "config/yaml_decode.h"

/* Elements of a list by their names, the first of each. */
struct draft_names {
	struct key_map map;
	size_t count; /* elements of the list that are in it */
};

struct draft {
	const struct front_end_input *input;
	struct arena *arena;	   /* the pool's */
	struct document *document; /* of the user's text; NULL: it is no YAML */
	struct config *config;
	struct butane_places *places; /* owned; NULL until something is to be reported */
	struct draft_names files;
	struct draft_names links;
	struct draft_names units;
	struct draft_names users;
};

/** draft_init - nothing is written yet; end with draft_done(). */
void draft_init(struct draft *draft, const struct front_end_input *input);
void draft_done(struct draft *draft);

/**
 * draft_report - one more entry about an object of the text.
 * @key: of the member that it is about, "a-b" is found as "a_b" too; NULL: the object itself
 *
 * Return: the entry, so that the caller can set a hint.
 */
struct report_entry *draft_report(struct draft *draft, enum report_severity severity,
				  struct origin origin, const char *key, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/** draft_keep - a copy that lives as long as the pool. */
struct slice draft_keep(struct draft *draft, struct slice text);

/**
 * draft_add - one more element of @size bytes at the end of @list, zeroed but for its origin.
 * @list: empty, or filled by draft_add() alone
 */
void *draft_add(struct draft *draft, struct config_list *list, size_t size, struct origin origin);

/** draft_file - one more file at @path with mode @mode and what it contains, over whatever is
 * there.
 */
struct config_file *draft_file(struct draft *draft, struct slice path, int64_t mode,
			       struct slice contents, struct origin origin);

/** draft_find_file - the first file at @path; NULL: there is none yet. */
struct config_file *draft_find_file(struct draft *draft, struct slice path);

/** draft_has_link - whether there is a link at @path already. */
bool draft_has_link(struct draft *draft, struct slice path);

/** draft_link - one more symbolic link over whatever is at @path. */
struct config_link *draft_link(struct draft *draft, struct slice path, struct slice target,
			       struct origin origin);

/** draft_unit - the unit @name, added when it is not there yet. */
struct config_unit *draft_unit(struct draft *draft, struct slice name, struct origin origin);

/** draft_dropin - one more drop-in of @unit; it replaces one of the same name. */
void draft_dropin(struct draft *draft, struct config_unit *unit, struct slice name,
		  struct slice contents, struct origin origin);

/** draft_user - the user @name, added when it is not there yet. */
struct config_user *draft_user(struct draft *draft, struct slice name, struct origin origin);

/** draft_set_contents - @resource delivers @bytes. */
void draft_set_contents(struct draft *draft, struct config_resource *resource, struct slice bytes);

/**
 * draft_check - Ignition's rules of @version; what breaks them is reported where the user wrote it.
 * The config is then one of the newest version.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when the report has errors.
 */
int draft_check(struct draft *draft, enum spec_version version, struct error *err);

DEFINE_DONE(struct draft, draft_done)

#endif
