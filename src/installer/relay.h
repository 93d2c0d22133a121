/*
 * relay - what a child process has to say, told by its parent.
 *
 * Owns: events as records on a pipe, each written at once; those of waits, retries and messages, no
 * others.
 */
#ifndef SLIPWAY_INSTALLER_RELAY_H
#define SLIPWAY_INSTALLER_RELAY_H

#include "base/event.h"

/** relay_observe - @ret writes to @fd, borrowed, what it hears. */
void relay_observe(const int *fd, struct event_observer *ret);

/**
 * relay_pass - read one record from @fd, and tell @observer.
 *
 * Return: 0; -EPIPE when there is nobody any more who could write one, or what came is none.
 */
int relay_pass(int fd, const struct event_observer *observer);

#endif
