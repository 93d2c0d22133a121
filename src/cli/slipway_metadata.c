/*
 * slipway-metadata - attributes, SSH keys and host name of the platform (spec providers 8).
 *
 * Under the names afterburn and coreos-metadata it takes their command lines.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/machine.h"
#include "cli/narrator.h"
#include "cli/options.h"
#include "metadata/attributes.h"
#include "metadata/hostname.h"
#include "metadata/keys.h"
#include "providers/detect.h"
#include "providers/metadata_cache.h"

#define TIMEOUT_DEFAULT_MS 120000
#define OUTPUT_MAX	   ((size_t)8 << 20)
#define COREOS_NAME	   "coreos-metadata"

struct values {
	const char *provider;
	bool uses_command_line;
	const char *attributes;
	const char *ssh_keys;
	const char *hostname;
	int64_t timeout_ms;
	bool ignores_cache;
	bool is_verbose;
	const char *keys_file; /* below authorized_keys.d */
};

static bool is_provider(const char *name)
{
	return provider_find(name) != NULL;
}

static const struct cli_option options[] = {
	{ .name = "provider",
	  .type = CLI_CHOICE,
	  .offset = offsetof(struct values, provider),
	  .argument = "ID",
	  .help = "the platform",
	  .is_valid = is_provider,
	  .expected = "a platform; 'slipway detect --platforms' lists them" },
	{ .name = "cmdline",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, uses_command_line),
	  .help = "the platform is the one that the kernel command line names" },
	{ .name = "attributes",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, attributes),
	  .argument = "FILE",
	  .help = "write what the platform says, as an environment file" },
	{ .name = "ssh-keys",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, ssh_keys),
	  .argument = "USER",
	  .help = "write the keys for this user below his ~/.ssh" },
	{ .name = "hostname",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, hostname),
	  .argument = "FILE",
	  .help = "write the host name" },
	{ .name = "timeout",
	  .type = CLI_DURATION,
	  .offset = offsetof(struct values, timeout_ms),
	  .argument = "DURATION",
	  .help = "how long to wait for each answer",
	  .fallback = "2m0s" },
	{ .name = "no-cache",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, ignores_cache),
	  .help = "ask again, also when the platform was asked before in this boot" },
	{ .name = "verbose",
	  .letter = 'v',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_verbose),
	  .help = "say what is asked and answered" },
};

