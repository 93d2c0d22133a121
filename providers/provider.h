/*
 * provider - one platform: how it shows, where its config comes from, and what it says about a
 * machine.
 *
 * Owns: the interface that every file of this directory fills with one const struct, and the
 * registry that lists them (providers/platforms.h).  What a platform does not have stays NULL.
 * Leaves to others: how bytes come (metadata_http, config_drive, ec2_tree …), the lists that are
 * filled (metadata), looking for proof (detect).
 */
#ifndef SLIPWAY_PROVIDERS_PROVIDER_H
#define SLIPWAY_PROVIDERS_PROVIDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "fetch/credential.h"
#include "fetch/fetch.h"
#include "providers/metadata.h"
#include "providers/proof.h"

/* Waits for a drive, a link or a device are no longer than this (DESIGN promise 4). */
#define PROVIDER_WAIT_MS ((int64_t)5 * 60 * 1000)

/** provider_wait_ms - how long to wait for a device when @total_ms is for all; 0: no limit there.
 */
static inline int64_t provider_wait_ms(int64_t total_ms)
{
	return total_ms > 0 && total_ms < PROVIDER_WAIT_MS ? total_ms : PROVIDER_WAIT_MS;
}

/* What a provider is given. */
struct provider_context {
	const struct machine *machine;
	struct fetcher *fetcher;
	const struct event_observer *observer;
	int64_t wait_ms; /* for a drive, a link or a device; at most PROVIDER_WAIT_MS */
	const char *const *config_directories; /* highest priority first; NULL-terminated */
	const char *config_file;	       /* of platform "file"; NULL: config.ign */
	const char *service;	  /* base URL in place of the metadata service's own; NULL: none */
	const char *output_files; /* that an earlier stage got from this provider; NULL: none */
};

/* What platforms hold is far smaller: a larger config comes from a URL. */
#define PROVIDER_CONFIG_MAX ((size_t)16 << 20)

/* A config as a provider found it. */
struct provider_config {
	char *data; /* malloc'ed; the caller takes it */
	size_t length;
	char *name; /* for messages: a path or printable URL; malloc'ed; the caller takes it */
	/* JSON list of storage.files that stage files writes too; NULL: none; malloc'ed; likewise
	 */
	char *output_files;
};

/** provider_config_done - release one that nobody took. */
void provider_config_done(struct provider_config *config);

#define PROVIDER_ALIASES_MAX 4

/* Which attributes stand for the words that older configs use; without prefix; NULL: none. */
struct provider_roles {
	const char *hostname;
	const char *private_ipv4;
	const char *public_ipv4;
	const char *private_ipv6;
	const char *public_ipv6;
};

struct provider {
	const char *name;  /* platform id on the kernel command line, or "cmdline", "system" */
	const char *title; /* as people call it; NULL: it is no platform */
	const char *aliases[PROVIDER_ALIASES_MAX]; /* older and other ids; NULL ends them */
	/* First word of its attributes in COREOS_ names: "EC2" of AWS_…; NULL: the same word. */
	const char *coreos_word;
	bool needs_network; /* a config cannot be had without */
	const struct proof *proofs;
	size_t proof_count;
	struct provider_roles roles;
	/*
	 * Bytes of the user config, @ret empty on entry; NULL: the platform has none, ever.
	 * Return: 0, with length 0 for an empty config; -ENODATA (ERROR_EMPTY) when this provider
	 * has none and the next one is asked; ERROR_NEED_NETWORK while offline; any other error
	 * ends the run: a service that cannot be reached is never an empty config.
	 */
	int (*fetch_config)(const struct provider_context *context, struct provider_config *ret,
			    struct error *err);
	/*
	 * Add what the platform says about this machine to @ret, in one pass.
	 * @parts: of enum metadata_part: what is wanted, others may be left out
	 * Return: 0, also when it says nothing; as fetch_stream().
	 */
	int (*fetch_metadata)(const struct provider_context *context, unsigned parts,
			      struct metadata *ret, struct error *err);
	/*
	 * Remove the config from where fetch_config() found it, and check that it is gone.
	 * Return: 0, also when there is none; -errno.
	 */
	int (*delete_config)(const struct provider_context *context, struct error *err);
	/* What vouches for this machine to object stores; NULL: nothing does. */
	const struct credential_source *credentials;
};

extern const struct provider provider_cmdline;
extern const struct provider provider_system;

#define PLATFORM(word) extern const struct provider provider_##word;
#include "providers/platforms.h"
#undef PLATFORM

/** provider_find - platform by name or alias; NULL when unknown.  cmdline and system are none. */
const struct provider *provider_find(const char *name);

/**
 * provider_find_oem - platform by the name that Flatcar's 2.x engine has for it (spec
 * ignition 7.2); NULL when unknown.
 */
const struct provider *provider_find_oem(const char *name);

/** provider_at - the platforms in order of their names; NULL past the last. */
const struct provider *provider_at(size_t index);

DEFINE_DONE(struct provider_config, provider_config_done)

#endif
