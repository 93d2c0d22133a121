/*
 * The kernel command line: ignition.config.url, or ignition.config.device with ignition.config.path
 * (spec ignition 7.2).
 */
#include <errno.h>

#include "base/alloc.h"
#include "base/url.h"
#include "config/parse.h"
#include "disk/drive.h"
#include "providers/provider.h"

#define DEVICE_TIMEOUT_MS 30000

/* Value of @name, NULL when absent or empty; an empty one is said. */
static char *get_argument(const struct provider_context *context, const char *name)
{
	char *value = NULL;

	machine_karg(context->machine, name, &value);
	if (value && value[0] == '\0') {
		event_message(context->observer, EVENT_INFO, "kernel argument %s is empty: ignored",
			      name);
		free(value);
		return NULL;
	}
	return value;
}

static int none(struct error *err)
{
	return error_set(err, ERROR_EMPTY, ENODATA, "the kernel command line names no config");
}

static int fetch_url(const struct provider_context *context, const char *text,
		     struct provider_config *ret, struct error *err)
{
	struct url url;
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(error_done) struct error problem = ERROR_INIT;

	url_append_printable(&name, slice_of(text));
	if (url_parse(slice_of(text), &url, &problem) < 0) {
		event_message(context->observer, EVENT_ERROR,
			      "failed to parse url from the kernel command line: %s", problem.text);
		return none(err);
	}
	event_message(context->observer, EVENT_DEBUG, "parsed url from cmdline: \"%s\"",
		      text_str(&name));
	if (url.scheme.length == 0) {
		/* Upstream fetches nothing here and goes on with an empty config. */
		event_message(context->observer, EVENT_WARNING,
			      "ignition.config.url=%s has no scheme: it counts as an empty config",
			      text_str(&name));
		ret->name = text_take(&name);
		ret->data = xstrdup("");
		return 0;
	}

	const struct fetch_request request = { .url = slice_of(text) };
	int r = fetch_memory(context->fetcher, &request, &ret->data, &ret->length, err);

	if (r < 0)
		return error_wrap(err, r, "fetch %s", text_str(&name));
	ret->name = text_take(&name);
	return 0;
}

static int fetch_device(const struct provider_context *context, const char *label, const char *path,
			struct provider_config *ret, struct error *err)
{
	AUTO_FREE char *device = NULL;
	int r = drive_wait(context->machine, label, DEVICE_TIMEOUT_MS, context->observer, &device,
			   err);

	if (r < 0)
		return r;
	r = drive_read(device, path, CONFIG_SIZE_MAX, &ret->data, &ret->length, err);
	if (r == -ENOENT) {
		if (err)
			error_done(err);
		return error_set(err, ERROR_NOT_FOUND, ENOENT,
				 "config file \"%s\" not found on device \"%s\"", path, label);
	}
	if (r < 0)
		return error_wrap(err, r, "read %s on %s", path, label);
	ret->name = xasprintf("%s:%s", label, path);
	return 0;
}

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO_FREE char *url = get_argument(context, "ignition.config.url");
	AUTO_FREE char *label = get_argument(context, "ignition.config.device");
	AUTO_FREE char *path = get_argument(context, "ignition.config.path");

	if (url && (label || path))
		event_message(context->observer, EVENT_WARNING,
			      "ignition.config.url overrides ignition.config.device and "
			      "ignition.config.path");
	if (url)
		return fetch_url(context, url, ret, err);
	if (label && path)
		return fetch_device(context, label, path, ret, err);
	if (label || path)
		return error_set(
			err, ERROR_INPUT, EINVAL,
			"both \"ignition.config.device\" and \"ignition.config.path\" must "
			"be provided together");
	event_message(context->observer, EVENT_INFO, "no config URL provided");
	return none(err);
}

const struct provider provider_cmdline = { .name = "cmdline", .fetch_config = fetch_config };
