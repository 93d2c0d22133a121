#include "config/draft.h"

#include <errno.h>

#include "config/locate.h"
#include "config/translate.h"
#include "config/validate.h"

/* A URL is at most three times as long as the bytes, which are capped when they are read. */
#define URL_BYTES_MAX ((size_t)1 << 30)
/* Elements that a list begins with room for; it doubles when it is full. */
#define LIST_ROOM 4

void draft_init(struct draft *draft, const struct front_end_input *input)
{
	struct arena *arena = config_pool_arena(input->pool);

	*draft = (struct draft){ .input = input, .arena = arena };
	draft->config = arena_alloc(arena, sizeof(*draft->config));
	draft->config->origin = source_origin(input->source, 0);
}

void draft_done(struct draft *draft)
{
	key_map_done(&draft->files.map);
	key_map_done(&draft->links.map);
	key_map_done(&draft->units.map);
	key_map_done(&draft->users.map);
	butane_places_free(draft->places);
}

/* Where the member @key of what begins at @origin has its key; @origin when it has none. */
static struct origin member_origin(struct draft *draft, struct origin origin, const char *key)
{
	const struct yaml_decode decode = { .document = draft->document,
					    .flags = YAML_DECODE_COREOS };
	struct document *document = draft->document;

	if (!document || !key || !origin.source)
		return origin;
	if (!draft->places)
		draft->places = butane_places_new(document);

	const uint32_t node = butane_places_find(draft->places, origin);

	if (document->nodes[node].kind != NODE_OBJECT)
		return origin;
	for (uint32_t at = node_first(document, node); at;
	     at = node_next(document, node_next(document, at)))
		if (yaml_decode_same_key(&decode, node_string(document, at), key))
			return node_origin(document, at);
	return origin;
}

struct report_entry *draft_report(struct draft *draft, enum report_severity severity,
				  struct origin origin, const char *key, const char *format, ...)
{
	AUTO(text_done) struct text message = TEXT_INIT(TEXT_MESSAGE_MAX);
	va_list args;

	va_start(args, format);
	text_vprintf(&message, format, args);
	va_end(args);

	struct report_entry *entry =
		report_add(draft->input->report, severity, /* path= */ NULL,
			   member_origin(draft, origin, key), "%s", text_str(&message));

	entry->has_path = false;
	return entry;
}

struct slice draft_keep(struct draft *draft, struct slice text)
{
	return (struct slice){ arena_strndup(draft->arena, text.data ? text.data : "", text.length),
			       text.length };
}

/* The arena frees nothing before its end, so an outgrown list stays where it was. */
void *draft_add(struct draft *draft, struct config_list *list, size_t size, struct origin origin)
{
	const bool is_power = (list->count & (list->count - 1)) == 0;

	if (list->count == 0 || (is_power && list->count >= LIST_ROOM)) {
		const size_t room = list->count ? 2 * list->count : LIST_ROOM;
		void *items = arena_array(draft->arena, room, size);

		if (list->count)
			memcpy(items, list->items, list->count * size);
		list->items = items;
	}

	void *item = (char *)list->items + list->count++ * size;

	*schema_origin(item) = origin;
	return item;
}

/*
 * The first element of @list called @name; NULL: there is none.  Elements that joined since the
 * last search are noted first, when they have their names.
 * @offset: of the name in an element of @size bytes
 */
static void *find(struct draft_names *names, const struct config_list *list, size_t size,
		  size_t offset, struct slice name)
{
	char *items = list->items;
	size_t index = 0;

	for (; names->count < list->count; names->count++)
		key_map_add(&names->map, *(struct slice *)(items + names->count * size + offset),
			    names->count);
	return key_map_find(&names->map, name, &index) ? items + index * size : NULL;
}

static bool is_literal(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || (byte && strchr("-_.!~*'()", byte));
}

