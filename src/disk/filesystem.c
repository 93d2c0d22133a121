#include "disk/filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/text.h"
#include "disk/table.h"

/* program, options…, force, UUID and its option, label and its option, node, NULL */
#define WORDS_BESIDE_OPTIONS 8
/* Where the dash of a UUID of vfat is: "2F4B-D0A5". */
#define SHORT_UUID_DASH 4
/* Hexadecimal digits of a UUID of vfat. */
#define SHORT_UUID_DIGITS 8
/* Discarding the blocks of a large and slow disk takes minutes. */
#define MKFS_MS	  1800000
#define OEM_LABEL "OEM"

static const struct filesystem_format formats[] = {
	{
		.name = "btrfs",
		.program = "mkfs.btrfs",
		.force = "--force",
		.uuid_option = "-U",
		.label_option = "-L",
		.label_max = 256,
		.is_mounted = true,
	},
	{
		.name = "ext4",
		.program = "mkfs.ext4",
		.force = "-F",
		.uuid_option = "-U",
		.label_option = "-L",
		.label_max = 16,
		.is_mounted = true,
	},
	{
		.name = "none",
	},
	{
		.name = "swap",
		.program = "mkswap",
		.force = "-f",
		.uuid_option = "-U",
		.label_option = "-L",
		.label_max = 15,
	},
	{
		.name = "vfat",
		.program = "mkfs.fat",
		.uuid_option = "-i",
		.label_option = "-n",
		.label_max = 11,
		.has_short_uuid = true,
		.is_mounted = true,
	},
	{
		.name = "xfs",
		.program = "mkfs.xfs",
		.force = "-f",
		.uuid_option = "-m",
		.uuid_prefix = "uuid=",
		.label_option = "-L",
		.label_max = 12,
		.is_mounted = true,
	},
};

const struct filesystem_format *filesystem_format_at(size_t index)
{
	return index < ARRAY_SIZE(formats) ? &formats[index] : NULL;
}

