/*
 * report_excerpt - an entry of a report with the lines around it, as transpilers print it.
 *
 * Owns: the form (spec configs 4.4), what of a line may be shown, and colours.
 */
#ifndef SLIPWAY_CLI_REPORT_EXCERPT_H
#define SLIPWAY_CLI_REPORT_EXCERPT_H

#include "base/report.h"

enum report_colour {
	REPORT_PLAIN,
	REPORT_COLOURED,
};

/**
 * report_render_excerpt - severity, path and position, up to two lines before and behind the place,
 * carets below it with the message, and the hint.  Values of password_hash are masked.
 */
void report_render_excerpt(const struct report_entry *entry, enum report_colour colour,
			   struct text *out);

#endif
