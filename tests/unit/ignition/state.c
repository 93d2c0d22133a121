/* state - upstream's file, members that are not ours carried over. */
#include "ignition/state.h"

#include <errno.h>

#include "scratch.h"
#include "tap.h"

static const char full[] =
	"{\"fetchedConfigs\":[{\"kind\":\"base\",\"source\":\"system\",\"referenced\":false},"
	"{\"kind\":\"user\",\"source\":\"/a\\u003cb\",\"referenced\":true}],"
	"\"luksPersistKeyFiles\":{\"data\":\"data:;base64,AA==\"},"
	"\"notatedDirectories\":[\"/home/core\"],"
	"\"providerOutputFiles\":null,\"luksPersistVolumeKeyFiles\":null}\n";

static const struct {
	const char *label, *text;
	int want;
} bad_rows[] = {
	{ "no JSON is refused", "{", -EINVAL },
	{ "a list is refused", "[]", -EINVAL },
	{ "an empty file is refused", "", -EINVAL },
};

static void test_round_trip(const struct scratch *scratch)
{
	AUTO_FREE char *path = scratch_path(scratch, "state");
	AUTO(state_free) struct state *state = NULL;

	scratch_write(scratch, "state", full);
	tap_int(state_load(path, &state, NULL), 0, "upstream's state is read");
	tap_int(state_save(state, path, NULL), 0, "and written");

	AUTO_FREE char *text = scratch_read(scratch, "state");
	struct stat st;

	tap_str(text, full, "byte for byte, members of other stages included");
	tap_ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600, "only root may read it");
}

int main(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO_FREE char *missing = scratch_path(&scratch, "a/b/missing");
	AUTO(state_free) struct state *state = NULL;

	tap_int(state_load(missing, &state, NULL), 0, "a missing file is an empty state");
	tap_ok(!state_has_user_config(state), "which has no user config");
	state_add_config(state, "base", "system", false);
	tap_ok(!state_has_user_config(state), "a base config is none");
	state_add_config(state, "user", "file", false);
	tap_ok(state_has_user_config(state), "a user config is one");
	tap_int(state_save(state, missing, NULL), 0, "directories are made");

	AUTO_FREE char *text = scratch_read(&scratch, "a/b/missing");

	tap_str(text,
		"{\"fetchedConfigs\":[{\"kind\":\"base\",\"source\":\"system\",\"referenced\":"
		"false},"
		"{\"kind\":\"user\",\"source\":\"file\",\"referenced\":false}],"
		"\"luksPersistKeyFiles\":null,\"notatedDirectories\":null,"
		"\"providerOutputFiles\":null,\"luksPersistVolumeKeyFiles\":null}\n",
		"unset members are null");
	test_round_trip(&scratch);
	for (size_t i = 0; i < ARRAY_SIZE(bad_rows); i++) {
		AUTO_FREE char *path = scratch_path(&scratch, "bad");
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(state_free) struct state *none = NULL;

		scratch_write(&scratch, "bad", bad_rows[i].text);
		tap_int(state_load(path, &none, &err), bad_rows[i].want, bad_rows[i].label);
		tap_ok(err.kind == ERROR_INPUT && strstr(err.text, path), "and named: %s",
		       err.text);
	}
	return tap_done();
}