const struct filesystem_format *filesystem_format_find(struct slice name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (slice_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}

/* As it is compared and given to mkfs: lower case, and of vfat without the dash. */
static char *canonical_uuid(const struct filesystem_format *format, struct slice uuid)
{
	char *out = xmalloc(uuid.length + 1);
	size_t length = 0;

	for (size_t i = 0; i < uuid.length; i++) {
		char c = uuid.data[i];

		if (format->has_short_uuid && i == SHORT_UUID_DASH && c == '-')
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		out[length++] = c;
	}
	out[length] = '\0';
	return out;
}

static bool uuid_matches(const struct filesystem_format *format, struct slice wanted,
			 const char *found)
{
	AUTO_FREE char *want = canonical_uuid(format, wanted);
	AUTO_FREE char *got = canonical_uuid(format, slice_of(found));

	return !wanted.data || strcmp(want, got) == 0;
}

static bool has_type(const struct filesystem_request *request,
		     const struct filesystem_format *format, const struct probe_result *found)
{
	if (request->keeps_oem && found->type && strcmp(found->label ?: "", OEM_LABEL) == 0)
		return true;
	return found->type && strcmp(found->type, format->name) == 0;
}

static bool matches(const struct filesystem_request *request,
		    const struct filesystem_format *format, const struct probe_result *found)
{
	if (!format->program)
		return !found->type;
	return has_type(request, format, found) &&
	       (!request->label.data || slice_is(request->label, found->label ?: "")) &&
	       uuid_matches(format, request->uuid, found->uuid ?: "");
}

enum filesystem_decision filesystem_decide(const struct filesystem_request *request,
					   const struct probe_result *found)
{
	const struct filesystem_format *format = filesystem_format_find(request->format);

	if (!request->format.length)
		return FILESYSTEM_SKIP;
	if (!format)
		return FILESYSTEM_REFUSE;
	if (request->wipe)
		return FILESYSTEM_CREATE;
	if (matches(request, format, found))
		return FILESYSTEM_KEEP;
	return found->type ? FILESYSTEM_REFUSE : FILESYSTEM_CREATE;
}

/* What an earlier run made, or began to make. */
static bool is_ours(const struct filesystem_request *request, const struct probe_result *found,
		    const struct history_record *record)
{
	const struct filesystem_format *format = filesystem_format_find(request->format);

	if (!format || !format->program)
		return format && !found->type;
	return found->type && strcmp(found->type, format->name) == 0 &&
	       uuid_matches(format, slice_of(record->identity.uuid), found->uuid ?: "");
}

enum filesystem_decision filesystem_decide_again(const struct filesystem_request *request,
						 const struct probe_result *found,
						 const struct history_record *record)
{
	bool may_be_ours = record && request->format.length;

	if (may_be_ours && record->progress == OPERATION_DONE && is_ours(request, found, record))
		return FILESYSTEM_KEEP;
	/* Most programs write what tells a filesystem last: one that was cut is not there. */
	if (may_be_ours && record->progress == OPERATION_BEGUN &&
	    (!found->type || is_ours(request, found, record)))
		return FILESYSTEM_CREATE;
	return filesystem_decide(request, found);
}

static bool has_option(const struct filesystem_request *request, const char *option)
{
	for (size_t i = 0; i < request->option_count; i++)
		if (slice_starts(request->options[i], option))
			return true;
	return false;
}

int filesystem_draw_uuid(const struct filesystem_request *request, struct arena *arena,
			 const char **ret, struct error *err)
{
	const struct filesystem_format *format = filesystem_format_find(request->format);
	char guid[TABLE_GUID_SIZE] = "";

	*ret = NULL;
	if (!format || !format->uuid_option || request->uuid.length ||
	    has_option(request, format->uuid_option))
		return 0;

	int r = table_draw_guid(guid, err);

	if (r < 0)
		return r;

	AUTO_FREE char *uuid = canonical_uuid(format, slice_of(guid));

	/* As random as the first digits of a whole one are. */
	if (format->has_short_uuid)
		uuid[SHORT_UUID_DIGITS] = '\0';
	*ret = arena_strdup(arena, uuid);
	return 0;
}

static char *arena_slice(struct arena *arena, struct slice s)
{
	return arena_strndup(arena, s.data ?: "", s.length);
}

const char *const *filesystem_argv(const struct filesystem_request *request, const char *node,
				   struct arena *arena)
{
	const struct filesystem_format *format = filesystem_format_find(request->format);

	if (!format || !format->program)
		return NULL;

	const char **argv =
		arena_array(arena, request->option_count + WORDS_BESIDE_OPTIONS, sizeof(*argv));
	size_t count = 0;

	argv[count++] = format->program;
	for (size_t i = 0; i < request->option_count; i++)
		argv[count++] = arena_slice(arena, request->options[i]);
	if (format->force)
		argv[count++] = format->force;
	if (request->uuid.length) {
		AUTO_FREE char *uuid = canonical_uuid(format, request->uuid);

		argv[count++] = format->uuid_option;
		argv[count++] = arena_printf(arena, "%s%s", format->uuid_prefix ?: "", uuid);
	}
	if (request->label.length) {
		argv[count++] = format->label_option;
		argv[count++] = arena_slice(arena, request->label);
	}
	argv[count++] = node;
	return argv;
}

int filesystem_begin(const struct filesystem_request *request, const char *node,
		     const struct event_observer *observer, struct command_process **ret,
		     struct error *err)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	const char *const *argv = filesystem_argv(request, node, arena);
	AUTO_FREE char *program = NULL;
	int r = 0;

	if (!filesystem_format_find(request->format))
		return error_set(err, ERROR_INPUT, EINVAL, "unsupported filesystem format \"%.*s\"",
				 SLICE_ARGS(request->format));
	if (argv)
		r = command_find(argv[0], &program, err);
	if (r < 0)
		return r;

	AUTO_CLOSE int fd = open(node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", node);
	r = probe_wipe(fd, node, /* range= */ NULL, err);
	close(take_fd(&fd));
	if (r < 0 || !argv)
		return r;

	const struct command command = {
		.argv = argv,
		.timeout_ms = MKFS_MS,
		.observer = observer,
	};

	return command_start(&command, /* ret_stdout= */ NULL, ret, err);
}
