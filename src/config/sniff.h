/*
 * sniff - which dialect a text is in.
 *
 * Owns: the order of the tests (spec configs 0.1, 0.2), and hints for authors of texts that are
 * refused.
 * Leaves to others: who takes which dialect at boot (the profile, ignition/dialects), and
 * decompression.
 */
#ifndef SLIPWAY_CONFIG_SNIFF_H
#define SLIPWAY_CONFIG_SNIFF_H

#include "base/text.h"

enum dialect {
	DIALECT_UNKNOWN,
	DIALECT_EMPTY,
	DIALECT_GZIP,	      /* of whatever is in it */
	DIALECT_IGNITION,     /* any version, 1 and 2 too */
	DIALECT_CLOUD_CONFIG, /* CoreOS' */
	DIALECT_CLOUD_INIT,   /* cloud-init's, its containers included */
	DIALECT_SCRIPT,
	DIALECT_BUTANE,
	DIALECT_CLC,
	DIALECT_COUNT,
};

/* The first line of a Container Linux Config that wants to be taken for one at boot. */
#define SNIFF_CLC_HEADER "#container-linux-config"

/** dialect_name - as options have it: "butane", "clc", "cloud-config"; static. */
const char *dialect_name(enum dialect dialect);

/** dialect_title - as messages name it: "a Butane config"; static. */
const char *dialect_title(enum dialect dialect);

/** dialect_parse - the dialect called @name.  Return: DIALECT_UNKNOWN: there is none. */
enum dialect dialect_parse(const char *name);

/**
 * sniff_dialect - what @text is.  Only what is announced is certain: "#container-linux-config" is,
 * a mapping with sections of a Container Linux Config is a guess that no boot may rely on.
 */
enum dialect sniff_dialect(struct slice text);

/** sniff_announces_clc - whether the first line of @text is SNIFF_CLC_HEADER. */
bool sniff_announces_clc(struct slice text);

/** sniff_has_cloud_config_header - whether the first line of @text is "#cloud-config". */
bool sniff_has_cloud_config_header(struct slice text);

/** sniff_hint - what @text is and what to do about it; static; NULL when nothing comes to mind. */
const char *sniff_hint(struct slice text);

#endif
