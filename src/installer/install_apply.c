#include <errno.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/command.h"
#include "base/number.h"
#include "disk/kernel.h"
#include "disk/probe.h"
#include "installer/install_state.h"

#define MIB	       ((uint64_t)1 << 20)
#define SIZE_TEXT_MAX  64
#define KERNEL_TRIES   100
#define KERNEL_WAIT_MS 100
#define NOTIFY_MS      10000
#define KPARTX_MS      30000
#define PROGRESS_BYTES ((uint64_t)8 << 20)

static struct install *install_of(const struct operation *operation)
{
	return (struct install *)(uintptr_t)operation->detail;
}

static const char *node_of(const struct install *install)
{
	return install->target.device.node;
}

static bool is_stopped(const struct install *install)
{
	struct pollfd stop = { .fd = install->stop_fd, .events = POLLIN };

	return poll(&stop, 1, 0) > 0;
}

static int interrupted(struct error *err)
{
	return error_set(err, ERROR_SYSTEM, EINTR, "interrupted by a signal");
}

/* --- the kernel and udev */

/* Partitions of a device-mapper device are devices of their own, which kpartx makes. */
static int run_kpartx(const struct install *install, const char *what, struct error *err)
{
	const char *argv[] = { "kpartx", what, "-n", node_of(install), NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = KPARTX_MS,
					 .observer = install->observer };

	return command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);
}

/* A partition that goes may be looked at by somebody just now. */
static int tell_kernel(const struct install *install, const struct table *table, struct error *err)
{
	const struct device *device = &install->target.device;

	if (device->dm_name)
		return run_kpartx(install, table->count ? "-u" : "-d", err);
	for (unsigned i = 1;; i++) {
		AUTO(error_done) struct error problem = ERROR_INIT;
		int r = kernel_tell(install->machine, device->name, install->target.fd, table,
				    &problem);

		if (r != -EBUSY || i == KERNEL_TRIES)
			return error_move(err, &problem, r);
		poll(NULL, 0, KERNEL_WAIT_MS);
	}
}

static int apply_tell(const struct operation *operation, struct machine *machine,
		      const struct event_observer *observer, struct error *err)
{
	struct install *install = install_of(operation);
	const struct table *table = install->merge.table ?: install->saved;
	const struct device *device = &install->target.device;
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = tell_kernel(install, table, err);

	if (r == 0)
		r = kernel_share(install->target.fd, device->node, err);
	if (r < 0)
		return r;
	/* Names are found without udev; that it does not answer makes no disk a bad one. */
	if (kernel_notify(machine, device->name, NOTIFY_MS, &problem) < 0)
		event_message(observer, EVENT_WARNING, "%s", problem.text);
	return 0;
}

static const struct operation_class class_tell = { .name = "kernel.partitions",
						   .noun = "disk",
						   .apply = apply_tell };

/* --- what was there */

static int wipe_last(const struct install *install, struct error *err)
{
	const struct device *device = &install->target.device;
	const uint64_t length = device->size_bytes < MIB ? device->size_bytes : MIB;
	const uint64_t range[2] = { device->size_bytes - length, length };

	return ioctl(install->target.fd, BLKZEROOUT, range) < 0
		       ? error_errno(err, errno, "%s: clear its end", device->node)
		       : 0;
}

/* Each old partition first: what is in them is not to be found once their table is gone. */
static int apply_wipe(const struct operation *operation, struct machine *machine,
		      const struct event_observer *observer, struct error *err)
{
	const struct install *install = install_of(operation);
	const struct table *found = install->found;
	int r = 0;

	(void)machine;
	(void)observer;
	for (size_t i = 0; i < found->count && r == 0; i++) {
		const uint64_t sector = found->disk.sector_bytes;
		const struct probe_range range = { found->partitions[i].start * sector,
						   found->partitions[i].size * sector };

		r = probe_wipe(install->target.fd, node_of(install), &range, err);
	}
	if (r == 0)
		r = probe_wipe(install->target.fd, node_of(install), /* range= */ NULL, err);
	return r < 0 ? r : wipe_last(install, err);
}

static const struct operation_class class_wipe = { .name = "disk.wipe",
						   .noun = "disk",
						   .apply = apply_wipe };

static int apply_interim(const struct operation *operation, struct machine *machine,
			 const struct event_observer *observer, struct error *err)
{
	const struct install *install = install_of(operation);
	int r = table_image_write(install->target.fd, node_of(install), &install->interim,
				  TABLE_IMAGE_BACKUP_FIRST, err);

	(void)machine;
	(void)observer;
	return r < 0 ? r : tell_kernel(install, install->saved, err);
}

static const struct operation_class class_interim = { .name = "table.interim",
						      .noun = "disk",
						      .apply = apply_interim };

/* --- the image */

