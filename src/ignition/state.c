#include "ignition/state.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"

/* The state holds keys of volumes and a few names; nothing real comes near this. */
#define STATE_SIZE_MAX ((size_t)16 << 20)

static const char *const member_names[] = {
	[STATE_LUKS_PERSIST_KEY_FILES] = "luksPersistKeyFiles",
	[STATE_NOTATED_DIRECTORIES] = "notatedDirectories",
	[STATE_PROVIDER_OUTPUT_FILES] = "providerOutputFiles",
	[STATE_LUKS_PERSIST_VOLUME_KEY_FILES] = "luksPersistVolumeKeyFiles",
};
_Static_assert(ARRAY_SIZE(member_names) == STATE_MEMBER_COUNT, "every member has a name");

struct state *state_new(void)
{
	struct state *state = xcalloc(1, sizeof(*state));

	state->arena = arena_new();
	for (size_t i = 0; i < STATE_MEMBER_COUNT; i++)
		state->members[i] = "null";
	return state;
}

void state_free(struct state *state)
{
	if (!state)
		return;
	arena_free(state->arena);
	free(state->configs);
	free(state);
}

void state_add_config(struct state *state, const char *kind, const char *source, bool is_referenced)
{
	state->configs =
		xreallocarray(state->configs, state->config_count + 1, sizeof(*state->configs));
	state->configs[state->config_count++] = (struct state_config){
		.kind = arena_strdup(state->arena, kind),
		.source = arena_strdup(state->arena, source),
		.is_referenced = is_referenced,
	};
}

void state_note_directories(struct state *state, const char *const *paths, size_t count)
{
	const char *old = state->members[STATE_NOTATED_DIRECTORIES];
	const size_t length = strlen(old);
	AUTO(text_done) struct text list = TEXT_INIT(STATE_SIZE_MAX);

	if (count == 0)
		return;
	/* "[…" without its end: a list that is not empty goes on after a comma. */
	if (old[0] == '[')
		text_append(&list, old, length - 1);
	else
		text_append_char(&list, '[');
	for (size_t i = 0; i < count; i++) {
		text_append_str(&list, list.length > 1 ? "," : "");
		text_append_json(&list, slice_of(paths[i]));
	}
	text_append_char(&list, ']');
	state->members[STATE_NOTATED_DIRECTORIES] = arena_strdup(state->arena, text_str(&list));
}

void state_set_output_files(struct state *state, const char *files)
{
	state->members[STATE_PROVIDER_OUTPUT_FILES] = arena_strdup(state->arena, files);
}

const char *state_output_files(const struct state *state)
{
	const char *files = state->members[STATE_PROVIDER_OUTPUT_FILES];

	return strcmp(files, "null") == 0 ? NULL : files;
}

bool state_has_user_config(const struct state *state)
{
	for (size_t i = 0; i < state->config_count; i++) {
		if (strcmp(state->configs[i].kind, "user") == 0)
			return true;
	}
	return false;
}

/* Text of member @name of @object when it is a string, else "". */
static char *get_string(struct document *document, uint32_t object, const char *name)
{
	uint32_t node = node_get(document, object, name);

	if (node == 0 || document->nodes[node].kind != NODE_STRING)
		return xstrdup("");
	return slice_dup(node_string(document, node));
}

static void load_configs(struct state *state, struct document *document, uint32_t list)
{
	if (list == 0 || document->nodes[list].kind != NODE_ARRAY)
		return;
	for (uint32_t at = node_first(document, list); at; at = node_next(document, at)) {
		if (document->nodes[at].kind != NODE_OBJECT)
			continue;

		AUTO_FREE char *kind = get_string(document, at, "kind");
		AUTO_FREE char *source = get_string(document, at, "source");
		uint32_t referenced = node_get(document, at, "referenced");

		state_add_config(state, kind, source,
				 referenced && (document->nodes[referenced].flags & NODE_TRUE));
	}
}

static int load_text(struct state *state, const char *path, struct slice text, struct error *err)
{
	AUTO(source_free) struct source *source = source_new(path, text);
	AUTO(document_free) struct document *document = NULL;
	int r = json_parse(source, &document, /* ret_error= */ NULL, err);

	if (r < 0)
		return error_wrap(err, r, "%s", path);
	if (document->nodes[0].kind != NODE_OBJECT)
		return error_set(err, ERROR_INPUT, EINVAL, "%s is not a JSON object", path);
	load_configs(state, document, node_get(document, 0, "fetchedConfigs"));
	for (size_t i = 0; i < STATE_MEMBER_COUNT; i++) {
		uint32_t member = node_get(document, 0, member_names[i]);
		struct slice raw = member ? node_text(document, member) : SLICE("null");

		state->members[i] = arena_strndup(state->arena, raw.data, raw.length);
	}
	return 0;
}

int state_load(const char *path, struct state **ret, struct error *err)
{
	AUTO(state_free) struct state *state = state_new();
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	struct error unread = ERROR_INIT;
	int r = file_read(path, STATE_SIZE_MAX, /* flags= */ 0, &data, &length, &unread);

	if (r < 0 && r != -ENOENT) {
		r = error_set(err, unread.kind, -r, "%s", unread.text);
		error_done(&unread);
		return r;
	}
	error_done(&unread);
	if (r == 0)
		r = load_text(state, path, (struct slice){ data, length }, err);
	else
		r = 0;
	if (r == 0)
		*ret = take_ptr(&state);
	return r;
}

int state_save(const struct state *state, const char *path, struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(2 * STATE_SIZE_MAX);

	text_append_str(&out, "{\"fetchedConfigs\":");
	text_append_str(&out, state->config_count ? "[" : "null");
	for (size_t i = 0; i < state->config_count; i++) {
		const struct state_config *config = &state->configs[i];

		text_append_str(&out, i ? ",{\"kind\":" : "{\"kind\":");
		text_append_json(&out, slice_of(config->kind));
		text_append_str(&out, ",\"source\":");
		text_append_json(&out, slice_of(config->source));
		text_printf(&out, ",\"referenced\":%s}", config->is_referenced ? "true" : "false");
	}
	if (state->config_count)
		text_append_char(&out, ']');
	for (size_t i = 0; i < STATE_MEMBER_COUNT; i++)
		text_printf(&out, ",\"%s\":%s", member_names[i], state->members[i]);
	if (text_append_str(&out, "}\n") < 0)
		return error_set(err, ERROR_INPUT, E2BIG, "the state is larger than %zu MiB",
				 STATE_SIZE_MAX >> 20);
	return file_replace(path, text_slice(&out), 0600, 0700, FILE_VOLATILE, err);
}
