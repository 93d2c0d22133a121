/* profile - the configured default, and a file on the image over it. */
#include "ignition/profile.h"

#include <errno.h>
#include <fcntl.h>

#include "scratch.h"
#include "tap.h"

int main(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	struct machine machine = MACHINE_INIT;
	const struct profile *profile = NULL;
	static const char *const directories[] = { "usr", "usr/lib", "usr/lib/slipway" };

	machine.host_fd = open(scratch.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	tap_int(profile_load(&machine, &profile, NULL), 0, "an image without the file is fine");
	tap_str(profile->name, DEFAULT_PROFILE, "and has the configured profile");
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		AUTO_FREE char *path = scratch_path(&scratch, directories[i]);

		mkdir(path, 0755);
	}
	scratch_write(&scratch, PROFILE_FILE, " flatcar\n");
	tap_int(profile_load(&machine, &profile, NULL), 0, "the file is read");
	tap_str(profile->name, "flatcar", "and names the profile");
	scratch_write(&scratch, PROFILE_FILE, "fedora\n");
	tap_int(profile_load(&machine, &profile, &err), -EINVAL, "an unknown name is refused");
	tap_ok(err.kind == ERROR_INPUT && strstr(err.text, "\"fedora\""), "and named: %s",
	       err.text);
	close(machine.host_fd);
	return tap_done();
}
