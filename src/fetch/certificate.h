/*
 * certificate - whose an X.509 certificate is, for people.
 *
 * Owns: just as much of DER (ITU-T X.690) as finding a name needs.  Nothing is verified here: that
 * is the TLS library's.
 */
#ifndef SLIPWAY_FETCH_CERTIFICATE_H
#define SLIPWAY_FETCH_CERTIFICATE_H

#include "base/text.h"

/**
 * certificate_common_name - of the subject of @der (RFC 5280, 4.1); the last one if there are more,
 * as Go has it.
 *
 * Return: a slice of @der, in whatever encoding it is; empty when there is none.
 */
struct slice certificate_common_name(struct slice der);

#endif
