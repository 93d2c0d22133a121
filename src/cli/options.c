#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/text.h"

/* Where help texts begin, and the indent of what follows. */
#define HELP_COLUMN 30
/* getopt values of long options: far from any character. */
#define LONG_BASE 0x1000

static const struct cli_option common_options[] = {
	{ .name = "help", .letter = 'h', .type = CLI_FLAG, .help = "show this help and exit" },
	{ .name = "version", .type = CLI_FLAG, .help = "print the version and exit" },
};

static void print_option(const struct cli_program *program, const struct cli_option *option,
			 FILE *out)
{
	AUTO(text_done) struct text line = TEXT_INIT(TEXT_MESSAGE_MAX);
	bool is_go = program->syntax == CLI_GO;

	if (option->letter && !is_go)
		text_printf(&line, "  -%c, ", option->letter);
	else
		text_append_str(&line, is_go ? "  " : "      ");
	text_printf(&line, "%s%s", is_go ? "-" : "--", option->name);
	if (option->bare)
		text_printf(&line, "[=%s]", option->argument);
	else if (option->argument)
		text_printf(&line, "%c%s", is_go ? ' ' : '=', option->argument);
	if (line.length >= HELP_COLUMN)
		text_printf(&line, "\n%*s", HELP_COLUMN, "");
	fprintf(out, "%-*s%s", HELP_COLUMN, text_str(&line), option->help);
	if (option->fallback)
		fprintf(out, " (default %s)", option->fallback);
	fputc('\n', out);
}

void cli_print_help(const struct cli_program *program, FILE *out)
{
	fprintf(out, "Usage: %s [options]%s%s\n\n%s\n\nOptions:\n", program->name,
		program->operands ? " " : "", program->operands ? program->operands : "",
		program->summary);
	for (size_t i = 0; i < program->option_count; i++)
		if (!program->options[i].is_hidden)
			print_option(program, &program->options[i], out);
	for (size_t i = 0; i < ARRAY_SIZE(common_options); i++) {
		struct cli_option option = common_options[i];

		if (strcmp(option.name, "version") == 0)
			option.letter = program->version_letter;
		print_option(program, &option, out);
	}
	if (program->details)
		fprintf(out, "\n%s\n", program->details);
}

/* One name per line, with '=' behind those that take a value. */
static void list_options(const struct cli_program *program)
{
	const char *dash = program->syntax == CLI_GO ? "-" : "--";

	for (size_t i = 0; i < program->option_count; i++)
		if (!program->options[i].is_hidden)
			printf("%s%s%s\n", dash, program->options[i].name,
			       program->options[i].argument ? "=" : "");
	for (size_t i = 0; i < ARRAY_SIZE(common_options); i++)
		printf("%s%s\n", dash, common_options[i].name);
}

int cli_usage_error(const struct cli_program *program, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	if (program->syntax == CLI_GO)
		cli_print_help(program, stderr);
	else
		fprintf(stderr, "Try '%s --help'.\n", program->name);
	return CLI_EXIT_USAGE;
}

int cli_finish(const struct cli_program *program, int status)
{
	bool has_failed = ferror(stdout);

	if (fflush(stdout) == 0 && !has_failed)
		return status;
	fprintf(stderr, "%s: write to standard output: %s\n", program->name,
		strerrordesc_np(errno));
	return 1;
}

/* Answers the options that every program has.  Return: whether @name was one. */
static bool answer_common(const struct cli_program *program, const char *name, int *ret_status)
{
	*ret_status = 0;
	if (strcmp(name, "help") == 0 || strcmp(name, "h") == 0) {
		/* Go's flag package prints usage on standard error. */
		cli_print_help(program, program->syntax == CLI_GO ? stderr : stdout);
		return true;
	}
	if (strcmp(name, "version") == 0) {
		printf("%s %s\n", program->version_name ?: program->name, PACKAGE_VERSION);
		return true;
	}
	if (strcmp(name, "list-options") == 0) {
		list_options(program);
		return true;
	}
	return false;
}

void cli_list_done(struct cli_list *list)
{
	free(list->items);
	*list = (struct cli_list){ .items = NULL };
}

