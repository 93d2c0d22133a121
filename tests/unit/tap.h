/*
 * tap - unit tests that speak the Test Anything Protocol.
 *
 * One row is one line whose label states the behaviour; a failure prints what was wanted and got.
 * Include in the one .c file of a test program; end main with `return tap_done();`.
 */
#ifndef SLIPWAY_TESTS_TAP_H
#define SLIPWAY_TESTS_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static unsigned tap_count, tap_failed;

/* One row: @ok, and the behaviour it states. */
__attribute__((format(printf, 2, 3), unused)) static bool tap_ok(bool ok, const char *label, ...)
{
	va_list args;

	tap_count++;
	tap_failed += !ok;
	printf("%sok %u - ", ok ? "" : "not ", tap_count);
	va_start(args, label);
	vprintf(label, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	return ok;
}

__attribute__((unused)) static bool tap_int(int64_t got, int64_t want, const char *label)
{
	bool ok = tap_ok(got == want, "%s", label);

	if (!ok)
		printf("#   want %" PRId64 "\n#   got  %" PRId64 "\n", want, got);
	return ok;
}

__attribute__((unused)) static bool tap_str(const char *got, const char *want, const char *label)
{
	bool ok = tap_ok(got && want ? strcmp(got, want) == 0 : got == want, "%s", label);

	if (!ok)
		printf("#   want %s\n#   got  %s\n", want ? want : "(null)", got ? got : "(null)");
	return ok;
}

__attribute__((unused)) static int tap_done(void)
{
	printf("1..%u\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif
