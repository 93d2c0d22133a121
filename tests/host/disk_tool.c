/*
 * disk_tool - the disk room by the command line, for the tests in Python: one verb per behaviour,
 * results as lines.  Not installed.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/text.h"
#include "disk/geometry.h"

#define WORDS_MAX 8

static uint64_t number_of(struct slice word)
{
	uint64_t value = 0;

	if (number_parse_u64(word, 0, UINT64_MAX, &value) < 0) {
		fprintf(stderr, "not a number: %.*s\n", SLICE_ARGS(word));
		exit(2);
	}
	return value;
}

/* Split @line at spaces.  Return: how many words there are. */
static size_t split(struct slice line, struct slice words[static WORDS_MAX])
{
	size_t count = 0;

	line = slice_trim(line);
	while (line.length && count < WORDS_MAX) {
		const char *space = memchr(line.data, ' ', line.length);
		size_t length = space ? (size_t)(space - line.data) : line.length;

		words[count++] = (struct slice){ line.data, length };
		line = slice_trim(slice_from(line, length));
	}
	return count;
}

struct geometry_script {
	struct geometry_disk disk;
	struct geometry_extent there[GEOMETRY_ENTRIES];
	size_t there_count;
	struct geometry geometry;
	bool is_ready;
};

/* One line of the script.  Return: false after a refusal. */
static bool geometry_line(struct geometry_script *s, struct slice line)
{
	struct slice w[WORDS_MAX] = { 0 };
	uint64_t n[WORDS_MAX] = { 0 };
	size_t count = split(line, w);

	for (size_t i = 1; i < count; i++)
		n[i] = number_of(w[i]);
	if (slice_is(w[0], "disk")) {
		s->disk =
			(struct geometry_disk){ n[1], (uint32_t)n[2], n[3], n[4], (unsigned)n[5] };
		return true;
	}
	if (slice_is(w[0], "there") && s->there_count < GEOMETRY_ENTRIES) {
		s->there[s->there_count++] = (struct geometry_extent){ (unsigned)n[1], n[2], n[3] };
		return true;
	}
	if (!s->is_ready)
		geometry_init(&s->geometry, &s->disk, s->there, s->there_count);
	s->is_ready = true;
	if (slice_is(w[0], "delete")) {
		geometry_delete(&s->geometry, (unsigned)n[1]);
		return true;
	}

	AUTO(error_done) struct error err = ERROR_INIT;

	if (geometry_create(&s->geometry, (unsigned)n[1], n[2], n[3], &err) < 0) {
		printf("refused: %s\n", err.text);
		return false;
	}

	const struct geometry_extent *made = geometry_find(&s->geometry, (unsigned)n[1]);

	printf("%" PRIu64 " %" PRIu64 "\n", made->start, made->start + made->size - 1);
	return true;
}

/* A table, deletes and creates from standard input; first and last sector of each create. */
static int verb_geometry(void)
{
	struct geometry_script script = { .is_ready = false };
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	ssize_t length = 0;

	while ((length = getline(&line, &size, stdin)) > 0)
		if (!geometry_line(&script, (struct slice){ line, (size_t)length }))
			break;
	geometry_done(&script.geometry);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "geometry") == 0)
		return verb_geometry();
	fprintf(stderr, "usage: disk_tool VERB [WORD ...]\n");
	return 2;
}
