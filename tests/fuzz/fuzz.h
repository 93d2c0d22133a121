/*
 * fuzz - what a fuzz target defines, and what it may assume.
 *
 * A target feeds arbitrary bytes to a parser and aborts when a property that it states is broken.
 * With --enable-fuzzing it is a libFuzzer program; without, replay.c gives it the files of its
 * corpus, one TAP line each.
 */
#ifndef SLIPWAY_TESTS_FUZZ_H
#define SLIPWAY_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/** LLVMFuzzerTestOneInput - one input; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property of the target; stays in builds without assertions. */
#define FUZZ_REQUIRE(condition)                                                                    \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
