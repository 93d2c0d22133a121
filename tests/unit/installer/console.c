/* --console: what is one, and what becomes of it (spec install-and-boot 3.10). */
#include "installer/console.h"

#include "tap.h"

static const struct {
	const char *label;
	const char *text;
	const char *want; /* kernel argument; NULL: refused */
	const char *want_grub;
} rows[] = {
	{ "the screen", "tty0", "console=tty0",
	  "terminal_input console\nterminal_output console\n" },
	{ "a hypervisor's console is none of GRUB's", "hvc0", "console=hvc0", "" },
	{ "one of s390x", "ttysclp0", "console=ttysclp0", "" },
	{ "a serial line has defaults", "ttyS0", "console=ttyS0,9600n8",
	  "serial --unit=0 --speed=9600 --word=8 --parity=no\nterminal_input serial\n"
	  "terminal_output serial\n" },
	{ "a speed alone", "ttyS1,115200", "console=ttyS1,115200n8",
	  "serial --unit=1 --speed=115200 --word=8 --parity=no\nterminal_input serial\n"
	  "terminal_output serial\n" },
	{ "speed and parity", "ttyAMA0,57600e", "console=ttyAMA0,57600e8",
	  "serial --unit=0 --speed=57600 --word=8 --parity=even\nterminal_input serial\n"
	  "terminal_output serial\n" },
	{ "all of it", "ttyS10,4800o5", "console=ttyS10,4800o5",
	  "serial --unit=10 --speed=4800 --word=5 --parity=odd\nterminal_input serial\n"
	  "terminal_output serial\n" },
	{ "another screen", "tty1", NULL, NULL },
	{ "no unit", "ttyS", NULL, NULL },
	{ "a comma and nothing", "ttyS0,", NULL, NULL },
	{ "no speed", "ttyS0,n8", NULL, NULL },
	{ "a speed of nothing", "ttyS0,0", NULL, NULL },
	{ "another parity", "ttyS0,9600x8", NULL, NULL },
	{ "four bits", "ttyS0,9600n4", NULL, NULL },
	{ "nine bits", "ttyS0,9600n9", NULL, NULL },
	{ "something behind it", "ttyS0,9600n8r", NULL, NULL },
	{ "a screen with a speed", "tty0,9600", NULL, NULL },
	{ "nothing", "", NULL, NULL },
	{ "a unit beyond all", "ttyS256", NULL, NULL },
};

static void check_several(void)
{
	AUTO(text_done) struct text grub = TEXT_INIT(TEXT_MESSAGE_MAX);
	struct console consoles[3];

	console_parse(slice_of("ttyS0"), &consoles[0], /* err= */ NULL);
	console_parse(slice_of("tty0"), &consoles[1], /* err= */ NULL);
	console_parse(slice_of("ttyS1"), &consoles[2], /* err= */ NULL);
	consoles_append_grub(consoles, ARRAY_SIZE(consoles), &grub);
	tap_str(text_str(&grub),
		"serial --unit=0 --speed=9600 --word=8 --parity=no\n"
		"serial --unit=1 --speed=9600 --word=8 --parity=no\n"
		"terminal_input console serial\nterminal_output console serial\n",
		"terminals are named once, in order");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(text_done) struct text karg = TEXT_INIT(TEXT_MESSAGE_MAX);
		AUTO(text_done) struct text grub = TEXT_INIT(TEXT_MESSAGE_MAX);
		struct console console;

		if (console_parse(slice_of(rows[i].text), &console, &err) < 0) {
			tap_ok(!rows[i].want && err.kind == ERROR_INPUT, "%s: refused",
			       rows[i].label);
			continue;
		}
		console_append_karg(&console, &karg);
		consoles_append_grub(&console, 1, &grub);
		tap_str(text_str(&karg), rows[i].want, rows[i].label);
		tap_str(text_str(&grub), rows[i].want_grub, rows[i].label);
	}
	check_several();
	return tap_done();
}
