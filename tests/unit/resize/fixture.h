/*
 * fixture - a machine made of files, and layers made by hand, for the tests of src/resize.
 */
#ifndef SLIPWAY_TESTS_RESIZE_FIXTURE_H
#define SLIPWAY_TESTS_RESIZE_FIXTURE_H

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "disk/layer.h"
#include "resize/work.h"
#include "scratch.h"

#define MIB ((uint64_t)1 << 20)

struct fixture {
	struct scratch scratch;
	struct machine machine;
	struct resize_work work;
};

/* Writes @text to @path below the machine's root, with the directories that it needs. */
__attribute__((unused)) static void fixture_write(const struct fixture *fixture, const char *path,
						  const char *text)
{
	AUTO_FREE char *copy = scratch_path(&fixture->scratch, path);

	for (char *slash = strchr(copy + strlen(fixture->scratch.path) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
	scratch_write(&fixture->scratch, path, text);
}

static void fixture_init(struct fixture *fixture)
{
	*fixture = (struct fixture){ .scratch = scratch_new(), .machine = MACHINE_INIT };
	if (machine_open(&fixture->machine, fixture->scratch.path, /* root_path= */ NULL,
			 /* err= */ NULL) < 0)
		abort();
	fixture->work = (struct resize_work){ .machine = &fixture->machine,
					      .plan = plan_new(),
					      .grain_bytes = RESIZE_GRAIN_BYTES,
					      .minimum_bytes = RESIZE_MINIMUM_BYTES };
}

static void fixture_done(struct fixture *fixture)
{
	work_done(&fixture->work);
	machine_done(&fixture->machine);
	scratch_done(&fixture->scratch);
}

DEFINE_DONE(struct fixture, fixture_done)

/* A device of its own; released with layer_done(). */
static inline struct layer fixture_layer(enum layer_kind kind, const char *name, uint64_t bytes)
{
	return (struct layer){ .kind = kind,
			       .device = { .node = xasprintf("/dev/%s", name),
					   .name = xstrdup(name),
					   .size_bytes = bytes,
					   .sector_bytes = 512 } };
}

/* Puts @below under @layer, which owns it from then on. */
static inline void fixture_stand_on(struct layer *layer, struct layer below)
{
	layer->below = xreallocarray(layer->below, layer->below_count + 1, sizeof(*layer->below));
	layer->below[layer->below_count++] = below;
}

/* What the plan says, a line for each operation; freed with free(). */
static inline char *fixture_plan_text(const struct fixture *fixture)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	for (size_t i = 0; i < fixture->work.plan->count; i++) {
		plan_append_line(&fixture->work.plan->operations[i], &out);
		text_append_char(&out, '\n');
	}
	return xstrdup(text_str(&out));
}

#endif
