#include "ignition/preview.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/root.h"
#include "config/merge.h"
#include "disk/luks.h"
#include "disk/luks_plan.h"
#include "disk/picture_survey.h"
#include "disk/raid.h"
#include "disk/raid_plan.h"
#include "host/kargs.h"
#include "host/relabel.h"
#include "host/skeleton.h"
#include "ignition/apply.h"
#include "ignition/journal.h"
#include "ignition/lower.h"
#include "ignition/result.h"
#include "providers/provider.h"

/* Where kernel-install(8) looks for the arguments of the kernels it installs. */
#define KERNEL_ARGUMENTS_FILE	   "/etc/kernel/cmdline"
#define KERNEL_ARGUMENTS_MAX_BYTES ((size_t)1 << 16)

int preview_open(struct preview *ret, const char *root, enum fetcher_mode mode,
		 const struct event_observer *observer, struct error *err)
{
	struct preview preview = PREVIEW_INIT;
	int r = machine_open(&preview.machine, "/", root, err);

	if (r == 0)
		r = profile_load(&preview.machine, &preview.profile, err);
	if (r < 0) {
		machine_done(&preview.machine);
		return r;
	}
	preview.pool = config_pool_new();
	config_pool_allow(preview.pool, preview.profile->config_dialect);
	preview.fetcher = fetcher_new(mode, observer);
	preview.prefetch = prefetch_new(preview.fetcher);
	*ret = preview;
	return 0;
}

void preview_done(struct preview *preview)
{
	plan_free(preview->kargs);
	plan_free(preview->skeleton);
	plan_free(preview->labels);
	plan_free(preview->plan);
	plan_free(preview->mounts);
	disks_plan_done(&preview->disks);
	luks_keyring_done(&preview->keys);
	journal_free(preview->disks_journal);
	journal_free(preview->journal);
	state_free(preview->state);
	prefetch_free(preview->prefetch);
	fetcher_free(preview->fetcher);
	config_pool_free(preview->pool);
	machine_done(&preview->machine);
}

static int read_source(struct preview *preview, const struct source *source, struct report **report,
		       struct lowered *ret, struct error *err)
{
	const struct interpret_params params = {
		.pool = preview->pool,
		.fetcher = preview->fetcher,
		.platform = preview->platform,
		.dialect = preview->dialect,
		.helper = preview->helper,
		.flags = CONFIG_PARSE_LINT,
	};

	return interpret(&params, source, report, ret, err);
}

/* oem: URLs lead to files of this machine. */
static void allow_oem(struct preview *preview)
{
	preview->oem = (struct oem){ .machine = &preview->machine };
	if (preview->profile->config_dialect & CONFIG_DIALECT_OEM)
		oem_allow(&preview->oem, preview->fetcher);
}

int preview_load(struct preview *preview, const char *path, struct report **report,
		 struct error *err)
{
	char *data = NULL;
	size_t length = 0;
	int r = file_read(path, CONFIG_SIZE_MAX, FILE_STDIN, &data, &length, err);

	allow_oem(preview);

	if (r < 0)
		return r;

	const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
	const struct source *source = config_pool_add_source(preview->pool, name, data, length);

	struct lowered lowered = { .config = NULL };

	r = dialect_unpack(preview->pool, &source, err);
	if (r == 0)
		r = read_source(preview, source, report, &lowered, err);
	if (r < 0)
		return error_wrap(err, r, "%s", name);
	/* No state is read or kept: this is no boot. */
	preview->state = state_new();
	state_add_config(preview->state, "user", "file", /* is_referenced= */ false);

	const struct provider_context context = { .machine = &preview->machine,
						  .fetcher = preview->fetcher };
	const struct acquire_params params = { .pool = preview->pool,
					       .state = preview->state,
					       .platform = &provider_file,
					       .context = &context };

	return acquire_resolve(&params, source, lowered.config, &preview->acquired, err);
}

