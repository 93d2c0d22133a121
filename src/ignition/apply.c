#include "ignition/apply.h"

static int apply_one(const struct plan *plan, size_t index, struct machine *machine,
		     const struct event_observer *observer, struct error *err)
{
	const struct operation *operation = &plan->operations[index];
	struct event event = { .kind = EVENT_OPERATION_BEGIN,
			       .text = operation->log_text,
			       .operation = operation,
			       .done = index,
			       .total = plan->count };

	if (operation->scope)
		event_scope_begin(observer, operation->scope);
	event_notify(observer, &event);

	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = operation->class->apply(operation, machine, observer, &problem);

	event.kind = r < 0 ? EVENT_OPERATION_FAILED : EVENT_OPERATION_DONE;
	event.cause = problem.text;
	event.done = r < 0 ? index : index + 1;
	event_notify(observer, &event);
	if (operation->scope)
		event_scope_end(observer);
	if (r < 0)
		return error_set(err, problem.kind, -r, "%s %s: %s", operation->class->noun,
				 operation->object, problem.text);
	return 0;
}

int apply_plan(const struct plan *plan, struct machine *machine, struct journal *journal,
	       const char *stage, const struct event_observer *observer, struct error *err)
{
	int r = journal ? journal_plan(journal, machine, plan, stage, err) : 0;

	for (size_t i = 0; i < plan->count && r == 0; i++) {
		if (journal)
			r = journal_begin(journal, i, err);
		if (r == 0)
			r = apply_one(plan, i, machine, observer, err);
		if (r == 0 && journal)
			r = journal_done(journal, i, err);
	}
	return r;
}
