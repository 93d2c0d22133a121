/*
 * console - events as upstream's log lines (spec ignition 1.10).
 *
 * Owns: the prefix stack, the counter of operations, and which event is logged at which level.
 */
#ifndef SLIPWAY_IGNITION_CONSOLE_H
#define SLIPWAY_IGNITION_CONSOLE_H

#include "base/event.h"
#include "base/scope.h"

struct console;

/** console_new - renders to base/log, which must be open; free with console_free(). */
struct console *console_new(void);
void console_free(struct console *console);

/** console_observer - what to pass down; lives as long as @console. */
const struct event_observer *console_observer(const struct console *console);

DEFINE_RELEASE(struct console *, console_free)

#endif