static int set_disk(struct preview *preview, struct slice name, const char *path, struct error *err)
{
	struct machine *machine = &preview->machine;

	if (machine->disk_name && !slice_is(name, machine->disk_name))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the config names several disks (%s, %.*s); one can be given",
				 machine->disk_name, SLICE_ARGS(name));
	if (machine->disk_name)
		return 0;
	machine->disk_name = slice_dup(name);
	machine->disk_stand_in = realpath(path, NULL);
	return machine->disk_stand_in ? 0 : error_errno(err, errno, "open disk %s", path);
}

int preview_use_disk(struct preview *preview, const char *path, struct error *err)
{
	const struct config_list *disks = &preview->acquired.config->storage.disks;
	int r = 0;

	if (disks->count == 0)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the config names no disk (storage.disks) that %s could stand for",
				 path);
	CONFIG_EACH (struct config_disk, disk, disks) {
		if (r == 0)
			r = set_disk(preview, disk->device, path, err);
	}
	return r;
}

int preview_check_root(const struct preview *preview, struct error *err)
{
	CONFIG_EACH (struct config_filesystem, filesystem,
		     &preview->acquired.config->storage.filesystems) {
		if (slice_is(filesystem->path, "/"))
			return 0;
	}
	return error_set(
		err, ERROR_INPUT, EINVAL,
		"the config mounts no filesystem at /; give one the path \"/\", or rehearse "
		"on a directory with --root");
}

int preview_refuse_volumes(const struct preview *preview, struct error *err)
{
	const struct config_storage *storage = &preview->acquired.config->storage;

	if (storage->raid.count == 0 && storage->luks.count == 0)
		return 0;
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			 "the config makes %s, which cannot be rehearsed on an image: they would "
			 "become devices of this machine; slipway plan shows what would be done",
			 storage->raid.count ? "arrays (storage.raid)"
					     : "encrypted volumes (storage.luks)");
}

static struct disks_params disks_params(struct preview *preview,
					const struct event_observer *observer)
{
	return (struct disks_params){
		.config = preview->acquired.config,
		.profile = preview->profile,
		.machine = &preview->machine,
		.prefetch = preview->prefetch,
		.keys = &preview->keys,
		.observer = observer,
		.journal = preview->disks_journal,
	};
}

int preview_plan_disk(struct preview *preview, const char *journal,
		      const struct event_observer *observer, struct error *err)
{
	const struct disks_requests *requests = &preview->disks.requests;
	int r = journal_open(&preview->disks_journal, journal, &preview->machine,
			     preview->acquired.key, err);

	if (r < 0)
		return r;

	const struct disks_params params = disks_params(preview, observer);

	r = disks_plan(&params, &preview->disks, err);
	if (r < 0)
		return r;
	preview->mounts = plan_new();
	preview->made.label = preview->profile->labels_files ? relabel_now : NULL;
	mount_plan(&preview->machine, requests->filesystems, requests->filesystem_count,
		   &preview->made, preview->mounts);
	return 0;
}

int preview_apply_disk(struct preview *preview, const struct event_observer *observer,
		       struct error *err)
{
	const struct disks_params params = disks_params(preview, observer);
	int r = disks_apply(&params, &preview->disks, err);

	if (r == 0)
		r = apply_plan(preview->mounts, &preview->machine, preview->disks_journal, "mount",
			       observer, err);
	return r < 0 ? r : journal_complete(preview->disks_journal, err);
}

int preview_umount(struct preview *preview, struct error *err)
{
	const struct disks_requests *requests = &preview->disks.requests;
	AUTO(plan_free) struct plan *mounts = plan_new();

	umount_plan(&preview->machine, requests->filesystems, requests->filesystem_count, mounts);
	return apply_plan(mounts, &preview->machine, /* journal= */ NULL, "umount",
			  /* observer= */ NULL, err);
}

