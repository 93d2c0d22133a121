#include "ignition/apply.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/command.h"

/* How often it is told how far a program is. */
#define PROGRESS_MS 1000

/* An operation whose program runs. */
struct running {
	size_t index;
	struct command_process *process; /* owned */
};

/* Of the operation at @index. */
struct failure {
	size_t index;
	struct error error; /* owned */
};

/* A plan that is being applied. */
struct run {
	const struct plan *plan;
	struct machine *machine;
	struct journal *journal; /* NULL: none is kept */
	const struct event_observer *observer;
	size_t done;
	struct running running[APPLY_RUNNING_MAX]; /* in the order of the plan */
	size_t running_count;
	struct failure failures[APPLY_RUNNING_MAX + 1]; /* nothing begins after the first */
	size_t failure_count;
};

static void run_done(struct run *run)
{
	for (size_t i = 0; i < run->running_count; i++)
		command_process_free(run->running[i].process);
	for (size_t i = 0; i < run->failure_count; i++)
		error_done(&run->failures[i].error);
}

DEFINE_DONE(struct run, run_done)

static const struct operation *operation_at(const struct run *run, size_t index)
{
	return &run->plan->operations[index];
}

static void notify(const struct run *run, size_t index, enum event_kind kind, const char *cause)
{
	const struct operation *operation = operation_at(run, index);

	event_notify(run->observer, &(struct event){ .kind = kind,
						     .text = operation->log_text,
						     .cause = cause,
						     .operation = operation,
						     .done = run->done,
						     .total = run->plan->count });
}

static void begin_scope(const struct run *run, size_t index)
{
	if (operation_at(run, index)->scope)
		event_scope_begin(run->observer, operation_at(run, index)->scope);
}

static void end_scope(const struct run *run, size_t index)
{
	if (operation_at(run, index)->scope)
		event_scope_end(run->observer);
}

/* In the order of the plan, whichever ended first.  @problem is taken. */
static void add_failure(struct run *run, size_t index, struct error *problem)
{
	size_t at = run->failure_count++;

	for (; at && run->failures[at - 1].index > index; at--)
		run->failures[at] = run->failures[at - 1];
	run->failures[at] = (struct failure){ index, *problem };
	*problem = ERROR_INIT;
}

/* The operation is over, one way or the other. */
static void end(struct run *run, size_t index, int r, struct error *problem)
{
	if (r == 0 && run->journal)
		r = journal_done(run->journal, index, problem);
	run->done += r == 0;
	notify(run, index, r < 0 ? EVENT_OPERATION_FAILED : EVENT_OPERATION_DONE, problem->text);
	if (r < 0)
		add_failure(run, index, problem);
}

/* Return: 0; OPERATION_NEEDLESS; what refused, with nothing touched. */
static int check(const struct run *run, size_t index, struct error *err)
{
	const struct operation *operation = operation_at(run, index);
	int r = operation->class->check
			? operation->class->check(operation, run->machine, run->observer, err)
			: 0;

	return r == 0 && run->journal ? journal_begin(run->journal, index, err) : r;
}

static int start(const struct run *run, size_t index, struct command_process **ret,
		 struct error *err)
{
	const struct operation *operation = operation_at(run, index);

	if (operation->class->apply)
		return operation->class->apply(operation, run->machine, run->observer, err);
	return operation->class->begin(operation, run->machine, run->observer, ret, err);
}

static int finish(const struct run *run, size_t index, struct error *err)
{
	const struct operation *operation = operation_at(run, index);

	if (!operation->class->finish)
		return 0;
	return operation->class->finish(operation, run->machine, run->observer, err);
}

static void begin(struct run *run, size_t index)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	struct command_process *process = NULL;

	begin_scope(run, index);
	notify(run, index, EVENT_OPERATION_BEGIN, /* cause= */ NULL);

	int r = check(run, index, &problem);

	if (r == 0)
		r = start(run, index, &process, &problem);
	else if (r == OPERATION_NEEDLESS)
		r = 0;
	if (process) {
		run->running[run->running_count++] = (struct running){ index, process };
		notify(run, index, EVENT_OPERATION_LEAVE, /* cause= */ NULL);
	} else {
		end(run, index, r, &problem);
	}
	end_scope(run, index);
}

