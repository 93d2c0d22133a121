/*
 * mode - permission bits that were meant to be octal and are not.
 *
 * Owns: the plausibility check of spec configs 4.11, which every dialect with numbers for modes
 * makes.
 */
#ifndef SLIPWAY_CONFIG_MODE_H
#define SLIPWAY_CONFIG_MODE_H

#include <stdbool.h>
#include <stdint.h>

#define MODE_DECIMAL_WARNING                                                                       \
	"unreasonable mode would be reasonable if specified in octal; remember to add a leading "  \
	"zero"

enum mode_of {
	MODE_OF_FILE,
	MODE_OF_DIRECTORY,
};

/** mode_looks_decimal - whether @mode makes no sense, and its decimal digits read as octal do. */
bool mode_looks_decimal(int64_t mode, enum mode_of of);

#endif
