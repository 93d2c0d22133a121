/*
 * replay - main of a fuzz target that is built without libFuzzer: it runs each file named, or each
 * file of each directory named, or those of tests/fuzz/corpus/<target>.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "fuzz.h"
#include "tap.h"

#define INPUT_BYTES_MAX ((size_t)64 << 20)

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* From memory of exactly its size, so that a sanitizer sees a read beyond the end. */
static void replay_file(const char *path)
{
	AUTO_FREE char *data = NULL;
	AUTO(error_done) struct error err = ERROR_INIT;
	size_t length = 0;

	if (file_read(path, INPUT_BYTES_MAX, 0, &data, &length, &err) < 0) {
		tap_ok(false, "%s: %s", path, err.text);
		return;
	}

	AUTO_FREE uint8_t *exact = xmalloc(length ? length : 1);

	memcpy(exact, data, length);
	/* Said first: a broken property ends the program. */
	printf("# %s\n", path);
	fflush(stdout);
	tap_ok(LLVMFuzzerTestOneInput(exact, length) == 0, "%s", last_component(path));
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay_directory(const char *path)
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, is_visible, alphasort);

	tap_ok(count > 0, "%s has inputs", path);
	for (int i = 0; i < count; i++) {
		AUTO_FREE char *file = xasprintf("%s/%s", path, entries[i]->d_name);

		replay_file(file);
		free(entries[i]);
	}
	free(entries);
}

static void replay(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		replay_directory(path);
	else
		replay_file(path);
}

int main(int argc, char **argv)
{
	/* Set by make check. */
	const char *srcdir = getenv("srcdir");
	AUTO_FREE char *corpus = xasprintf("%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
					   last_component(argv[0]));

	if (argc < 2)
		replay(corpus);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	return tap_done();
}
