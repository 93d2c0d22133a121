/*
 * butane - Butane configs of every variant and version, for programs that want more of one than
 * the Ignition config it stands for (config/front_end.h).
 *
 * Owns: the order of the steps (spec configs 4.4), the verdicts, and the texts that come out.
 */
#ifndef SLIPWAY_CONFIG_BUTANE_BUTANE_H
#define SLIPWAY_CONFIG_BUTANE_BUTANE_H

#include "base/content.h"
#include "config/butane/dialect.h"
#include "config/butane/model.h"
#include "config/front_end.h"

/* A larger text is refused. */
#define BUTANE_SIZE_MAX ((size_t)16 << 20)

enum butane_flag {
	BUTANE_RAW = 1 << 0,	/* Ignition also where the variant has a format of its own */
	BUTANE_PRETTY = 1 << 1, /* two spaces of indentation */
};

struct butane_result {
	struct config *config; /* of the dialect's Ignition version, not translated */
	const struct butane_top *top;
	const struct butane_dialect *dialect;
};

/**
 * butane_lower - what a text says.
 * @flags: enum butane_flag
 *
 * Return: as the lower() of struct front_end; the text of the error is upstream's.
 */
int butane_lower(const struct front_end_input *input, unsigned flags, struct butane_result *ret,
		 struct error *err);

/** butane_write - the result as upstream's program prints it, a newline at its end. */
int butane_write(const struct butane_result *result, unsigned flags, struct content_sink *sink,
		 struct error *err);

#endif
