#include "cli/install_input.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/number.h"
#include "base/report.h"
#include "base/url.h"
#include "cli/config_input.h"
#include "cli/config_output.h"
#include "cli/report_format.h"
#include "config/express.h"
#include "disk/device.h"
#include "fetch/fetch.h"
#include "installer/coreos.h"
#include "installer/stream_metadata.h"

#define CONFIG_FILE_MAX	 ((size_t)1 << 20)
#define STREAM_DEFAULT	 "stable"
#define STREAM_BASE_URL	 "https://builds.coreos.fedoraproject.org/streams/"
#define STREAM_PLATFORM	 "metal"
#define FORMAT_512	 "raw.xz"
#define FORMAT_4K	 "4k.raw.xz"
#define SECTOR_4K	 4096
#define RETRIES_INFINITE "infinite"
#define RETRIES_MAX	 1000000

void install_input_done(struct install_input *input)
{
	saved_filters_done(&input->filters);
	fetcher_free(input->fetcher);
	settings_done(&input->settings);
	arena_free(input->arena);
	*input = (struct install_input){ .arena = NULL };
}

/* --- what was said */

static int read_config_file(struct settings *settings, const char *path, struct error *err)
{
	AUTO(report_free) struct report *report = report_new();
	AUTO(source_free) struct source *source = NULL;
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r = file_read(path, CONFIG_FILE_MAX, /* flags= */ 0, &text, &length, err);

	if (r < 0)
		return r;
	source = source_new(path, (struct slice){ text, length });
	r = settings_read_file(settings, source, report, err);
	if (r == 0 && report_has_errors(report)) {
		const struct report *const reports[] = { report };

		report_format_print(REPORT_FORMAT_HUMAN, reports, ARRAY_SIZE(reports), stderr);
		r = error_set(err, ERROR_INPUT, EINVAL, "%s: not valid", path);
	}
	return r;
}

static int gather(const struct install_input_params *params, struct settings *settings,
		  struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < params->config_files->count && r == 0; i++)
		r = read_config_file(settings, params->config_files->items[i], err);
	if (r == 0 && params->reads_kargs)
		r = settings_read_kargs(settings, params->machine, err);
	if (r >= 0)
		r = settings_add(settings, params->options, err);
	return r < 0 ? r : settings_check(settings, err);
}

static int parse_retries(const struct settings *settings, uint32_t *ret, struct error *err)
{
	uint64_t number = 0;

	*ret = 0;
	if (!settings->fetch_retries)
		return 0;
	if (strcmp(settings->fetch_retries, RETRIES_INFINITE) == 0) {
		*ret = INSTALL_RETRIES_INFINITE;
		return 0;
	}
	if (number_parse_u64(slice_of(settings->fetch_retries), 0, RETRIES_MAX, &number) < 0)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "fetch-retries must be a number or " RETRIES_INFINITE ", not %s",
				 settings->fetch_retries);
	*ret = (uint32_t)number;
	return 0;
}

static int parse_filters(const struct settings *settings, struct saved_filters *ret,
			 struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < settings->save_partlabel.count && r == 0; i++)
		r = saved_parse(SAVED_LABEL, slice_of(settings->save_partlabel.items[i]), ret, err);
	for (size_t i = 0; i < settings->save_partindex.count && r == 0; i++)
		r = saved_parse(SAVED_INDEX, slice_of(settings->save_partindex.items[i]), ret, err);
	return r;
}

/* --- fetching */

static int fetch(struct install_input *input, const struct event_observer *observer,
		 const char *url, struct slice hash, struct slice *ret, struct error *err)
{
	const struct fetch_request request = {
		.url = slice_of(url),
		.hash = hash,
		.attempts_max = input->request.fetch_retries == INSTALL_RETRIES_INFINITE
					? 0
					: input->request.fetch_retries + 1,
	};
	AUTO_FREE char *bytes = NULL;
	size_t length = 0;
	int r = 0;

	if (!input->fetcher)
		input->fetcher = fetcher_new(
			input->settings.offline ? FETCHER_OFFLINE : FETCHER_ONLINE, observer);
	r = fetch_memory(input->fetcher, &request, &bytes, &length, err);
	if (r == 0)
		*ret = (struct slice){ arena_strndup(input->arena, bytes, length), length };
	return r;
}

