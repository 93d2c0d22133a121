/*
 * disk_tool - the disk room by the command line, for the tests in Python: one verb per behaviour,
 * results as lines.  Not installed.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/number.h"
#include "base/text.h"
#include "disk/device.h"
#include "disk/device_use.h"
#include "disk/filesystem.h"
#include "disk/filesystem_plan.h"
#include "disk/geometry.h"
#include "disk/kernel.h"
#include "disk/loop.h"
#include "disk/partition_plan.h"
#include "disk/probe.h"
#include "disk/table.h"
#include "disk/table_write.h"

#define WORDS_MAX  8
#define LOCK_MS	   1000
#define SCRIPT_MAX 8192

static uint64_t number_of(struct slice word)
{
	uint64_t value = 0;

	if (number_parse_u64(word, 0, UINT64_MAX, &value) < 0) {
		fprintf(stderr, "not a number: %.*s\n", SLICE_ARGS(word));
		exit(2);
	}
	return value;
}

/* Split @line at spaces; the last word takes the rest.  Return: how many words there are. */
static size_t split(struct slice line, struct slice words[static WORDS_MAX])
{
	size_t count = 0;

	line = slice_trim(line);
	while (line.length && count < WORDS_MAX) {
		const char *space =
			count + 1 < WORDS_MAX ? memchr(line.data, ' ', line.length) : NULL;
		size_t length = space ? (size_t)(space - line.data) : line.length;

		words[count++] = (struct slice){ line.data, length };
		line = slice_trim(slice_from(line, length));
	}
	return count;
}

struct geometry_script {
	struct geometry_disk disk;
	struct geometry_extent there[GEOMETRY_ENTRIES];
	size_t there_count;
	struct geometry geometry;
	bool is_ready;
};

/* One line of the script.  Return: false after a refusal. */
static bool geometry_line(struct geometry_script *s, struct slice line)
{
	struct slice w[WORDS_MAX] = { 0 };
	uint64_t n[WORDS_MAX] = { 0 };
	size_t count = split(line, w);

	for (size_t i = 1; i < count; i++)
		n[i] = number_of(w[i]);
	if (slice_is(w[0], "disk")) {
		s->disk =
			(struct geometry_disk){ n[1], (uint32_t)n[2], n[3], n[4], (unsigned)n[5] };
		return true;
	}
	if (slice_is(w[0], "there") && s->there_count < GEOMETRY_ENTRIES) {
		s->there[s->there_count++] = (struct geometry_extent){ (unsigned)n[1], n[2], n[3] };
		return true;
	}
	if (!s->is_ready)
		geometry_init(&s->geometry, &s->disk, s->there, s->there_count);
	s->is_ready = true;
	if (slice_is(w[0], "delete")) {
		geometry_delete(&s->geometry, (unsigned)n[1]);
		return true;
	}

	AUTO(error_done) struct error err = ERROR_INIT;

	if (geometry_create(&s->geometry, (unsigned)n[1], n[2], n[3], &err) < 0) {
		printf("refused: %s\n", err.text);
		return false;
	}

	const struct geometry_extent *made = geometry_find(&s->geometry, (unsigned)n[1]);

	printf("%" PRIu64 " %" PRIu64 "\n", made->start, made->start + made->size - 1);
	return true;
}

/* A table, deletes and creates from standard input; first and last sector of each create. */
static int verb_geometry(char **words)
{
	struct geometry_script script = { .is_ready = false };
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	ssize_t length = 0;

	(void)words;
	while ((length = getline(&line, &size, stdin)) > 0)
		if (!geometry_line(&script, (struct slice){ line, (size_t)length }))
			break;
	geometry_done(&script.geometry);
	return 0;
}

/* Say why, as the programs do. */
static int fail(const struct error *err)
{
	fprintf(stderr, "%s: %s\n", error_kind_name(err->kind), err->text);
	return 1;
}

