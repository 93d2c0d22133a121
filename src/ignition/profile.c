#include "ignition/profile.h"

#include <errno.h>

#include "base/text.h"
#include "config/pool.h"
#include "host/passwd.h"

/* A name and a newline. */
#define PROFILE_FILE_MAX 64

static const struct profile profiles[] = {
	{ .name = "slipway",
	  .passwd_flags = KEYS_FRAGMENT_DEFAULT | PASSWD_HASH_HIDDEN,
	  .labels_files = LABELS_FILES,
	  .dialects = PROFILE_TAKES_DIALECTS },
	{ .name = "upstream", .passwd_flags = KEYS_FRAGMENT_DEFAULT, .labels_files = LABELS_FILES },
	{ .name = "flatcar",
	  .passwd_flags = KEYS_FRAGMENT_DEFAULT,
	  .keeps_oem = true,
	  .config_dialect = CONFIG_DIALECT_OEM,
	  .dialects = PROFILE_LEAVES_OTHERS },
};

const struct profile *profile_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++) {
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	}
	return NULL;
}

int profile_load(const struct machine *machine, const struct profile **ret, struct error *err)
{
	AUTO_FREE char *text = NULL;
	int r = machine_read(machine, PROFILE_FILE, PROFILE_FILE_MAX, &text,
			     /* ret_length= */ NULL, /* err= */ NULL);

	if (r == -ENOENT) {
		*ret = profile_find(DEFAULT_PROFILE);
		return 0;
	}
	if (r < 0)
		return error_errno(err, -r, "read /%s", PROFILE_FILE);

	AUTO_FREE char *name = slice_dup(slice_trim(slice_of(text)));
	const struct profile *profile = profile_find(name);

	if (!profile)
		return error_set(
			err, ERROR_INPUT, EINVAL,
			"/%s names the profile \"%s\"; known are slipway, upstream, flatcar",
			PROFILE_FILE, name);
	*ret = profile;
	return 0;
}
