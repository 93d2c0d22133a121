#include "disk/luks_apply.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/command.h"
#include "disk/clevis.h"
#include "disk/device.h"
#include "disk/kernel.h"

/* Deriving a key takes seconds, on a slow machine a minute; clevis asks servers besides. */
#define LUKS_PROGRAM_MS 300000
/* Its exit status when no key slot opens (cryptsetup(8), RETURN CODES). */
#define CRYPTSETUP_NO_PERMISSION 2
#define VOLUME_WAIT_MS		 60000
#define UDEV_WAIT_MS		 10000

/* The work at hand. */
struct job {
	const struct luks_work *work;
	const struct luks_request *request;
	struct arena *arena;
	struct luks_key key;
	bool is_drawn; /* key */
};

static void job_done(struct job *job)
{
	luks_key_done(&job->key);
	arena_free(job->arena);
}

DEFINE_DONE(struct job, job_done)

static int run(const struct job *job, const char *const *argv, uint64_t secrets, struct error *err)
{
	const struct command command = {
		.argv = argv,
		.secrets = secrets,
		.timeout_ms = LUKS_PROGRAM_MS,
		.observer = job->work->observer,
	};

	return command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);
}

static int drop(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	(void)sink;
	(void)data;
	(void)length;
	(void)err;
	return 0;
}

/* Only to be sure that each server can be reached: clevis asks again. */
static int ask_servers(const struct job *job, struct error *err)
{
	const struct clevis_request *clevis = &job->request->clevis;
	struct content_sink sink = { .write = drop };

	for (size_t i = 0; i < clevis->tang_count; i++) {
		const struct tang_request *tang = &clevis->tang[i];
		int r = 0;

		if (tang->advertisement.length || !tang->asked_of)
			continue;
		r = content_deliver(tang->asked_of, &sink, job->work->observer, err);
		if (r < 0)
			return error_wrap(err, r, "ask tang server %.*s for its keys",
					  SLICE_ARGS(tang->url));
	}
	return 0;
}

static int check_helpers(const struct job *job, struct error *err)
{
	const struct clevis_request *clevis = &job->request->clevis;
	AUTO_FREE char *program = NULL;
	int r = 0;

	if (!job->request->has_clevis)
		return 0;
	r = command_find("clevis", &program, err);
	if (r == 0 && clevis_needs_tpm(clevis))
		r = clevis_wait_for_tpm(job->work->machine, job->work->observer, err);
	return r < 0 ? r : ask_servers(job, err);
}

static int append_key(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	if (text_append(sink->context, data, length) < 0)
		return error_set(err, ERROR_INPUT, E2BIG, "the key is larger than %zu MiB",
				 LUKS_KEY_MAX >> 20);
	return 0;
}

static int fetch_key(struct job *job, struct error *err)
{
	AUTO(text_done) struct text bytes = TEXT_INIT(LUKS_KEY_MAX);
	struct content_sink sink = { .write = append_key, .context = &bytes };
	int r = content_deliver(job->request->key, &sink, job->work->observer, err);

	if (r == 0)
		luks_key_copy(&job->key, text_slice(&bytes));
	if (bytes.data)
		explicit_bzero(bytes.data, bytes.length);
	return r < 0 ? error_wrap(err, r, "key file") : 0;
}

static int get_key(struct job *job, struct error *err)
{
	const struct luks_key *remembered = luks_keyring_find(job->work->keys, job->request->name);
	int r = 0;

	if (job->request->key) {
		r = fetch_key(job, err);
	} else if (remembered && !job->request->has_clevis && job->work->action != LUKS_FORMAT) {
		luks_key_copy(&job->key, (struct slice){ remembered->data, remembered->length });
	} else if (job->work->action == LUKS_FORMAT) {
		job->is_drawn = true;
		r = luks_key_draw(&job->key, err);
	} else {
		/* What it is bound to must open it. */
		return 0;
	}
	return r < 0 ? r : luks_key_show(&job->key, err);
}

static int close_volume(const struct job *job, struct error *err)
{
	const char *name =
		arena_strndup(job->arena, job->request->name.data, job->request->name.length);
	const char *argv[] = { "cryptsetup", "luksClose", name, NULL };

	return run(job, argv, /* secrets= */ 0, err);
}

