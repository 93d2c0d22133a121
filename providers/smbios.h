/*
 * smbios - strings in the firmware's table (DMTF DSP0134, 6.1).
 *
 * Owns: walking structures of a length that they state themselves, and the strings behind them.
 */
#ifndef SLIPWAY_PROVIDERS_SMBIOS_H
#define SLIPWAY_PROVIDERS_SMBIOS_H

#include <stdbool.h>

#include "base/text.h"

/* "OEM Strings", in which whoever starts a machine may say anything. */
#define SMBIOS_OEM_STRINGS 11

struct smbios_reader {
	struct slice table;   /* structures not looked at yet */
	struct slice strings; /* of the structure at hand, not handed out yet */
	unsigned type;	      /* of the structures whose strings are wanted */
};

/** SMBIOS_READER_INIT - at the beginning of @table_, which is borrowed. */
#define SMBIOS_READER_INIT(table_, type_)                                                          \
	((struct smbios_reader){ .table = (table_), .type = (type_) })

/**
 * smbios_next_string - the next string of a structure of the wanted type.
 *
 * Return: whether there was one; a table that breaks off ends there.
 */
bool smbios_next_string(struct smbios_reader *reader, struct slice *ret);

#endif
