/*
 * The kernel command line: ignition.config.url, or ignition.config.device with ignition.config.path
 * (spec ignition 7.2).
 */
#include <errno.h>
#include <stddef.h>

#include "base/alloc.h"
#include "base/url.h"
#include "config/parse.h"
#include "disk/drive.h"
#include "providers/provider.h"

#define DEVICE_TIMEOUT_MS 30000

/* What the command line says; NULL where it says nothing. */
struct arguments {
	char *url;
	char *device;
	char *path;
};

static void arguments_done(struct arguments *arguments)
{
	free(arguments->url);
	free(arguments->device);
	free(arguments->path);
}
DEFINE_DONE(struct arguments, arguments_done)

static const struct argument {
	const char *name;
	size_t offset;
} names[] = {
	{ "ignition.config.url", offsetof(struct arguments, url) },
	{ "ignition.config.device", offsetof(struct arguments, device) },
	{ "ignition.config.path", offsetof(struct arguments, path) },
	/* Names that Flatcar and Container Linux have for the first. */
	{ "flatcar.config.url", offsetof(struct arguments, url) },
	{ "coreos.config.url", offsetof(struct arguments, url) },
};

static void take_argument(const struct machine_karg *argument,
			  const struct event_observer *observer, struct arguments *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char **place = (char **)(void *)((char *)ret + names[i].offset);

		if (!slice_is(argument->name, names[i].name))
			continue;
		if (argument->value.length) {
			free(*place);
			*place = slice_dup(argument->value);
		} else {
			event_message(observer, EVENT_INFO, "kernel argument %s is empty: ignored",
				      names[i].name);
		}
	}
}

/* Of several for one thing the last that says something. */
static void read_arguments(const struct provider_context *context, struct arguments *ret)
{
	struct machine_karg argument;

	for (const char *at = NULL; machine_next_karg(context->machine, &at, &argument);)
		take_argument(&argument, context->observer, ret);
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
	AUTO(arguments_done) struct arguments arguments = { .url = NULL };

	read_arguments(context, &arguments);

	const char *url = arguments.url;
	const char *label = arguments.device;
	const char *path = arguments.path;

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
