/*
 * lowering - one Butane text on its way to an Ignition config: what the steps share.
 *
 * Owns: the state, and entries of the report in the user's own names and places.  Only
 * config/butane includes it.
 *
 * The steps: decode (nodes into both models), rules (of the source), desugar (resources, units,
 * keys, trees, quadlets, boot_device, grub), limits (of the variant), and the rules of Ignition on
 * what became of it.  Whatever sugar makes has the origin of the sugar.
 */
#ifndef SLIPWAY_CONFIG_BUTANE_LOWERING_H
#define SLIPWAY_CONFIG_BUTANE_LOWERING_H

#include "base/deflate.h"
#include "base/node.h"
#include "config/butane/dialect.h"
#include "config/butane/model.h"
#include "config/butane/places.h"
#include "config/pool.h"
#include "config/supplies.h"

/* An object of the text, in document order. */
struct butane_object {
	const struct schema *schema; /* Ignition's, or Butane's own */
	void *object;
	const struct schema *beside_schema;
	void *beside; /* what Butane says about @object beyond Ignition; NULL: nothing */
};

struct butane_lowering {
	struct config_pool *pool;
	struct arena *arena; /* the pool's */
	struct document *document;
	const struct butane_dialect *dialect;
	struct supplies *supplies;
	struct report *report;
	struct config *config;
	const struct butane_top *top;
	struct butane_object *objects; /* owned */
	size_t object_count;
	size_t object_capacity;
	struct butane_places *places; /* owned; NULL until something is to be reported */
	struct deflate *deflate;      /* owned; NULL until something is to be compressed */
};

/** butane_lowering_done - release what @lowering owns. */
void butane_lowering_done(struct butane_lowering *lowering);

/**
 * butane_report - one more entry about an object that somebody wrote.
 * @origin: of the object
 * @rest: steps below it in Butane's names, ".contents.inline", which need not exist; "" for none
 *
 * Return: the entry, so that the caller can set a hint.
 */
struct report_entry *butane_report(struct butane_lowering *lowering, enum report_severity severity,
				   struct origin origin, const char *rest, const char *message);

/** butane_error - butane_report() of an error. */
void butane_error(struct butane_lowering *lowering, struct origin origin, const char *rest,
		  const char *message);

/** butane_warn - butane_report() of a warning. */
void butane_warn(struct butane_lowering *lowering, struct origin origin, const char *rest,
		 const char *message);

/** butane_place - what begins at @origin; 0: nothing does.  @ret_path: of it; may be NULL */
uint32_t butane_place(struct butane_lowering *lowering, struct origin origin,
		      const struct report_path **ret_path);

/** butane_child - what @step, a key or an index, leads to from @node; 0: nothing. */
uint32_t butane_child(struct document *document, uint32_t node, struct slice step);

/** butane_relocate - entries about the config in Ignition's names, as entries about the text. */
void butane_relocate(struct butane_lowering *lowering, const struct report *report);

/** butane_has_errors - whether the report has errors. */
static inline bool butane_has_errors(const struct butane_lowering *lowering)
{
	return report_has_errors(lowering->report);
}

/**
 * butane_supply - contents of the local file @name.
 * @rest: the member that names it, for what goes wrong
 *
 * Return: its bytes; empty while it is missing, and after an error was reported.
 */
struct slice butane_supply(struct butane_lowering *lowering, struct slice name,
			   struct origin origin, const char *rest);

/** butane_decode - fill the config, the top and the objects; mistakes are reported. */
void butane_decode(struct butane_lowering *lowering);

/** butane_check_source - the rules on what the user wrote (spec configs 4.5). */
void butane_check_source(struct butane_lowering *lowering);

/** butane_check_boot_device - those on boot_device. */
void butane_check_boot_device(struct butane_lowering *lowering, const void *object);

/** butane_check_disk - those on partitions of the boot disk and of others. */
void butane_check_disk(struct butane_lowering *lowering, const void *object);

/** butane_desugar - the config becomes one of Ignition; mistakes are reported. */
void butane_desugar(struct butane_lowering *lowering);

/** butane_lower_resources - inline and local contents become URLs. */
void butane_lower_resources(struct butane_lowering *lowering);

/** butane_lower_trees - files, links and directories of trees, then quadlets, join the config. */
void butane_lower_trees(struct butane_lowering *lowering);

/** butane_lower_mounts - a unit for each filesystem that wants one. */
void butane_lower_mounts(struct butane_lowering *lowering);

/** butane_lower_boot_device - disks, arrays, volumes and filesystems of boot_device. */
void butane_lower_boot_device(struct butane_lowering *lowering);

/** butane_lower_grub - the file that protects GRUB's menu. */
void butane_lower_grub(struct butane_lowering *lowering);

/** butane_lower_openshift - what only OpenShift does to a config. */
void butane_lower_openshift(struct butane_lowering *lowering);

/** butane_check_limits - what the variant does not allow in a generated config. */
void butane_check_limits(struct butane_lowering *lowering);

/** butane_check_generated - Ignition's own rules, in the user's own places. */
void butane_check_generated(struct butane_lowering *lowering);

/** butane_put_parent - @parent, which sugar made, comes under what the user wrote. */
void butane_put_parent(struct butane_lowering *lowering, const struct config *parent);

/** butane_set_contents - @resource delivers @bytes (spec configs 4.6). */
void butane_set_contents(struct butane_lowering *lowering, struct config_resource *resource,
			 struct slice bytes);

/**
 * butane_quadlet_template - whether @name is an instance of a template: "a@b.container".
 * @ret: where the template's name is appended, "a@.container"; may be NULL
 */
bool butane_quadlet_template(struct slice name, struct text *ret);

/** butane_is_true - whether @value is given as true. */
static inline bool butane_is_true(struct config_bool value)
{
	return value.is_set && value.value;
}

DEFINE_DONE(struct butane_lowering, butane_lowering_done)

#endif