static uint32_t sector_bytes_of(const char *word)
{
	return word ? (uint32_t)number_of(slice_of(word)) : 0;
}

/* table DEVICE [SECTOR_BYTES]: what is there, one line for the label and one for each partition. */
static int verb_table(char **words)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(table_free) struct table *table = NULL;

	if (table_read(words[0], sector_bytes_of(words[1]), &table, &err) < 0)
		return fail(&err);
	printf("%s|%" PRIu64 "|%" PRIu64 "|%u\n", table->kind_name ?: "none",
	       table->disk.first_usable, table->disk.last_usable, table->disk.entries);
	for (unsigned flag = 1; flag <= TABLE_HYBRID_MBR; flag <<= 1)
		if (table->flags & flag)
			printf("%s\n", table_flag_text(flag));
	for (size_t i = 0; i < table->count; i++) {
		const struct table_partition *p = &table->partitions[i];

		printf("%u|%" PRIu64 "|%" PRIu64 "|%s|%s|%#" PRIx64 "|%s\n", p->number, p->start,
		       p->size, p->type_guid, p->guid, p->attributes, p->name);
	}
	return 0;
}

/* "remove N" or "put N START SIZE TYPE GUID ATTRIBUTES [NAME]" */
static int edit_table(struct table *table, struct slice line, struct error *err)
{
	struct slice w[WORDS_MAX] = { 0 };
	struct table_partition p = { 0 };
	size_t count = split(line, w);

	p.number = (unsigned)number_of(w[1]);
	if (slice_is(w[0], "remove")) {
		table_remove(table, p.number);
		return 0;
	}

	AUTO_FREE char *name = slice_dup(count > 7 ? w[7] : SLICE(""));
	AUTO_FREE char *type = slice_dup(w[4]);
	AUTO_FREE char *guid = slice_dup(w[5]);
	int r = table_parse_guid(type, p.type_guid, err);

	if (r == 0)
		r = table_parse_guid(guid, p.guid, err);
	p.start = number_of(w[2]);
	p.size = number_of(w[3]);
	p.attributes = number_of(w[6]);
	p.name = name;
	if (r == 0)
		table_put(table, &p);
	return r;
}

static int edit_from_stdin(struct table *table, struct error *err)
{
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	ssize_t length = 0;
	int r = 0;

	while (r == 0 && (length = getline(&line, &size, stdin)) > 0)
		r = edit_table(table, (struct slice){ line, (size_t)length }, err);
	return r;
}

/* write make|edit DEVICE [SECTOR_BYTES]: with the edits of standard input. */
static int verb_write(char **words)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(table_free) struct table *table = NULL;
	enum table_write_mode mode = strcmp(words[0], "make") == 0 ? TABLE_MAKE : TABLE_EDIT;
	uint32_t sector_bytes = sector_bytes_of(words[2]);
	AUTO_CLOSE int fd = open(words[1], O_RDWR | O_CLOEXEC);
	int r = mode == TABLE_MAKE ? table_new(words[1], sector_bytes, &table, &err)
				   : table_read(words[1], sector_bytes, &table, &err);

	if (r == 0)
		r = edit_from_stdin(table, &err);
	if (r == 0)
		r = table_write(fd, words[1], table, mode, &err);
	return r < 0 ? fail(&err) : 0;
}

/* zap DEVICE [SECTOR_BYTES] */
static int verb_zap(char **words)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO_CLOSE int fd = open(words[0], O_RDWR | O_CLOEXEC);

	return table_zap(fd, words[0], sector_bytes_of(words[1]), &err) < 0 ? fail(&err) : 0;
}

static const struct probe_range *range_of(char **words, struct probe_range *range)
{
	if (!words[0])
		return NULL;
	range->offset_bytes = number_of(slice_of(words[0]));
	range->size_bytes = number_of(slice_of(words[1]));
	return range;
}

