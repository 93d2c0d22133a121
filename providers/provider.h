/*
 * provider - one platform: where its config comes from.
 *
 * Owns: the interface that every file of this directory fills with one const struct, and the
 * registry that lists them.  (Attributes, keys, hostname and network join the struct with the
 * agent.)
 */
#ifndef SLIPWAY_PROVIDERS_PROVIDER_H
#define SLIPWAY_PROVIDERS_PROVIDER_H

#include <stdbool.h>

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "fetch/credential.h"
#include "fetch/fetch.h"

/* What a provider is given. */
struct provider_context {
	const struct machine *machine;
	struct fetcher *fetcher;
	const struct event_observer *observer;
	const char *const *config_directories; /* highest priority first; NULL-terminated */
	const char *config_file;	       /* of platform "file"; NULL: config.ign */
};

/* A config as a provider found it. */
struct provider_config {
	char *data; /* malloc'ed; the caller takes it */
	size_t length;
	char *name; /* for messages: a path or printable URL; malloc'ed; the caller takes it */
};

struct provider {
	const char *name; /* platform id on the kernel command line, or "cmdline", "system" */
	/*
	 * Bytes of the user config, @ret empty on entry.
	 * Return: 0, with length 0 for an empty config; -ENODATA (ERROR_EMPTY) when this provider
	 * has none and the next one is asked; ERROR_NEED_NETWORK while offline; any other error
	 * ends the run.
	 */
	int (*fetch_config)(const struct provider_context *context, struct provider_config *ret,
			    struct error *err);
	/* Delete the user config, whose secrets then cannot be read again; NULL: this cannot. */
	int (*delete_config)(const struct provider_context *context, struct error *err);
	/* What vouches for this machine to object stores; NULL: nothing does. */
	const struct credential_source *credentials;
};

extern const struct provider provider_cmdline;
extern const struct provider provider_system;
extern const struct provider provider_file;
extern const struct provider provider_metal;
extern const struct provider provider_qemu;

/** provider_find - platform by name; NULL when unknown.  cmdline and system are not platforms. */
const struct provider *provider_find(const char *name);

/**
 * provider_find_oem - platform by the name that Flatcar's 2.x engine has for it (spec
 * ignition 7.2); NULL when unknown.
 */
const struct provider *provider_find_oem(const char *name);

/** provider_at - the platforms in order of their names; NULL past the last. */
const struct provider *provider_at(size_t index);

#endif
