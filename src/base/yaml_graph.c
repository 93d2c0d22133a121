#include "base/yaml_graph.h"

#include <errno.h>
#include <search.h>
#include <stdarg.h>

#include <yaml.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/node_builder.h"
#include "base/yaml.h"
#include "base/yaml_scalar.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define TAG_PREFIX	"tag:yaml.org,2002:"

struct loader {
	const struct yaml_context *context;
	struct slice text; /* without a byte order mark */
	size_t skipped;	   /* bytes of that mark */
	yaml_parser_t parser;
	size_t character; /* libyaml's position of the byte @offset of text */
	size_t offset;
	size_t end; /* offset after the last thing that was written */
	struct node_builder items;
	struct document *document;
	void *anchors;	    /* tsearch() tree of struct anchor */
	struct text number; /* scratch */
	bool done;
};

struct anchor {
	const char *name;
	uint32_t item;
};

static void keep_anchor(void *anchor)
{
	(void)anchor; /* in the document's arena */
}

static void loader_done(struct loader *loader)
{
	yaml_parser_delete(&loader->parser);
	tdestroy(loader->anchors, keep_anchor);
	node_builder_done(&loader->items);
	text_done(&loader->number);
}
DEFINE_DONE(struct loader, loader_done)
DEFINE_DONE(yaml_event_t, yaml_event_delete)

int yaml_fail(const struct yaml_context *context, size_t offset, const char *format, ...)
{
	struct origin origin = source_origin(context->source, offset);
	va_list args;

	va_start(args, format);
	AUTO_FREE char *message = xvasprintf(format, args);
	va_end(args);
	if (context->ret_origin)
		*context->ret_origin = origin;
	return error_set(context->err, ERROR_INPUT, EINVAL, "%s:%u:%u: %s",
			 source_name(context->source), origin.line, origin.column, message);
}

static bool continues_character(struct slice text, size_t offset)
{
	return offset < text.length && ((unsigned char)text.data[offset] & 0xc0) == 0x80;
}

/* Offset of a mark.  Marks mostly move forward, so the way from the last one is short. */
static size_t offset_of(struct loader *loader, yaml_mark_t mark)
{
	struct slice text = loader->text;

	while (loader->character < mark.index && loader->offset < text.length) {
		loader->offset++;
		loader->character += !continues_character(text, loader->offset);
	}
	while (loader->character > mark.index && loader->offset) {
		loader->character -= !continues_character(text, loader->offset);
		loader->offset--;
	}
	while (continues_character(text, loader->offset))
		loader->offset--;
	return loader->offset;
}

static int fail_at(struct loader *loader, size_t offset, const char *message)
{
	return yaml_fail(loader->context, loader->skipped + offset, "%s", message);
}

static int fail_syntax(struct loader *loader)
{
	const yaml_parser_t *parser = &loader->parser;
	const char *problem = parser->problem ? parser->problem : "not YAML";

	if (parser->error == YAML_MEMORY_ERROR)
		abort();
	if (parser->error == YAML_READER_ERROR) /* the only ones that count bytes */
		return fail_at(loader, parser->problem_offset, problem);

	size_t offset = loader->skipped + offset_of(loader, parser->problem_mark);

	if (!parser->context)
		return yaml_fail(loader->context, offset, "%s", problem);
	return yaml_fail(loader->context, offset, "%s, %s that began at line %zu", problem,
			 parser->context, parser->context_mark.line + 1);
}

/* What separates tokens: spaces, and line ends as YAML 1.1 has them. */
static const char *const blanks[] = {
	" ", "\t", "\n", "\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9",
};
#define FIRST_LINE_END 2 /* in blanks */

/* Bytes of the blank that @text has at @at, from those with index @first on; 0 if there is none. */
static size_t blank_bytes(struct slice text, size_t at, size_t first)
{
	for (size_t i = first; i < ARRAY_SIZE(blanks); i++) {
		if (slice_starts(slice_from(text, at), blanks[i]))
			return strlen(blanks[i]);
	}
	return 0;
}