/* --- the config of the first boot */

/* A descriptor's file as a path that config_input can read. */
static int expose(struct slice bytes, int *ret_fd, char **ret_path, struct error *err)
{
	AUTO_CLOSE int fd = memfd_create("config", MFD_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "memfd_create");
	int r = file_write_fd(fd, bytes.data, bytes.length);

	if (r < 0)
		return error_errno(err, -r, "write the config");
	*ret_path = xasprintf("/proc/self/fd/%d", fd);
	*ret_fd = take_fd(&fd);
	return 0;
}

/* Ignition as it is; what is in another dialect as the Ignition config that it means. */
static int take_config(struct install_input *input, const struct config_input *config,
		       struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(CONFIG_OUTPUT_MAX);
	struct content_sink sink = config_output_sink(&out);
	struct slice bytes = source_text(config->source);
	int r = 0;

	if (config->dialect != DIALECT_IGNITION) {
		r = express_encode(config->config, config->version, ENCODE_OMIT_EMPTY, &sink, err);
		bytes = text_slice(&out);
	}
	if (r == 0)
		input->ignition =
			(struct slice){ arena_strndup(input->arena, bytes.data, bytes.length),
					bytes.length };
	return r;
}

static int validate(struct install_input *input, const char *path, const char *name,
		    struct error *err)
{
	AUTO(config_input_done) struct config_input config = { .pool = NULL };
	const struct config_input_params params = {
		.path = path,
		.name = name,
		.platform = input->settings.platform,
		.unsupplied = "it is asked for at the first boot only",
	};
	int r = config_input_read(&params, &config, err);

	if (r < 0)
		return r;
	const struct report *const reports[] = { config.report };

	report_format_print(REPORT_FORMAT_HUMAN, reports, ARRAY_SIZE(reports), stderr);
	if (!config.config)
		return error_set(err, ERROR_INPUT, EINVAL, "%s: not valid",
				 config_input_name(&config));
	return take_config(input, &config, err);
}

static struct slice hash_of(const char *hash)
{
	return hash ? slice_of(hash) : (struct slice){ NULL, 0 };
}

static int fetch_ignition(struct install_input *input, const struct event_observer *observer,
			  struct error *err)
{
	const char *url = input->settings.ignition_url;
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO_FREE char *path = NULL;
	AUTO_CLOSE int fd = -1;
	struct slice bytes = { NULL, 0 };
	int r = fetch(input, observer, url, hash_of(input->settings.ignition_hash), &bytes, err);

	url_append_printable(&name, slice_of(url));
	if (r == 0)
		r = expose(bytes, &fd, &path, err);
	return r < 0 ? r : validate(input, path, text_str(&name), err);
}

static int read_ignition(struct install_input *input, const struct event_observer *observer,
			 struct error *err)
{
	const char *file = input->settings.ignition_file;
	int r = 0;

	if (file)
		r = validate(input, file, /* name= */ NULL, err);
	else if (input->settings.ignition_url)
		r = fetch_ignition(input, observer, err);
	return r < 0 ? error_wrap(err, r, "config of the first boot") : 0;
}

/* --- the image */

char *install_stream_url(const struct settings *settings)
{
	return xasprintf("%s%s.json", settings->stream_base_url ?: STREAM_BASE_URL,
			 settings->stream ?: STREAM_DEFAULT);
}

