#include "providers/fields.h"

#include "base/json.h"
#include "base/yaml.h"

int fields_of_json(struct slice text, const char *what, struct fields *ret, struct error *err)
{
	struct fields fields = { .source = source_new(what, text) };
	int r = json_parse(fields.source, &fields.document, /* ret_error= */ NULL, err);

	if (r < 0) {
		fields_done(&fields);
		return error_wrap(err, r, "%s is not JSON", what);
	}
	*ret = fields;
	return 0;
}

int fields_of_yaml(struct slice text, const char *what, struct fields *ret, struct error *err)
{
	struct fields fields = { .source = source_new(what, text) };
	int r = yaml_parse(fields.source, &fields.document, /* ret_origin= */ NULL, err);

	if (r < 0) {
		fields_done(&fields);
		return error_wrap(err, r, "%s is not YAML", what);
	}
	*ret = fields;
	return 0;
}

void fields_done(struct fields *fields)
{
	document_free(fields->document);
	source_free(fields->source);
	*fields = (struct fields){ .source = NULL };
}

static const struct node *node_of(struct place place)
{
	return place.is_present ? &place.fields->document->nodes[place.node] : NULL;
}

static bool has_kind(struct place place, enum node_kind kind)
{
	const struct node *node = node_of(place);

	return node && node->kind == kind;
}

static struct place at(struct place from, uint32_t node)
{
	return (struct place){ .fields = from.fields, .node = node, .is_present = node != 0 };
}

/* The value behind @key. */
static struct place value_at(struct place from, uint32_t key)
{
	struct place value = at(from, key ? node_next(from.fields->document, key) : 0);

	value.key = key;
	return value;
}

struct place fields_top(const struct fields *fields)
{
	return (struct place){ .fields = fields, .is_present = true };
}

struct place place_member(struct place place, const char *name)
{
	if (!has_kind(place, NODE_OBJECT))
		return at(place, 0);

	struct place member = at(place, node_get(place.fields->document, place.node, name));

	return has_kind(member, NODE_NULL) ? at(place, 0) : member;
}

struct place place_first(struct place place)
{
	if (!has_kind(place, NODE_OBJECT) && !has_kind(place, NODE_ARRAY))
		return at(place, 0);

	uint32_t first = node_first(place.fields->document, place.node);

	return has_kind(place, NODE_OBJECT) ? value_at(place, first) : at(place, first);
}

struct place place_next(struct place place)
{
	if (!place.is_present)
		return place;

	uint32_t next = node_next(place.fields->document, place.node);

	return place.key ? value_at(place, next) : at(place, next);
}

struct slice place_name(struct place place)
{
	return place.is_present && place.key ? node_string(place.fields->document, place.key)
					     : (struct slice){ NULL, 0 };
}

struct slice place_text(struct place place)
{
	const struct node *node = node_of(place);

	if (!node)
		return (struct slice){ NULL, 0 };
	switch ((enum node_kind)node->kind) {
	case NODE_STRING:
		return node_string(place.fields->document, place.node);
	case NODE_NUMBER:
	case NODE_BOOL:
		return node_text(place.fields->document, place.node);
	default:
		return (struct slice){ NULL, 0 };
	}
}

struct slice place_member_text(struct place place, const char *name)
{
	return place_text(place_member(place, name));
}
