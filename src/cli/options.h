/*
 * options - one table of options per program.
 *
 * Owns: what the table yields: parsing (getopt_long for our own commands, Go's flag syntax for the
 * programs that keep it), --help, and --list-options for completion and for the test that holds the
 * manual against the table.
 */
#ifndef SLIPWAY_CLI_OPTIONS_H
#define SLIPWAY_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/scope.h"

/* Exit status of wrong usage, as Go's flag package and getopt users have it. */
#define CLI_EXIT_USAGE 2

enum cli_type {
	CLI_FLAG,     /* bool */
	CLI_STRING,   /* const char *; points into argv */
	CLI_DURATION, /* int64_t milliseconds, Go's duration text */
	CLI_SIZE,     /* uint64_t bytes, as "8G" */
	CLI_CHOICE,   /* const char * for which is_valid() holds */
	CLI_LIST,     /* struct cli_list; given again, it grows */
};

/* Values of an option that may be given several times, in their order. */
struct cli_list {
	const char **items; /* owned; each points into argv */
	size_t count;
};

void cli_list_done(struct cli_list *list);
DEFINE_DONE(struct cli_list, cli_list_done)

struct cli_option {
	const char *name; /* without dashes */
	enum cli_type type;
	char letter;	      /* short form; 0 = none */
	bool is_hidden;	      /* taken and not told of: kept for old command lines */
	size_t offset;	      /* in the program's struct of values */
	const char *argument; /* what --help calls the value; NULL for flags */
	const char *help;     /* one line */
	const char *fallback; /* default as --help shows it; NULL: none */
	bool (*is_valid)(const char *value);
	const char *expected; /* "a valid stage", for the message when is_valid() says no */
	const char *bare;     /* its value when it is given without one; NULL: it needs one */
};

enum cli_syntax {
	CLI_GNU, /* --name=value, -n value, options anywhere */
	CLI_GO,	 /* -name value or --name=value; the first operand ends them */
};

struct cli_program {
	const char *name;
	const char *summary;	  /* one sentence */
	const char *operands;	  /* "CONFIG", as usage shows them */
	const char *details;	  /* further paragraphs of --help; NULL: none */
	const char *version_name; /* what --version prints before the number; NULL: the program's */
	char version_letter;	  /* short form of --version; 0 = none */
	enum cli_syntax syntax;
	const struct cli_option *options;
	size_t option_count;
};

/**
 * cli_parse - fill @values from the command line.
 * @values: the program's struct, defaults filled in
 * @ret_operand: index of the first operand in @argv, which getopt may have permuted
 * @ret_status: exit status when -1 is returned
 *
 * --help, --version and --list-options are answered here.
 *
 * Return: 0: go on; -1: exit with @ret_status, all that had to be said was said.
 */
int cli_parse(const struct cli_program *program, int argc, char **argv, void *values,
	      int *ret_operand, int *ret_status);

/** cli_usage_error - a message, and where help is, on standard error.  Return: CLI_EXIT_USAGE. */
int cli_usage_error(const struct cli_program *program, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * cli_finish - write out what is left of standard output.
 * @status: exit status so far
 *
 * Return: @status; 1 after a message when standard output could not take all of it.
 */
int cli_finish(const struct cli_program *program, int status);

/** cli_print_help - what --help prints, to @out. */
void cli_print_help(const struct cli_program *program, FILE *out);

#endif
