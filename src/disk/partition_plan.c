#include "disk/partition_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/text.h"
#include "disk/device_use.h"
#include "disk/kernel.h"
#include "disk/partition.h"
#include "disk/partition_apply.h"
#include "disk/probe.h"
#include "disk/stand_in.h"

#define SCOPE	     "createPartitions"
#define BY_PARTLABEL "/dev/disk/by-partlabel/"
#define BY_PARTUUID  "/dev/disk/by-partuuid/"

void partition_layout_free(struct partition_layout *layout)
{
	if (!layout)
		return;
	free(layout->path);
	free(layout->node);
	device_done(&layout->device);
	table_free(layout->before);
	table_free(layout->after);
	scope_close(&layout->lock_fd);
	free(layout);
}

static bool is_named(const struct partition_layout *layout, const struct table_partition *partition,
		     const char *path)
{
	AUTO_FREE char *node = kernel_partition_name(layout->node, partition->number);
	AUTO_FREE char *asked = kernel_partition_name(layout->path, partition->number);

	if (slice_starts(slice_of(path), BY_PARTLABEL))
		return strcmp(path + strlen(BY_PARTLABEL), partition->name) == 0;
	if (slice_starts(slice_of(path), BY_PARTUUID))
		return strcasecmp(path + strlen(BY_PARTUUID), partition->guid) == 0;
	return strcmp(path, node) == 0 || strcmp(path, asked) == 0;
}

const struct table_partition *partition_layout_find(const struct partition_layout *layout,
						    const char *path)
{
	for (size_t i = 0; i < layout->after->count; i++)
		if (is_named(layout, &layout->after->partitions[i], path))
			return &layout->after->partitions[i];
	return NULL;
}

/* What the steps of planning share. */
struct planner {
	const struct machine *machine;
	const struct disk_request *request;
	const struct history *history;
	const struct history_record *written; /* the table, by an earlier run; NULL: never */
	bool is_own;   /* the table that is there is the one of the earlier run */
	bool is_wiped; /* it will be, before anything is made */
	struct partition_layout *layout;
	struct partition_decisions decisions;
	size_t untold; /* what the kernel does not know of the table that is there */
	struct plan *plan;
};

/* A device, or an image file. */
static int find_disk(const struct machine *machine, struct partition_layout *layout,
		     struct error *err)
{
	AUTO_FREE char *path = stand_in_path(machine, layout->path);
	struct stat st;
	int r = 0;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		layout->node = take_ptr(&path);
		return 0;
	}
	r = device_find(machine, layout->path, &layout->device, err);
	if (r == 0)
		layout->node = xstrdup(layout->device.node);
	return r;
}

/* A label that cannot be read can be wiped all the same. */
static int read_label(const struct disk_request *request, struct partition_layout *layout,
		      struct error *err)
{
	AUTO(error_done) struct error failure = ERROR_INIT;
	int r = table_read(layout->node, 0, &layout->before, &failure);

	if (r == -EUCLEAN && request->wipe_table) {
		r = table_new(layout->node, 0, &layout->before, err);
		if (r < 0)
			return r;
		layout->before->kind = TABLE_OTHER;
		free(layout->before->kind_name);
		layout->before->kind_name = xstrdup("damaged GPT");
		return 0;
	}
	if (r < 0 && err) {
		*err = failure;
		failure = ERROR_INIT;
	}
	return r;
}

/* Return: 1 when @device itself is used, 0 when it is not; -errno. */
static int is_disk_used(const struct machine *machine, const struct device *device,
			struct error *err)
{
	AUTO(device_uses_done) struct device_uses uses = { 0 };
	int r = device_uses_find(machine, device, &uses, err);

	for (size_t i = 0; i < uses.count; i++)
		/* Partitions of a dm device are held by it. */
		if (uses.uses[i].kind != DEVICE_USE_HOLDER || !device->dm_name)
			return 1;
	return r;
}

/* The number of a partition that is used; 0 when none is; -errno. */
static int find_used_partition(const struct machine *machine, const struct device *disk,
			       unsigned *ret, struct error *err)
{
	AUTO(kernel_partitions_done) struct kernel_partitions known = { 0 };
	int r = kernel_partitions_read(machine, disk->name, &known, err);

	*ret = 0;
	for (size_t i = 0; i < known.count && r == 0; i++) {
		AUTO(device_done) struct device partition = { 0 };
		AUTO(device_uses_done) struct device_uses uses = { 0 };

		r = device_read(machine, known.partitions[i].name, &partition, err);
		if (r == 0)
			r = device_uses_find(machine, &partition, &uses, err);
		if (r == 0 && uses.count) {
			*ret = known.partitions[i].number;
			return 0;
		}
	}
	return r;
}

