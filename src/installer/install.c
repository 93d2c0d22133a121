#include "installer/install.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/command.h"
#include "disk/kernel.h"
#include "disk/table_write.h"
#include "installer/install_state.h"
#include "installer/signature.h"
#include "installer/twins.h"
#include "installer/image_source.h"

#define WARNINGS_MAX ((size_t)1 << 20)
#define NOTIFY_MS    10000

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };

void install_free(struct install *install)
{
	if (!install)
		return;
	stream_free(install->stream);
	scope_close(&install->stop_fd);
	scope_close(&install->file_fd);
	target_done(&install->target);
	table_free(install->found);
	table_free(install->saved);
	text_done(&install->signature);
	text_done(&install->head_copy);
	image_head_done(&install->head);
	saved_merge_done(&install->merge);
	table_image_done(&install->interim);
	table_image_done(&install->final);
	text_done(&install->warnings);
	plan_free(install->plan);
	free(install);
}

/*
 * Signals become readable, so that they end the install where it can be ended; and a process that
 * is gone is an error of a write, no signal.
 */
static int catch_signals(struct install *install, struct error *err)
{
	sigset_t stops;
	sigset_t all;

	sigemptyset(&stops);
	for (size_t i = 0; i < ARRAY_SIZE(stop_signals); i++)
		sigaddset(&stops, stop_signals[i]);
	all = stops;
	sigaddset(&all, SIGPIPE);
	if (sigprocmask(SIG_BLOCK, &all, NULL) < 0)
		return error_errno(err, errno, "block signals");
	install->stop_fd = signalfd(-1, &stops, SFD_CLOEXEC);
	return install->stop_fd < 0 ? error_errno(err, errno, "watch signals") : 0;
}

/* What is no reason to stop is said at once, and kept for who asks for the plan. */
__attribute__((format(printf, 2, 3))) static void warn(struct install *install, const char *format,
						       ...)
{
	const size_t before = install->warnings.length;
	va_list args;

	va_start(args, format);
	text_vprintf(&install->warnings, format, args);
	va_end(args);
	event_message(install->observer, EVENT_WARNING, "%s",
		      text_str(&install->warnings) + (install->warnings.length ? before : 0));
	text_append_char(&install->warnings, '\n');
}

/* --- the target */

bool install_is_saved(const struct install *install, unsigned number)
{
	const struct table_partition *old =
		install->found ? table_find(install->found, number) : NULL;

	for (size_t i = 0; old && i < install->saved->count; i++)
		if (install->saved->partitions[i].start == old->start)
			return true;
	return false;
}

/* A table that cannot be read is no reason to stop, unless something in it is to be saved. */
static int read_found(struct install *install, struct error *err)
{
	const char *node = install->target.device.node;
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = table_read_fd(install->target.fd, node, /* sector_bytes= */ 0, &install->found,
			      &problem);

	if (r == 0)
		return 0;
	if (r != -EUCLEAN || install->request->filter_count)
		return error_move(err, &problem, r);
	warn(install, "%s; all of it will be lost", problem.text);
	return table_new(node, /* sector_bytes= */ 0, &install->found, err);
}

static int examine_target(struct install *install, struct error *err)
{
	const struct install_request *request = install->request;
	int r = target_examine(install->machine, request->device, &install->target, err);

	if (r == 0 && install->file_fd >= 0)
		r = target_refuse_source(install->machine, &install->target, install->file_fd,
					 request->source.location, err);
	if (r == 0)
		r = target_open(install->machine, &install->target, err);
	if (r == 0 && install->target.device.dm_name) {
		AUTO_FREE char *path = NULL;

		r = command_find("kpartx", &path, err);
	}
	if (r == 0)
		r = read_found(install, err);
	if (r == 0)
		r = saved_select(install->found, request->filters, request->filter_count,
				 &install->saved, err);
	if (r == 0)
		r = table_image_make(install->saved, (struct slice){ NULL, 0 }, &install->interim,
				     err);
	return r;
}

/* --- the source */

static bool is_insecure(const struct install *install)
{
	return install->request->flags & INSTALL_INSECURE;
}

/* What is not signed is only taken with a hash, or where that was said. */
static int accept_unsigned(struct install *install, struct error *err)
{
	const struct install_source *from = &install->request->source;
	AUTO_FREE char *name = image_source_name(from);

	if (from->hash.data)
		return 0;
	if (!is_insecure(install))
		return error_set(err, ERROR_VERIFY, ENOENT,
				 "image %s has no signature; to install it all the same, say "
				 "--insecure",
				 name);
	warn(install, "image %s has no signature: nobody vouches for it", name);
	return 0;
}

