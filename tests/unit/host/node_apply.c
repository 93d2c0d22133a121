/* node_apply - killed runs, what changes between plan and apply, bad contents, full disks, races.
 */
#include "host/node.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>

#include "tests/unit/host/node_fixture.h"

#define RACES 2000

/* One request against @target: plan, remember receipts, maybe apply.  Return: lines of the plan. */
static char *run(struct target *target, const struct node_request *request, struct text *receipts,
		 bool is_applied)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(plan_free) struct plan *plan = NULL;
	AUTO(text_done) struct text lines = TEXT_INIT(TEXT_MESSAGE_MAX);
	int r = make_plan(target, request, 1, receipts, &plan, &err);

	if (r == 0) {
		show_plan(plan, 0, &lines);
		record(plan, receipts);
		r = is_applied ? apply_plan(plan, &target->machine, &err) : 0;
	}
	return r < 0 ? xstrdup(err.text) : text_take(&lines);
}

static void tap_run(struct target *target, const struct node_request *request,
		    struct text *receipts, const char *want, const char *label)
{
	AUTO_FREE char *got = run(target, request, receipts, true);

	tap_str(got, want, label);
}

static void put(struct target *target, const char *path, const char *text)
{
	target_make(target, &(struct made){ 'f', path, text });
}

static void tap_file(struct target *target, const char *path, const char *want, const char *label)
{
	AUTO_FREE char *got = NULL;
	size_t length = 0;

	root_read(target->machine.root_fd, path, 1 << 20, &got, &length, NULL);
	tap_str(got, want, label);
}

/* Appending may not be done twice: killed at every point, and run again. */
static void test_append_resumes(void)
{
	static const struct node_request request = FILE_("/f", APPEND);
	static const char append[] = "file /f: append, 2 fragments at the end\n";
	AUTO(target_done) struct target target;
	AUTO(text_done) struct text receipts = TEXT_INIT(TEXT_MESSAGE_MAX);

	target_init(&target, NULL);
	put(&target, "/f", "more\n");
	free(run(&target, &request, &receipts, false));
	tap_run(&target, &request, &receipts, append,
		"killed before the append began, the next run appends, though the file held the "
		"fragments before");
	tap_file(&target, "/f", "more\nmore\n", "... once");
	tap_run(&target, &request, &receipts, "", "killed after it ended, the next does not");
	put(&target, "/f", "more\nuser\nmore\ncrypttab\n");
	tap_run(&target, &request, &receipts, "",
		"nor when others wrote before and after what was appended");
	put(&target, "/f", "more\nuser\n");
	tap_run(&target, &request, &receipts, append,
		"what others wrote between the plan and the kill is no append");
	put(&target, "/f", "other\n");
	tap_run(&target, &request, &receipts, append,
		"a file without the fragments is appended to");
	text_clear(&receipts);
	tap_run(&target, &request, &receipts, append, "another provisioning appends again");
}

static void test_remote_resumes(void)
{
	static const struct node_request append = FILE_("/f", REMOTE_APPEND);
	static const struct node_request write = FILE_("/w", .contents = &remote, MODE(0600));
	AUTO(target_done) struct target target;
	AUTO(text_done) struct text receipts = TEXT_INIT(TEXT_MESSAGE_MAX);

	target_init(&target, NULL);
	put(&target, "/f", "x\n");
	free(run(&target, &append, &receipts, false));
	tap_run(&target, &append, &receipts, "file /f: append, 1 fragment at the end\n",
		"an append from the network that did not begin is done");
	tap_run(&target, &append, &receipts, "", "... once");
	free(run(&target, &write, &receipts, false));
	tap_run(&target, &write, &receipts, "file /w: create, from http://h/x, mode 0600\n",
		"a file from the network that was not begun is written");
	tap_run(&target, &write, &receipts, "", "... once");
	fchmodat(target.machine.root_fd, "w", 0644, 0);
	tap_run(&target, &write, &receipts, "file /w: set, from http://h/x, mode 0600\n",
		"... and keeps its mode");
}

