#include "providers/metadata.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/worker.h"

#define WORKER_OUTPUT_MAX METADATA_RECORDS_MAX
#define WORKER_MEMORY_MAX ((size_t)64 << 20)
#define WORKER_TIME_MS	  10000

struct metadata *metadata_new(void)
{
	struct metadata *metadata = xcalloc(1, sizeof(*metadata));

	metadata->arena = arena_new();
	return metadata;
}

void metadata_free(struct metadata *metadata)
{
	if (!metadata)
		return;
	arena_free(metadata->arena);
	free(metadata->attributes);
	free(metadata->keys);
	free(metadata);
}

static bool has_control(struct slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c < ' ' || c == 0x7f)
			return true;
	}
	return false;
}

static int check_value(struct slice value, size_t count, const char *what, struct error *err)
{
	if (value.length > METADATA_VALUE_MAX)
		return error_set(err, ERROR_INPUT, E2BIG, "%s is longer than %zu bytes", what,
				 METADATA_VALUE_MAX);
	if (has_control(value))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "%s contains a newline or another control character", what);
	if (count >= METADATA_ENTRIES_MAX)
		return error_set(err, ERROR_INPUT, E2BIG, "more than %d entries of metadata",
				 METADATA_ENTRIES_MAX);
	return 0;
}

static struct metadata_attribute *find(const struct metadata *metadata, const char *name)
{
	for (size_t i = 0; i < metadata->attribute_count; i++)
		if (strcmp(metadata->attributes[i].name, name) == 0)
			return &metadata->attributes[i];
	return NULL;
}

int metadata_add_attribute(struct metadata *metadata, const char *name, struct slice value,
			   struct error *err)
{
	value = slice_trim(value);
	if (value.length == 0)
		return 0;

	int r = check_value(value, metadata->attribute_count, name, err);

	if (r < 0)
		return r;

	struct metadata_attribute *attribute = find(metadata, name);

	if (!attribute) {
		metadata->attributes =
			xreallocarray(metadata->attributes, metadata->attribute_count + 1,
				      sizeof(*metadata->attributes));
		attribute = &metadata->attributes[metadata->attribute_count++];
		attribute->name = arena_strdup(metadata->arena, name);
	}
	attribute->value = arena_strndup(metadata->arena, value.data, value.length);
	return 0;
}

int metadata_add_numbered(struct metadata *metadata, const char *prefix, size_t number,
			  struct slice value, struct error *err)
{
	AUTO_FREE char *name = xasprintf("%s%zu", prefix, number);

	return metadata_add_attribute(metadata, name, value, err);
}

static bool has_key(const struct metadata *metadata, const char *user, struct slice line)
{
	for (size_t i = 0; i < metadata->key_count; i++)
		if (slice_is(line, metadata->keys[i].line) &&
		    strcmp(metadata->keys[i].user ?: "", user ?: "") == 0)
			return true;
	return false;
}

static int add_key(struct metadata *metadata, const char *user, struct slice line,
		   struct error *err)
{
	int r = check_value(line, metadata->key_count, "an SSH key", err);

	if (r < 0 || has_key(metadata, user, line))
		return r;
	metadata->keys =
		xreallocarray(metadata->keys, metadata->key_count + 1, sizeof(*metadata->keys));
	metadata->keys[metadata->key_count++] = (struct metadata_key){
		.user = user ? arena_strdup(metadata->arena, user) : NULL,
		.line = arena_strndup(metadata->arena, line.data, line.length),
	};
	return 0;
}