/* What is refused whatever becomes of each partition. */
static int refuse_active_disk(const struct planner *p, struct error *err)
{
	const struct device *disk = &p->layout->device;
	unsigned used = 0;

	if (!disk->name)
		return 0;

	int r = find_used_partition(p->machine, disk, &used, err);

	if (r < 0)
		return r;
	if (used && p->is_wiped)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "refusing to wipe active disk \"%s\": its partition %u is in use; "
				 "unmount or release it first",
				 p->layout->path, used);
	r = used ? 0 : is_disk_used(p->machine, disk, err);
	if (r > 0)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "refusing to operate on directly active disk \"%s\"; unmount or "
				 "release it first",
				 p->layout->path);
	return r;
}

/* A new one, with the GUID that an earlier run has drawn. */
static int new_table(const struct planner *p, struct table **ret, struct error *err)
{
	int r = table_new(p->layout->node, 0, ret, err);

	if (r == 0 && p->written && p->written->identity.uuid)
		r = table_parse_guid(p->written->identity.uuid, (*ret)->guid, err);
	return r;
}

/* The table that the decisions start from. */
static int starting_table(const struct planner *p, struct table **ret, struct error *err)
{
	const struct table *before = p->layout->before;

	if (p->is_wiped || before->kind == TABLE_NONE)
		return new_table(p, ret, err);
	if (before->kind == TABLE_OTHER)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "disk does not have a GPT but \"%s\"; set wipeTable to replace it",
				 before->kind_name);
	*ret = table_copy(before);
	return 0;
}

static int refuse_active_partitions(const struct planner *p, struct error *err)
{
	for (size_t i = 0; i < p->decisions.count; i++) {
		const struct partition_decision *decision = &p->decisions.list[i];
		int r = 0;

		if (partition_is_changed(decision->action))
			r = partition_refuse_in_use(p->machine, p->layout, decision->number, err);
		if (r < 0)
			return source_wrap(err, r, &decision->request->origin);
	}
	return 0;
}

static int draw_guids(struct table *table, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < table->count && r == 0; i++)
		if (!table->partitions[i].guid[0])
			r = table_draw_guid(table->partitions[i].guid, err);
	return r;
}

/* Of what an operation makes: the entry that asked for a partition, its number and GUID. */
static struct operation_identity identify(const struct planner *p,
					  const struct operation_class *class,
					  const struct partition_decision *decision)
{
	struct arena *arena = p->plan->arena;
	struct operation_identity identity = { 0 };

	if (class == &table_write_class)
		identity.uuid = arena_strdup(arena, p->layout->after->guid);
	if (!decision)
		return identity;
	identity.entry = (unsigned)(decision->request - p->request->partitions) + 1;
	identity.number = decision->number;
	if (class == &partition_create_class)
		identity.uuid =
			arena_strdup(arena, table_find(p->layout->after, decision->number)->guid);
	return identity;
}

/* @decision: NULL for an operation on the label as a whole */
static void add_operation(const struct planner *p, const struct operation_class *class,
			  const struct partition_decision *decision, const char *summary,
			  const char *log_text)
{
	struct partition_step *step = arena_alloc(p->plan->arena, sizeof(*step));

	*step = (struct partition_step){ .layout = p->layout,
					 .number = decision ? decision->number : 0 };
	plan_add(p->plan,
		 &(struct operation){
			 .class = class,
			 .phase = PARTITION_PHASE,
			 .object = arena_strdup(p->plan->arena, p->layout->path),
			 .summary = arena_strdup(p->plan->arena, summary),
			 .log_text = arena_strdup(p->plan->arena, log_text),
			 .scope = SCOPE,
			 .origin = decision ? decision->request->origin : p->request->origin,
			 .detail = step,
			 .identity = identify(p, class, decision),
		 });
}

/* ' "ROOT"', or nothing for one without a name. */
static void append_name(struct text *out, const struct table_partition *partition)
{
	if (partition->name[0]) {
		text_append_char(out, ' ');
		text_append_quoted(out, slice_of(partition->name));
	}
}

static void append_bytes(struct text *out, const char *before, const struct table *table,
			 uint64_t sectors)
{
	text_append_str(out, before);
	number_append_size(out, sectors * table->disk.sector_bytes);
}

