#include "providers/ovf.h"

#include <errno.h>
#include <expat.h>
#include <string.h>

#include "base/alloc.h"
#include "base/worker.h"
#include "providers/xml.h"

#define OVF_NAMESPACE "http://schemas.dmtf.org/ovf/environment/1"
#define DOCUMENT      "the OVF environment"

#define WORKER_MEMORY_MAX ((size_t)64 << 20)
#define WORKER_TIME_MS	  10000

struct job {
	struct slice environment;
	const char *const *keys;
	size_t count;
};

static bool is_wanted(const struct job *job, const char *key)
{
	for (size_t i = 0; i < job->count; i++)
		if (strcmp(job->keys[i], key) == 0)
			return true;
	return false;
}

static int run(int (*work)(const void *input, struct text *output, struct error *err),
	       const struct job *job, struct text *ret, struct error *err)
{
	const struct worker worker = {
		.what = DOCUMENT,
		.work = work,
		.input = job,
		.output_max = XML_BYTES_MAX,
		.memory_max = WORKER_MEMORY_MAX,
		.timeout_ms = WORKER_TIME_MS,
	};

	return worker_run(&worker, ret, err);
}

/* --- values, in the worker: "+value" or "-" for each key, each with its NUL */

static struct slice find_value(const struct xml_element *section, const char *key)
{
	struct slice found = { .data = NULL };
	const struct xml_element *property = xml_child(section, "Property");

	for (; property; property = xml_next(property))
		if (slice_is(xml_attribute(property, "key"), key))
			found = xml_attribute(property, "value");
	return found;
}

static int read_values(const void *input, struct text *output, struct error *err)
{
	const struct job *job = input;
	AUTO(arena_free) struct arena *arena = arena_new();
	const struct xml_element *root = NULL;
	int r = xml_parse(job->environment, DOCUMENT, arena, &root, err);

	if (r < 0)
		return r;
	if (strcmp(root->name, "Environment") != 0)
		return error_set(err, ERROR_INPUT, EINVAL, "%s has another root", DOCUMENT);
	for (size_t i = 0; i < job->count && r == 0; i++) {
		struct slice value = find_value(xml_child(root, "PropertySection"), job->keys[i]);

		r = text_append_char(output, value.data ? '+' : '-');
		if (r == 0)
			r = text_append_slice(output, value);
		if (r == 0)
			r = text_append_char(output, '\0');
	}
	return r < 0 ? error_set(err, ERROR_INPUT, EFBIG, "%s is too large", DOCUMENT) : 0;
}

int ovf_properties(struct slice environment, const char *const *keys, size_t count, char **ret,
		   struct error *err)
{
	const struct job job = { environment, keys, count };
	AUTO(text_done) struct text output = TEXT_INIT(XML_BYTES_MAX);
	int r = run(read_values, &job, &output, err);
	struct slice rest = text_slice(&output);

	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		size_t length = rest.length ? strnlen(rest.data, rest.length) : 0;

		ret[i] = length && rest.data[0] == '+' ? xstrndup(rest.data + 1, length - 1) : NULL;
		rest = slice_from(rest, length + 1);
	}
	return 0;
}

/* --- removal, in the worker */

/* Namespace and local name as expat joins them. */
#define SEPARATOR      "|"
#define OVF_NAME(name) OVF_NAMESPACE SEPARATOR name

static const char *const path[] = { OVF_NAME("Environment"), OVF_NAME("PropertySection"),
				    OVF_NAME("Property") };

struct remover {
	XML_Parser parser;
	const struct job *job;
	struct text *output;
	size_t depth;
	size_t matched; /* elements of path that are open */
	size_t start;	/* of the element that goes */
	size_t copied;	/* bytes of the environment that are done with */
	bool is_going;
	bool is_full;
};

static void copy_until(struct remover *remover, size_t end)
{
	struct slice part = { remover->job->environment.data + remover->copied,
			      end - remover->copied };

	remover->is_full |= text_append_slice(remover->output, part) < 0;
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
	struct remover *remover = context;

	if (remover->depth == remover->matched && remover->matched < ARRAY_SIZE(path) &&
	    strcmp(path[remover->matched], name) == 0)
		remover->matched++;
	remover->depth++;
	if (remover->depth != ARRAY_SIZE(path) || remover->matched != ARRAY_SIZE(path))
		return;
	for (; attributes[0]; attributes += 2)
		if (strcmp(attributes[0], OVF_NAME("key")) == 0)
			remover->is_going = is_wanted(remover->job, attributes[1]);
	remover->start = (size_t)XML_GetCurrentByteIndex(remover->parser);
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct remover *remover = context;

	(void)name;
	if (remover->is_going && remover->depth == ARRAY_SIZE(path)) {
		copy_until(remover, remover->start);
		/* Behind an empty element the count is 0, and the index that of its end. */
		remover->copied = (size_t)XML_GetCurrentByteIndex(remover->parser) +
				  (size_t)XML_GetCurrentByteCount(remover->parser);
		remover->is_going = false;
	}
	remover->depth--;
	if (remover->matched > remover->depth)
		remover->matched = remover->depth;
}

static int remove_properties(const void *input, struct text *output, struct error *err)
{
	const struct job *job = input;
	AUTO(arena_free) struct arena *arena = arena_new();
	const struct xml_element *root = NULL;
	int r = xml_parse(job->environment, DOCUMENT, arena, &root, err);

	if (r < 0)
		return r;

	struct remover remover = {
		.parser = XML_ParserCreateNS(/* encoding= */ NULL, SEPARATOR[0]),
		.job = job,
		.output = output,
	};

	if (!remover.parser)
		abort();
	XML_SetUserData(remover.parser, &remover);
	XML_SetElementHandler(remover.parser, on_start, on_end);
	/* It was parsed once already. */
	XML_Parse(remover.parser, job->environment.data, (int)job->environment.length, XML_TRUE);
	XML_ParserFree(remover.parser);
	copy_until(&remover, job->environment.length);
	return remover.is_full ? error_set(err, ERROR_INPUT, EFBIG, "%s is too large", DOCUMENT)
			       : 0;
}

int ovf_remove(struct slice environment, const char *const *keys, size_t count, struct text *ret,
	       struct error *err)
{
	const struct job job = { environment, keys, count };

	return run(remove_properties, &job, ret, err);
}