static void report(const struct install *install, bool is_last)
{
	const struct writer *writer = &install->writer;

	event_notify(install->observer, &(struct event){ .kind = EVENT_PROGRESS,
							 .level = EVENT_INFO,
							 .text = node_of(install),
							 .done = writer->durable_bytes,
							 .total = install->head.size_bytes,
							 .is_last = is_last });
}

/* Where the backup of the table goes nothing of the image does: its own is written with it. */
static size_t cut(const struct install *install, size_t length)
{
	const uint64_t end = install->final.head ? install->final.tail_offset : UINT64_MAX;
	const uint64_t offset = install->writer.offset;

	if (offset >= end)
		return 0;
	return length < end - offset ? length : (size_t)(end - offset);
}

static int write_block(struct install *install, const struct stream_block *block, struct error *err)
{
	const size_t length = cut(install, block->length);
	int r = length ? writer_write(&install->writer, block->data, length, err) : 0;

	if (r == 0)
		report(install, /* is_last= */ false);
	return r;
}

/* The first block came with the examination; of it the first MiB is held back. */
static int write_first(struct install *install, struct error *err)
{
	const struct stream_block *first = &install->first;
	const size_t held = install->head_copy.length;
	const struct stream_block rest = { (const char *)first->data + held, first->length - held };
	uint64_t limit = install->target.device.size_bytes;

	for (size_t i = 0; i < install->saved->count; i++) {
		const uint64_t start =
			install->saved->partitions[i].start * install->saved->disk.sector_bytes;

		limit = start < limit ? start : limit;
	}
	install->writer = (struct writer){
		.target = &install->target, .offset = held, .limit = limit, .zeros_begin = held
	};
	report(install, /* is_last= */ false);
	return rest.length ? write_block(install, &rest, err) : 0;
}

static int apply_image(const struct operation *operation, struct machine *machine,
		       const struct event_observer *observer, struct error *err)
{
	struct install *install = install_of(operation);
	enum stream_event event = install->first.length ? STREAM_BLOCK : STREAM_END;
	struct stream_block block = { .data = NULL };
	int r = write_first(install, err);

	(void)machine;
	(void)observer;
	while (r == 0 && event != STREAM_END) {
		r = stream_next(install->stream, install->stop_fd, &event, &block, err);
		if (r == 0 && event == STREAM_STOP)
			return interrupted(err);
		if (r == 0 && event == STREAM_BLOCK)
			r = write_block(install, &block, err);
		else if (r == 0)
			report(install, /* is_last= */ false);
	}
	return r < 0 ? r : writer_finish(&install->writer, err);
}

static const struct operation_class class_image = { .name = "image.write",
						    .noun = "disk",
						    .apply = apply_image };

static int apply_verdict(const struct operation *operation, struct machine *machine,
			 const struct event_observer *observer, struct error *err)
{
	(void)machine;
	(void)observer;
	return stream_verdict(install_of(operation)->stream, err);
}

static const struct operation_class class_verdict = { .name = "image.verify",
						      .noun = "image",
						      .apply = apply_verdict };

/* --- what is placed */

static int apply_placements(const struct operation *operation, struct machine *machine,
			    const struct event_observer *observer, struct error *err)
{
	struct install *install = install_of(operation);
	const struct install_request *request = install->request;

	(void)machine;
	(void)observer;
	install->phase = INSTALL_AT_PLACEMENT;
	/* What the page cache knows is from before the image. */
	if (ioctl(install->target.fd, BLKFLSBUF, 0) < 0)
		return error_errno(err, errno, "%s: drop what is cached", node_of(install));
	return placements_apply(&install->target, install->head.table, request->placements,
				request->placement_count, err);
}

static const struct operation_class class_placements = { .name = "file.place",
							 .noun = "disk",
							 .apply = apply_placements };

/* --- what makes it bootable */

/* What has no table has no backup of one either: that of the interim table goes. */
static int write_head_alone(const struct install *install, struct error *err)
{
	const struct table_image image = { .head = (uint8_t *)install->head_copy.data,
					   .head_bytes = install->head_copy.length };
	int r = wipe_last(install, err);

	return r < 0 ? r
		     : table_image_write(install->target.fd, node_of(install), &image,
					 TABLE_IMAGE_BACKUP_FIRST, err);
}

static int apply_head(const struct operation *operation, struct machine *machine,
		      const struct event_observer *observer, struct error *err)
{
	struct install *install = install_of(operation);

	(void)machine;
	(void)observer;
	if (!install->final.head)
		return write_head_alone(install, err);

	int r = table_image_write(install->target.fd, node_of(install), &install->final,
				  TABLE_IMAGE_BACKUP_FIRST, err);

	if (r < 0)
		return r;
	install->writer.durable_bytes = install->head.size_bytes;
	report(install, /* is_last= */ true);
	return 0;
}

static const struct operation_class class_head = { .name = "table.final",
						   .noun = "disk",
						   .apply = apply_head };

/* --- the plan */

