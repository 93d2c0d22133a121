/*
 * redirect - whether an answer may send a fetch elsewhere (DESIGN section 4, Trust).
 *
 * Pure: names are not looked up, so who connects has to look at the address as well.
 */
#ifndef SLIPWAY_FETCH_REDIRECT_H
#define SLIPWAY_FETCH_REDIRECT_H

#include "base/error.h"
#include "base/text.h"

/**
 * redirect_check - whether @from may lead to @to.
 * @count: redirects of this fetch, this one included
 *
 * Return: 0; ERROR_NETWORK_FINAL: -ELOOP beyond FETCH_REDIRECTS_MAX; -EPERM from https to http, to
 * a link-local address, to another scheme than these; -EINVAL when @to is no URL.
 */
int redirect_check(struct slice from, struct slice to, unsigned count, struct error *err);

#endif
