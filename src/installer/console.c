#include "installer/console.h"

#include <errno.h>

#include "base/number.h"

#define UNIT_MAX      255
#define SPEED_DEFAULT 9600
#define SPEED_MAX     4000000
#define BITS_DEFAULT  8
#define BITS_MIN      5

static const char *const serial_prefixes[] = { "ttyS", "ttyAMA" };

/* Consoles that have a name and no more. */
static const struct {
	const char *name;
	bool is_graphical;
} plain_consoles[] = {
	{ "tty0", true },
	{ "hvc0", false },
	{ "ttysclp0", false },
};

static size_t count_digits(struct slice text)
{
	size_t count = 0;

	while (count < text.length && text.data[count] >= '0' && text.data[count] <= '9')
		count++;
	return count;
}

static bool parse_number(struct slice text, uint64_t max, unsigned *ret)
{
	uint64_t number = 0;

	if (number_parse_u64(text, 0, max, &number) < 0)
		return false;
	*ret = (unsigned)number;
	return true;
}

/* "<speed>[<parity>[<bits>]]" */
static bool parse_line(struct slice text, struct console *ret)
{
	size_t digits = count_digits(text);

	if (!parse_number((struct slice){ text.data, digits }, SPEED_MAX, &ret->speed) ||
	    ret->speed == 0)
		return false;
	text = slice_from(text, digits);
	if (text.length == 0)
		return true;
	ret->parity = text.data[0];
	if (ret->parity != 'n' && ret->parity != 'o' && ret->parity != 'e')
		return false;
	text = slice_from(text, 1);
	return text.length == 0 ||
	       (text.length == 1 && parse_number(text, BITS_DEFAULT, &ret->bits) &&
		ret->bits >= BITS_MIN);
}

/* A serial console behind @prefix.  Return: whether @text is one. */
static bool parse_serial(struct slice text, const char *prefix, struct console *ret)
{
	size_t skip = strlen(prefix);

	if (!slice_starts(text, prefix))
		return false;
	size_t digits = count_digits(slice_from(text, skip));
	struct slice rest = slice_from(text, skip + digits);

	*ret = (struct console){ .device = { text.data, skip + digits },
				 .is_serial = true,
				 .speed = SPEED_DEFAULT,
				 .parity = 'n',
				 .bits = BITS_DEFAULT };
	if (!parse_number((struct slice){ text.data + skip, digits }, UNIT_MAX, &ret->unit))
		return false;
	return rest.length == 0 || (rest.data[0] == ',' && parse_line(slice_from(rest, 1), ret));
}

int console_parse(struct slice text, struct console *ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain_consoles); i++) {
		if (!slice_is(text, plain_consoles[i].name))
			continue;
		*ret = (struct console){ .device = text,
					 .is_graphical = plain_consoles[i].is_graphical };
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(serial_prefixes); i++)
		if (parse_serial(text, serial_prefixes[i], ret))
			return 0;
	return error_set(err, ERROR_INPUT, EINVAL,
			 "console \"%.*s\" is none of tty0, hvc0, ttysclp0, ttyS<n> and ttyAMA<n>, "
			 "these two with [,<speed>[<parity n, o or e>[<bits 5 to 8>]]]",
			 SLICE_ARGS(text));
}

void console_append_karg(const struct console *console, struct text *out)
{
	text_printf(out, "console=%.*s", SLICE_ARGS(console->device));
	if (console->is_serial)
		text_printf(out, ",%u%c%u", console->speed, console->parity, console->bits);
}

static const char *grub_parity(char parity)
{
	return parity == 'o' ? "odd" : parity == 'e' ? "even" : "no";
}

void consoles_append_grub(const struct console *consoles, size_t count, struct text *out)
{
	bool has_serial = false;
	bool has_graphical = false;

	for (size_t i = 0; i < count; i++) {
		const struct console *console = &consoles[i];

		has_serial |= console->is_serial;
		has_graphical |= console->is_graphical;
		if (console->is_serial)
			text_printf(out, "serial --unit=%u --speed=%u --word=%u --parity=%s\n",
				    console->unit, console->speed, console->bits,
				    grub_parity(console->parity));
	}
	if (!has_serial && !has_graphical)
		return;
	/* Sorted, each once. */
	const char *names = has_serial && has_graphical ? "console serial"
			    : has_serial		? "serial"
							: "console";

	text_printf(out, "terminal_input %s\nterminal_output %s\n", names, names);
}