void draft_set_contents(struct draft *draft, struct config_resource *resource, struct slice bytes)
{
	static const char digits[] = "0123456789ABCDEF";
	AUTO(text_done) struct text url = TEXT_INIT(URL_BYTES_MAX);

	text_append_str(&url, "data:,");
	for (size_t i = 0; i < bytes.length; i++) {
		const unsigned char byte = (unsigned char)bytes.data[i];
		const char escape[] = { '%', digits[byte >> 4], digits[byte & 0xf] };

		if (is_literal(byte))
			text_append_char(&url, (char)byte);
		else
			text_append(&url, escape, sizeof(escape));
	}
	resource->source = draft_keep(draft, text_slice(&url));
}

struct config_file *draft_file(struct draft *draft, struct slice path, int64_t mode,
			       struct slice contents, struct origin origin)
{
	struct config_file *file =
		draft_add(draft, &draft->config->storage.files, sizeof(*file), origin);

	file->node.path = path;
	file->node.overwrite = (struct config_bool){ true, true };
	file->mode = (struct config_int){ mode, true };
	file->contents.origin = origin;
	draft_set_contents(draft, &file->contents, contents);
	return file;
}

struct config_file *draft_find_file(struct draft *draft, struct slice path)
{
	return find(&draft->files, &draft->config->storage.files, sizeof(struct config_file),
		    offsetof(struct config_file, node.path), path);
}

bool draft_has_link(struct draft *draft, struct slice path)
{
	return find(&draft->links, &draft->config->storage.links, sizeof(struct config_link),
		    offsetof(struct config_link, node.path), path);
}

struct config_link *draft_link(struct draft *draft, struct slice path, struct slice target,
			       struct origin origin)
{
	struct config_link *link =
		draft_add(draft, &draft->config->storage.links, sizeof(*link), origin);

	link->node.path = path;
	link->node.overwrite = (struct config_bool){ true, true };
	link->target = target;
	return link;
}

struct config_unit *draft_unit(struct draft *draft, struct slice name, struct origin origin)
{
	struct config_list *units = &draft->config->systemd.units;
	struct config_unit *unit =
		find(&draft->units, units, sizeof(*unit), offsetof(struct config_unit, name), name);

	if (unit)
		return unit;
	unit = draft_add(draft, units, sizeof(*unit), origin);
	unit->name = name;
	return unit;
}

void draft_dropin(struct draft *draft, struct config_unit *unit, struct slice name,
		  struct slice contents, struct origin origin)
{
	struct config_dropin *dropin = NULL;

	CONFIG_EACH (struct config_dropin, present, &unit->dropins)
		if (slice_equal(present->name, name))
			dropin = present;
	if (!dropin)
		dropin = draft_add(draft, &unit->dropins, sizeof(*dropin), origin);
	*dropin = (struct config_dropin){ origin, contents, name };
}

struct config_user *draft_user(struct draft *draft, struct slice name, struct origin origin)
{
	struct config_list *users = &draft->config->passwd.users;
	struct config_user *user =
		find(&draft->users, users, sizeof(*user), offsetof(struct config_user, name), name);

	if (user)
		return user;
	user = draft_add(draft, users, sizeof(*user), origin);
	user->name = name;
	return user;
}

int draft_check(struct draft *draft, enum spec_version version, struct error *err)
{
	AUTO(report_free) struct report *report = report_new();
	struct config *config = draft->config;

	config->ignition.version = slice_of(spec_version_name(version));
	validate_duplicates(config, version, report);
	validate_rules(config, version, config_pool_dialect(draft->input->pool), report);
	locate_entries(config, version, report, 0);
	for (size_t i = 0; i < report_count(report); i++) {
		const struct report_entry *entry = report_entry_at(report, i);

		draft_report(draft, entry->severity, entry->origin, /* key= */ NULL, "%s",
			     entry->message)
			->hint = arena_printf(report_arena(draft->input->report),
					      "of what became of it: %s", entry->path_human);
	}
	if (report_has_errors(draft->input->report))
		return error_set(err, ERROR_INPUT, EINVAL, "config is not valid");
	config_translate(config, version);
	return 0;
}
