/*
 * expand - compressed bytes to what they were, of one stream, to its end and no further.
 *
 * Owns: which formats there are, told by their first bytes and never by a name; that a stream is
 * whole, and that nothing follows it: whoever verifies a file must know that all of it was read.
 * Leaves to others: where bytes come from and go to; limits of memory beyond what a format asks
 * for.
 */
#ifndef SLIPWAY_BASE_EXPAND_H
#define SLIPWAY_BASE_EXPAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* So many bytes tell a format. */
#define EXPAND_MAGIC_BYTES 6

/* Input and output of one step, both moved on by it. */
struct expand_step {
	const uint8_t *in;
	size_t in_left;
	bool is_last; /* nothing will follow what is left of the input */
	uint8_t *out;
	size_t out_left;
};

/* What a stream may take. */
struct expand_limits {
	uint64_t memory_bytes; /* of a decoder; xz falls back to one thread before it gives up */
	unsigned threads;      /* at most; 0 and 1: none beside the caller's */
};

/* One format; a const struct in a file of its own. */
struct expand_class {
	const char *name; /* "xz" */
	size_t magic_length;
	uint8_t magic[EXPAND_MAGIC_BYTES];
	/* Return: 0; -errno. */
	int (*open)(const struct expand_limits *limits, void **ret, struct error *err);
	/*
	 * One turn of the decoder.  Return: 0: it used or gave something, or has nothing to do
	 * until there is more of either; EXPAND_END: the stream is over, what is left of the input
	 * is not of it; -EBADMSG, -ENOMEM … (ERROR_INPUT).
	 */
	int (*step)(void *state, struct expand_step *step, struct error *err);
	void (*close)(void *state);
};

/* Of expand_class.step and expand_step(). */
#define EXPAND_END 1

extern const struct expand_class expand_bzip2;
extern const struct expand_class expand_gzip;
extern const struct expand_class expand_raw; /* no format: bytes as they are */
extern const struct expand_class expand_xz;
extern const struct expand_class expand_zstd;

/** expand_sniff - the format that begins with @length bytes of @head; expand_raw for all others. */
const struct expand_class *expand_sniff(const void *head, size_t length);

struct expand;

/** expand_new - a decoder that learns its format from the first bytes; free with expand_free(). */
struct expand *expand_new(const struct expand_limits *limits);
void expand_free(struct expand *expand);

/** expand_format - "xz", "uncompressed"; NULL before enough bytes were seen. */
const char *expand_format(const struct expand *expand);

/**
 * expand_step - go on until the input is used up or the output is full.
 *
 * Return: 0: more input or more room is needed; EXPAND_END: all came out, and the input ended where
 * it had to (told only with is_last); -EBADMSG (ERROR_INPUT) when a stream is damaged, ends early,
 * or is followed by something; -ENOMEM (ERROR_INPUT) when it needs more memory than it may have.
 */
int expand_step(struct expand *expand, struct expand_step *step, struct error *err);

DEFINE_RELEASE(struct expand *, expand_free)

#endif
