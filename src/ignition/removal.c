#include "ignition/removal.h"

#include <errno.h>

#include "providers/detect.h"

static int find_platform(const struct machine *machine, const struct provider **platform,
			 struct error *err)
{
	AUTO(detection_done) struct detection found = { .provider = NULL };
	int r = *platform ? 0 : detect(machine, &found, err);

	if (r < 0)
		return r;
	*platform = *platform ?: found.provider;
	if ((*platform)->delete_config)
		return 0;
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			 "cannot delete config on this platform");
}

static int delete_config(const struct provider *platform, const struct event_observer *observer,
			 struct error *err)
{
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	int r = machine_open(&machine, "/", /* root_path= */ NULL, err);

	if (r == 0)
		r = find_platform(&machine, &platform, err);

	AUTO(fetcher_free) struct fetcher *fetcher = fetcher_new(FETCHER_ONLINE, observer);
	const struct provider_context context = { .machine = &machine,
						  .fetcher = fetcher,
						  .observer = observer };

	return r < 0 ? r : platform->delete_config(&context, err);
}

int removal_run(const struct provider *platform, const struct event_observer *observer)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	int r = delete_config(platform, observer, &err);

	if (r < 0)
		event_message(observer, EVENT_CRITICAL, "couldn't delete config: %s", err.text);
	else
		event_message(observer, EVENT_INFO, "Successfully deleted config");
	return r;
}

void removal_announce(const struct provider *platform, const char *place,
		      const struct event_observer *observer)
{
	const bool is_service = slice_starts(slice_of(place), "http");

	if (platform->delete_config)
		event_message(observer, EVENT_INFO,
			      "the config is removed from platform %s after the first boot, by "
			      "ignition-delete-config.service",
			      platform->name);
	else if (is_service)
		event_message(observer, EVENT_WARNING,
			      "the config stays at %s, where every process of this machine can "
			      "read it: keep secrets out of it, or let only root reach platform "
			      "%s's service",
			      place, platform->name);
	else if (platform->proof_count)
		event_message(observer, EVENT_INFO,
			      "the config stays at %s: platform %s offers no way to remove it, and "
			      "root can read it there",
			      place, platform->name);
}