static const struct cli_program program = {
	.name = "slipway metadata",
	.summary = "Writes what the platform says about this machine; prints it when no file is "
		   "named.",
	.details =
		"Without --provider and --cmdline the platform is found out, as 'slipway detect' "
		"does.\n"
		"Exit status: 0 done, 1 failed, 2 wrong usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

static int find_provider(const struct values *values, const struct machine *machine,
			 const struct provider **ret, struct error *err)
{
	AUTO(detection_done) struct detection found = { .provider = NULL };
	const char *argument = NULL;
	int r = 0;

	*ret = values->provider ? provider_find(values->provider) : NULL;
	if (*ret)
		return 0;
	if (values->uses_command_line)
		return detect_named(machine, ret, &argument, err);
	r = detect(machine, &found, err);
	*ret = found.provider;
	return r;
}

static unsigned parts_of(const struct values *values)
{
	unsigned parts = (values->attributes ? METADATA_ATTRIBUTES : 0U) |
			 (values->ssh_keys ? METADATA_KEYS : 0U) |
			 (values->hostname ? METADATA_HOSTNAME : 0U);

	return parts ? parts : METADATA_ALL;
}

static int write_hostname(const struct values *values, const struct metadata *metadata,
			  const struct event_observer *observer, struct error *err)
{
	if (!metadata->hostname) {
		event_message(observer, EVENT_WARNING,
			      "the platform gives no host name: %s is left as it is",
			      values->hostname);
		return 0;
	}
	return hostname_write(values->hostname, metadata->hostname, err);
}

/* In the peers' order; the first failure is the end. */
static int write_parts(const struct values *values, const struct machine *machine,
		       const struct provider *provider, const struct metadata *metadata,
		       const struct event_observer *observer, struct error *err)
{
	int r = 0;

	if (values->attributes)
		r = attributes_write(values->attributes, provider, metadata, err);
	if (r == 0 && values->ssh_keys)
		r = keys_write(machine, metadata, values->ssh_keys, values->keys_file, observer,
			       err);
	if (r == 0 && values->hostname)
		r = write_hostname(values, metadata, observer, err);
	return r;
}

static void print_parts(const struct provider *provider, const struct metadata *metadata)
{
	AUTO(text_done) struct text out = TEXT_INIT(OUTPUT_MAX);

	attributes_append(&out, provider, metadata);
	if (metadata->hostname)
		text_printf(&out, "# host name: %s\n", metadata->hostname);
	for (size_t i = 0; i < metadata->key_count; i++)
		text_printf(&out, "# key%s%s: %s\n", metadata->keys[i].user ? " of " : "",
			    metadata->keys[i].user ?: "", metadata->keys[i].line);
	fputs(text_str(&out), stdout);
}

static int fetch(const struct values *values, const struct machine *machine,
		 const struct provider *provider, const struct event_observer *observer,
		 struct metadata *ret, struct error *err)
{
	AUTO(fetcher_free) struct fetcher *fetcher = fetcher_new(FETCHER_ONLINE, observer);
	static const char *const no_directories[] = { NULL };
	const struct provider_context context = {
		.machine = machine,
		.fetcher = fetcher,
		.observer = observer,
		.wait_ms = provider_wait_ms(values->timeout_ms),
		.config_directories = no_directories,
	};
	const struct metadata_request request = { .provider = provider,
						  .parts = parts_of(values),
						  .ignores_cache = values->ignores_cache };
	struct fetch_settings settings = FETCH_SETTINGS_DEFAULT;

	settings.total_ms = values->timeout_ms;

	int r = fetcher_configure(fetcher, &settings, err);

	return r < 0 ? r : metadata_cache_fetch(&context, &request, ret, err);
}

static int run(const struct values *values, const struct event_observer *observer,
	       struct error *err)
{
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(metadata_free) struct metadata *metadata = metadata_new();
	const struct provider *provider = NULL;
	int r = machine_open(&machine, "/", "/", err);

	if (r == 0)
		r = find_provider(values, &machine, &provider, err);
	if (r == 0)
		r = fetch(values, &machine, provider, observer, metadata, err);
	if (r < 0)
		return r;
	if (!values->attributes && !values->ssh_keys && !values->hostname)
		print_parts(provider, metadata);
	return write_parts(values, &machine, provider, metadata, observer, err);
}

/* --- the peers' command lines */

/* What they can do and this version cannot: better said than half done. */
static const char *const later_words[] = { "check-in", "network-units", "netplan-config",
					   "networkmanager-profiles" };

static bool is_later(const char *word)
{
	word += strspn(word, "-");
	for (size_t i = 0; i < ARRAY_SIZE(later_words); i++) {
		size_t length = strlen(later_words[i]);

		if (strncmp(word, later_words[i], length) == 0 &&
		    (word[length] == '\0' || word[length] == '='))
			return true;
	}
	return false;
}

/* "-attributes=x" of old units is "--attributes=x". */
static char *modern_word(const char *word)
{
	bool is_old = word[0] == '-' && word[1] != '-' && strlen(word) > 2;

	return is_old ? xasprintf("-%s", word) : xstrdup(word);
}

/* "multi --cmdline …", "-cmdline …" → "--cmdline …".  Return: a vector for cli_parse(). */
static char **modern_arguments(int argc, char **argv, int *ret_count)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	int count = 0;

	words[count++] = xstrdup(argv[0]);
	for (int i = argc > 1 && strcmp(argv[1], "multi") == 0 ? 2 : 1; i < argc; i++)
		words[count++] = modern_word(argv[i]);
	*ret_count = count;
	return words;
}

static void free_words(char **words)
{
	for (size_t i = 0; words[i]; i++)
		free(words[i]);
	free(words);
}

DEFINE_RELEASE(char **, free_words)

/* Return: the word that asks for something of them; NULL. */
static const char *find_later(char **words)
{
	for (size_t i = 1; words[0] && words[i]; i++)
		if (is_later(words[i]))
			return words[i];
	return NULL;
}

static int check_peer_usage(const struct values *values, const char *name)
{
	if (!values->provider == !values->uses_command_line)
		return cli_usage_error(&program, "%s: give one of --provider and --cmdline", name);
	if (values->attributes || values->ssh_keys || values->hostname)
		return 0;
	fprintf(stderr, "%s: nothing to do: give --attributes, --ssh-keys or --hostname\n", name);
	return -1;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	bool is_peer = strcmp(name, "afterburn") == 0 || strcmp(name, COREOS_NAME) == 0;
	struct values values = {
		.timeout_ms = TIMEOUT_DEFAULT_MS,
		.keys_file = strcmp(name, COREOS_NAME) == 0 ? COREOS_NAME : "afterburn",
	};
	AUTO(free_words) char **words = modern_arguments(argc, argv, &argc);
	AUTO(error_done) struct error err = ERROR_INIT;
	struct narrator narrator;
	int operand = 0;
	int status = 0;

	if (find_later(words))
		return cli_usage_error(&program, "%s: %s: not done by this version", name,
				       find_later(words));
	if (cli_parse(&program, argc, words, &values, &operand, &status) < 0)
		return status;
	if (operand < argc)
		return cli_usage_error(&program, "%s: unexpected '%s'", name, words[operand]);
	if (is_peer)
		status = check_peer_usage(&values, name);
	if (status)
		return status < 0 ? 0 : status;
	if (!is_peer)
		name = program.name;
	narrator_init(&narrator, name, values.is_verbose);
	if (run(&values, &narrator.observer, &err) < 0) {
		fprintf(stderr, "%s: %s\n", name, err.text);
		status = 1;
	}
	return cli_finish(&program, status);
}
