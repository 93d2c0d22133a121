#include "disk/luks_header.h"

#include <errno.h>
#include <stdint.h>

#include "base/command.h"
#include "base/json.h"

/* LUKS2 keeps at most 4 MiB of JSON. */
#define DUMP_MAX ((size_t)8 << 20)
#define DUMP_MS	 60000

static int bad_json(struct error *err)
{
	return error_set(err, ERROR_INPUT, EBADMSG, "cryptsetup luksDump printed no such JSON");
}

static unsigned count_members(struct document *document, uint32_t object)
{
	return object && document->nodes[object].kind == NODE_OBJECT ? document->nodes[object].value
								     : 0;
}

static bool lists_discards(struct document *document, uint32_t flags)
{
	if (!flags || document->nodes[flags].kind != NODE_ARRAY)
		return false;
	for (uint32_t at = node_first(document, flags); at; at = node_next(document, at))
		if (document->nodes[at].kind == NODE_STRING &&
		    slice_is(node_string(document, at), "allow-discards"))
			return true;
	return false;
}

/* Each token of clevis names the key slot that it unlocks. */
static unsigned count_clevis(struct document *document, uint32_t tokens)
{
	unsigned count = 0;

	if (count_members(document, tokens) == 0)
		return 0;
	for (uint32_t key = node_first(document, tokens); key;) {
		uint32_t token = node_next(document, key);
		uint32_t type = document->nodes[token].kind == NODE_OBJECT
					? node_get(document, token, "type")
					: 0;

		if (type && document->nodes[type].kind == NODE_STRING)
			count += slice_is(node_string(document, type), "clevis");
		key = node_next(document, token);
	}
	return count;
}

int luks_header_parse(struct slice text, struct luks_header *ret, struct error *err)
{
	AUTO(source_free) struct source *source = source_new("luksDump", text);
	AUTO(document_free) struct document *document = NULL;
	int r = json_parse(source, &document, /* ret_error= */ NULL, /* err= */ NULL);

	if (r < 0 || document->nodes[0].kind != NODE_OBJECT)
		return bad_json(err);

	uint32_t config = node_get(document, 0, "config");

	*ret = (struct luks_header){
		.allows_discards = count_members(document, config) &&
				   lists_discards(document, node_get(document, config, "flags")),
		.keys = count_members(document, node_get(document, 0, "keyslots")),
		.clevis_keys = count_clevis(document, node_get(document, 0, "tokens")),
	};
	return 0;
}

int luks_header_read(const char *node, const struct event_observer *observer,
		     struct luks_header *ret, struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(DUMP_MAX);
	AUTO(error_done) struct error failure = ERROR_INIT;
	const char *argv[] = { "cryptsetup", "luksDump", "--dump-json-metadata", node, NULL };
	const struct command command = {
		.argv = argv,
		.timeout_ms = DUMP_MS,
		.observer = observer,
	};
	int r = command_run(&command, &out, /* ret_status= */ NULL, &failure);

	if (r == -ECANCELED)
		return error_set(err, ERROR_INPUT, EBADMSG, "its LUKS header is damaged: %s",
				 failure.text);
	if (r < 0)
		return error_set(err, failure.kind, -r, "%s", failure.text);
	return luks_header_parse(text_slice(&out), ret, err);
}
