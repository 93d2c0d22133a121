#include "fetch/metadata_json.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/json.h"

struct metadata_json {
	struct source *source;
	struct document *document;
};

void metadata_json_free(struct metadata_json *json)
{
	if (!json)
		return;
	document_free(json->document);
	source_free(json->source);
	free(json);
}

int metadata_json_parse(struct slice text, struct metadata_json **ret, struct error *err)
{
	AUTO(metadata_json_free) struct metadata_json *json = xcalloc(1, sizeof(*json));

	json->source = source_new("metadata", text);
	if (json_parse(json->source, &json->document, /* ret_error= */ NULL, /* err= */ NULL) < 0 ||
	    json->document->nodes[0].kind != NODE_OBJECT)
		return error_set(err, ERROR_INPUT, EINVAL, "the answer is no JSON object");
	*ret = take_ptr(&json);
	return 0;
}

static bool has_control(struct slice value)
{
	for (size_t i = 0; i < value.length; i++)
		if ((unsigned char)value.data[i] < ' ' || value.data[i] == 0x7f)
			return true;
	return false;
}

struct slice metadata_json_get(struct metadata_json *json, const char *name)
{
	const struct slice absent = { NULL, 0 };
	uint32_t node = node_get(json->document, /* object= */ 0, name);
	struct slice value = absent;

	if (node && json->document->nodes[node].kind == NODE_NUMBER)
		value = node_text(json->document, node);
	if (node && json->document->nodes[node].kind == NODE_STRING)
		value = node_string(json->document, node);
	return has_control(value) ? absent : value;
}
