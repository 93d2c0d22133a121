/*
 * install_input - what `slipway install` was told, as a request.
 *
 * Owns: config files and the kernel's command line beside options; which image a stream means for
 * this disk; the config of the first boot, fetched, hashed and validated before anything is
 * written.
 * Leaves to others: settings and their rules (installer/settings), carrying it out
 * (installer/install).
 */
#ifndef SLIPWAY_CLI_INSTALL_INPUT_H
#define SLIPWAY_CLI_INSTALL_INPUT_H

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "cli/options.h"
#include "installer/request.h"
#include "installer/settings.h"

struct fetcher;

struct install_input_params {
	const struct machine *machine;
	const struct event_observer *observer;
	const struct settings *options;	     /* of the command line */
	const struct cli_list *config_files; /* read in order, before the options */
	bool reads_kargs;		     /* coreos.inst.* count, between the two */
	const char *image_hash;
	const char *keyring;
};

struct install_input {
	struct arena *arena;	  /* owned */
	struct settings settings; /* all of them */
	struct fetcher *fetcher;  /* owned; made at the first fetch */
	struct slice ignition;	  /* in the arena; absent: none */
	struct saved_filters filters;
	struct install_request request; /* what all that comes to */
	bool is_at_stream; /* options and configs are well: what fails is the stream's metadata */
};

/**
 * install_input_read - everything up to the request.  Wrong config files and a wrong config of the
 * first boot are reported on standard error.
 * @ret: also on failure; release with install_input_done()
 *
 * Return: 0; -EINVAL (ERROR_INPUT) for what is wrong in options and configs; as fetch_memory().
 */
int install_input_read(const struct install_input_params *params, struct install_input *ret,
		       struct error *err);
void install_input_done(struct install_input *input);

/** install_stream_url - of the metadata of a stream; freed with free(). */
char *install_stream_url(const struct settings *settings);

DEFINE_DONE(struct install_input, install_input_done)

#endif
