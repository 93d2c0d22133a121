/*
 * settings - what coreos-installer's install can be told, wherever it was written.
 *
 * Owns: one table of its settings, and reading them from config files, from the kernel's command
 * line and from options: a scalar that is set again replaces, a list grows.  Pure.
 * Leaves to others: what becomes of them (installer/coreos), the command line's syntax (cli).
 */
#ifndef SLIPWAY_INSTALLER_SETTINGS_H
#define SLIPWAY_INSTALLER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/machine.h"
#include "base/text.h"

struct report;
struct source;

struct setting_list {
	const char **items;
	size_t count;
};

/* Strings are NULL, lists empty and flags false where nothing was said. */
struct settings {
	struct arena *arena; /* owns all strings */
	const char *dest_device;
	const char *stream;
	const char *image_url;
	const char *image_file;
	const char *ignition_file;
	const char *ignition_url;
	const char *ignition_hash;
	const char *architecture;
	const char *platform;
	const char *firstboot_args;
	const char *network_dir;
	const char *stream_base_url;
	const char *fetch_retries; /* a number, or "infinite" */
	struct setting_list console;
	struct setting_list append_karg;
	struct setting_list delete_karg;
	struct setting_list save_partlabel;
	struct setting_list save_partindex;
	bool copy_network;
	bool offline;
	bool insecure;
	bool insecure_ignition;
	bool preserve_on_error;
	bool secure_ipl;
};

enum setting_type {
	SETTING_STRING,
	SETTING_LIST,
	SETTING_FLAG,
};

struct setting {
	const char *key;  /* of a config file, and the long option */
	const char *karg; /* behind "coreos.inst."; NULL: none */
	size_t offset;	  /* in struct settings */
	enum setting_type type;
	bool is_unique; /* set twice, it is an error */
};

#define SETTING_COUNT 24
extern const struct setting setting_table[SETTING_COUNT];

/** settings_init - nothing is set; release with settings_done(). */
void settings_init(struct settings *ret);
void settings_done(struct settings *settings);

/** setting_find - the row of @key; NULL when there is none. */
const struct setting *setting_find(struct slice key);

/**
 * settings_set - @setting is @value; a flag is set by any.
 *
 * Return: 0; -EEXIST (ERROR_INPUT) when a unique one is set already.
 */
int settings_set(struct settings *settings, const struct setting *setting, struct slice value,
		 struct error *err);

/**
 * settings_add - what @more says counts beside, or in the place of, what @settings say.
 *
 * Return: as settings_set().
 */
int settings_add(struct settings *settings, const struct settings *more, struct error *err);

/**
 * settings_read_file - what a config file says.
 * @source: YAML; empty says nothing
 * @report: gets an error for each unknown key and each value of a wrong type
 *
 * Return: 0, also with errors in @report; -EINVAL (ERROR_INPUT) when it is no YAML.
 */
int settings_read_file(struct settings *settings, const struct source *source,
		       struct report *report, struct error *err);

/**
 * settings_read_kargs - what the kernel's command line asks for (coreos.inst.*).
 *
 * An automated install goes on without a verified config, and asks for an image for ever: that is
 * set here too.
 *
 * Return: 1 when it asks for an install; 0; -EEXIST (ERROR_INPUT) for a second target.
 */
int settings_read_kargs(struct settings *settings, const struct machine *machine,
			struct error *err);

/**
 * settings_check - what does not go together.
 *
 * Return: 0; -EINVAL (ERROR_INPUT); -EOPNOTSUPP (ERROR_UNSUPPORTED) for what only s390x has.
 */
int settings_check(const struct settings *settings, struct error *err);

/** settings_append_yaml - as a config file says it; reading that gives the same settings. */
void settings_append_yaml(const struct settings *settings, struct text *out);

DEFINE_DONE(struct settings, settings_done)

#endif