/* probe DEVICE [OFFSET SIZE] */
static int verb_probe(char **words)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(probe_result_done) struct probe_result result = { 0 };
	struct probe_range range;

	if (probe_device(words[0], range_of(words + 1, &range), &result, &err) < 0)
		return fail(&err);

	AUTO_FREE char *text = probe_text(&result);

	printf("%s|%s|%s|%s|%s\n", text, result.type ?: "", result.label ?: "", result.uuid ?: "",
	       result.is_ambiguous ? "ambiguous" : "");
	return 0;
}

/* wipe DEVICE [OFFSET SIZE] */
static int verb_wipe(char **words)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO_CLOSE int fd = open(words[0], O_RDWR | O_CLOEXEC);
	struct probe_range range;

	return probe_wipe(fd, words[0], range_of(words + 1, &range), &err) < 0 ? fail(&err) : 0;
}

/* attach FILE SECTOR_BYTES [ro] */
static int verb_attach(char **words)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(loop_done) struct loop loop = LOOP_INIT;

	const struct loop_params params = { .path = words[0],
					    .sector_bytes = sector_bytes_of(words[1]),
					    .flags = words[2] ? LOOP_READ_ONLY : 0 };

	if (loop_attach(&params, &loop, &err) < 0)
		return fail(&err);
	puts(loop.node);
	return 0;
}

/* detach NODE */
static int verb_detach(char **words)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(loop_done)
	struct loop loop = { .fd = open(words[0], O_RDWR | O_CLOEXEC), .node = xstrdup(words[0]) };

	return loop_detach(&loop, &err) < 0 ? fail(&err) : 0;
}

/* tell DISK: make the kernel know the table of /dev/DISK. */
static int verb_tell(char **words)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(table_free) struct table *table = NULL;
	AUTO_FREE char *node = xasprintf("/dev/%s", words[0]);
	AUTO_CLOSE int fd = open(node, O_RDWR | O_CLOEXEC);
	int r = machine_open(&machine, "/", /* root_path= */ NULL, &err);

	if (r == 0)
		r = table_read(node, 0, &table, &err);
	if (r == 0)
		r = kernel_lock(fd, node, LOCK_MS, /* observer= */ NULL, &err);
	if (r == 0)
		r = kernel_tell(&machine, words[0], fd, table, &err);
	if (r == 0)
		r = kernel_notify(&machine, words[0], LOCK_MS, &err);
	return r < 0 ? fail(&err) : 0;
}

static void print_device(const struct device *d)
{
	printf("%s|%s|%" PRIu64 "|%u|%s|%s|%u|%s\n", d->node, d->name, d->size_bytes,
	       d->sector_bytes, d->is_read_only ? "ro" : "rw", d->parent ?: "", d->partition_number,
	       d->dm_name ?: "");
}

static void say_wait(const struct event_observer *observer, const struct event *event)
{
	(void)observer;
	if (event->kind == EVENT_WAIT)
		printf("waiting for %s\n", event->text);
}

/* wait PATH TIMEOUT_MS [HOST]: facts of a device, seen below HOST. */
static int verb_wait(char **words)
{
	const struct event_observer observer = { .notify = say_wait };
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(device_done) struct device device = { 0 };
	int r = machine_open(&machine, words[2] ?: "/", /* root_path= */ NULL, &err);

	if (r == 0)
		r = device_wait(&machine, words[0], (int64_t)number_of(slice_of(words[1])),
				&observer, &device, &err);
	if (r < 0)
		return fail(&err);
	print_device(&device);
	return 0;
}

/* uses PATH [HOST]: who uses it, a line each. */
static int verb_uses(char **words)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(device_done) struct device device = { 0 };
	AUTO(device_uses_done) struct device_uses uses = { 0 };
	int r = machine_open(&machine, words[1] ?: "/", /* root_path= */ NULL, &err);

	if (r == 0)
		r = device_find(&machine, words[0], &device, &err);
	if (r == 0)
		r = device_uses_find(&machine, &device, &uses, &err);
	for (size_t i = 0; i < uses.count; i++) {
		AUTO_FREE char *text = device_use_text(&uses.uses[i]);

		puts(text);
	}
	return r < 0 ? fail(&err) : 0;
}