/* The program at @at of those that run has ended. */
static void finish_running(struct run *run, size_t at)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	const struct running ended = run->running[at];

	run->running_count--;
	for (; at < run->running_count; at++)
		run->running[at] = run->running[at + 1];
	begin_scope(run, ended.index);
	notify(run, ended.index, EVENT_OPERATION_ENTER, /* cause= */ NULL);

	int r = command_finish(ended.process, /* ret_status= */ NULL, &problem);

	if (r == 0)
		r = finish(run, ended.index, &problem);
	end(run, ended.index, r, &problem);
	end_scope(run, ended.index);
}

/* How far those that run are, as far as that can be seen from outside. */
static void tell_progress(const struct run *run)
{
	for (size_t i = 0; i < run->running_count; i++) {
		const struct running *running = &run->running[i];
		const struct operation *operation = operation_at(run, running->index);
		struct event event = { .kind = EVENT_PROGRESS,
				       .text = operation->log_text,
				       .operation = operation };

		if (command_written(running->process, &event.done) == 0)
			event_notify(run->observer, &event);
	}
}

/* Until one of those that run has ended. */
static void wait_for_one(struct run *run)
{
	struct command_process *processes[APPLY_RUNNING_MAX];
	AUTO(error_done) struct error problem = ERROR_INIT;
	size_t at = 0;

	for (size_t i = 0; i < run->running_count; i++)
		processes[i] = run->running[i].process;
	do {
		/* If they cannot be watched together, the first is waited for. */
		if (command_wait(processes, run->running_count, PROGRESS_MS, &at, &problem) < 0)
			at = 0;
		if (at == run->running_count)
			tell_progress(run);
	} while (at == run->running_count);
	finish_running(run, at);
}

/* Whether the operation can run beside those that do. */
static bool fits_beside(const struct run *run, size_t index)
{
	const struct operation *operation = operation_at(run, index);

	if (run->running_count == 0)
		return true;
	if (!operation->class->begin || !operation->resource ||
	    run->running_count == APPLY_RUNNING_MAX)
		return false;
	for (size_t i = 0; i < run->running_count; i++) {
		const struct operation *other = operation_at(run, run->running[i].index);

		if (!other->resource || strcmp(other->resource, operation->resource) == 0 ||
		    strcmp(other->phase, operation->phase) != 0)
			return false;
	}
	return true;
}

static void run_all(struct run *run)
{
	for (size_t i = 0; i < run->plan->count && run->failure_count == 0; i++) {
		while (!fits_beside(run, i))
			wait_for_one(run);
		if (run->failure_count == 0)
			begin(run, i);
	}
	while (run->running_count)
		wait_for_one(run);
}

/* "web.ign:3:7: device /dev/vda1: …", one line each; the first decides kind and number. */
static int report(const struct run *run, struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
	const struct error *first = &run->failures[0].error;

	for (size_t i = 0; i < run->failure_count; i++) {
		const struct failure *failure = &run->failures[i];
		const struct operation *operation = operation_at(run, failure->index);

		text_append_str(&out, i ? "\n" : "");
		source_append_position(&operation->origin, ": ", &out);
		text_printf(&out, "%s %s: %s", operation->class->noun, operation->object,
			    failure->error.text);
	}
	return error_set(err, first->kind, first->errnum, "%s", text_str(&out));
}

int apply_plan(const struct plan *plan, struct machine *machine, struct journal *journal,
	       const char *stage, const struct event_observer *observer, struct error *err)
{
	AUTO(run_done)
	struct run run = {
		.plan = plan, .machine = machine, .journal = journal, .observer = observer
	};
	int r = journal ? journal_plan(journal, machine, plan, stage, err) : 0;

	if (r < 0)
		return r;
	run_all(&run);
	return run.failure_count ? report(&run, err) : 0;
}