static int load_signature(struct install *install, struct error *err)
{
	const struct install_request *request = install->request;
	AUTO(error_done) struct error problem = ERROR_INIT;
	const char *installed = NULL;
	int r = image_source_signature(&request->source, request->fetch_retries, install->observer,
				       &install->signature, &problem);

	if (r == -ENOENT && !request->source.signature)
		return accept_unsigned(install, err);
	if (r < 0)
		return error_wrap(err, error_move(err, &problem, r), "signature of the image");
	if (request->keyring || signature_keyring(&installed, &problem) == 0)
		return 0;
	if (!is_insecure(install) && !request->source.hash.data)
		return error_move(err, &problem, -ENOENT);
	text_clear(&install->signature);
	warn(install, "the signature is not checked: %s", problem.text);
	return 0;
}

static int interrupted(struct error *err)
{
	return error_set(err, ERROR_SYSTEM, EINTR, "interrupted by a signal");
}

/* Up to the first block, whose first MiB is kept where no other process can change it. */
static int read_head(struct install *install, struct error *err)
{
	enum stream_event event = STREAM_QUIET;
	int r = 0;

	while (r == 0 && event == STREAM_QUIET)
		r = stream_next(install->stream, install->stop_fd, &event, &install->first, err);
	if (r == 0 && event == STREAM_STOP)
		return interrupted(err);
	if (r < 0)
		return r;

	const size_t length =
		install->first.length < IMAGE_HEAD_BYTES ? install->first.length : IMAGE_HEAD_BYTES;

	install->head_copy = TEXT_INIT(IMAGE_HEAD_BYTES);
	return text_append(&install->head_copy, install->first.data, length);
}

static int open_stream(struct install *install, struct error *err)
{
	const struct install_request *request = install->request;
	const struct stream_params params = {
		.source = &request->source,
		.file_fd = install->file_fd,
		.signature = install->signature.length ? text_slice(&install->signature)
						       : (struct slice){ NULL, 0 },
		.keyring = request->keyring,
		.fetch_retries = request->fetch_retries,
		.observer = install->observer,
	};
	int r = stream_open(&params, &install->stream, err);

	return r < 0 ? r : read_head(install, err);
}

/* --- image and disk together */

static int merge_tables(struct install *install, struct error *err)
{
	const struct image_head *head = &install->head;
	int r = saved_merge(head->table, head->size_bytes / head->sector_bytes, install->saved,
			    &install->merge, err);

	return r < 0 ? r
		     : table_image_make(install->merge.table, text_slice(&install->head_copy),
					&install->final, err);
}

static int examine_image(struct install *install, struct error *err)
{
	const struct device *device = &install->target.device;
	const struct image_disk disk = { .name = device->node,
					 .size_bytes = device->size_bytes,
					 .sector_bytes = device->sector_bytes,
					 .takes_anything =
						 install->request->flags & INSTALL_RAW_ANYTHING };
	AUTO_FREE char *name = image_source_name(&install->request->source);
	int r = image_head_read(install->head_copy.data, install->head_copy.length, &disk,
				&install->head, err);

	if (r < 0)
		return error_wrap(err, r, "image %s", name);
	if (!install->head.table && (install->saved->count || install->request->placement_count))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "image %s has no table: partitions cannot be saved beside it, and "
				 "nothing can be placed in it",
				 name);
	return install->head.table ? merge_tables(install, err) : 0;
}

/* Nothing is wrong with the disk, but the system on it may be surprised. */
static void look_for_twins(struct install *install)
{
	AUTO(text_done) struct text found = TEXT_INIT(WARNINGS_MAX);
	struct slice rest = { NULL, 0 };

	twins_find(install->machine, &install->target, install->head.table, &found);
	rest = text_slice(&found);
	while (rest.length) {
		const struct slice line = slice_take_line(&rest);

		warn(install, "%.*s", SLICE_ARGS(line));
	}
}

static int check_placements(const struct install *install, struct error *err)
{
	const struct install_request *request = install->request;

	for (size_t i = 0; i < request->placement_count; i++) {
		int r = placement_check(&request->placements[i], install->head.table, err);

		if (r < 0)
			return r;
	}
	return 0;
}

static int examine_source(struct install *install, struct error *err)
{
	int r = load_signature(install, err);

	if (r == 0)
		r = open_stream(install, err);
	if (r == 0)
		r = examine_image(install, err);
	if (r == 0)
		r = check_placements(install, err);
	if (r == 0 && install->head.table)
		look_for_twins(install);
	return r;
}