/* What changes between plan and apply. */
static const struct {
	const char *label;
	struct made before;
	struct node_request request;
	struct made meanwhile;
	const char *tree;
	const char *error;
	int want;
} late_rows[] = {
	{ "a file that appeared is not overwritten",
	  { 0 },
	  FILE_("/a", .contents = &hello),
	  { 'f', "/a", "x" },
	  "f /a 644 x\n",
	  "<root>/a: something was put there after the plan was made, and overwrite is false",
	  -EEXIST },
	{ "a file that appeared is overwritten when asked for",
	  { 0 },
	  FILE_("/a", .contents = &hello, OVERWRITE),
	  { 'f', "/a", "x" },
	  "f /a 644 hello\n" },
	{ "a directory that appeared gets what is asked for",
	  { 0 },
	  DIR("/a", CORE),
	  { 'd', "/a", NULL, 0700 },
	  "d /a 700 500:10\n" },
	{ "a link that appeared where a directory was to be made is not followed",
	  { 0 },
	  DIR("/a", MODE(0700)),
	  { 'l', "/a", "/etc" },
	  "l /a /etc\n",
	  "open a: Not a directory",
	  -ENOTDIR },
	{ "a file that appeared where an empty one was to be made stays",
	  { 0 },
	  FILE_("/a", MODE(0600)),
	  { 'f', "/a", "x" },
	  "f /a 600 x\n" },
	{ "a file that appeared is appended to",
	  { 0 },
	  FILE_("/a", APPEND),
	  { 'f', "/a", "x" },
	  "f /a 644 xmore\n\n" },
	{ "a directory that appeared is not appended to",
	  { 0 },
	  FILE_("/a", APPEND),
	  { 'd', "/a" },
	  "d /a 755\n",
	  "can only append to files: \"<root>/a\"",
	  -EINVAL },
	{ "a link that appeared is not appended through",
	  { 0 },
	  FILE_("/a", APPEND),
	  { 'l', "/a", "/etc/group" },
	  "l /a /etc/group\n",
	  "open <root>/a: Too many levels of symbolic links",
	  -ELOOP },
	{ "the same link that appeared is fine",
	  { 0 },
	  LINK("/a", "x", CORE),
	  { 'l', "/a", "x" },
	  "l /a 500:10 x\n" },
	{ "another link that appeared is not",
	  { 0 },
	  LINK("/a", "x"),
	  { 'l', "/a", "y" },
	  "l /a y\n",
	  "<root>/a: something was put there after the plan was made, and overwrite is false",
	  -EEXIST },
	{ "a file that became a link keeps its target's mode",
	  { 'f', "/a", "hello" },
	  FILE_("/a", .contents = &hello, MODE(0600)),
	  { 'l', "/a", "/etc/group" },
	  "l /a /etc/group\n",
	  "open a: Too many levels of symbolic links",
	  -ELOOP },
	{ "a parent that became a link is followed inside the root",
	  { 'd', "/d" },
	  FILE_("/d/a", .contents = &hello),
	  { 'l', "/d", "/../../outside" },
	  "l /d /../../outside\nd /outside 755\nf /outside/a 644 hello\n" },
};

static void test_late_changes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(late_rows); i++) {
		AUTO(target_done) struct target target;
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(plan_free) struct plan *plan = NULL;
		AUTO(text_done) struct text tree = TEXT_INIT(TEXT_MESSAGE_MAX);
		const struct made before[] = { late_rows[i].before, { 0 } };

		target_init(&target, before);
		make_plan(&target, &late_rows[i].request, 1, NULL, &plan, NULL);
		root_remove_tree(target.machine.root_fd, late_rows[i].meanwhile.path, NULL);
		target_make(&target, &late_rows[i].meanwhile);

		int r = apply_plan(plan, &target.machine, &err);
		AUTO_FREE char *text = without_root(&target, err.text);

		target_show(&target, "", &tree);
		tap_int(r, late_rows[i].want, late_rows[i].label);
		tap_str(text, late_rows[i].error ? late_rows[i].error : "", "... as it says");
		tap_str(text_str(&tree), late_rows[i].tree, "... and leaves no more than that");
		tap_ok(target_is_contained(&target), "... inside the root");
	}
}

