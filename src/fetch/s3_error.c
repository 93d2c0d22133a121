#include "fetch/s3_error.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <expat.h>

#include "fetch/limits.h"

/* <Error><Code>: what is deeper is not looked at, and much deeper is no answer of S3. */
#define DEPTH_OF_VALUES 2
#define DEPTH_MAX	8

struct reader {
	XML_Parser parser;
	unsigned depth;
	bool is_error;	  /* the root is <Error> */
	char *value;	  /* of the element that is being read; NULL: one that does not matter */
	size_t value_max; /* its size */
	bool is_too_long;
	struct s3_error found;
};

static void begin_value(struct reader *reader, const char *name)
{
	const struct {
		const char *name;
		char *value;
		size_t max;
	} rows[] = {
		{ "Code", reader->found.code, sizeof(reader->found.code) },
		{ "Region", reader->found.region, sizeof(reader->found.region) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		reader->value = rows[i].value;
		reader->value_max = rows[i].max;
		reader->is_too_long = false;
		reader->value[0] = '\0';
	}
}

static void on_start(void *context, const char *name, const char **attributes)
{
	struct reader *reader = context;

	(void)attributes;
	reader->depth++;
	reader->value = NULL;
	if (reader->depth > DEPTH_MAX)
		XML_StopParser(reader->parser, XML_FALSE);
	if (reader->depth == 1)
		reader->is_error = strcmp(name, "Error") == 0;
	if (reader->depth == DEPTH_OF_VALUES && reader->is_error)
		begin_value(reader, name);
}

static void on_end(void *context, const char *name)
{
	struct reader *reader = context;

	(void)name;
	if (reader->value && reader->is_too_long)
		reader->value[0] = '\0';
	reader->value = NULL;
	reader->depth--;
}

static void on_text(void *context, const char *data, int length)
{
	struct reader *reader = context;
	size_t used = reader->value ? strlen(reader->value) : 0;

	if (!reader->value || reader->is_too_long)
		return;
	if ((size_t)length >= reader->value_max - used) {
		reader->is_too_long = true;
		return;
	}
	memcpy(reader->value + used, data, (size_t)length);
	reader->value[used + (size_t)length] = '\0';
}

static void on_document_type(void *context, const char *name, const char *system_id,
			     const char *public_id, int has_subset)
{
	struct reader *reader = context;

	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_subset;
	XML_StopParser(reader->parser, XML_FALSE);
}

/* It is shown: nothing that a terminal would obey. */
static bool is_code(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80 || !isalnum((unsigned char)*text))
			return false;
	return true;
}

void s3_error_parse(struct slice body, struct s3_error *ret)
{
	struct reader reader = { .parser = NULL };

	*ret = (struct s3_error){ .code = "" };
	if (body.length == 0 || body.length > FETCH_REFUSAL_MAX_BYTES)
		return;
	reader.parser = XML_ParserCreate(/* encoding= */ NULL);
	if (!reader.parser)
		abort();
	XML_SetUserData(reader.parser, &reader);
	XML_SetElementHandler(reader.parser, on_start, on_end);
	XML_SetCharacterDataHandler(reader.parser, on_text);
	XML_SetStartDoctypeDeclHandler(reader.parser, on_document_type);
	enum XML_Status status =
		XML_Parse(reader.parser, body.data, (int)body.length, /* isFinal= */ XML_TRUE);

	XML_ParserFree(reader.parser);
	if (status != XML_STATUS_OK)
		return;
	if (is_code(reader.found.code))
		memcpy(ret->code, reader.found.code, sizeof(ret->code));
	if (s3_is_region(slice_of(reader.found.region)))
		memcpy(ret->region, reader.found.region, sizeof(ret->region));
}
