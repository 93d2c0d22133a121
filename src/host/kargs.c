#include "host/kargs.h"

#include <errno.h>

#include "base/command.h"

/* A helper that reboots may wait for the end; a reboot that takes longer than this will not come.
 */
#define HELPER_TIMEOUT_MS 600000

/* Flatcar's helper refuses on a machine that was booted over the network. */
static const char *const helper_variables[] = { "PLATFORM_ID", "OEM_ID", NULL };

bool kargs_is_empty(const struct kargs_request *request)
{
	return request->should_exist_count == 0 && request->should_not_exist_count == 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static bool has_argument(struct slice line, struct slice word)
{
	const char *end = line.data + line.length;
	struct slice rest = line;

	if (!word.length)
		return true;
	for (const char *at;
	     (at = rest.length ? memmem(rest.data, rest.length, word.data, word.length) : NULL);
	     rest = slice_from(rest, (size_t)(at - rest.data) + 1)) {
		const char *after = at + word.length;

		if ((at == line.data || is_space(at[-1])) && (after == end || is_space(*after)))
			return true;
	}
	return false;
}

/* Those of @words that @line has, or has not. */
static const struct slice *select_words(const struct slice *words, size_t *count, struct slice line,
					bool has, struct arena *arena)
{
	struct slice *selected = arena_array(arena, *count, sizeof(*selected));
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++) {
		if (has_argument(line, words[i]) == has)
			selected[kept++] = words[i];
	}
	*count = kept;
	return selected;
}

struct kargs_request kargs_pending(const struct kargs_request *request, struct slice line,
				   struct arena *arena)
{
	struct kargs_request pending = *request;

	if (!line.data)
		return pending;
	pending.should_exist = select_words(pending.should_exist, &pending.should_exist_count, line,
					    /* has= */ false, arena);
	pending.should_not_exist =
		select_words(pending.should_not_exist, &pending.should_not_exist_count, line,
			     /* has= */ true, arena);
	return pending;
}

static int apply(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	const struct command command = {
		.argv = operation->detail,
		.timeout_ms = HELPER_TIMEOUT_MS,
		.variables = helper_variables,
		.observer = observer,
	};
	int r = command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);

	(void)machine;
	return r == -ENOENT ? error_wrap(err, r, "kernel arguments need the distribution's helper")
			    : r;
}

static const struct operation_class kargs_class = {
	.name = "kargs.update",
	.noun = "kernel",
	.apply = apply,
};

struct list {
	const char *option;
	const char *verb;
	const struct slice *words;
	size_t count;
};

static const char **append_words(struct arena *arena, const struct list *list, const char **next)
{
	for (size_t i = 0; i < list->count; i++) {
		*next++ = list->option;
		*next++ = arena_strndup(arena, list->words[i].data, list->words[i].length);
	}
	return next;
}

static void append_summary(const struct list *list, struct text *out)
{
	for (size_t i = 0; i < list->count; i++) {
		text_append_str(out, out->length ? ", " : "");
		text_printf(out, "%s ", list->verb);
		text_append_quoted(out, list->words[i]);
	}
}

void host_plan_kargs(struct plan *plan, const struct kargs_request *request)
{
	const struct list lists[] = {
		{ "--should-exist", "add", request->should_exist, request->should_exist_count },
		{ "--should-not-exist", "remove", request->should_not_exist,
		  request->should_not_exist_count },
	};
	AUTO(text_done) struct text summary = TEXT_INIT(TEXT_MESSAGE_MAX);
	/* The helper's name and a NULL around two words for each. */
	const size_t count = 2 + 2 * (lists[0].count + lists[1].count);
	const char **argv = arena_array(plan->arena, count, sizeof(*argv));
	const char **next = argv;

	if (kargs_is_empty(request))
		return;
	*next++ = KARGS_HELPER;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		next = append_words(plan->arena, &lists[i], next);
		append_summary(&lists[i], &summary);
	}
	*next = NULL;
	plan_add(plan, &(struct operation){
			       .class = &kargs_class,
			       .phase = "kargs",
			       .object = "arguments",
			       .summary = arena_strdup(plan->arena, text_str(&summary)),
			       .log_text = "updating kernel arguments",
			       .origin = request->origin,
			       .detail = argv,
		       });
}
