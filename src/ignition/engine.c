#include "ignition/engine.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "config/encode.h"
#include "base/journald.h"
#include "ignition/stage.h"
#include "providers/detect.h"

/* After a successful fetch, one entry of the journal per config (spec ignition 1.10). */
#define CONFIG_FETCHED_ID "57124006b5c94805b77ce473e92a8aeb"
/* The kernel's own limit is 4 KiB on most architectures. */
#define KERNEL_COMMAND_LINE_MAX ((size_t)64 << 10)

static const struct stage *const stages[] = {
	&stage_disks, &stage_fetch, &stage_fetch_offline, &stage_files,
	&stage_kargs, &stage_mount, &stage_umount,
};

static const struct stage *find_stage(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		if (strcmp(stages[i]->name, name) == 0)
			return stages[i];
	}
	return NULL;
}

bool engine_has_stage(const char *name)
{
	return find_stage(name) != NULL;
}

static void engine_done(struct engine *engine)
{
	state_free(engine->state);
	fetcher_free(engine->fetcher);
	config_pool_free(engine->pool);
	machine_done(&engine->machine);
}
DEFINE_DONE(struct engine, engine_done)

static int replace_command_line(struct engine *engine, const char *path, struct error *err)
{
	char *text = NULL;
	size_t length = 0;
	int r = file_read(path, KERNEL_COMMAND_LINE_MAX, /* flags= */ 0, &text, &length, err);

	if (r < 0)
		return r;
	free(engine->machine.kernel_command_line);
	engine->machine.kernel_command_line = text;
	return 0;
}

/* As upstream, which counts seconds. */
static int64_t whole_seconds(int64_t timeout_ms)
{
	return timeout_ms < 1000 ? 0 : timeout_ms - timeout_ms % 1000;
}

static int clear_cache(const struct engine_params *params, struct error *err)
{
	if (!params->clears_cache || unlink(params->config_cache) == 0 || errno == ENOENT)
		return 0;
	return error_errno(err, errno, "remove %s", params->config_cache);
}

/* Who says on the kernel command line where the config is wants no platform's. */
static bool command_line_has_config(const struct machine *machine)
{
	static const char *const names[] = { "ignition.config.url", "flatcar.config.url",
					     "coreos.config.url", "ignition.config.device" };
	struct machine_karg argument;

	for (const char *at = NULL; machine_next_karg(machine, &at, &argument);)
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (argument.value.length && slice_is(argument.name, names[i]))
				return true;
	return false;
}

/* "auto" is not a platform but the wish to find out. */
static int find_platform(struct engine *engine, struct error *err)
{
	const struct engine_params *params = engine->params;
	AUTO(detection_done) struct detection found = { .provider = NULL };

	engine->platform = provider_find(params->platform);
	if (engine->platform)
		return 0;

	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = detect(&engine->machine, &found, &problem);

	if (r < 0 && problem.kind == ERROR_EMPTY && command_line_has_config(&engine->machine)) {
		engine->platform = provider_find("metal");
		event_message(params->observer, EVENT_INFO,
			      "platform metal: nothing proves another, and the kernel command "
			      "line says where the config is");
		return 0;
	}
	if (r < 0)
		return error_wrap(err, error_move(err, &problem, r), "platform %s",
				  params->platform);
	if (r == 0 && !found.provider->fetch_config)
		r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			      "platform %s has no place for a config", found.provider->name);
	if (r < 0)
		return error_wrap(err, r, "platform %s", params->platform);
	engine->platform = found.provider;
	event_message(params->observer, EVENT_INFO, "platform %s: %s", found.provider->name,
		      detection_reason(&found));
	return 0;
}

static int open_engine(struct engine *engine, const struct stage *stage, struct error *err)
{
	const struct engine_params *params = engine->params;
	/* While the config is fetched, nothing may be mounted there yet. */
	const char *root = stage->fetches_config ? NULL : params->root;
	int r = machine_open(&engine->machine, "/", root && !*root ? "/" : root, err);

	if (r == 0 && params->kernel_command_line)
		r = replace_command_line(engine, params->kernel_command_line, err);
	if (r == 0)
		r = profile_load(&engine->machine, &engine->profile, err);
	if (r == 0)
		r = find_platform(engine, err);
	if (r < 0)
		return r;
	engine->pool = config_pool_new();
	engine->fetcher = fetcher_new(stage->fetcher_mode, params->observer);
	/* Naming a platform is proof that its metadata service may be asked, and so is evidence. */
	fetcher_set_credentials(engine->fetcher, engine->platform->credentials);
	config_pool_allow(engine->pool, engine->profile->config_dialect);
	engine->oem = (struct oem){ .machine = &engine->machine,
				    .observer = params->observer,
				    .directory = params->oem_directory,
				    .device = params->oem_device };
	if (engine->profile->config_dialect & CONFIG_DIALECT_OEM)
		oem_allow(&engine->oem, engine->fetcher);

	/* For the config of the platform; what it says counts from then on. */
	struct fetch_settings settings = FETCH_SETTINGS_DEFAULT;

	settings.total_ms = whole_seconds(params->fetch_timeout_ms);
	r = fetcher_configure(engine->fetcher, &settings, err);
	engine->context = (struct provider_context){
		.machine = &engine->machine,
		.fetcher = engine->fetcher,
		.observer = params->observer,
		.wait_ms = provider_wait_ms(params->fetch_timeout_ms),
		.config_directories = params->config_directories,
		.config_file = params->config_file,
	};
	return r;
}