static void add(struct install *install, const struct operation_class *class, const char *object,
		const char *summary)
{
	struct arena *arena = install->plan->arena;
	const char *text = arena_printf(arena, "%s %s: %s", class->noun, object, summary);

	plan_add(install->plan, &(struct operation){ .class = class,
						     .phase = "install",
						     .object = object,
						     .summary = summary,
						     .log_text = text,
						     .detail = install });
}

static const char *saved_summary(struct install *install)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (!install->saved->count)
		return "an empty table, until the image is verified";
	text_append_str(&out, "a table of what is saved only, until the image is verified:");
	for (size_t i = 0; i < install->saved->count; i++)
		text_printf(&out, "%s %u \"%s\"", i ? "," : "",
			    install->saved->partitions[i].number,
			    install->saved->partitions[i].name);
	return arena_printf(install->plan->arena, "%s", text_str(&out));
}

static const char *write_summary(struct install *install)
{
	AUTO(text_done) struct text size = TEXT_INIT(SIZE_TEXT_MAX);

	if (!install->head.size_bytes)
		return "write the image behind its first MiB, and flush it";
	number_append_size(&size, install->head.size_bytes);
	return arena_printf(install->plan->arena,
			    "write the image, %s, behind its first MiB, and flush it",
			    text_str(&size));
}

static const char *verify_summary(const struct install *install)
{
	const bool is_hashed = install->request->source.hash.data;

	if (install->signature.length)
		return is_hashed ? "verify hash and signature" : "verify its signature";
	return is_hashed ? "verify its hash" : "nothing vouches for it: it has to be whole";
}

static const char *head_summary(struct install *install)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_str(&out, "make it bootable: its backup table at the end, then its first MiB");
	for (size_t i = 0; i < install->merge.count; i++)
		text_printf(&out, "%s partition %u becomes %u", i ? "," : ";",
			    install->merge.renumberings[i].from, install->merge.renumberings[i].to);
	return arena_printf(install->plan->arena, "%s", text_str(&out));
}

static const char *placements_summary(struct install *install)
{
	const struct install_request *request = install->request;
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_str(&out, "place");
	for (size_t i = 0; i < request->placement_count; i++)
		text_printf(&out, "%s %s", i ? "," : "", request->placements[i].what);
	return arena_printf(install->plan->arena, "%s", text_str(&out));
}

void install_make_plan(struct install *install)
{
	const char *node = node_of(install);

	if (!install->saved->count)
		add(install, &class_wipe, node, "remove the signatures of what was on it");
	add(install, &class_interim, node, saved_summary(install));
	add(install, &class_image, node, write_summary(install));
	add(install, &class_verdict, install->request->source.location, verify_summary(install));
	if (install->request->placement_count)
		add(install, &class_placements, node, placements_summary(install));
	add(install, &class_head, node, head_summary(install));
	add(install, &class_tell, node, "tell the kernel and udev of its partitions");
}

/* --- carrying it out */

/* The disk holds the saved partitions, and nothing else that anybody would find. */
static void reset(struct install *install)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = 0;

	if (install->request->flags & INSTALL_PRESERVE_ON_ERROR) {
		event_message(install->observer, EVENT_WARNING,
			      "%s is left as it is, half an installation", node_of(install));
		return;
	}
	r = table_image_write(install->target.fd, node_of(install), &install->interim,
			      TABLE_IMAGE_PRIMARY_FIRST, &problem);
	if (r < 0)
		event_message(install->observer, EVENT_ERROR,
			      "%s could not be reset, and may hold half an installation: %s",
			      node_of(install), problem.text);
	else
		event_message(install->observer, EVENT_WARNING, "%s was reset: %s",
			      node_of(install),
			      install->saved->count ? "it lists the saved partitions only"
						    : "it lists no partitions");
	error_done(&problem);
	if (r == 0 && tell_kernel(install, install->saved, &problem) < 0)
		event_message(install->observer, EVENT_WARNING, "%s", problem.text);
}

static int apply_one(struct install *install, const struct operation *operation, struct error *err)
{
	const struct event_observer *observer = install->observer;

	event_operation(observer, EVENT_OPERATION_BEGIN, operation->log_text, /* cause= */ NULL);

	int r = is_stopped(install)
			? interrupted(err)
			: operation->class->apply(operation, install->machine, observer, err);

	event_operation(observer, r < 0 ? EVENT_OPERATION_FAILED : EVENT_OPERATION_DONE,
			operation->log_text, r < 0 ? err->text : NULL);
	return r;
}

int install_apply(struct install *install, struct error *err)
{
	struct error own = ERROR_INIT;
	int r = 0;

	install->phase = INSTALL_AT_WRITE;
	for (size_t i = 0; i < install->plan->count && r == 0; i++)
		r = apply_one(install, &install->plan->operations[i], &own);
	if (r == 0)
		return 0;
	stream_free(take_ptr(&install->stream));
	reset(install);
	return error_move(err, &own, r);
}