static struct slice option(const char *word)
{
	return word && word[0] ? slice_of(word) : (struct slice){ 0 };
}

/* mkfs NODE FORMAT LABEL UUID */
static int verb_mkfs(char **words)
{
	const struct filesystem_request request = {
		.format = slice_of(words[1]),
		.label = option(words[2]),
		.uuid = option(words[3]),
	};
	AUTO(error_done) struct error err = ERROR_INIT;

	struct command_process *process = NULL;
	int r = filesystem_begin(&request, words[0], /* observer= */ NULL, &process, &err);

	if (process)
		r = command_finish(process, /* ret_status= */ NULL, &err);
	return r < 0 ? fail(&err) : 0;
}

struct script {
	struct partition_request list[GEOMETRY_ENTRIES];
	size_t count;
	struct text text;
};

static void set_mib(struct slice word, bool *ret_has, uint64_t *ret)
{
	*ret_has = !slice_is(word, "-");
	if (*ret_has)
		*ret = number_of(word);
}

static struct slice given(struct slice word)
{
	return slice_is(word, "-") ? (struct slice){ 0 } : word;
}

/* NUMBER START SIZE FLAGS TYPE GUID LABEL; "-" is absent; flags: e exists, w wipe, r resize */
static void add_request(struct script *script, struct slice line)
{
	struct slice w[WORDS_MAX] = { 0 };
	struct partition_request *p = &script->list[script->count];

	if (split(line, w) < 7 || script->count == GEOMETRY_ENTRIES)
		return;
	p->number = (unsigned)number_of(w[0]);
	set_mib(w[1], &p->has_start, &p->start_mib);
	set_mib(w[2], &p->has_size, &p->size_mib);
	p->should_exist = memchr(w[3].data, 'e', w[3].length);
	p->wipe_entry = memchr(w[3].data, 'w', w[3].length);
	p->resize = memchr(w[3].data, 'r', w[3].length);
	p->type_guid = given(w[4]);
	p->guid = given(w[5]);
	p->label = given(w[6]);
	script->count++;
}

static void read_script(struct script *script)
{
	char chunk[SCRIPT_MAX];
	size_t length = fread(chunk, 1, sizeof(chunk), stdin);
	struct slice rest = { 0 };

	script->text = TEXT_INIT(SCRIPT_MAX);
	text_append(&script->text, chunk, length);
	rest = text_slice(&script->text);
	while (rest.length) {
		const char *end = memchr(rest.data, '\n', rest.length);
		size_t line = end ? (size_t)(end - rest.data) : rest.length;

		add_request(script, (struct slice){ rest.data, line });
		rest = slice_from(rest, line + 1);
	}
}

/* One operation as the engine does it, but one after the other. */
static int do_operation(const struct operation *operation, struct machine *machine,
			struct error *err)
{
	const struct operation_class *class = operation->class;
	struct command_process *process = NULL;
	int r = class->check ? class->check(operation, machine, /* observer= */ NULL, err) : 0;

	if (r == OPERATION_NEEDLESS)
		return 0;
	if (r == 0 && class->apply)
		return class->apply(operation, machine, /* observer= */ NULL, err);
	if (r == 0)
		r = class->begin(operation, machine, /* observer= */ NULL, &process, err);
	if (process)
		r = command_finish(process, /* ret_status= */ NULL, err);
	return r == 0 && class->finish ? class->finish(operation, machine, NULL, err) : r;
}