static struct files_params files_params(struct preview *preview,
					const struct event_observer *observer)
{
	return (struct files_params){
		.config = preview->acquired.config,
		.machine = &preview->machine,
		.prefetch = preview->prefetch,
		.profile = preview->profile,
		.journal = preview->journal,
		.observer = observer,
		.keeps_result = true,
	};
}

/* NULL: unknown. */
static int read_arguments(const struct machine *machine, char **ret, struct error *err)
{
	char *line = NULL;
	size_t length = 0;
	int r = 0;

	if (strcmp(machine->root_path, "/") == 0)
		line = xstrdup(machine->kernel_command_line);
	else
		r = root_read(machine->root_fd, KERNEL_ARGUMENTS_FILE, KERNEL_ARGUMENTS_MAX_BYTES,
			      &line, &length, /* err= */ NULL);
	if (r < 0 && r != -ENOENT)
		return error_errno(err, -r, "read %s", KERNEL_ARGUMENTS_FILE);
	*ret = line;
	return 0;
}

int preview_plan_kargs(struct preview *preview, struct error *err)
{
	AUTO_FREE char *line = NULL;
	int r = read_arguments(&preview->machine, &line, err);

	if (r < 0)
		return r;
	preview->kargs = plan_new();

	struct arena *arena = preview->kargs->arena;
	const struct kargs_request request = lower_kargs(preview->acquired.config, arena);
	struct kargs_request *pending = arena_alloc(arena, sizeof(*pending));

	*pending = kargs_pending(&request, slice_of(line), arena);
	host_plan_kargs(preview->kargs, pending);
	return 0;
}

void preview_plan_skeleton(struct preview *preview)
{
	preview->skeleton = plan_new();
	if (skeleton_is_needed(preview->machine.root_fd))
		skeleton_plan(preview->machine.root_fd, preview->skeleton);
}

int preview_lay_skeleton(struct preview *preview, struct error *err)
{
	return apply_plan(preview->skeleton, &preview->machine, /* journal= */ NULL, "skeleton",
			  /* observer= */ NULL, err);
}

int preview_plan(struct preview *preview, const char *journal,
		 const struct event_observer *observer, struct error *err)
{
	int r = journal_open(&preview->journal, journal, &preview->machine, preview->acquired.key,
			     err);

	if (r < 0)
		return r;

	const struct files_params params = files_params(preview, observer);

	r = files_plan(&params, &preview->plan, err);
	return r < 0 ? r : files_plan_labels(&params, preview->plan, &preview->labels, err);
}

int preview_apply(struct preview *preview, const struct event_observer *observer, struct error *err)
{
	const struct files_params params = files_params(preview, observer);
	int r = files_apply(&params, preview->plan, preview->journal, err);

	/* A rehearsal that had nothing to do is no run: it leaves the report of the last one. */
	if (r == 0 && (preview->plan->count || !result_exists(&preview->machine)))
		r = result_write(&preview->machine, preview->state, RESULT_OF_REHEARSAL, observer,
				 err);
	return r < 0 ? r : files_apply_labels(&params, preview->labels, err);
}

static void append_lines(const struct plan *plan, struct text *out)
{
	for (size_t i = 0; plan && i < plan->count; i++) {
		const struct operation *operation = &plan->operations[i];

		plan_append_line(operation, out);
		if (operation->origin.source)
			text_printf(out, "  (%s:%u)", source_name(operation->origin.source),
				    operation->origin.line);
		text_append_char(out, '\n');
	}
}

static size_t count_of(const struct plan *plan)
{
	return plan ? plan->count : 0;
}

/* In the order in which they are applied. */
struct plans {
	const struct plan *items[6];
};

static struct plans plans_of(const struct preview *preview)
{
	return (struct plans){ { preview->kargs, preview->disks.plan, preview->mounts,
				 preview->skeleton, preview->plan, preview->labels } };
}

