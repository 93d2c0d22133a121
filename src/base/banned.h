/*
 * banned - functions that do not compile here, because each has a form that cannot go wrong.
 * Included by config.h after the system headers that declare them.
 */
#ifndef SLIPWAY_BASE_BANNED_H
#define SLIPWAY_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison atoi atol atoll strtol strtoul strtoll strtoull sscanf
#pragma GCC poison strcpy strncpy strcat strncat sprintf vsprintf strtok strtok_r
#pragma GCC poison system popen mktemp tmpnam

#endif