static size_t skip_blanks(struct slice text, size_t at)
{
	while (at < text.length) {
		size_t blank = blank_bytes(text, at, 0);

		if (blank == 0 && text.data[at] != '#')
			break;
		if (blank == 0) {
			while (at < text.length && blank_bytes(text, at, FIRST_LINE_END) == 0)
				at++;
		}

		bool is_line_end = blank && blank_bytes(text, at, FIRST_LINE_END);

		at += blank;
		/* libyaml lets a byte order mark begin any line. */
		if (is_line_end && slice_starts(slice_from(text, at), BYTE_ORDER_MARK))
			at += strlen(BYTE_ORDER_MARK);
	}
	return at;
}

/* From an anchor or tag, where libyaml lets a node begin, to the node itself. */
static size_t skip_properties(struct slice text, size_t at, size_t end)
{
	text.length = end;
	while (at < end && (text.data[at] == '&' || text.data[at] == '!')) {
		while (at < end && blank_bytes(text, at, 0) == 0)
			at++;
		at = skip_blanks(text, at);
	}
	return at;
}

static bool expects_key(const struct loader *loader)
{
	const struct node_builder *items = &loader->items;

	if (items->open == NODE_BUILDER_NONE)
		return false;
	return items->nodes[items->open].kind == NODE_OBJECT &&
	       items->nodes[items->open].value % 2 == 0;
}

/* One more node, whose first byte is @offset of the text. */
static int add_item(struct loader *loader, unsigned kind, size_t offset, uint32_t *ret)
{
	if (loader->items.count == YAML_NODES_MAX)
		return fail_at(loader, offset, "too many values");
	*ret = node_builder_add(&loader->items, kind, (uint32_t)(loader->skipped + offset));
	return 0;
}

static int compare_anchors(const void *a, const void *b)
{
	return strcmp(((const struct anchor *)a)->name, ((const struct anchor *)b)->name);
}

/* A later anchor of the same name takes its place. */
static void set_anchor(struct loader *loader, const yaml_char_t *name, uint32_t item)
{
	if (!name)
		return;

	struct anchor *anchor = arena_alloc(loader->document->strings, sizeof(*anchor));

	anchor->name = arena_strdup(loader->document->strings, (const char *)name);

	struct anchor **found = tsearch(anchor, &loader->anchors, compare_anchors);

	if (!found)
		abort();
	(*found)->item = item;
}

static bool is_open(const struct loader *loader, uint32_t item)
{
	const struct node_builder *items = &loader->items;

	for (uint32_t at = items->open; at != NODE_BUILDER_NONE; at = items->nodes[at].next) {
		if (at == item)
			return true;
	}
	return false;
}

static int on_alias(struct loader *loader, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct anchor wanted = { .name = name };
	struct anchor **found = tfind(&wanted, &loader->anchors, compare_anchors);
	size_t start = offset_of(loader, event->start_mark);

	if (!found)
		return yaml_fail(loader->context, loader->skipped + start,
				 "unknown anchor '%s' referenced", name);
	if (is_open(loader, (*found)->item))
		return yaml_fail(loader->context, loader->skipped + start,
				 "anchor '%s' value contains itself", name);

	uint32_t item = 0;
	int r = add_item(loader, YAML_ALIAS, start, &item);

	if (r < 0)
		return r;
	loader->end = offset_of(loader, event->end_mark);
	loader->items.nodes[item].length = (uint32_t)(loader->end - start);
	loader->items.nodes[item].value = (*found)->item;
	return 0;
}

enum tag {
	TAG_NONE, /* the text and its style decide */
	TAG_STRING,
	TAG_NULL,
	TAG_BOOL,
	TAG_INT,
	TAG_FLOAT,
	TAG_BINARY,
};

