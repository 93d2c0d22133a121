/*
 * report_sarif - reports as a log that code hosts and editors read (SARIF 2.1.0, OASIS).
 *
 * Owns: the form; columns in code points, as SARIF counts them, from ours in bytes.
 */
#ifndef SLIPWAY_BASE_REPORT_SARIF_H
#define SLIPWAY_BASE_REPORT_SARIF_H

#include "base/report.h"

/**
 * report_render_sarif - one log with one run, of all entries of all @reports.
 *
 * An entry's rule is its ruleId; one without is "config-error", "config-warning" or "config-info".
 *
 * Return: 0; -E2BIG, @out unchanged.
 */
int report_render_sarif(const struct report *const *reports, size_t count, struct text *out);

#endif
