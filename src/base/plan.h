/*
 * plan - what will be done, decided before anything is touched.
 *
 * Owns: the list of typed operations that `plan` prints, the engine applies, the journal records
 * and progress counts, one to one; their rendering as lines and JSON. Leaves to others: what
 * operations there are (disk, host, boot), running them (ignition/apply).
 */
#ifndef SLIPWAY_BASE_PLAN_H
#define SLIPWAY_BASE_PLAN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "base/source.h"
#include "base/text.h"

struct operation;

/* What one kind of operation is and does; a const table in the module that owns it. */
struct operation_class {
	const char *name; /* "file.write": in JSON and journal, never translated */
	const char *noun; /* "file": before the object in the printed line */
	/* Do it.  Preconditions are checked again, and refused on with -EBUSY or -EEXIST. */
	int (*apply)(const struct operation *operation, struct machine *machine,
		     const struct event_observer *observer, struct error *err);
};

struct operation {
	const struct operation_class *class;
	const char *phase;    /* "files" */
	const char *object;   /* "/etc/hostname", "/dev/vda" */
	const char *summary;  /* "create, 12 bytes, mode 0644, root:root" */
	const char *log_text; /* as upstream's log words it, without prefixes: writing file "..." */
	const char *scope;    /* upstream's prefix for it, "createFilesystemsFiles: createFiles"; or
				 NULL */
	struct origin origin; /* which line of which file asked for it */
	const void *detail;   /* the class's own; lives in the plan's arena */
	/*
	 * NULL for what may be done twice.  Else a record, one line of JSON without secrets, by
	 * which a later run can tell whether it was done; made durable before the operation begins.
	 */
	const char *receipt;
};

struct plan {
	struct arena *arena; /* owns operations and all they point at */
	struct operation *operations;
	size_t count;
	size_t capacity;
};

/** plan_new - no operations; free with plan_free(). */
struct plan *plan_new(void);
void plan_free(struct plan *plan);

/** plan_add - append @operation; its pointers must live in plan->arena or be static. */
void plan_add(struct plan *plan, const struct operation *operation);

/** plan_append_line - "file /etc/hostname: create, …" without newline. */
void plan_append_line(const struct operation *operation, struct text *out);

/** plan_append_json - one operation as a JSON object: index, phase, class, object, summary, origin.
 */
void plan_append_json(const struct operation *operation, size_t index, struct text *out);

DEFINE_RELEASE(struct plan *, plan_free)

#endif
