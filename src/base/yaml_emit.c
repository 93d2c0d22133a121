#include "base/yaml_emit.h"

#include <errno.h>
#include <limits.h>
#include <yaml.h>

#include "base/yaml_scalar.h"

#define INDENT 2

struct emitter {
	yaml_emitter_t libyaml;
	struct document *document;
	struct content_sink *sink;
	struct error *err;
	int r; /* what the sink returned */
};

static void emitter_done(struct emitter *emitter)
{
	yaml_emitter_delete(&emitter->libyaml);
}
DEFINE_DONE(struct emitter, emitter_done)

static int on_write(void *context, unsigned char *data, size_t length)
{
	struct emitter *emitter = context;

	if (emitter->r == 0)
		emitter->r = emitter->sink->write(emitter->sink, data, length, emitter->err);
	return emitter->r == 0;
}

/* Words that YAML 1.1 reads as booleans, which other readers still do. */
static bool is_word(struct slice text)
{
	static const char *const words[] = { "y",  "Y",	 "n",  "N",  "yes", "Yes", "YES", "no",
					     "No", "NO", "on", "On", "ON",  "off", "Off", "OFF" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (slice_is(text, words[i]))
			return true;
	return false;
}

static yaml_scalar_style_t style_of(struct slice text)
{
	AUTO(text_done) struct text number = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (yaml_scalar_resolve(text, &number).kind != NODE_STRING || is_word(text))
		return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	if (text.length && memchr(text.data, '\n', text.length))
		return YAML_LITERAL_SCALAR_STYLE;
	return YAML_ANY_SCALAR_STYLE;
}

static bool emit_scalar(struct emitter *emitter, struct slice text, yaml_scalar_style_t style)
{
	yaml_event_t event;

	return text.length <= INT_MAX &&
	       yaml_scalar_event_initialize(&event, /* anchor= */ NULL, /* tag= */ NULL,
					    (const yaml_char_t *)text.data, (int)text.length,
					    /* plain_implicit= */ 1, /* quoted_implicit= */ 1,
					    style) &&
	       yaml_emitter_emit(&emitter->libyaml, &event);
}

static bool emit_string(struct emitter *emitter, uint32_t node)
{
	const struct slice text = node_string(emitter->document, node);

	return emit_scalar(emitter, text, style_of(text));
}

static bool emit_value(struct emitter *emitter, uint32_t node);

static bool emit_children(struct emitter *emitter, uint32_t node)
{
	for (uint32_t at = node_first(emitter->document, node); at;
	     at = node_next(emitter->document, at))
		if (!emit_value(emitter, at))
			return false;
	return true;
}

static bool emit_object(struct emitter *emitter, uint32_t node)
{
	yaml_event_t event;

	return yaml_mapping_start_event_initialize(&event, NULL, NULL, /* implicit= */ 1,
						   YAML_BLOCK_MAPPING_STYLE) &&
	       yaml_emitter_emit(&emitter->libyaml, &event) && emit_children(emitter, node) &&
	       yaml_mapping_end_event_initialize(&event) &&
	       yaml_emitter_emit(&emitter->libyaml, &event);
}

static bool emit_array(struct emitter *emitter, uint32_t node)
{
	yaml_event_t event;

	return yaml_sequence_start_event_initialize(&event, NULL, NULL, /* implicit= */ 1,
						    YAML_BLOCK_SEQUENCE_STYLE) &&
	       yaml_emitter_emit(&emitter->libyaml, &event) && emit_children(emitter, node) &&
	       yaml_sequence_end_event_initialize(&event) &&
	       yaml_emitter_emit(&emitter->libyaml, &event);
}

/* The reader's ceiling on depth bounds the recursion. */
static bool emit_value(struct emitter *emitter, uint32_t node)
{
	switch (emitter->document->nodes[node].kind) {
	case NODE_OBJECT:
		return emit_object(emitter, node);
	case NODE_ARRAY:
		return emit_array(emitter, node);
	case NODE_STRING:
		return emit_string(emitter, node);
	default:
		return emit_scalar(emitter, node_text(emitter->document, node),
				   YAML_PLAIN_SCALAR_STYLE);
	}
}

static bool emit_document(struct emitter *emitter)
{
	yaml_emitter_t *libyaml = &emitter->libyaml;
	yaml_event_t event;

	return yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) &&
	       yaml_emitter_emit(libyaml, &event) &&
	       yaml_document_start_event_initialize(&event, NULL, NULL, NULL, /* implicit= */ 1) &&
	       yaml_emitter_emit(libyaml, &event) && emit_value(emitter, 0) &&
	       yaml_document_end_event_initialize(&event, /* implicit= */ 1) &&
	       yaml_emitter_emit(libyaml, &event) && yaml_stream_end_event_initialize(&event) &&
	       yaml_emitter_emit(libyaml, &event) && yaml_emitter_flush(libyaml);
}

int yaml_emit(struct document *document, struct content_sink *sink, struct error *err)
{
	AUTO(emitter_done)
	struct emitter emitter = { .document = document, .sink = sink, .err = err };

	if (!yaml_emitter_initialize(&emitter.libyaml))
		abort(); /* only for want of memory, as in base/alloc */
	yaml_emitter_set_output(&emitter.libyaml, on_write, &emitter);
	yaml_emitter_set_indent(&emitter.libyaml, INDENT);
	yaml_emitter_set_unicode(&emitter.libyaml, 1);
	yaml_emitter_set_width(&emitter.libyaml, -1);
	if (emit_document(&emitter))
		return 0;
	if (emitter.r < 0)
		return emitter.r;
	return error_set(err, ERROR_INPUT, EINVAL, "write YAML: %s", emitter.libyaml.problem);
}