static const struct {
	const char *name;
	enum tag tag;
} tags[] = {
	{ "!", TAG_NONE },
	{ TAG_PREFIX "null", TAG_NULL },
	{ TAG_PREFIX "bool", TAG_BOOL },
	{ TAG_PREFIX "int", TAG_INT },
	{ TAG_PREFIX "float", TAG_FLOAT },
	{ TAG_PREFIX "binary", TAG_BINARY },
};

static const char *const kind_tags[] = {
	[NODE_NULL] = "null",
	[NODE_BOOL] = "bool",
	[NODE_NUMBER] = "int",
	[NODE_STRING] = "str",
};

/* A tag that nobody knows makes a string. */
static enum tag find_tag(const yaml_char_t *name)
{
	if (!name)
		return TAG_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		if (strcmp((const char *)name, tags[i].name) == 0)
			return tags[i].tag;
	}
	return TAG_STRING;
}

static bool tag_fits(enum tag tag, struct yaml_scalar scalar)
{
	switch (tag) {
	case TAG_NULL:
		return scalar.kind == NODE_NULL;
	case TAG_BOOL:
		return scalar.kind == NODE_BOOL;
	case TAG_INT:
		return scalar.kind == NODE_NUMBER && !scalar.is_float;
	case TAG_FLOAT:
		return scalar.kind == NODE_NUMBER;
	default:
		return true;
	}
}

static void set_value(struct loader *loader, uint32_t item, struct slice value)
{
	struct document *document = loader->document;
	char *copy = arena_strndup(document->strings, value.data, value.length);
	struct node *node = &loader->items.nodes[item];

	node->flags |= NODE_EXTERNAL;
	node->value = document_add_value(document, (struct slice){ copy, value.length });
}

static int set_binary(struct loader *loader, uint32_t item, struct slice value)
{
	AUTO_FREE char *bytes = xmalloc(BASE64_DECODED_MAX(value.length));
	size_t length = 0;

	if (base64_decode(value, (unsigned char *)bytes, &length, /* ret_offset= */ NULL) < 0)
		return yaml_fail(loader->context, loader->items.nodes[item].start,
				 "!!binary value contains invalid base64 data");
	set_value(loader, item, (struct slice){ bytes, length });
	return 0;
}

/* Kind and value of a scalar that is not a key. */
static int set_scalar(struct loader *loader, uint32_t item, const yaml_event_t *event)
{
	struct slice value = { (const char *)event->data.scalar.value, event->data.scalar.length };
	struct node *node = &loader->items.nodes[item];
	enum tag tag = find_tag(event->data.scalar.tag);

	if (tag == TAG_BINARY)
		return set_binary(loader, item, value);
	if (tag == TAG_STRING ||
	    (tag == TAG_NONE && event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)) {
		set_value(loader, item, value);
		return 0;
	}

	struct yaml_scalar scalar = yaml_scalar_resolve(value, &loader->number);

	if (!tag_fits(tag, scalar))
		return yaml_fail(
			loader->context, node->start, "cannot decode !!%s `%.*s` as a !!%s",
			scalar.is_float ? "float" : kind_tags[scalar.kind], SLICE_ARGS(value),
			(const char *)event->data.scalar.tag + strlen(TAG_PREFIX));
	node->kind = (uint8_t)scalar.kind;
	node->flags = (uint8_t)scalar.flags;
	if (scalar.kind == NODE_NUMBER)
		set_value(loader, item, text_slice(&loader->number));
	else if (scalar.kind == NODE_STRING)
		set_value(loader, item, value);
	return 0;
}

