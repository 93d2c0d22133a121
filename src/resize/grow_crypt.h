/*
 * grow_crypt - the operation that lets an encrypted device use all of what it stands on.
 *
 * Owns: where the data of a LUKS device begins, and the call of cryptsetup, which is given the key
 * file of the device or what clevis knows (resize/crypt_key).
 */
#ifndef SLIPWAY_RESIZE_GROW_CRYPT_H
#define SLIPWAY_RESIZE_GROW_CRYPT_H

#include "disk/layer.h"
#include "resize/work.h"

extern const struct operation_class grow_crypt_class;

/**
 * grow_crypt_plan - add the operation for @layer when what is below has more than it uses.
 * @below_bytes: of the device below, as it will be
 * @ret_bytes: how large the encrypted device will be
 *
 * Return: 0; -EOPNOTSUPP (ERROR_UNSUPPORTED) when what is below has no LUKS header.
 */
int grow_crypt_plan(struct resize_work *work, const struct layer *layer, uint64_t below_bytes,
		    uint64_t *ret_bytes, struct error *err);

#endif