static int open_file(struct install *install, struct error *err)
{
	const struct install_source *from = &install->request->source;
	int fd = -1;

	if (from->kind == INSTALL_URL)
		return install->request->flags & INSTALL_OFFLINE
			       ? error_set(
					 err, ERROR_NEED_NETWORK, ENETDOWN,
					 "the image would have to be fetched, and the network must "
					 "not be used")
			       : 0;
	fd = image_source_open_file(from->location, err);
	install->file_fd = fd;
	return fd < 0 ? fd : 0;
}

int install_examine(struct machine *machine, const struct install_request *request,
		    const struct event_observer *observer, struct install **ret, struct error *err)
{
	struct install *install = xcalloc(1, sizeof(*install));

	*install = (struct install){ .machine = machine,
				     .request = request,
				     .observer = observer,
				     .phase = INSTALL_AT_SOURCE,
				     .stop_fd = -1,
				     .file_fd = -1,
				     .target = TARGET_INIT,
				     .signature = TEXT_INIT(IMAGE_SIGNATURE_MAX),
				     .warnings = TEXT_INIT(WARNINGS_MAX),
				     .plan = plan_new() };
	*ret = install;

	int r = catch_signals(install, err);

	if (r == 0)
		r = open_file(install, err);
	if (r < 0)
		return r;
	install->phase = INSTALL_AT_TARGET;
	r = examine_target(install, err);
	if (r < 0)
		return r;
	install->phase = INSTALL_AT_SOURCE;
	r = examine_source(install, err);
	if (r == 0)
		install_make_plan(install);
	return r;
}

const struct plan *install_plan(const struct install *install)
{
	return install->plan;
}

/* --- exit codes */

enum install_exit install_exit_code(const struct install *install, const struct error *err)
{
	static const enum install_exit by_phase[] = {
		[INSTALL_AT_TARGET] = INSTALL_EXIT_TARGET,
		[INSTALL_AT_SOURCE] = INSTALL_EXIT_SOURCE,
		[INSTALL_AT_WRITE] = INSTALL_EXIT_WRITE,
		[INSTALL_AT_PLACEMENT] = INSTALL_EXIT_PLACEMENT,
	};
	/* Image and disk do not fit each other: another disk is what helps. */
	static const int of_target[] = { ENOSPC, EEXIST };

	if (err->errnum == EINTR)
		return INSTALL_EXIT_INTERRUPTED;
	if (err->kind == ERROR_VERIFY && install->phase != INSTALL_AT_PLACEMENT)
		return INSTALL_EXIT_VERIFY;
	for (size_t i = 0; i < ARRAY_SIZE(of_target); i++)
		if (install->phase == INSTALL_AT_SOURCE && err->errnum == of_target[i])
			return INSTALL_EXIT_TARGET;
	return by_phase[install->phase];
}

/* --- after a power cut */

static int restore(struct machine *machine, const struct target *target, const struct table *table,
		   struct error *err)
{
	const char *node = target->device.node;
	int r = table_write(target->fd, node, table, TABLE_EDIT, err);

	if (r == 0)
		r = kernel_tell(machine, target->device.name, target->fd, table, err);
	if (r == 0)
		r = kernel_share(target->fd, node, err);
	return r < 0 ? r : kernel_notify(machine, target->device.name, NOTIFY_MS, err);
}

int install_recover(struct machine *machine, const char *device,
		    const struct event_observer *observer, bool *ret_changed, struct error *err)
{
	const unsigned damage =
		TABLE_PRIMARY_DAMAGED | TABLE_BACKUP_DAMAGED | TABLE_BACKUP_NOT_AT_END;
	AUTO(target_done) struct target target = TARGET_INIT;
	AUTO(table_free) struct table *table = NULL;
	int r = target_examine(machine, device, &target, err);

	if (r == 0)
		r = target_open(machine, &target, err);
	if (r == 0)
		r = table_read_fd(target.fd, target.device.node, /* sector_bytes= */ 0, &table,
				  err);
	if (r < 0)
		return r;
	assert(table);
	if (table->kind != TABLE_GPT)
		return error_set(err, ERROR_INPUT, EUCLEAN, "%s: there is no GPT to be restored",
				 target.device.node);
	for (size_t i = 0; i < table->count; i++)
		event_message(observer, EVENT_NOTICE, "partition %u \"%s\" is listed",
			      table->partitions[i].number, table->partitions[i].name);
	*ret_changed = table->flags & damage;
	return restore(machine, &target, table, err);
}
