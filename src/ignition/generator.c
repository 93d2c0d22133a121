#include "ignition/generator.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/file.h"
#include "ignition/profile.h"
#include "providers/detect.h"

#define UNIT_DIRECTORY	"/usr/lib/systemd/system"
#define INITRAMFS_MARK	"etc/initrd-release"
#define LIVE_COMMAND	"usr/bin/is-live-image"
#define LIVE_TIMEOUT_MS 10000
#define FILE_MODE	0644
#define DIRECTORY_MODE	0755
#define TEXT_MAX	((size_t)64 << 10)

static bool exists(const struct machine *machine, const char *path)
{
	struct stat st;

	return fstatat(machine->host_fd, path, &st, 0) == 0;
}

bool generator_is_first_boot(const struct machine *machine)
{
	static const char *const names[] = { "ignition.firstboot", "flatcar.first_boot",
					     "coreos.first_boot" };
	static const char *const refusals[] = { "", "0", "no", "off" };
	struct machine_karg argument;
	bool is_first = false;

	for (const char *at = NULL; machine_next_karg(machine, &at, &argument);) {
		bool is_named = false;
		bool is_refused = false;

		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			is_named |= slice_is(argument.name, names[i]);
		for (size_t i = 0; argument.value.data && i < ARRAY_SIZE(refusals); i++)
			is_refused |= slice_is(argument.value, refusals[i]);
		is_first |= is_named && !is_refused;
	}
	return is_first;
}

/* --- the initramfs */

static bool is_strong(const struct detection *found)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->items[i].provider == found->provider)
			return found->items[i].rank >= PROOF_PLATFORM;
	return found->argument != NULL;
}

/* What can be said before any device is there. */
static const char *platform_word(const struct generator_params *params)
{
	AUTO(detection_done) struct detection found = { .provider = NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = detect(params->machine, &found, &problem);

	if (r == 0 && is_strong(&found)) {
		event_message(params->observer, EVENT_INFO, "platform %s: %s", found.provider->name,
			      detection_reason(&found));
		return found.provider->name;
	}
	event_message(params->observer, EVENT_INFO, "platform: left to the engine: %s",
		      problem.text ?: "the proof is weak");
	return "auto";
}

static int write_environment(const struct generator_params *params, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/" GENERATOR_ENVIRONMENT, params->host);
	AUTO(text_done) struct text text = TEXT_INIT(TEXT_MAX);
	const struct profile *profile = NULL;
	const char *word = platform_word(params);
	int r = profile_load(params->machine, &profile, err);

	if (r < 0)
		return r;
	text_printf(&text, "PLATFORM_ID=%s\n", word);
	if (profile->keeps_oem)
		text_printf(&text, "OEM_ID=%s\n", word);
	return file_replace(path, text_slice(&text), FILE_MODE, DIRECTORY_MODE, FILE_VOLATILE, err);
}

/* @unit requires @wanted; a unit that this initramfs does not have is not missed. */
static int require(const struct generator_params *params, const char *unit, const char *wanted,
		   struct error *err)
{
	AUTO_FREE char *target = xasprintf(UNIT_DIRECTORY "/%s", wanted);
	AUTO_FREE char *link = xasprintf("%s/%s.requires/%s", params->directory, unit, wanted);
	int r;

	if (!exists(params->machine, target + 1)) {
		event_message(params->observer, EVENT_WARNING, "%s is not there", target);
		return 0;
	}
	r = file_make_parents(link, DIRECTORY_MODE, err);
	if (r < 0)
		return r;
	return symlink(target, link) == 0 || errno == EEXIST
		       ? 0
		       : error_errno(err, errno, "make link %s", link);
}

/* A live system has no disk of its own that the boot waits for. */
static bool is_live(const struct generator_params *params)
{
	AUTO_FREE char *path = xasprintf("%s/" LIVE_COMMAND, params->host);
	const char *argv[] = { path, NULL };
	const struct command command = { .argv = argv, .timeout_ms = LIVE_TIMEOUT_MS };

	return exists(params->machine, LIVE_COMMAND) &&
	       command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL,
			   /* err= */ NULL) == 0;
}

static int run_initramfs(const struct generator_params *params, struct error *err)
{
	static const char *const chains[][3] = {
		{ "ignition-subsequent.target", "ignition-diskful-subsequent.target" },
		{ "ignition-complete.target", "ignition-diskful.target" },
	};
	const char *const *chain = chains[generator_is_first_boot(params->machine)];
	int r = write_environment(params, err);

	if (r == 0)
		r = require(params, "initrd.target", chain[0], err);
	if (r == 0 && !is_live(params))
		r = require(params, chain[0], chain[1], err);
	return r;
}

/* --- the real root: units that ask for the platform on the kernel command line */

/* What a unit needs of the platform. */
enum need {
	NEED_METADATA = 1 << 0,
	NEED_REMOVAL = 1 << 1,
};

static const struct dropin {
	const char *unit;
	enum need need;
	const char *variable;	/* that says which provider; NULL: it reads /run/ignition.env */
	const char *conditions; /* in place of those that look at the kernel command line */
} dropins[] = {
	{ "afterburn.service", NEED_METADATA, "AFTERBURN_OPT_PROVIDER", "" },
	{ "afterburn-sshkeys@.service", NEED_METADATA, "AFTERBURN_OPT_PROVIDER", "" },
	{ "coreos-metadata.service", NEED_METADATA, "COREOS_METADATA_OPT_PROVIDER", "" },
	{ "coreos-metadata-sshkeys@.service", NEED_METADATA, "COREOS_METADATA_OPT_PROVIDER", "" },
	{ "ignition-delete-config.service", NEED_REMOVAL, NULL,
	  "ConditionFirstBoot=true\nConditionPathExists=/" GENERATOR_ENVIRONMENT "\n" },
};

static int write_dropin(const struct generator_params *params, const struct dropin *dropin,
			const struct provider *provider, struct error *err)
{
	AUTO_FREE char *path =
		xasprintf("%s/%s.d/10-slipway-platform.conf", params->directory, dropin->unit);
	AUTO(text_done) struct text text = TEXT_INIT(TEXT_MAX);

	/* An empty condition resets all of them, of whatever type (systemd.unit(5)). */
	text_printf(&text, "[Unit]\nConditionKernelCommandLine=\n%s", dropin->conditions);
	if (dropin->variable)
		text_printf(&text, "\n[Service]\nEnvironment=%s=--provider=%s\n", dropin->variable,
			    provider->name);
	return file_replace(path, text_slice(&text), FILE_MODE, DIRECTORY_MODE, FILE_VOLATILE, err);
}

static int run_real_root(const struct generator_params *params, struct error *err)
{
	AUTO(detection_done) struct detection found = { .provider = NULL };
	unsigned has;
	int r = 0;

	if (detect(params->machine, &found, /* err= */ NULL) < 0 || found.argument)
		return 0;
	has = (found.provider->fetch_metadata ? NEED_METADATA : 0U) |
	      (found.provider->delete_config ? NEED_REMOVAL : 0U);
	for (size_t i = 0; i < ARRAY_SIZE(dropins) && r == 0; i++)
		if (dropins[i].need & has)
			r = write_dropin(params, &dropins[i], found.provider, err);
	return r;
}

int generator_run(const struct generator_params *params, struct error *err)
{
	return exists(params->machine, INITRAMFS_MARK) ? run_initramfs(params, err)
						       : run_real_root(params, err);
}
