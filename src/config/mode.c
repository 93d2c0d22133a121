#include "config/mode.h"

#define SETUID 04000
#define SETGID 02000
#define STICKY 01000

#define READ	(1U << 2)
#define WRITE	(1U << 1)
#define EXECUTE (1U << 0)

#define ANY_EXECUTE 0111
#define ANY_WRITE   0222
#define ANY_READ    0444
#define WORLD_WRITE 0002

/* The three bits of a class: 0 others, 1 the group, 2 the user. */
static unsigned bits_of(int64_t mode, unsigned class)
{
	return (unsigned)(mode >> (3 * class)) & 7U;
}

/* Nobody writes or executes what he may not read; who is closer to the file may not do less. */
static bool has_typical_classes(int64_t mode)
{
	unsigned below = 0;

	for (unsigned class = 0; class < 3; class ++) {
		const unsigned bits = bits_of(mode, class);

		if ((bits & below) != below)
			return false;
		if ((bits & (WRITE | EXECUTE)) && !(bits & READ))
			return false;
		if ((below & EXECUTE) && (bits & READ) && !(bits & EXECUTE))
			return false;
		below = bits;
	}
	return mode & ANY_READ;
}

static bool is_typical(int64_t mode, enum mode_of of)
{
	if (mode == 0)
		return true;
	if (!has_typical_classes(mode))
		return false;
	if (of == MODE_OF_DIRECTORY)
		return (mode & ANY_EXECUTE) && !(mode & SETUID) &&
		       (!(mode & (SETGID | STICKY)) || (mode & ANY_WRITE));
	if (mode & STICKY)
		return false;
	return !(mode & (SETUID | SETGID)) || ((mode & ANY_EXECUTE) && !(mode & WORLD_WRITE));
}

/* Return: whether the decimal digits of @mode can be read as octal. */
static bool reread(int64_t mode, int64_t *ret)
{
	int64_t octal = 0;

	if (mode < 0 || mode > 7777)
		return false;
	for (int64_t place = 1; mode; mode /= 10, place *= 8) {
		if (mode % 10 > 7)
			return false;
		octal += mode % 10 * place;
	}
	*ret = octal;
	return true;
}

bool mode_looks_decimal(int64_t mode, enum mode_of of)
{
	int64_t octal = 0;

	return !is_typical(mode, of) && reread(mode, &octal) && is_typical(octal, of);
}