/* What lies in the sectors of a partition (NULL: on the disk); nothing is said of nothing. */
static void append_contents(struct text *out, const struct partition_layout *layout,
			    const struct table_partition *partition, const char *words)
{
	const uint32_t sector_bytes = layout->before->disk.sector_bytes;
	const struct probe_range range = {
		.offset_bytes = partition ? partition->start * sector_bytes : 0,
		.size_bytes = partition ? partition->size * sector_bytes : 0,
	};
	AUTO(probe_result_done) struct probe_result found = { 0 };

	/* What cannot be read is told when something is to be made of it. */
	if (probe_device(layout->node, &range, &found, /* err= */ NULL) < 0 || !found.type)
		return;

	AUTO_FREE char *text = probe_text(&found);

	text_printf(out, "%s%s", words, text);
}

static void add_delete(const struct planner *p, const struct partition_decision *decision)
{
	const struct table_partition *old = table_find(p->layout->before, decision->number);
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(&out, "delete partition %u", old->number);
	append_name(&out, old);
	append_contents(&out, p->layout, old, " with ");
	add_operation(p, &partition_delete_class, decision, text_str(&out), text_str(&out));
}

static void add_create(const struct planner *p, const struct partition_decision *decision)
{
	const struct table *after = p->layout->after;
	const struct table_partition *new = table_find(after, decision->number);
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(&out, "create partition %u", new->number);
	append_name(&out, new);
	append_bytes(&out, " ", after, new->size);
	append_bytes(&out, " at ", after, new->start);
	append_contents(&out, p->layout, new, ", over ");
	add_operation(p, &partition_create_class, decision, text_str(&out), text_str(&out));
}

static void add_resize(const struct planner *p, const struct partition_decision *decision)
{
	const struct table *after = p->layout->after;
	const struct table_partition *old = table_find(p->layout->before, decision->number);
	const struct table_partition *new = table_find(after, decision->number);
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(&out, "resize partition %u", new->number);
	append_name(&out, new);
	append_bytes(&out, " from ", after, old->size);
	append_bytes(&out, " to ", after, new->size);
	add_operation(p, &partition_resize_class, decision, text_str(&out), text_str(&out));
}

static void add_wipe(const struct planner *p)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(&out, "wipe its label (%s, %zu partitions)", p->layout->before->kind_name,
		    p->layout->before->count);
	add_operation(p, &table_wipe_class, NULL, text_str(&out),
		      "wiping partition table requested on disk");
}

struct tally {
	size_t deleted;
	size_t created;
};

/* Upstream counts a resize as both. */
static struct tally count(const struct partition_decisions *decisions)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < decisions->count; i++) {
		enum partition_action action = decisions->list[i].action;

		tally.deleted += partition_is_changed(action);
		tally.created += action != PARTITION_NOTHING && action != PARTITION_DELETE;
	}
	return tally;
}

static void add_write(const struct planner *p, struct tally tally)
{
	AUTO(text_done) struct text summary = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO_FREE char *log_text =
		xasprintf("deleting %zu partitions and creating %zu partitions on \"%s\"",
			  tally.deleted, tally.created, p->layout->path);

	text_printf(&summary, "write the table, %zu partitions", p->layout->after->count);
	/* Without a label the disk may be used as a whole. */
	if (p->layout->before->kind == TABLE_NONE)
		append_contents(&summary, p->layout, NULL, ", over ");
	add_operation(p, &table_write_class, NULL, text_str(&summary), log_text);
}

static void add_partitions(const struct planner *p)
{
	for (size_t i = 0; i < p->decisions.count; i++) {
		const struct partition_decision *decision = &p->decisions.list[i];

		if (decision->action == PARTITION_DELETE || decision->action == PARTITION_REPLACE)
			add_delete(p, decision);
	}
	for (size_t i = 0; i < p->decisions.count; i++) {
		const struct partition_decision *decision = &p->decisions.list[i];

		if (decision->action == PARTITION_RESIZE)
			add_resize(p, decision);
		if (decision->action == PARTITION_CREATE || decision->action == PARTITION_REPLACE)
			add_create(p, decision);
	}
}

/* An earlier run may have written one copy of the table, and not the other. */
static bool is_cut(const struct planner *p)
{
	return p->is_own && p->written->progress == OPERATION_BEGUN;
}

