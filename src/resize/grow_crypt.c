#include "resize/grow_crypt.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/json.h"
#include "base/number.h"
#include "resize/crypt_key.h"

#define CRYPTSETUP_TIMEOUT_MS 120000
/* What it exits with when it has no key: it may not ask, or what it was given is wrong. */
#define CRYPTSETUP_NO_INPUT 1
#define CRYPTSETUP_NO_KEY   2
#define SECTOR_BYTES	    512
/* LUKS1 and LUKS2 on-disk formats: magic and version of both, then what tells where data begins. */
#define MAGIC		  "LUKS\xba\xbe"
#define MAGIC_BYTES	  6
#define VERSION_AT	  6
#define LUKS1_PAYLOAD_AT  104
#define LUKS2_HEADER_SIZE 8
#define LUKS2_JSON_AT	  4096
/* The largest header area that the format knows. */
#define LUKS2_HEADER_MAX ((uint64_t)4 << 20)
#define HEAD_BYTES	 512

static int refuse(const char *node, struct error *err)
{
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			 "%s has no LUKS header that says where its data begins", node);
}

static int read_at(const char *node, int fd, off_t at, void *buffer, size_t length,
		   struct error *err)
{
	ssize_t n = pread(fd, buffer, length, at);

	if (n < 0)
		return error_errno(err, errno, "read the LUKS header of %s", node);
	return (size_t)n < length ? refuse(node, err) : 0;
}

/* segments.0.offset, in bytes, as a string. */
static bool offset_of_json(struct slice json, uint64_t *ret)
{
	AUTO(source_free) struct source *source = source_new("LUKS2", json);
	AUTO(document_free) struct document *document = NULL;
	struct json_error problem;
	uint32_t node = 0;

	if (json_parse(source, &document, &problem, /* err= */ NULL) < 0)
		return false;
	for (size_t i = 0; i < 3; i++) {
		static const char *const path[] = { "segments", "0", "offset" };

		node = document->nodes[node].kind == NODE_OBJECT ? node_get(document, node, path[i])
								 : 0;
		if (node == 0)
			return false;
	}
	return document->nodes[node].kind == NODE_STRING &&
	       number_parse_u64(node_string(document, node), 0, UINT64_MAX, ret) == 0;
}

static int luks2_offset(const char *node, int fd, const uint8_t *head, uint64_t *ret,
			struct error *err)
{
	uint64_t size = 0;

	memcpy(&size, head + LUKS2_HEADER_SIZE, sizeof(size));
	size = be64toh(size);
	if (size <= LUKS2_JSON_AT || size > LUKS2_HEADER_MAX)
		return refuse(node, err);

	const size_t length = (size_t)size - LUKS2_JSON_AT;
	AUTO_FREE char *json = xmalloc(length + 1);
	int r = read_at(node, fd, LUKS2_JSON_AT, json, length, err);

	if (r < 0)
		return r;
	json[length] = '\0';
	return offset_of_json(slice_of(json), ret) ? 0 : refuse(node, err);
}

static int payload_offset(const char *node, uint64_t *ret, struct error *err)
{
	uint8_t head[HEAD_BYTES];
	uint32_t sectors = 0;
	AUTO_CLOSE int fd = open(node, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", node);

	int r = read_at(node, fd, 0, head, sizeof(head), err);

	if (r < 0)
		return r;
	if (memcmp(head, MAGIC, MAGIC_BYTES) != 0)
		return refuse(node, err);
	if (head[VERSION_AT + 1] == 2)
		return luks2_offset(node, fd, head, ret, err);
	memcpy(&sectors, head + LUKS1_PAYLOAD_AT, sizeof(sectors));
	*ret = (uint64_t)be32toh(sectors) * SECTOR_BYTES;
	return 0;
}

struct growth {
	const char *name;  /* of the encrypted device */
	const char *below; /* node that it stands on */
};

/* @key: a file with the key; NULL: LUKS1, or a LUKS2 that was opened so, need none. */
static int resize(const struct growth *growth, const char *key,
		  const struct event_observer *observer, struct error *err)
{
	const char *const with_key[] = { "cryptsetup", "resize",     "--key-file", key,
					 "--",	       growth->name, NULL };
	const char *const without_key[] = { "cryptsetup", "resize", "--", growth->name, NULL };
	const struct command command = { .argv = key ? with_key : without_key,
					 .timeout_ms = CRYPTSETUP_TIMEOUT_MS,
					 .observer = observer };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int status = 0;
	int r = command_run(&command, /* ret_stdout= */ NULL, &status, &problem);

	if (r == -ECANCELED && (status == CRYPTSETUP_NO_INPUT || status == CRYPTSETUP_NO_KEY))
		return error_set(err, ERROR_UNSUPPORTED, ENOKEY,
				 "the key of encrypted device %s is not to be had: run "
				 "\"cryptsetup resize %s\" with its passphrase, then this again",
				 growth->name, growth->name);
	return r < 0 ? error_move(err, &problem, r) : 0;
}

/* LUKS2 keeps the key out of the kernel's table, and whoever changes that has to bring the key. */
static int apply(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	const struct growth *growth = operation->detail;
	AUTO_FREE char *path = crypt_key_path(machine, growth->name);
	AUTO(luks_key_done) struct luks_key key = LUKS_KEY_INIT;
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = resize(growth, path, observer, &problem);

	if (r == -ENOKEY && crypt_key_ask_clevis(growth->below, observer, &key))
		return resize(growth, key.path, observer, err);
	return r < 0 ? error_move(err, &problem, r) : 0;
}

const struct operation_class grow_crypt_class = {
	.name = "luks.grow",
	.noun = "encrypted device",
	.apply = apply,
};

int grow_crypt_plan(struct resize_work *work, const struct layer *layer, uint64_t below_bytes,
		    uint64_t *ret_bytes, struct error *err)
{
	const struct device *device = &layer->device;
	struct arena *arena = work->plan->arena;
	uint64_t offset = 0;
	int r = payload_offset(layer->below[0].device.node, &offset, err);

	if (r < 0)
		return r;

	uint64_t size = below_bytes > offset ? below_bytes - offset : 0;

	size -= size % device->sector_bytes;
	*ret_bytes = size > device->size_bytes ? size : device->size_bytes;
	if (size < device->size_bytes + work->minimum_bytes)
		return 0;

	struct growth *growth = arena_alloc(arena, sizeof(*growth));
	const char *object = arena_strdup(arena, device->dm_name);
	const char *sizes = work_size_text(work, device->size_bytes, size);
	const struct operation operation = {
		.class = &grow_crypt_class,
		.phase = "luks",
		.object = object,
		.summary = sizes,
		.log_text = arena_printf(arena, "growing encrypted device %s: %s", object, sizes),
		.detail = growth,
	};

	*growth = (struct growth){ object, arena_strdup(arena, layer->below[0].device.node) };
	plan_add(work->plan, &operation);
	return 0;
}
