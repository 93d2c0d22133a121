/*
 * report_format - in which form a program prints its reports.
 *
 * Owns: the names for --format, and printing.  Leaves to others: each form (base/report,
 * base/report_sarif).
 */
#ifndef SLIPWAY_CLI_REPORT_FORMAT_H
#define SLIPWAY_CLI_REPORT_FORMAT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/report.h"

enum report_format {
	REPORT_FORMAT_HUMAN,
	REPORT_FORMAT_JSON,  /* one array for each report, each on a line */
	REPORT_FORMAT_SARIF, /* one log for all reports */
	REPORT_FORMAT_COUNT,
};

/** report_format_is_valid - whether @name is "human", "json" or "sarif". */
bool report_format_is_valid(const char *name);

/** report_format_parse - of a name that is valid. */
enum report_format report_format_parse(const char *name);

/** report_format_print - write all @reports to @out. */
void report_format_print(enum report_format format, const struct report *const *reports,
			 size_t count, FILE *out);

/* The rows of a table of options that take the form; members of @holder: format, as_json. */
#define REPORT_FORMAT_OPTIONS(holder)                                                              \
	{ .name = "format",                                                                        \
	  .type = CLI_CHOICE,                                                                      \
	  .offset = offsetof(struct holder, format),                                               \
	  .argument = "FORM",                                                                      \
	  .fallback = "human",                                                                     \
	  .is_valid = report_format_is_valid,                                                      \
	  .expected = "human, json or sarif",                                                      \
	  .help = "print the report as human, json or sarif" },                                    \
	{                                                                                          \
		.name = "json", .type = CLI_FLAG, .offset = offsetof(struct holder, as_json),      \
		.help = "the same as --format=json"                                                \
	}

#endif
