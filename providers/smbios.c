#include "providers/smbios.h"

/* type, length of the formatted area, handle */
#define HEADER_BYTES 4
#define END_OF_TABLE 127

/* What is before the two NULs that end it. */
static bool take_strings(struct slice *rest, struct slice *ret)
{
	const char *end = rest->length ? memmem(rest->data, rest->length, "\0\0", 2) : NULL;

	if (!end)
		return false;
	*ret = (struct slice){ rest->data, (size_t)(end - rest->data) };
	*rest = slice_from(*rest, ret->length + 2);
	return true;
}

/* Leads to the strings of the next structure of the wanted type. */
static bool next_structure(struct smbios_reader *reader)
{
	while (reader->table.length >= HEADER_BYTES) {
		unsigned type = (unsigned char)reader->table.data[0];
		size_t length = (unsigned char)reader->table.data[1];

		if (type == END_OF_TABLE || length < HEADER_BYTES || length > reader->table.length)
			break;
		reader->table = slice_from(reader->table, length);
		if (!take_strings(&reader->table, &reader->strings))
			break;
		if (type == reader->type)
			return true;
	}
	reader->table = reader->strings = (struct slice){ NULL, 0 };
	return false;
}

bool smbios_next_string(struct smbios_reader *reader, struct slice *ret)
{
	while (!reader->strings.length)
		if (!next_structure(reader))
			return false;
	ret->data = reader->strings.data;
	ret->length = strnlen(reader->strings.data, reader->strings.length);
	reader->strings = slice_from(reader->strings, ret->length + 1);
	return true;
}
