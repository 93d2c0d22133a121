/*
 * dialect_options - how programs that take a config of any dialect are told about it.
 *
 * Owns: --dialect, --platform and --files-dir, and local files for the front ends.
 */
#ifndef SLIPWAY_CLI_DIALECT_OPTIONS_H
#define SLIPWAY_CLI_DIALECT_OPTIONS_H

#include "cli/local_supplies.h"
#include "cli/options.h"
#include "ignition/interpret.h"

struct dialect_values {
	const char *dialect;
	const char *platform;
	const char *files_dir;
};

bool dialect_options_is_dialect(const char *name);

/* NOLINTBEGIN(bugprone-macro-parentheses): rows of a table cannot stand in them. */
/* Rows of an option table whose values have the member @member of struct dialect_values. */
#define DIALECT_OPTIONS(values, member)                                                            \
	{ .name = "dialect",                                                                       \
	  .type = CLI_CHOICE,                                                                      \
	  .offset = offsetof(values, member.dialect),                                              \
	  .argument = "NAME",                                                                      \
	  .is_valid = dialect_options_is_dialect,                                                  \
	  .expected = "ignition, butane, clc, cloud-config or script",                             \
	  .help = "what the config is, if it does not show" },                                     \
		{ .name = "platform",                                                              \
		  .type = CLI_STRING,                                                              \
		  .offset = offsetof(values, member.platform),                                     \
		  .argument = "NAME",                                                              \
		  .help = "the platform that a Container Linux Config is for" },                   \
	{                                                                                          \
		.name = "files-dir", .type = CLI_STRING,                                           \
		.offset = offsetof(values, member.files_dir), .argument = "DIR",                   \
		.help = "allow local files and trees below DIR"                                    \
	}
/* NOLINTEND(bugprone-macro-parentheses) */

/** dialect_options_choice - the dialect that was asked for; DIALECT_UNKNOWN: none was. */
enum dialect dialect_options_choice(const struct dialect_values *values);

/** dialect_options_helper - answers by @local, borrowed. */
struct interpret_helper dialect_options_helper(struct local_supplies *local);

#endif
