/*
 * schema - the Ignition 3.x spec as tables.
 *
 * Owns: for each object its members: name, type, offset in the model, versions, presence, secrecy,
 * merge rule, and the checks that apply to it.  Decode, unknown-key warnings, merge, translation,
 * encode, JSON Schema, documentation and the fuzz dictionary all read these tables; no other place
 * knows what a config may contain.  Member order is upstream's (spec ignition 10.1).
 */
#ifndef SLIPWAY_CONFIG_SCHEMA_H
#define SLIPWAY_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/report.h"
#include "config/model.h"

enum spec_version {
	SPEC_3_0,
	SPEC_3_1,
	SPEC_3_2,
	SPEC_3_3,
	SPEC_3_4,
	SPEC_3_5,
	SPEC_3_6,
	SPEC_3_7_EXPERIMENTAL,
	SPEC_VERSION_COUNT,
};
#define SPEC_OLDEST SPEC_3_0
#define SPEC_NEWEST SPEC_3_7_EXPERIMENTAL

/** spec_version_name - "3.6.0", "3.7.0-experimental". */
const char *spec_version_name(enum spec_version version);

enum field_type {
	FIELD_STRING, /* struct slice */
	FIELD_INT,    /* struct config_int, or int64_t when FIELD_PLAIN */
	FIELD_BOOL,   /* struct config_bool */
	FIELD_OBJECT, /* embedded struct of field->item */
	FIELD_LIST,   /* struct config_list of field->item */
};

enum field_flag {
	FIELD_PLAIN = 1 << 0,  /* not a pointer upstream: absent equals zero, a child always wins */
	FIELD_SECRET = 1 << 1, /* never in a log, a report or a dump */
	FIELD_REQUIRED = 1 << 2, /* for JSON Schema and docs; the rule itself is a check */
	FIELD_APPEND = 1 << 3,	 /* list: merge appends instead of matching keys */
	FIELD_INLINE = 1 << 4,	 /* object at offset 0: its members stand in the parent */
	FIELD_POINTER = 1 << 5,	 /* object: a pointer upstream: null and absent are no object */
	FIELD_REMOVES = 1 << 6,	 /* absent in a child's element: merge drops the parent's element */
	FIELD_URL = 1 << 7,	 /* a URL: payload, user and query are not for dumps */
};

struct schema;

/*
 * A member.  Where a later version changed its type, each form has its own row; rows with one name
 * stand together, and exactly one of them is valid at a version.
 */
struct schema_field {
	const char *name;    /* JSON key */
	const char *go_name; /* upstream's name of the member: the order of walks */
	enum field_type type;
	unsigned flags;		   /* enum field_flag */
	uint16_t offset;	   /* in the struct of this schema */
	uint8_t since;		   /* first enum spec_version that knows it in this form */
	uint8_t removed;	   /* first that does not any more; 0: all later ones do */
	const struct schema *item; /* FIELD_OBJECT, FIELD_LIST; NULL in a list: strings */
	const char *key_space; /* list: lists with the same word share their keys; NULL: its own */
	const char *go_type; /* list: as type errors print it, "[]types.Device"; NULL: from item */
	const char *description; /* one sentence for docs and JSON Schema */
};

/* What a check is given. */
struct check_context {
	struct report *report;
	const struct report_path *path; /* of the object; NULL at the root */
	enum spec_version version;
	unsigned dialect; /* enum config_dialect */
};

struct schema_check {
	uint8_t since; /* enum spec_version */
	uint8_t until; /* last version, inclusive */
	void (*run)(const struct check_context *context, const void *object);
};

struct schema {
	const char *go_name; /* as Go's type errors print it: "File" */
	const char *go_type; /* the same with its package; NULL: "types." before go_name */
	size_t size;	     /* of the struct */
	const struct schema_field *fields;
	size_t field_count;
	const struct schema_check *checks; /* config/rules.h; ends with run NULL; NULL: no rules */
	/* Elements of lists are known by the string at key_offset, or by what key computes in
	 * @arena; when neither is set such lists never match elements. */
	uint16_t key_offset;
	struct slice (*key)(const void *object, struct arena *arena);
};

extern const struct schema config_schema;
/* Objects that are looked for wherever they stand. */
extern const struct schema resource_schema;
extern const struct schema tang_schema;
extern const struct schema clevis_custom_schema;

/** schema_field_known - whether @version has @field in this form. */
static inline bool schema_field_known(const struct schema_field *field, enum spec_version version)
{
	return field->since <= version && (!field->removed || version < field->removed);
}

/**
 * schema_find - the member that Go would decode @key into at @version: the same name, else the same
 * without regard to case; members of inline objects are found too (their offset is 0).
 *
 * Return: NULL when there is none.
 */
const struct schema_field *schema_find(const struct schema *schema, struct slice key,
				       enum spec_version version);

/** schema_find_exact - as schema_find(), names compared bytewise. */
const struct schema_field *schema_find_exact(const struct schema *schema, struct slice key,
					     enum spec_version version);

/** schema_list_key - what merging and duplicate checks know element @index of @list by. */
struct slice schema_list_key(const struct schema_field *field, const struct config_list *list,
			     size_t index, struct arena *arena);

/** schema_list_is_keyed - whether elements of @field are matched by their keys. */
bool schema_list_is_keyed(const struct schema_field *field);

/** schema_item_size - bytes of one element of the list @field. */
size_t schema_item_size(const struct schema_field *field);

/** schema_is_zero - whether @member of @field says nothing: absent, or zero where that is the same.
 */
bool schema_is_zero(const struct schema_field *field, const void *member);

/** schema_is_zero_object - whether all members are, in the forms of SPEC_NEWEST. */
bool schema_is_zero_object(const struct schema *schema, const void *object);

/** schema_origin - of the object that @object points to: every object begins with it. */
static inline struct origin *schema_origin(const void *object)
{
	return (struct origin *)object;
}

/** schema_member - the member @field of @object. */
static inline void *schema_member(const struct schema_field *field, const void *object)
{
	return (char *)object + field->offset;
}

#endif