static int wipe(const struct job *job, struct error *err)
{
	const char *node = job->work->node;
	/* Refused while somebody has it. */
	AUTO_CLOSE int fd = open(node, O_RDWR | O_EXCL | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", node);
	return probe_wipe(fd, node, /* range= */ NULL, err);
}

static int open_by_key(const struct job *job, struct error *err)
{
	const char *const *argv =
		luks_open_argv(job->request, job->work->node, job->key.path, job->arena);

	return run(job, argv, /* secrets= */ 0, err);
}

static int unlock(const struct job *job, struct error *err)
{
	const char *const *argv =
		clevis_unlock_argv(job->work->node, job->request->name, job->arena);

	return run(job, argv, /* secrets= */ 0, err);
}

static int remove_key(const struct job *job, struct error *err)
{
	const char *argv[] = { "cryptsetup", "luksRemoveKey", job->work->node, job->key.path,
			       NULL };

	return run(job, argv, /* secrets= */ 0, err);
}

/* Bind, prove where that can be done that it opens, and take a drawn key off again. */
static int bind(const struct job *job, struct error *err)
{
	const struct clevis_request *clevis = &job->request->clevis;
	int r = run(job, clevis_bind_argv(clevis, job->work->node, job->key.path, job->arena),
		    CLEVIS_SECRET_WORDS, err);

	if (r == 0 && clevis_is_provable(clevis)) {
		r = close_volume(job, err);
		if (r == 0)
			r = unlock(job, err);
	}
	if (r == 0 && job->is_drawn)
		r = remove_key(job, err);
	return r < 0 ? error_wrap(err, r, "binding clevis device") : 0;
}

/* Before anything is sealed with it: nobody else has it. */
static int keep_drawn(const struct job *job, struct error *err)
{
	luks_keyring_put(job->work->keys, job->request->name, &job->key);
	return luks_keyring_save(job->work->keys, err);
}

static int format(const struct job *job, struct error *err)
{
	int r = job->work->is_open ? close_volume(job, err) : 0;

	if (r == 0 && job->is_drawn)
		r = keep_drawn(job, err);
	if (r == 0)
		r = wipe(job, err);
	if (r == 0)
		r = run(job,
			luks_format_argv(job->request, job->work->node, job->key.path, job->arena),
			/* secrets= */ 0, err);
	if (r < 0)
		return error_wrap(err, r, "cryptsetup failed");
	r = open_by_key(job, err);
	if (r < 0)
		return error_wrap(err, r, "opening luks device");
	return job->request->has_clevis ? bind(job, err) : 0;
}

/* A volume that was there before must open with the key of the config. */
static int open_or_refuse(const struct job *job, struct error *err)
{
	const char *test[] = { "cryptsetup", "luksOpen",    "--test-passphrase",
			       "--key-file", job->key.path, job->work->node,
			       NULL };
	AUTO(error_done) struct error failure = ERROR_INIT;
	const struct command command = {
		.argv = job->work->action == LUKS_OPEN
				? luks_open_argv(job->request, job->work->node, job->key.path,
						 job->arena)
				: test,
		.timeout_ms = LUKS_PROGRAM_MS,
		.observer = job->work->observer,
	};
	int status = 0;
	int r = command_run(&command, /* ret_stdout= */ NULL, &status, &failure);

	if (r == -ECANCELED && status == CRYPTSETUP_NO_PERMISSION)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "volume is not of the correct type: its key does not open \"%s\"; "
				 "give the right one, or set wipeVolume to replace it",
				 job->work->node);
	return r < 0 ? error_set(err, failure.kind, -r, "%s", failure.text) : 0;
}

/* What later stages need; a drawn key that was taken off again is nobody's. */
static int remember(const struct job *job, struct error *err)
{
	if (job->key.data && !(job->is_drawn && job->request->has_clevis))
		luks_keyring_put(job->work->keys, job->request->name, &job->key);
	else
		luks_keyring_remove(job->work->keys, job->request->name);
	return luks_keyring_save(job->work->keys, err);
}

static int check_opened(const struct job *job, struct error *err)
{
	const struct luks_work *work = job->work;
	AUTO(device_done) struct device device = { 0 };
	int r = device_wait(work->machine, luks_path(job->request, job->arena), VOLUME_WAIT_MS,
			    work->observer, &device, err);

	return r < 0 ? r : kernel_notify(work->machine, device.name, UDEV_WAIT_MS, err);
}

static int act(const struct job *job, struct error *err)
{
	if (job->work->action == LUKS_FORMAT)
		return format(job, err);
	return job->key.path ? open_or_refuse(job, err) : unlock(job, err);
}

int luks_apply(const struct luks_work *work, struct error *err)
{
	AUTO(job_done)
	struct job job = {
		.work = work, .request = work->request, .arena = arena_new(), .key = LUKS_KEY_INIT
	};
	int r = 0;

	if (work->action == LUKS_KEEP)
		return 0;
	if (work->action == LUKS_FORMAT)
		r = check_helpers(&job, err);
	if (r == 0)
		r = get_key(&job, err);
	if (r == 0)
		r = act(&job, err);
	if (r == 0)
		r = remember(&job, err);
	return r < 0 ? r : check_opened(&job, err);
}
