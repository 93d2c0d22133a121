/*
 * coreos - what is put on the boot filesystem of Fedora CoreOS, from the settings of an install.
 *
 * Owns: the order and paths of spec install-and-boot 3.10, and which network arguments of a live
 * system go on to the installed one (3.12).
 * Leaves to others: fetching the config and checking it (cli), carrying placements out
 * (installer/placement).
 */
#ifndef SLIPWAY_INSTALLER_COREOS_H
#define SLIPWAY_INSTALLER_COREOS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/machine.h"
#include "base/text.h"
#include "installer/placement.h"
#include "installer/settings.h"

/* Where keyfiles of NetworkManager are. */
#define COREOS_NETWORK_DIR "/etc/NetworkManager/system-connections/"

struct coreos_placements {
	struct placement *list; /* in the arena it was made with */
	size_t count;
};

/**
 * coreos_place - what @settings ask for, as placements.
 * @ignition: the config; absent: none
 * @arena: owns all that is returned; @settings must live as long
 *
 * Files of the network are read now, so that they are known before anything is written.
 *
 * Return: 0; -EINVAL (ERROR_INPUT); -ENOENT … when the network's directory cannot be read.
 */
int coreos_place(const struct settings *settings, struct slice ignition, struct arena *arena,
		 struct coreos_placements *ret, struct error *err);

/**
 * coreos_append_network_kargs - those of this system's kernel arguments that configure the network,
 * with what makes the first boot use them; nothing when there are none.
 */
void coreos_append_network_kargs(const struct machine *machine, struct text *out);

#endif
