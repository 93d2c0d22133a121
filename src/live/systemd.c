#include "live/systemd.h"

#include "base/alloc.h"
#include "base/command.h"
#include "base/root.h"

#define MASK "/dev/null"
/* What a unit may take to start before nobody waits for it any more. */
#define JOB_TIMEOUT_MS ((int64_t)15 * 60 * 1000)
/* What systemctl and systemd-run say by themselves, without a job. */
#define CALL_TIMEOUT_MS ((int64_t)90 * 1000)
/* Exit status of systemctl for a job that was taken and failed, among others; what was refused has
 * one of LSB's: 4 no right, 5 no such unit, 6 masked. */
#define STATUS_FAILED 1

/* Detail of a job. */
struct job {
	const char *verb;
	const char *unit;
};

static int call(const char *const *argv, int64_t timeout_ms, const struct event_observer *observer,
		int *ret_status, struct error *err)
{
	const struct command command = { .argv = argv,
					 .timeout_ms = timeout_ms,
					 .observer = observer };

	return command_run(&command, /* ret_stdout= */ NULL, ret_status, err);
}

static int apply_reload(const struct operation *operation, struct machine *machine,
			const struct event_observer *observer, struct error *err)
{
	static const char *const argv[] = { "systemctl", "daemon-reload", NULL };

	(void)operation;
	(void)machine;
	return call(argv, CALL_TIMEOUT_MS, observer, /* ret_status= */ NULL, err);
}

static int apply_enable(const struct operation *operation, struct machine *machine,
			const struct event_observer *observer, struct error *err)
{
	const char *const argv[] = { "systemctl", "--force",	     "--no-reload", "enable",
				     "--",	  operation->object, NULL };

	(void)machine;
	return call(argv, CALL_TIMEOUT_MS, observer, /* ret_status= */ NULL, err);
}

static int apply_job(const struct operation *operation, struct machine *machine,
		     const struct event_observer *observer, struct error *err)
{
	const struct job *job = operation->detail;
	const char *const argv[] = { "systemctl", "--job-mode=replace", job->verb, "--", job->unit,
				     NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int status = 0;
	int r = call(argv, JOB_TIMEOUT_MS, observer, &status, &problem);

	(void)machine;
	if (r == 0)
		return 0;
	if (status != STATUS_FAILED && problem.kind != ERROR_TIMEOUT)
		return error_set(err, problem.kind, -r, "%s", problem.text);
	event_message(observer, EVENT_WARNING, "Result of \"%s\" on \"%s\": %s", job->verb,
		      job->unit, problem.text);
	return 0;
}

/* --no-block: the script may wait for what waits for us. */
static int apply_script(const struct operation *operation, struct machine *machine,
			const struct event_observer *observer, struct error *err)
{
	const struct job *script = operation->detail;
	AUTO_FREE char *unit = xasprintf("--unit=%s", script->unit);
	const char *const argv[] = {
		"systemd-run",
		"--quiet",
		"--no-block",
		"--description=Unit generated and executed by coreos-cloudinit on behalf of user",
		unit,
		"--",
		"/bin/bash",
		operation->object,
		NULL,
	};

	(void)machine;
	return call(argv, CALL_TIMEOUT_MS, observer, /* ret_status= */ NULL, err);
}

static int apply_unmask(const struct operation *operation, struct machine *machine,
			const struct event_observer *observer, struct error *err)
{
	(void)observer;
	return root_remove_tree(machine->root_fd, operation->object, err);
}

static const struct operation_class reload_class = { "systemd.reload", "systemd", apply_reload };
static const struct operation_class enable_class = { "unit.enable", "unit", apply_enable };
static const struct operation_class job_class = { "unit.job", "unit", apply_job };
static const struct operation_class script_class = { "script.run", "script", apply_script };
static const struct operation_class unmask_class = { "unit.unmask", "unit", apply_unmask };

static const char *keep(struct plan *plan, struct slice text)
{
	return arena_strndup(plan->arena, text.data, text.length);
}

void systemd_plan_reload(struct plan *plan)
{
	plan_add(plan, &(struct operation){
			       .class = &reload_class,
			       .phase = "units",
			       .object = "manager",
			       .summary = "read units anew",
			       .log_text = "reloading systemd",
		       });
}

void systemd_plan_enable(struct plan *plan, struct slice unit, struct origin origin)
{
	const char *name = keep(plan, unit);

	plan_add(plan, &(struct operation){
			       .class = &enable_class,
			       .phase = "units",
			       .object = name,
			       .summary = "enable",
			       .log_text = arena_printf(plan->arena, "enabling unit \"%s\"", name),
			       .origin = origin,
		       });
}

void systemd_plan_job(struct plan *plan, struct slice verb, struct slice unit, struct origin origin)
{
	struct job *job = arena_alloc(plan->arena, sizeof(*job));

	*job = (struct job){ .verb = keep(plan, verb), .unit = keep(plan, unit) };
	plan_add(plan,
		 &(struct operation){
			 .class = &job_class,
			 .phase = "jobs",
			 .object = job->unit,
			 .summary = job->verb,
			 .log_text = arena_printf(plan->arena, "calling unit command \"%s %s\"",
						  job->verb, job->unit),
			 .origin = origin,
			 .detail = job,
		 });
}

void systemd_plan_script(struct plan *plan, const char *path, const char *unit,
			 struct origin origin)
{
	struct job *script = arena_alloc(plan->arena, sizeof(*script));

	*script = (struct job){ .unit = arena_strdup(plan->arena, unit) };
	plan_add(plan,
		 &(struct operation){
			 .class = &script_class,
			 .phase = "jobs",
			 .object = arena_strdup(plan->arena, path),
			 .summary = arena_printf(plan->arena, "run as %s", unit),
			 .log_text = arena_printf(plan->arena, "running script as \"%s\"", unit),
			 .origin = origin,
			 .detail = script,
		 });
}

void systemd_plan_unmask(struct plan *plan, const struct machine *machine, struct slice path,
			 struct origin origin, const struct event_observer *observer)
{
	const char *object = keep(plan, path);
	AUTO_FREE char *target = NULL;
	struct stat st;

	if (root_stat(machine->root_fd, object, &st, /* err= */ NULL) < 0)
		return;
	if (!(S_ISREG(st.st_mode) && st.st_size == 0) &&
	    (root_readlink(machine->root_fd, object, &target, /* err= */ NULL) < 0 ||
	     strcmp(target, MASK) != 0)) {
		event_message(observer, EVENT_WARNING,
			      "%s is not null or empty, refusing to unmask", object);
		return;
	}
	plan_add(plan, &(struct operation){
			       .class = &unmask_class,
			       .phase = "units",
			       .object = object,
			       .summary = "unmask",
			       .log_text = arena_printf(plan->arena, "unmasking \"%s\"", object),
			       .origin = origin,
		       });
}