static int carry_out(const struct plan *plan, struct machine *machine, bool is_applied,
		     struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < plan->count && r == 0; i++) {
		AUTO(text_done) struct text line = TEXT_INIT(TEXT_MESSAGE_MAX);

		plan_append_line(&plan->operations[i], &line);
		puts(text_str(&line));
		if (is_applied)
			r = do_operation(&plan->operations[i], machine, err);
	}
	return r;
}

static struct filesystem_request filesystem_of(char **words)
{
	return (struct filesystem_request){
		.device = slice_of(words[0]),
		.format = slice_of(words[1]),
		.wipe = strcmp(words[2], "wipe") == 0,
		.label = option(words[3]),
	};
}

/* filesystem show|apply DEVICE FORMAT keep|wipe [LABEL]: the operation. */
static int verb_filesystem(char **words)
{
	const struct filesystem_request request = filesystem_of(words + 1);
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(plan_free) struct plan *plan = plan_new();
	const struct projection projection = { .machine = &machine };
	const struct filesystem_plan_params params = {
		.projection = &projection,
		.requests = &request,
		.count = 1,
	};
	int r = machine_open(&machine, "/", /* root_path= */ NULL, &err);

	if (r == 0)
		r = filesystem_plan(&params, plan, &err);
	if (r == 0)
		r = carry_out(plan, &machine, strcmp(words[0], "apply") == 0, &err);
	return r < 0 ? fail(&err) : 0;
}

/*
 * partitions show|apply keep|wipe DEVICE [DEVICE FORMAT keep|wipe [LABEL]], entries from standard
 * input: the operations, and that of a filesystem on one of them.
 */
static int verb_partitions(char **words)
{
	struct script script = { .count = 0 };
	struct disk_request request = { .device = slice_of(words[2]),
					.wipe_table = strcmp(words[1], "wipe") == 0 };
	const struct filesystem_request filesystem =
		words[3] ? filesystem_of(words + 3) : (struct filesystem_request){ .wipe = false };
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(partition_layout_free) struct partition_layout *layout = NULL;
	AUTO(plan_free) struct plan *plan = plan_new();
	const struct partition_plan_params disk = { .machine = &machine, .request = &request };
	int r = machine_open(&machine, "/", /* root_path= */ NULL, &err);

	read_script(&script);
	request.partitions = script.list;
	request.partition_count = script.count;
	if (r == 0)
		r = partition_plan(&disk, plan, &layout, &err);
	if (r == 0 && words[3]) {
		const struct projection projection = {
			.machine = &machine,
			.layouts = &layout,
			.layout_count = 1,
		};
		const struct filesystem_plan_params params = {
			.projection = &projection,
			.requests = &filesystem,
			.count = 1,
		};

		r = filesystem_plan(&params, plan, &err);
	}
	if (r == 0)
		r = carry_out(plan, &machine, strcmp(words[0], "apply") == 0, &err);
	text_done(&script.text);
	return r < 0 ? fail(&err) : 0;
}

static const struct verb {
	const char *name;
	int words_min;
	int (*run)(char **words);
} verbs[] = {
	{ "geometry", 0, verb_geometry },
	{ "table", 1, verb_table },
	{ "write", 2, verb_write },
	{ "zap", 1, verb_zap },
	{ "probe", 1, verb_probe },
	{ "wipe", 1, verb_wipe },
	{ "attach", 2, verb_attach },
	{ "detach", 1, verb_detach },
	{ "tell", 1, verb_tell },
	{ "wait", 2, verb_wait },
	{ "uses", 1, verb_uses },
	{ "mkfs", 4, verb_mkfs },
	{ "partitions", 3, verb_partitions },
	{ "filesystem", 4, verb_filesystem },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs) && argc > 1; i++)
		if (strcmp(argv[1], verbs[i].name) == 0 && argc - 2 >= verbs[i].words_min)
			return verbs[i].run(argv + 2);
	fprintf(stderr, "usage: disk_tool VERB [WORD ...]\n");
	return 2;
}