/* A user that an earlier operation of the plan makes has its id when the node is made. */
static void test_late_owner(void)
{
	static const struct node_request request = DIR("/a", .user = { .name = { "new", 3 } });
	AUTO(target_done) struct target target;
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(accounts_free) struct accounts *accounts = NULL;
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text tree = TEXT_INIT(TEXT_MESSAGE_MAX);

	target_init(&target, NULL);
	accounts_load(target.machine.root_fd, &accounts, NULL);
	accounts_plan_user(accounts, SLICE("new"), -1, -1, SLICE("/home/new"));

	const struct host_plan_params params = { .machine = &target.machine, .accounts = accounts };

	tap_int(host_plan_nodes(plan, &params, &request, 1, NULL), 0, "a user yet to be made");
	tap_int(apply_plan(plan, &target.machine, &err), -ENOENT, "... who is not");
	tap_str(err.text, "no such user \"new\"", "... is missed");
	put(&target, "/etc/passwd", "root:x:0:0::/:/\nnew:x:77:78::/:/\n");
	tap_int(apply_plan(plan, &target.machine, NULL), 0, "... who is, is found");
	target_show(&target, "", &tree);
	tap_str(text_str(&tree), "d /a 755 77:0\n", "... with the id");
}

static int deliver_badly(const struct content *content, struct content_sink *sink,
			 const struct event_observer *observer, struct error *err)
{
	(void)content;
	(void)observer;
	sink->write(sink, "half", 4, err);
	return error_set(err, ERROR_VERIFY, EBADMSG, "hash is another");
}

static void test_bad_contents(void)
{
	static const struct content_class bad_class = { .deliver = deliver_badly };
	static const struct content bad = { .class = &bad_class };
	static const struct node_request request = FILE_("/d/a", .contents = &bad);
	AUTO(target_done) struct target target;
	AUTO(text_done) struct text receipts = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text tree = TEXT_INIT(TEXT_MESSAGE_MAX);

	target_init(&target, NULL);

	AUTO_FREE char *error = run(&target, &request, &receipts, true);
	AUTO_FREE char *text = without_root(&target, error);

	tap_str(text, "file <root>/d/a: hash is another", "contents that prove bad are refused");
	target_show(&target, "", &tree);
	tap_str(text_str(&tree), "d /d 755\n", "... and leave no file, whole or temporary");
}

static void test_full_disk(void)
{
	static const struct node_request request = FILE_("/small/a", .contents = &hello);
	AUTO(target_done) struct target target;
	AUTO(text_done) struct text receipts = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text tree = TEXT_INIT(TEXT_MESSAGE_MAX);
	static const struct made made[] = { { 'd', "/small" }, { 0 } };

	target_init(&target, made);
	AUTO_FREE char *small = xasprintf("%s/small", target.machine.root_path);

	if (mount("none", small, "tmpfs", 0, "size=4k,nr_inodes=8") < 0) {
		tap_ok(true, "a full disk # SKIP cannot mount");
		return;
	}
	put(&target, "/small/filler", "x");

	AUTO_FREE char *error = run(&target, &request, &receipts, true);
	AUTO_FREE char *text = without_root(&target, error);

	tap_str(text, "file <root>/small/a: write: No space left on device",
		"a full disk is named with the file");
	target_show(&target, "/small", &tree);
	tap_str(text_str(&tree), "f /small/filler 644 x\n", "... and no temporary file is left");
	mount(NULL, small, NULL, MS_REMOUNT | MS_RDONLY, NULL);

	AUTO_FREE char *read_only = run(&target, &request, &receipts, true);
	AUTO_FREE char *read_only_text = without_root(&target, read_only);

	tap_str(read_only_text,
		"file <root>/small/a: create a temporary file for a: Read-only file system",
		"a read-only one too");
	umount2(small, MNT_DETACH);
}

/* Keeps swapping root/d between a directory and a link to what is outside. */
struct swapper {
	const struct target *target;
	atomic_bool is_stopped;
};

static void *swap(void *argument)
{
	struct swapper *swapper = argument;
	int root_fd = swapper->target->machine.root_fd;

	symlinkat(swapper->target->outside, root_fd, "evil");
	while (!swapper->is_stopped)
		renameat2(root_fd, "d", root_fd, "evil", RENAME_EXCHANGE);
	return NULL;
}