static void append_value(struct cli_list *list, const char *value)
{
	list->items = xreallocarray(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = value;
}

/* Stores @value.  Return: 0; -1 after a message. */
static int store(const struct cli_program *program, const struct cli_option *option,
		 const char *value, void *values)
{
	char *target = (char *)values + option->offset;
	int64_t duration_ms = 0;
	uint64_t size_bytes = 0;

	switch (option->type) {
	case CLI_FLAG:
		*(bool *)target = true;
		return 0;
	case CLI_DURATION:
		if (number_parse_duration(slice_of(value), &duration_ms) < 0) {
			cli_usage_error(program, "invalid value \"%s\" for flag -%s: parse error",
					value, option->name);
			return -1;
		}
		*(int64_t *)(void *)target = duration_ms;
		return 0;
	case CLI_SIZE:
		if (number_parse_size(slice_of(value), &size_bytes) == 0) {
			*(uint64_t *)(void *)target = size_bytes;
			return 0;
		}
		cli_usage_error(program, "invalid value \"%s\" for --%s: not a size such as 8G",
				value, option->name);
		return -1;
	case CLI_CHOICE:
		if (!option->is_valid(value)) {
			cli_usage_error(program, "invalid value \"%s\" for flag -%s: %s is not %s",
					value, option->name, value, option->expected);
			return -1;
		}
		break;
	case CLI_LIST:
		append_value((struct cli_list *)(void *)target, value);
		return 0;
	case CLI_STRING:
		break;
	}
	*(const char **)(void *)target = value;
	return 0;
}

static const struct cli_option *find_option(const struct cli_program *program, struct slice name)
{
	for (size_t i = 0; i < program->option_count; i++) {
		if (slice_is(name, program->options[i].name))
			return &program->options[i];
	}
	return NULL;
}

/* A boolean flag with "=value", as Go's strconv.ParseBool reads it. */
static int store_go_flag(const struct cli_program *program, const struct cli_option *option,
			 struct slice value, void *values)
{
	static const char *const words[2][6] = {
		{ "0", "f", "F", "false", "FALSE", "False" },
		{ "1", "t", "T", "true", "TRUE", "True" },
	};

	for (size_t truth = 0; truth < ARRAY_SIZE(words); truth++) {
		for (size_t i = 0; i < ARRAY_SIZE(words[truth]); i++) {
			if (!slice_is(value, words[truth][i]))
				continue;
			*(bool *)((char *)values + option->offset) = truth == 1;
			return 0;
		}
	}
	cli_usage_error(program, "invalid boolean value \"%.*s\" for -%s: parse error",
			SLICE_ARGS(value), option->name);
	return -1;
}

/* One "-name", "-name=value" or "-name value"; *at moves past what was used. */
static int parse_go_word(const struct cli_program *program, char **argv, int *at, void *values,
			 int *ret_status)
{
	const char *word = argv[*at] + 1 + (argv[*at][1] == '-');
	const char *equals = strchr(word, '=');
	struct slice name = { word, equals ? (size_t)(equals - word) : strlen(word) };
	AUTO_FREE char *name_text = slice_dup(name);

	*ret_status = CLI_EXIT_USAGE;
	(*at)++;
	if (name.length == 0 || word[0] == '-') {
		cli_usage_error(program, "bad flag syntax: %s", argv[*at - 1]);
		return -1;
	}

	const struct cli_option *option = find_option(program, name);

	if (!option) {
		if (!answer_common(program, name_text, ret_status))
			*ret_status = cli_usage_error(program, "flag provided but not defined: -%s",
						      name_text);
		return -1;
	}
	if (option->type == CLI_FLAG)
		return equals ? store_go_flag(program, option, slice_of(equals + 1), values)
			      : store(program, option, NULL, values);

	const char *value = equals ? equals + 1 : argv[*at];

	if (!value) {
		cli_usage_error(program, "flag needs an argument: -%s", name_text);
		return -1;
	}
	*at += !equals;
	return store(program, option, value, values);
}

static int parse_go(const struct cli_program *program, int argc, char **argv, void *values,
		    int *ret_operand, int *ret_status)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0') {
		if (strcmp(argv[at], "--") == 0) {
			at++;
			break;
		}
		if (parse_go_word(program, argv, &at, values, ret_status) < 0)
			return -1;
	}
	*ret_operand = at;
	*ret_status = 0;
	return 0;
}

static void add_long_option(struct option *ret, const struct cli_option *option, int value)
{
	const int with_argument = option->bare ? optional_argument : required_argument;

	*ret = (struct option){ .name = option->name,
				.has_arg = option->argument ? with_argument : no_argument,
				.val = value };
}

/* The option that getopt calls @c; NULL: one that every program has. */
static const struct cli_option *option_of(const struct cli_program *program, int c)
{
	const size_t index = c >= LONG_BASE ? (size_t)(c - LONG_BASE) : program->option_count;

	if (index < program->option_count)
		return &program->options[index];
	for (size_t i = 0; i < program->option_count; i++)
		if (c && program->options[i].letter == c)
			return &program->options[i];
	return NULL;
}

/* The name of a letter that every program has. */
static const char *common_name(int letter)
{
	return letter == 'h' ? "help" : "version";
}

static int parse_gnu(const struct cli_program *program, int argc, char **argv, void *values,
		     int *ret_operand, int *ret_status)
{
	static const struct cli_option list_option = { .name = "list-options" };
	const size_t own = program->option_count;
	const size_t total = own + ARRAY_SIZE(common_options) + 1;
	AUTO_FREE struct option *longs = xcalloc(total + 1, sizeof(*longs));
	AUTO(text_done) struct text letters = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_char(&letters, 'h');
	if (program->version_letter)
		text_append_char(&letters, program->version_letter);
	for (size_t i = 0; i < own; i++) {
		const struct cli_option *option = &program->options[i];

		add_long_option(&longs[i], option, LONG_BASE + (int)i);
		if (option->letter)
			text_printf(&letters, "%c%s", option->letter, option->argument ? ":" : "");
	}
	for (size_t i = 0; i < ARRAY_SIZE(common_options); i++)
		add_long_option(&longs[own + i], &common_options[i], LONG_BASE + (int)(own + i));
	add_long_option(&longs[total - 1], &list_option, LONG_BASE + (int)total - 1);

	*ret_status = CLI_EXIT_USAGE;
	for (int c; (c = getopt_long(argc, argv, text_str(&letters), longs, NULL)) != -1;) {
		if (c == '?') {
			fprintf(stderr, "Try '%s --help'.\n", program->name);
			return -1;
		}
		const struct cli_option *option = option_of(program, c);

		if (!option) {
			answer_common(program,
				      c >= LONG_BASE ? longs[c - LONG_BASE].name : common_name(c),
				      ret_status);
			return -1;
		}
		if (store(program, option, optarg ? optarg : option->bare, values) < 0)
			return -1;
	}
	*ret_operand = optind;
	*ret_status = 0;
	return 0;
}

int cli_parse(const struct cli_program *program, int argc, char **argv, void *values,
	      int *ret_operand, int *ret_status)
{
	if (program->syntax == CLI_GO)
		return parse_go(program, argc, argv, values, ret_operand, ret_status);
	return parse_gnu(program, argc, argv, values, ret_operand, ret_status);
}