void preview_append_plan(const struct preview *preview, struct text *out)
{
	const struct plans plans = plans_of(preview);
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(plans.items); i++) {
		append_lines(plans.items[i], out);
		count += count_of(plans.items[i]);
	}
	if (count == 0)
		text_append_str(out, "Nothing to do: the machine is already as asked.\n");
	else
		text_printf(out, "%zu %s.\n", count, count == 1 ? "operation" : "operations");
}

static size_t append_operations(const struct plan *plan, size_t first, struct text *out)
{
	for (size_t i = 0; plan && i < plan->count; i++) {
		text_append_str(out, first + i ? "," : "");
		plan_append_json(&plan->operations[i], first + i, out);
	}
	return first + count_of(plan);
}

void preview_append_json(const struct preview *preview, struct text *out)
{
	const struct plans plans = plans_of(preview);
	size_t count = 0;

	text_printf(out, "{\"config\":\"%s\",\"operations\":[", preview->acquired.key);
	for (size_t i = 0; i < ARRAY_SIZE(plans.items); i++)
		count = append_operations(plans.items[i], count, out);
	text_append_str(out, "]}\n");
}

static bool is_planned(const struct plan *plan, const struct operation_class *class,
		       const char *object)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->operations[i].class == class &&
		    strcmp(plan->operations[i].object, object) == 0)
			return true;
	return false;
}

/* What devices become part of, as if it were a filesystem on each. */
struct drawn_list {
	struct filesystem_request *list;
	size_t count;
};

static void draw_part(struct drawn_list *drawn, struct slice device, const char *format,
		      struct slice label)
{
	drawn->list[drawn->count++] = (struct filesystem_request){
		.device = device,
		.format = slice_of(format),
		.label = label,
	};
}

static size_t count_parts(const struct disks_requests *requests)
{
	size_t count = requests->filesystem_count + requests->volume_count;

	for (size_t i = 0; i < requests->raid_count; i++)
		count += requests->raids[i].device_count;
	return count;
}

static struct drawn_list draw_contents(const struct disks_plan *disks, struct arena *arena)
{
	const struct disks_requests *requests = &disks->requests;
	struct drawn_list drawn = {
		.list = arena_array(arena, count_parts(requests), sizeof(*drawn.list)),
	};

	for (size_t i = 0; i < requests->filesystem_count; i++)
		drawn.list[drawn.count++] = requests->filesystems[i];
	for (size_t i = 0; i < requests->raid_count; i++) {
		const struct raid_request *raid = &requests->raids[i];

		if (!is_planned(disks->plan, &raid_create_class, raid_path(raid, arena)))
			continue;
		for (size_t k = 0; k < raid->device_count; k++)
			draw_part(&drawn, raid->devices[k], "RAID", raid->name);
	}
	for (size_t i = 0; i < requests->volume_count; i++) {
		const struct luks_request *volume = &requests->volumes[i];

		if (is_planned(disks->plan, &luks_format_class, luks_path(volume, arena)))
			draw_part(&drawn, volume->device, "LUKS", volume->name);
	}
	return drawn;
}

int preview_append_svg(const struct preview *preview, struct text *out, struct error *err)
{
	const struct disks_plan *disks = &preview->disks;

	if (!disks->plan)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "a picture needs a disk; name one with --disk");

	AUTO(arena_free) struct arena *arena = arena_new();
	struct picture_disk *pictures = arena_array(arena, disks->layout_count, sizeof(*pictures));
	const struct drawn_list drawn = draw_contents(disks, arena);

	for (size_t i = 0; i < disks->layout_count; i++) {
		const struct picture_survey_params params = {
			.machine = &preview->machine,
			.layout = disks->layouts[i],
			.requests = drawn.list,
			.count = drawn.count,
		};

		picture_survey(&params, arena, &pictures[i]);
	}

	int r = picture_append_svg(pictures, disks->layout_count, out);

	return r < 0 ? error_errno(err, -r, "draw the disk") : 0;
}