/* Nothing is refused any more. */
static void add_operations(struct planner *p)
{
	struct partition_layout *layout = p->layout;
	struct tally tally = count(&p->decisions);
	bool is_wiped = p->is_wiped && layout->before->kind != TABLE_NONE;

	if (is_wiped)
		add_wipe(p);
	if (tally.deleted + tally.created || is_cut(p)) {
		add_partitions(p);
		add_write(p, tally);
	} else if (is_wiped || layout->before->kind == TABLE_NONE) {
		layout->after->kind = TABLE_NONE;
	} else if (p->untold) {
		add_operation(p, &partition_tell_class, NULL, "tell the kernel its partitions",
			      "telling the kernel partitions");
	}
}

static int count_untold(struct planner *p, struct error *err)
{
	AUTO(kernel_partitions_done) struct kernel_partitions known = { 0 };
	AUTO_FREE struct kernel_change *changes = NULL;
	int r = 0;

	if (!p->layout->device.name || p->layout->before->kind != TABLE_GPT)
		return 0;
	r = kernel_partitions_read(p->machine, p->layout->device.name, &known, err);
	if (r == 0)
		kernel_changes(p->layout->before, &known, &changes, &p->untold);
	return r;
}

/* What earlier runs made of the entries of the request; freed with free(). */
static struct partition_known *recall(const struct planner *p)
{
	struct partition_known *known = xcalloc(p->request->partition_count + 1, sizeof(*known));

	for (size_t i = 0; i < p->request->partition_count; i++) {
		const struct history_record *record = history_find(
			p->history, partition_create_class.name, p->layout->path, (unsigned)i + 1);

		/* One that is no GUID is not ours, and nothing is known then. */
		if (record && record->identity.uuid &&
		    table_parse_guid(record->identity.uuid, known[i].guid, /* err= */ NULL) == 0)
			known[i].number = record->identity.number;
	}
	return known;
}

/* A table with the GUID that was drawn for it is proof that the wipe before it was done, too. */
static void recognize(struct planner *p)
{
	const struct table *before = p->layout->before;

	p->written = history_find(p->history, table_write_class.name, p->layout->path, 0);
	p->is_own = p->written && p->written->identity.uuid && before->kind == TABLE_GPT &&
		    strcasecmp(p->written->identity.uuid, before->guid) == 0;
	p->is_wiped = p->request->wipe_table && !p->is_own;
}

static int refuse_unwritable(const struct planner *p, struct error *err)
{
	struct tally tally = count(&p->decisions);
	bool is_wiped = p->is_wiped && p->layout->before->kind != TABLE_NONE;
	bool is_written = is_wiped || is_cut(p) || tally.deleted + tally.created;
	int r = 0;

	if (!is_written || !p->layout->device.is_read_only)
		return 0;
	r = error_set(err, ERROR_INPUT, EROFS,
		      "it is read-only, and would have to be changed; make it writable first");
	return source_wrap(err, r, &p->request->origin);
}

static int decide(struct planner *p, struct error *err)
{
	AUTO_FREE struct partition_known *known = recall(p);
	AUTO(table_free) struct table *start = NULL;
	int r = refuse_active_disk(p, err);

	if (r == 0)
		r = starting_table(p, &start, err);
	if (r < 0)
		return source_wrap(err, r, &p->request->origin);
	r = partition_decide(p->request, start, known, &p->decisions, err);
	if (r == 0)
		r = refuse_active_partitions(p, err);
	if (r == 0)
		r = count_untold(p, err);
	if (r == 0)
		r = draw_guids(p->decisions.after, err);
	if (r == 0)
		p->layout->after = take_ptr(&p->decisions.after);
	return r;
}

static int find_and_read(const struct planner *p, struct error *err)
{
	int r = find_disk(p->machine, p->layout, err);

	if (r == 0)
		r = read_label(p->request, p->layout, err);
	return r < 0 ? source_wrap(err, r, &p->request->origin) : 0;
}

int partition_plan(const struct partition_plan_params *params, struct plan *plan,
		   struct partition_layout **ret, struct error *err)
{
	AUTO(partition_layout_free) struct partition_layout *layout = xcalloc(1, sizeof(*layout));
	struct planner p = {
		.machine = params->machine,
		.request = params->request,
		.history = params->history,
		.layout = layout,
		.plan = plan,
	};

	layout->lock_fd = -1;
	layout->path = slice_dup(params->request->device);

	int r = find_and_read(&p, err);

	if (r == 0) {
		recognize(&p);
		r = decide(&p, err);
	}
	if (r == 0)
		r = refuse_unwritable(&p, err);
	if (r == 0)
		add_operations(&p);
	partition_decisions_done(&p.decisions);
	if (r < 0)
		return error_wrap(err, r, "disk %s", layout->path);
	*ret = take_ptr(&layout);
	return 0;
}
