/* Every mode below 010000 that upstream's list of bad ones has, and some that it has not. */
#include "config/mode.h"

#include "tap.h"

struct row {
	const char *label;
	int64_t mode;
	bool file;
	bool directory;
};

static const struct row rows[] = {
	{ "nothing", 0, false, false },
	{ "0644 in octal", 0644, false, false },
	{ "0755 in octal", 0755, false, false },
	{ "644 in decimal is 01204", 644, true, false },
	{ "755 in decimal is 01363", 755, true, true },
	{ "600 in decimal", 600, true, false },
	{ "700 in decimal", 700, true, true },
	{ "777 in decimal", 777, true, true },
	{ "400 in decimal", 400, true, false },
	{ "440 in decimal", 440, true, false },
	{ "420 is 0644", 420, false, false },
	{ "493 is 0755", 493, false, false },
	{ "1777 in decimal is a sticky directory", 1777, false, true },
	{ "4755 in decimal is a setuid program", 4755, true, false },
	{ "4755 in octal", 04755, false, false },
	{ "digits that octal does not have", 689, false, false },
	{ "five digits", 10644, false, false },
	{ "a negative number", -644, false, false },
	{ "0204 makes no sense, and 132 none either", 132, false, false },
};

static bool has_no_octal_digits(int64_t mode)
{
	for (; mode; mode /= 10)
		if (mode % 10 > 7)
			return true;
	return false;
}

int main(void)
{
	bool stays_silent = true;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tap_int(mode_looks_decimal(rows[i].mode, MODE_OF_FILE), rows[i].file,
			rows[i].label);
		tap_int(mode_looks_decimal(rows[i].mode, MODE_OF_DIRECTORY), rows[i].directory,
			rows[i].label);
	}
	for (int64_t mode = -1; mode <= 10000; mode++)
		if (has_no_octal_digits(mode))
			stays_silent &= !mode_looks_decimal(mode, MODE_OF_FILE) &&
					!mode_looks_decimal(mode, MODE_OF_DIRECTORY);
	tap_ok(stays_silent, "an 8 or a 9 is no octal digit");
	return tap_done();
}