/* A key is its text, as written. */
static void set_key(struct loader *loader, uint32_t item, const yaml_event_t *event)
{
	struct slice value = { (const char *)event->data.scalar.value, event->data.scalar.length };
	const char *tag = (const char *)event->data.scalar.tag;

	set_value(loader, item, value);
	if (!slice_is(value, "<<"))
		return;
	if (tag && strcmp(tag, "!") != 0 ? strcmp(tag, TAG_PREFIX "merge") == 0
					 : event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		loader->items.nodes[item].flags |= YAML_MERGE;
}

static int on_scalar(struct loader *loader, const yaml_event_t *event)
{
	bool is_key = expects_key(loader);
	size_t start = offset_of(loader, event->start_mark);
	uint32_t item = 0;

	loader->end = offset_of(loader, event->end_mark);
	if (event->data.scalar.anchor || event->data.scalar.tag)
		start = skip_properties(loader->text, start, loader->end);

	int r = add_item(loader, NODE_STRING, start, &item);

	if (r < 0)
		return r;
	loader->items.nodes[item].length = (uint32_t)(loader->end - start);
	set_anchor(loader, event->data.scalar.anchor, item);
	if (!is_key)
		return set_scalar(loader, item, event);
	set_key(loader, item, event);
	return 0;
}

/* Of an object or array; both kinds of events have the same members. */
static int on_start(struct loader *loader, const yaml_event_t *event, enum node_kind kind)
{
	bool object = kind == NODE_OBJECT;
	const yaml_char_t *anchor =
		object ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
	const yaml_char_t *tag =
		object ? event->data.mapping_start.tag : event->data.sequence_start.tag;
	size_t start = offset_of(loader, event->start_mark);
	uint32_t item = 0;

	if (anchor || tag)
		start = skip_properties(loader->text, start, loader->text.length);
	if (loader->items.depth == YAML_DEPTH_MAX)
		return fail_at(loader, start, "nested too deeply");

	int r = add_item(loader, kind, start, &item);

	if (r < 0)
		return r;
	set_anchor(loader, anchor, item);
	node_builder_open(&loader->items, item);
	loader->end = start;
	return 0;
}

/* A block ends where its last child does: libyaml notices only at the next token. */
static int on_end(struct loader *loader, const yaml_event_t *event)
{
	size_t start = offset_of(loader, event->start_mark);
	size_t end = offset_of(loader, event->end_mark);

	if (end > start && strchr("]}", loader->text.data[end - 1]))
		loader->end = end;
	node_builder_close(&loader->items, (uint32_t)(loader->skipped + loader->end));
	return 0;
}

static int on_event(struct loader *loader, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return on_alias(loader, event);
	case YAML_SCALAR_EVENT:
		return on_scalar(loader, event);
	case YAML_SEQUENCE_START_EVENT:
		return on_start(loader, event, NODE_ARRAY);
	case YAML_MAPPING_START_EVENT:
		return on_start(loader, event, NODE_OBJECT);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_end(loader, event);
	case YAML_DOCUMENT_END_EVENT:
	case YAML_STREAM_END_EVENT:
		loader->done = true;
		return 0;
	default:
		return 0;
	}
}

static int read_events(struct loader *loader)
{
	int r = 0;

	while (r == 0 && !loader->done) {
		AUTO(yaml_event_delete) yaml_event_t event = { 0 };

		if (!yaml_parser_parse(&loader->parser, &event))
			return fail_syntax(loader);
		r = on_event(loader, &event);
	}
	return r;
}

int yaml_graph_load(const struct yaml_context *context, struct document *document)
{
	struct slice text = source_text(context->source);
	size_t skipped = slice_starts(text, BYTE_ORDER_MARK) ? strlen(BYTE_ORDER_MARK) : 0;
	AUTO(loader_done)
	struct loader loader = {
		.context = context,
		.text = slice_from(text, skipped),
		.skipped = skipped,
		.items = NODE_BUILDER_INIT,
		.document = document,
		.number = TEXT_INIT(YAML_SIZE_MAX),
	};

	if (!yaml_parser_initialize(&loader.parser))
		abort();
	/* Otherwise a byte order mark would select UTF-16, whose offsets are not the source's. */
	yaml_parser_set_encoding(&loader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&loader.parser, (const unsigned char *)loader.text.data,
				     loader.text.length);

	int r = read_events(&loader);

	if (r < 0)
		return r;
	if (loader.items.count == 0)
		node_builder_add(&loader.items, NODE_NULL, 0);
	document_take_nodes(document, &loader.items);
	return 0;
}