static int run_stage(struct engine *engine, const struct stage *stage, struct error *err)
{
	const struct event_observer *observer = engine->params->observer;
	const struct acquire_params acquire = {
		.pool = engine->pool,
		.state = engine->state,
		.platform = engine->platform,
		.context = &engine->context,
		.observer = observer,
	};

	engine->config = config_new(engine->pool);

	int r = acquire_base(&acquire, &engine->base, err);

	if (r < 0)
		return r;
	engine->config = engine->base;
	event_scope_begin(observer, stage->name);
	r = stage->run(engine, err);
	if (r == 0)
		event_message(observer, EVENT_INFO, "%s passed", stage->name);
	event_scope_end(observer);
	return r;
}

static int write_to_stderr(struct content_sink *sink, const void *data, size_t length,
			   struct error *err)
{
	(void)sink;
	if (fwrite(data, 1, length, stderr) != length)
		return error_errno(err, EIO, "write to standard error");
	return 0;
}

/* Upstream's dump for bug reports, without its secrets. */
static void dump_config(const struct engine *engine, const struct stage *stage)
{
	struct content_sink sink = { .write = write_to_stderr };

	fprintf(stderr, "%s failed\nFull config:\n", stage->name);
	config_encode(engine->config, ENCODE_INDENT | ENCODE_REDACT, &sink, /* err= */ NULL);
	fputc('\n', stderr);
}

/* One journal entry per config that was fetched. */
static void record_configs(const struct engine *engine)
{
	for (size_t i = 0; i < engine->state->config_count; i++) {
		const struct state_config *config = &engine->state->configs[i];
		const struct event_field fields[] = {
			{ "IGNITION_CONFIG_TYPE", config->kind },
			{ "IGNITION_CONFIG_SRC", config->source },
			{ "IGNITION_CONFIG_REFERENCED", config->is_referenced ? "true" : "false" },
			{ NULL, NULL },
		};
		const struct event_record record = { .id = CONFIG_FETCHED_ID, .fields = fields };
		AUTO_FREE char *text = xasprintf("fetched %s%s config from \"%s\"",
						 config->is_referenced ? "referenced " : "",
						 config->kind, config->source);

		event_notify(
			engine->params->observer,
			&(struct event){ .kind = EVENT_RECORD, .text = text, .record = &record });
	}
}

enum engine_status engine_run(const struct engine_params *params)
{
	const struct event_observer *observer = params->observer;
	const struct stage *stage = find_stage(params->stage);
	AUTO(engine_done) struct engine engine = { .params = params, .machine = MACHINE_INIT };
	AUTO(error_done) struct error err = ERROR_INIT;

	assert(stage); /* the caller asked engine_has_stage() */
	event_message(observer, EVENT_INFO, "Ignition %s", PACKAGE_VERSION);
	event_message(observer, EVENT_INFO, "Stage: %s", stage->name);
	if (clear_cache(params, &err) < 0) {
		event_message(observer, EVENT_CRITICAL, "unable to clear cache: %s", err.text);
		return ENGINE_NOT_STARTED;
	}
	if (open_engine(&engine, stage, &err) < 0) {
		event_message(observer, EVENT_CRITICAL, "failed to generate fetcher: %s", err.text);
		return ENGINE_NOT_STARTED;
	}
	if (state_load(params->state_file, &engine.state, &err) < 0) {
		event_message(observer, EVENT_CRITICAL, "reading state: %s", err.text);
		return ENGINE_NOT_STARTED;
	}
	if (run_stage(&engine, stage, &err) < 0) {
		event_message(observer, EVENT_CRITICAL, "Ignition failed: %s", err.text);
		dump_config(&engine, stage);
		return ENGINE_STAGE_FAILED;
	}
	if (stage->fetches_config)
		record_configs(&engine);
	if (state_save(engine.state, params->state_file, &err) < 0) {
		event_message(observer, EVENT_CRITICAL, "writing state: %s", err.text);
		return ENGINE_STAGE_FAILED;
	}
	event_message(observer, EVENT_INFO, "Ignition finished successfully");
	return ENGINE_OK;
}