int metadata_add_keys(struct metadata *metadata, const char *user, struct slice lines,
		      struct error *err)
{
	while (lines.length) {
		struct slice line = slice_trim(slice_take_line(&lines));
		int r = line.length && line.data[0] != '#' ? add_key(metadata, user, line, err) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

static struct slice first_word(struct slice text)
{
	text = slice_trim(text);
	for (size_t i = 0; i < text.length; i++)
		if (isspace((unsigned char)text.data[i]))
			return (struct slice){ text.data, i };
	return text;
}

int metadata_set_hostname(struct metadata *metadata, struct slice name, struct error *err)
{
	name = first_word(name);
	for (size_t i = 0; i < name.length; i++) {
		unsigned char c = (unsigned char)name.data[i];

		if (!isalnum(c) && c != '-' && c != '.' && c != '_')
			return error_set(err, ERROR_INPUT, EINVAL,
					 "the platform's host name contains byte 0x%02x", c);
	}
	if (name.length > METADATA_VALUE_MAX)
		return error_set(err, ERROR_INPUT, E2BIG, "the platform's host name is too long");
	if (name.length)
		metadata->hostname = arena_strndup(metadata->arena, name.data, name.length);
	return 0;
}

const char *metadata_get(const struct metadata *metadata, const char *name)
{
	const struct metadata_attribute *attribute = find(metadata, name);

	return attribute ? attribute->value : NULL;
}

/* --- out of a worker, or of a cache: records of a letter and two texts with their lengths */

enum record_kind {
	RECORD_ATTRIBUTE = 'a', /* name, value */
	RECORD_KEY = 'k',	/* user or "", line */
	RECORD_HOSTNAME = 'h',	/* "", name */
};

static int append_record(struct text *out, enum record_kind kind, const char *first,
			 const char *second)
{
	const struct slice parts[] = { slice_of(first ?: ""), slice_of(second) };
	int r = text_append_char(out, (char)kind);

	for (size_t i = 0; i < ARRAY_SIZE(parts) && r == 0; i++) {
		uint32_t length = (uint32_t)parts[i].length;

		r = text_append(out, &length, sizeof(length));
		if (r == 0)
			r = text_append_slice(out, parts[i]);
	}
	return r;
}

int metadata_append_records(struct text *out, const struct metadata *metadata)
{
	int r = 0;

	for (size_t i = 0; i < metadata->attribute_count && r == 0; i++)
		r = append_record(out, RECORD_ATTRIBUTE, metadata->attributes[i].name,
				  metadata->attributes[i].value);
	for (size_t i = 0; i < metadata->key_count && r == 0; i++)
		r = append_record(out, RECORD_KEY, metadata->keys[i].user, metadata->keys[i].line);
	if (metadata->hostname && r == 0)
		r = append_record(out, RECORD_HOSTNAME, "", metadata->hostname);
	return r;
}

static int take_part(struct slice *rest, struct slice *ret)
{
	uint32_t length = 0;

	if (rest->length < sizeof(length))
		return -EBADMSG;
	memcpy(&length, rest->data, sizeof(length));
	*rest = slice_from(*rest, sizeof(length));
	if (rest->length < length)
		return -EBADMSG;
	*ret = (struct slice){ rest->data, length };
	*rest = slice_from(*rest, length);
	return 0;
}

static bool is_attribute_name(struct slice name)
{
	for (size_t i = 0; i < name.length; i++) {
		unsigned char c = (unsigned char)name.data[i];

		if (!isupper(c) && !isdigit(c) && c != '_')
			return false;
	}
	return name.length > 0 && name.length < METADATA_VALUE_MAX;
}

static int take_attribute(struct metadata *metadata, struct slice name, struct slice value,
			  struct error *err)
{
	AUTO_FREE char *text = slice_dup(name);

	if (!is_attribute_name(name))
		return error_set(err, ERROR_INPUT, EBADMSG, "an attribute without a proper name");
	return metadata_add_attribute(metadata, text, value, err);
}

static int take_key(struct metadata *metadata, struct slice user, struct slice line,
		    struct error *err)
{
	AUTO_FREE char *name = user.length ? slice_dup(user) : NULL;

	return metadata_add_keys(metadata, name, line, err);
}

static int take_record(struct metadata *metadata, struct slice *rest, struct error *err)
{
	enum record_kind kind = (enum record_kind)rest->data[0];
	struct slice first;
	struct slice second;

	*rest = slice_from(*rest, 1);
	if (take_part(rest, &first) < 0 || take_part(rest, &second) < 0)
		return error_set(err, ERROR_INPUT, EBADMSG, "metadata broke off");
	switch (kind) {
	case RECORD_ATTRIBUTE:
		return take_attribute(metadata, first, second, err);
	case RECORD_KEY:
		return take_key(metadata, first, second, err);
	case RECORD_HOSTNAME:
		return metadata_set_hostname(metadata, second, err);
	}
	return error_set(err, ERROR_INPUT, EBADMSG, "metadata of no kind");
}

int metadata_take_records(struct slice records, struct metadata *ret, struct error *err)
{
	int r = 0;

	while (records.length && r == 0)
		r = take_record(ret, &records, err);
	return r;
}

struct parse_job {
	metadata_parser *parser;
	const struct slice *documents;
	size_t count;
};

static int run_parser(const void *input, struct text *output, struct error *err)
{
	const struct parse_job *job = input;
	AUTO(metadata_free) struct metadata *metadata = metadata_new();
	int r = job->parser(job->documents, job->count, metadata, err);

	if (r == 0 && metadata_append_records(output, metadata) < 0)
		return error_set(err, ERROR_INPUT, EFBIG, "the metadata is too large");
	return r;
}

int metadata_parse(metadata_parser *parser, const struct slice *documents, size_t count,
		   struct metadata *metadata, struct error *err)
{
	const struct parse_job job = { parser, documents, count };
	const struct worker worker = {
		.what = "metadata",
		.work = run_parser,
		.input = &job,
		.output_max = WORKER_OUTPUT_MAX,
		.memory_max = WORKER_MEMORY_MAX,
		.timeout_ms = WORKER_TIME_MS,
	};
	AUTO(text_done) struct text output = TEXT_INIT(WORKER_OUTPUT_MAX);
	int r = worker_run(&worker, &output, err);

	return r < 0 ? r : metadata_take_records(text_slice(&output), metadata, err);
}
