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
	FIELD_INLINE = 1 << 4,	 /* object: its members stand in the parent (node in file) */
};

struct schema;

struct schema_field {
	const char *name;    /* JSON key */
	const char *go_name; /* as Go's type errors print it: "Mode" */
	enum field_type type;
	unsigned flags;		   /* enum field_flag */
	uint16_t offset;	   /* in the struct of this schema */
	uint8_t since;		   /* enum spec_version */
	const struct schema *item; /* FIELD_OBJECT, FIELD_LIST; NULL in a list: strings */
	const char *key_space; /* list: lists with the same word share their keys; NULL: its own */
	uint8_t plain_until;   /* last version + 1 in which the field was not a pointer; 0: as flags
				*/
	const char *description; /* one sentence for docs and JSON Schema */
};

/* What a check is given. */
struct check_context {
	struct report *report;
	const struct report_path *path; /* of the object; NULL at the root */
	enum spec_version version;
};

struct schema_check {
	uint8_t since; /* enum spec_version */
	uint8_t until; /* last version, inclusive */
	void (*run)(const struct check_context *context, const void *object);
};

struct schema {
	const char *go_name; /* as Go's type errors print it: "File" */
	size_t size;	     /* of the struct */
	const struct schema_field *fields;
	size_t field_count;
	const struct schema_check *checks; /* config/rules.h; ends with run NULL; NULL: no rules */
	/*
	 * Key of an element for lists of this schema: appended to @out; NULL when such lists never
	 * match elements.
	 */
	void (*key)(const void *object, struct text *out);
};

extern const struct schema config_schema;

/** schema_find - field named @key without regard to case at @version; exact match first; or NULL.
 */
const struct schema_field *schema_find(const struct schema *schema, struct slice key,
				       enum spec_version version);

#endif
