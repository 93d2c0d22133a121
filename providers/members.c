#include "providers/members.h"

#include <errno.h>

int members_add(struct place top, const struct member_row *rows, size_t count, struct metadata *ret,
		struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		struct slice text = place_text(place_path(top, rows[i].path));

		if (rows[i].attribute)
			r = metadata_add_attribute(ret, rows[i].attribute, text, err);
		if (r == 0 && rows[i].is_hostname)
			r = metadata_set_hostname(ret, text, err);
	}
	return r;
}

static struct slice text_of(struct place element, const char *member)
{
	return member ? place_member_text(element, member) : place_text(element);
}

int members_add_numbered(struct place list, const char *member, const char *prefix,
			 struct metadata *ret, struct error *err)
{
	struct place element = place_first(list);
	size_t number = 0;
	int r = 0;

	for (; element.is_present && r == 0; element = place_next(element), number++)
		r = metadata_add_numbered(ret, prefix, number, text_of(element, member), err);
	return r;
}

int members_add_keys(struct place list, const char *member, struct metadata *ret, struct error *err)
{
	struct place element = place_first(list);
	int r = 0;

	for (; element.is_present && r == 0; element = place_next(element))
		r = metadata_add_keys(ret, /* user= */ NULL, text_of(element, member), err);
	return r;
}

int members_add_key_lines(struct place keys, struct metadata *ret, struct error *err)
{
	int r = metadata_add_keys(ret, /* user= */ NULL, place_text(keys), err);

	for (struct place item = place_first(keys); item.is_present && r == 0;
	     item = place_next(item)) {
		r = metadata_add_keys(ret, /* user= */ NULL, place_text(item), err);
		if (r == 0)
			r = members_add_keys(item, /* member= */ NULL, ret, err);
	}
	return r;
}

/* --- documents */

static int check_items(const struct metadata_client *client, const struct document_set *set,
		       const struct metadata_item *items, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (!items[i].body && !set->rows[i].is_optional)
			return error_set(err, ERROR_NOT_FOUND, ENOENT,
					 "%s%s: resource not found: 404", client->base,
					 items[i].path);
	return 0;
}

int members_fetch(struct metadata_client *client, const struct document_set *set,
		  struct metadata *ret, struct error *err)
{
	struct metadata_item items[DOCUMENTS_MAX] = { { .path = NULL } };
	struct slice texts[DOCUMENTS_MAX] = { { NULL, 0 } };
	size_t count = 0;

	for (; count < DOCUMENTS_MAX && set->rows[count].path; count++)
		items[count].path = set->rows[count].path;

	int r = metadata_http_get_all(client, items, count, err);

	if (r == 0)
		r = check_items(client, set, items, count, err);
	for (size_t i = 0; i < count; i++)
		texts[i] = (struct slice){ items[i].body, items[i].length };
	if (r == 0)
		r = metadata_parse(set->parser, texts, count, ret, err);
	metadata_http_items_done(items, count);
	return r;
}
