/* place_tool DEVICE PATH LABEL... - place what standard input holds as a file on an installed disk.
 */
#include <stdio.h>

#include "base/file.h"
#include "installer/placement.h"

#define INPUT_MAX ((size_t)1 << 20)

static int place(char **argv, struct error *err)
{
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(target_done) struct target target = TARGET_INIT;
	AUTO(table_free) struct table *table = NULL;
	AUTO_FREE char *input = NULL;
	struct placement_file_detail detail = { .path = argv[2],
						.mode = 0600,
						.directory_mode = 0700 };
	const struct placement placement = { .class = &placement_file,
					     .labels = (const char *const *)(argv + 3),
					     .what = "the test's file",
					     .detail = &detail };
	int r = file_read("-", INPUT_MAX, FILE_STDIN, &input, &detail.contents.length, err);

	detail.contents.data = input;
	if (r == 0)
		r = machine_open(&machine, "/", /* root_path= */ NULL, err);
	if (r == 0)
		r = target_examine(&machine, argv[1], &target, err);
	if (r == 0)
		r = target_open(&machine, &target, err);
	if (r == 0)
		r = table_read_fd(target.fd, argv[1], /* sector_bytes= */ 0, &table, err);
	return r < 0 ? r : placements_apply(&target, table, &placement, 1, err);
}

int main(int argc, char **argv)
{
	AUTO(error_done) struct error err = ERROR_INIT;

	if (argc < 4)
		return 2;
	if (place(argv, &err) == 0)
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return 1;
}
