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

struct command_process;
struct operation;

/*
 * What one kind of operation is and does; a const table in the module that owns it.  It has either
 * apply, or begin: what a program does that others can run beside (see operation.resource).
 */
struct operation_class {
	const char *name; /* "file.write": in JSON and journal, never translated */
	const char *noun; /* "file": before the object in the printed line */
	/* Do it.  Without a check, preconditions are checked again here. */
	int (*apply)(const struct operation *operation, struct machine *machine,
		     const struct event_observer *observer, struct error *err);
	/*
	 * Look again, before the journal says that it was begun: nothing is touched.  NULL: there
	 * is nothing to look at.  Return: 0; OPERATION_NEEDLESS; -EBUSY or the like, which refuses.
	 */
	int (*check)(const struct operation *operation, struct machine *machine,
		     const struct event_observer *observer, struct error *err);
	/* Start the program that does it; *ret stays NULL when that was all, without finish. */
	int (*begin)(const struct operation *operation, struct machine *machine,
		     const struct event_observer *observer, struct command_process **ret,
		     struct error *err);
	/* The program has ended well: what is left to do; NULL: nothing. */
	int (*finish)(const struct operation *operation, struct machine *machine,
		      const struct event_observer *observer, struct error *err);
};

/* Of operation_class.check: it is as it should be, and the operation is over. */
#define OPERATION_NEEDLESS 1

/*
 * Who something is that an operation makes: drawn when the plan is made, so that a later run of the
 * same provisioning knows what is its own.
 */
struct operation_identity {
	unsigned entry;	  /* place in the list of the request, from 1; 0: its object says it all */
	unsigned number;  /* of a partition; 0: it is none */
	const char *uuid; /* NULL: none was drawn */
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
	 * What it needs for itself while its program runs, as the node of a device: operations of
	 * one phase that need different resources run side by side.  NULL: it runs alone.
	 */
	const char *resource;
	struct operation_identity identity;
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

/**
 * plan_append_json - one operation as a JSON object: index, phase, class, object, summary, origin,
 * and of its identity what it has: entry, number, uuid.
 */
void plan_append_json(const struct operation *operation, size_t index, struct text *out);

DEFINE_RELEASE(struct plan *, plan_free)

#endif