/* The format that the sectors of the disk need. */
static int choose_format(const struct install_input_params *params, const struct settings *settings,
			 const char **ret, struct error *err)
{
	AUTO(device_done) struct device device = { .node = NULL };
	int r = device_find(params->machine, settings->dest_device, &device, err);

	if (r == 0)
		*ret = device.sector_bytes == SECTOR_4K ? FORMAT_4K : FORMAT_512;
	return r;
}

static int find_in_stream(struct install_input *input, const struct install_input_params *params,
			  struct slice text, const char *url, struct error *err)
{
	AUTO(source_free) struct source *source = source_new(url, text);
	AUTO(stream_metadata_free) struct stream_metadata *metadata = NULL;
	AUTO(stream_artifacts_done) struct stream_artifacts artifacts = { .list = NULL };
	struct install_source *image = &input->request.source;
	struct stream_choice choice = { .platform = STREAM_PLATFORM };
	const struct stream_artifact *disk = NULL;
	struct utsname host;
	int r = stream_metadata_parse(source, &metadata, err);

	uname(&host);
	choice.architecture = input->settings.architecture ?: host.machine;
	if (r == 0)
		r = choose_format(params, &input->settings, &choice.format, err);
	if (r == 0)
		r = stream_metadata_find(metadata, &choice, &artifacts, err);
	if (r == 0)
		r = stream_artifacts_disk(&artifacts, &disk, err);
	if (r < 0 || !disk)
		return r;
	*image = (struct install_source){
		.kind = INSTALL_URL,
		.location = arena_strndup(input->arena, disk->location.data, disk->location.length),
	};
	if (disk->signature.length)
		image->signature =
			arena_strndup(input->arena, disk->signature.data, disk->signature.length);
	return 0;
}

static int choose_image(struct install_input *input, const struct install_input_params *params,
			struct error *err)
{
	const struct settings *settings = &input->settings;
	struct install_source *image = &input->request.source;
	AUTO_FREE char *url = install_stream_url(settings);
	struct slice text = { NULL, 0 };
	int r = 0;

	if (settings->image_file || settings->image_url) {
		image->kind = settings->image_file ? INSTALL_FILE : INSTALL_URL;
		image->location = settings->image_file ?: settings->image_url;
	} else if (settings->offline) {
		return error_set(err, ERROR_INPUT, EINVAL,
				 "this system carries no image of its own: offline needs "
				 "image-file");
	} else {
		input->is_at_stream = true;
		r = fetch(input, params->observer, url, (struct slice){ NULL, 0 }, &text, err);
		if (r == 0)
			r = find_in_stream(input, params, text, url, err);
	}
	image->hash = hash_of(params->image_hash);
	return r;
}

static unsigned flags_of(const struct settings *settings)
{
	return (settings->insecure ? INSTALL_INSECURE : 0U) |
	       (settings->preserve_on_error ? INSTALL_PRESERVE_ON_ERROR : 0U) |
	       (settings->offline ? INSTALL_OFFLINE : 0U);
}

int install_input_read(const struct install_input_params *params, struct install_input *ret,
		       struct error *err)
{
	struct coreos_placements placements = { .list = NULL };
	struct install_request *request = &ret->request;
	int r = 0;

	*ret = (struct install_input){ .arena = arena_new() };
	settings_init(&ret->settings);
	r = gather(params, &ret->settings, err);
	if (r == 0)
		r = parse_retries(&ret->settings, &request->fetch_retries, err);
	if (r == 0)
		r = parse_filters(&ret->settings, &ret->filters, err);
	if (r == 0)
		r = read_ignition(ret, params->observer, err);
	if (r == 0)
		r = coreos_place(&ret->settings, ret->ignition, ret->arena, &placements, err);
	if (r == 0)
		r = choose_image(ret, params, err);
	request->keyring = params->keyring;
	request->device = ret->settings.dest_device;
	request->filters = ret->filters.list;
	request->filter_count = ret->filters.count;
	request->placements = placements.list;
	request->placement_count = placements.count;
	request->flags = flags_of(&ret->settings);
	return r;
}
