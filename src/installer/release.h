/*
 * release - where the images of Container Linux and Flatcar are.
 *
 * Owns: their URLs and what version.txt says (spec install-and-boot 2.3).  Pure.
 * Leaves to others: fetching.
 */
#ifndef SLIPWAY_INSTALLER_RELEASE_H
#define SLIPWAY_INSTALLER_RELEASE_H

#include "base/error.h"
#include "base/text.h"

/* Whose releases. */
struct release_vendor {
	const char *host;    /* behind the channel and a dot */
	const char *prefix;  /* of files: "flatcar_production" */
	const char *version; /* key in version.txt */
};

extern const struct release_vendor release_flatcar;
extern const struct release_vendor release_container_linux;

struct release {
	const struct release_vendor *vendor;
	const char *channel; /* "stable" */
	const char *board;   /* "amd64-usr" */
	const char *version; /* "3510.2.0", "current", "current-2022" */
	const char *oem;     /* NULL or "": none */
	/* In the place of host, channel and board; one trailing slash is taken off; NULL: none. */
	const char *base_url;
};

/** release_image_url - of the compressed image; its signature is the same with .sig. */
char *release_image_url(const struct release *release);

/**
 * release_version_url - what tells the version that "current" is at present; freed with free().
 */
char *release_version_url(const struct release *release);

/**
 * release_parse_version - the version in @text, which is version.txt.
 * @ret: freed with free()
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when it names none, or one that has no place in a URL.
 */
int release_parse_version(const struct release *release, struct slice text, char **ret,
			  struct error *err);

#endif
