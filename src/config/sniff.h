/*
 * sniff - what a text that is not JSON seems to be, for a hint to its author.
 *
 * Owns: guesses.  No decision depends on them; which dialect a config is in, and who handles it, is
 * another question.
 */
#ifndef SLIPWAY_CONFIG_SNIFF_H
#define SLIPWAY_CONFIG_SNIFF_H

#include "base/text.h"

/** sniff_hint - what @text is and what to do about it; static; NULL when nothing comes to mind. */
const char *sniff_hint(struct slice text);

#endif