static struct node_request race_request(char *path, size_t index)
{
	const struct slice name = { path, strlen(path) };

	switch (index % 4) {
	case 0:
		return (struct node_request){
			.kind = HOST_FILE, .path = name, .contents = &hello, .overwrite = true
		};
	case 1:
		return (struct node_request){ .kind = HOST_DIRECTORY,
					      .path = name,
					      .overwrite = true };
	case 2:
		return (struct node_request){
			.kind = HOST_SYMLINK, .path = name, .target = SLICE("x"), .overwrite = true
		};
	default:
		return (struct node_request){
			.kind = HOST_FILE, .path = name, .append = more, .append_count = 2
		};
	}
}

static void test_race(void)
{
	AUTO(target_done) struct target target;
	struct swapper swapper = { .target = &target };
	static const struct made made[] = { { 'd', "/d" }, { 0 } };
	pthread_t thread;
	unsigned done = 0;

	target_init(&target, made);
	pthread_create(&thread, NULL, swap, &swapper);
	for (size_t i = 0; i < RACES; i++) {
		AUTO(plan_free) struct plan *plan = NULL;
		AUTO_FREE char *path = xasprintf("/d/%s%zu", i % 3 ? "" : "sub/", i);
		struct node_request request = race_request(path, i);

		if (make_plan(&target, &request, 1, NULL, &plan, NULL) == 0)
			done += apply_plan(plan, &target.machine, NULL) == 0;
	}
	swapper.is_stopped = true;
	pthread_join(thread, NULL);
	tap_ok(done > 0, "a parent that keeps becoming a link outside: some of the work is done");
	tap_ok(target_is_contained(&target), "... and nothing appears outside");
}

static void test_leftover(void)
{
	static const struct node_request request = FILE_("/a", .contents = &hello);
	AUTO(target_done) struct target target;
	AUTO(text_done) struct text receipts = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text tree = TEXT_INIT(TEXT_MESSAGE_MAX);
	char name[ROOT_TEMPORARY_NAME_MAX];

	target_init(&target, NULL);
	AUTO_CLOSE int dir_fd = root_open(target.machine.root_fd, "/", O_PATH, 0, NULL);
	AUTO_CLOSE int fd = root_temporary(dir_fd, "a", name, NULL);

	free(run(&target, &request, &receipts, true));
	target_show(&target, "", &tree);
	tap_str(text_str(&tree), "f /a 644 hello\n",
		"the temporary file of a killed run is cleared away");
}

static void test_words(void)
{
	static const struct node_request requests[] = {
		DIR("/d"),
		FILE_("/d/f", .contents = &hello),
		FILE_("/d/g", APPEND),
		LINK("/d/l", "f"),
		HARD("/d/h", "/d/f"),
	};
	static const char *const want[] = {
		"creating directory \"<root>/d\"",	   "writing file \"<root>/d/f\"",
		"appending to file \"<root>/d/g\"",	   "writing link \"<root>/d/l\" -> \"f\"",
		"writing link \"<root>/d/h\" -> \"/d/f\"",
	};
	AUTO(target_done) struct target target;
	AUTO(plan_free) struct plan *plan = NULL;

	target_init(&target, NULL);
	make_plan(&target, requests, ARRAY_SIZE(requests), NULL, &plan, NULL);
	for (size_t i = 0; i < plan->count; i++) {
		AUTO_FREE char *text = without_root(&target, plan->operations[i].log_text);

		tap_str(text, want[i], "the log's words are upstream's");
	}
	tap_str(plan->operations[0].scope, "createFilesystemsFiles: createFiles", "... its scope");
	tap_str(plan->operations[2].receipt, "{\"append\":\"/d/g\",\"before\":0}",
		"an append has a receipt");
	tap_ok(!plan->operations[1].receipt, "a local file has none");
}

int main(void)
{
	if (geteuid() != 0) {
		printf("1..0 # SKIP changes owners: needs root\n");
		return 0;
	}
	if (unshare(CLONE_NEWNS) == 0)
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	test_append_resumes();
	test_remote_resumes();
	test_late_changes();
	test_late_owner();
	test_bad_contents();
	test_leftover();
	test_words();
	test_race();
	test_full_disk();
	return tap_done();
}
