#include "providers/xml.h"

#include <errno.h>
#include <expat.h>
#include <string.h>

#include "base/scope.h"

/* Between a namespace and a local name, as expat joins them; it cannot stand in either. */
#define SEPARATOR '\n'

/* An element that is still open, with what has to be remembered until it is closed. */
struct open_element {
	struct xml_element *element;
	struct xml_element *last; /* child */
	struct text text;
};

struct reader {
	XML_Parser parser;
	struct arena *arena;
	struct open_element stack[XML_DEPTH_MAX];
	size_t depth;
	size_t count;
	struct xml_element *root;
	const char *refusal; /* why it stopped; NULL: it did not */
};

static void refuse(struct reader *reader, const char *why)
{
	reader->refusal = why;
	XML_StopParser(reader->parser, XML_FALSE);
}

static void split_name(struct reader *reader, const char *joined, const char **ret_name,
		       const char **ret_namespace)
{
	const char *separator = strchr(joined, SEPARATOR);

	*ret_name = arena_strdup(reader->arena, separator ? separator + 1 : joined);
	*ret_namespace =
		separator ? arena_strndup(reader->arena, joined, (size_t)(separator - joined)) : "";
}

static void add_attributes(struct reader *reader, struct xml_element *element, const char **words)
{
	const struct xml_attribute **end = &element->attributes;

	for (; words[0]; words += 2) {
		struct xml_attribute *attribute = arena_alloc(reader->arena, sizeof(*attribute));

		split_name(reader, words[0], &attribute->name, &attribute->namespace);
		attribute->value = arena_strdup(reader->arena, words[1]);
		*end = attribute;
		end = &attribute->next;
	}
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
	struct reader *reader = context;
	struct xml_element *element = NULL;

	if (reader->refusal)
		return;
	if (reader->depth == XML_DEPTH_MAX || reader->count++ == XML_ELEMENTS_MAX) {
		refuse(reader, "it has too many elements, or they are nested too deep");
		return;
	}
	element = arena_alloc(reader->arena, sizeof(*element));
	split_name(reader, name, &element->name, &element->namespace);
	add_attributes(reader, element, attributes);
	if (reader->depth == 0) {
		reader->root = element;
	} else {
		struct open_element *parent = &reader->stack[reader->depth - 1];

		if (parent->last)
			parent->last->next = element;
		else
			parent->element->first = element;
		parent->last = element;
	}
	reader->stack[reader->depth++] =
		(struct open_element){ .element = element, .text = TEXT_INIT(XML_BYTES_MAX) };
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct reader *reader = context;

	(void)name;
	if (reader->refusal)
		return;

	struct open_element *closed = &reader->stack[--reader->depth];
	struct slice text = text_slice(&closed->text);

	closed->element->text = (struct slice){
		arena_strndup(reader->arena, text.data ?: "", text.length),
		text.length,
	};
	text_done(&closed->text);
}

static void XMLCALL on_text(void *context, const char *data, int length)
{
	struct reader *reader = context;

	if (!reader->refusal && reader->depth)
		text_append(&reader->stack[reader->depth - 1].text, data, (size_t)length);
}

static void XMLCALL on_doctype(void *context, const char *name, const char *location,
			       const char *public, int has_subset)
{
	(void)name;
	(void)location;
	(void)public;
	(void)has_subset;
	refuse(context, "it declares a document type");
}

static void reader_done(struct reader *reader)
{
	XML_ParserFree(reader->parser);
	while (reader->depth)
		text_done(&reader->stack[--reader->depth].text);
}

DEFINE_DONE(struct reader, reader_done)

static int check_end(const struct reader *reader, enum XML_Status status, const char *what,
		     struct error *err)
{
	if (reader->refusal)
		return error_set(err, ERROR_INPUT, EINVAL, "%s, line %lu: %s", what,
				 XML_GetCurrentLineNumber(reader->parser), reader->refusal);
	if (status != XML_STATUS_OK)
		return error_set(err, ERROR_INPUT, EINVAL, "%s, line %lu, is not XML: %s", what,
				 XML_GetCurrentLineNumber(reader->parser),
				 XML_ErrorString(XML_GetErrorCode(reader->parser)));
	return 0;
}

int xml_parse(struct slice text, const char *what, struct arena *arena,
	      const struct xml_element **ret, struct error *err)
{
	if (text.length > XML_BYTES_MAX)
		return error_set(err, ERROR_INPUT, EFBIG, "%s is larger than %zu bytes", what,
				 XML_BYTES_MAX);

	AUTO(reader_done)
	struct reader reader = { .parser = XML_ParserCreateNS(/* encoding= */ NULL, SEPARATOR),
				 .arena = arena };

	if (!reader.parser)
		abort();
	XML_SetUserData(reader.parser, &reader);
	XML_SetElementHandler(reader.parser, on_start, on_end);
	XML_SetCharacterDataHandler(reader.parser, on_text);
	XML_SetStartDoctypeDeclHandler(reader.parser, on_doctype);

	enum XML_Status status =
		XML_Parse(reader.parser, text.data ?: "", (int)text.length, XML_TRUE);
	int r = check_end(&reader, status, what, err);

	if (r == 0)
		*ret = reader.root;
	return r;
}

static const struct xml_element *find(const struct xml_element *element, const char *name,
				      size_t length)
{
	while (element &&
	       (strncmp(element->name, name, length) != 0 || element->name[length] != '\0'))
		element = element->next;
	return element;
}

const struct xml_element *xml_child(const struct xml_element *element, const char *name)
{
	return element ? find(element->first, name, strlen(name)) : NULL;
}

const struct xml_element *xml_next(const struct xml_element *element)
{
	return find(element->next, element->name, strlen(element->name));
}

const struct xml_element *xml_path(const struct xml_element *element, const char *path)
{
	while (element && *path) {
		size_t length = strcspn(path, "/");

		element = find(element->first, path, length);
		path += length + (path[length] == '/');
	}
	return element;
}

struct slice xml_text(const struct xml_element *element)
{
	return element ? slice_trim(element->text) : (struct slice){ NULL, 0 };
}

struct slice xml_attribute(const struct xml_element *element, const char *name)
{
	for (const struct xml_attribute *attribute = element ? element->attributes : NULL;
	     attribute; attribute = attribute->next)
		if (strcmp(attribute->name, name) == 0)
			return slice_of(attribute->value);
	return (struct slice){ NULL, 0 };
}
