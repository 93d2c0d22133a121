#include "ignition/platform_attributes.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "providers/attribute_name.h"
#include "providers/metadata_cache.h"

void platform_attributes_done(struct platform_attributes *attributes)
{
	metadata_free(attributes->metadata);
	attributes->metadata = NULL;
	error_done(&attributes->failure);
}

static int repeat(const struct error *failure, struct error *err)
{
	return error_set(err, failure->kind, failure->errnum, "%s", failure->text);
}

static int ask(struct platform_attributes *attributes, unsigned parts, struct error *err)
{
	const struct metadata_request request = { .provider = attributes->platform,
						  .parts = parts };
	AUTO(metadata_free) struct metadata *metadata = NULL;

	if (attributes->metadata && !(parts & ~attributes->metadata->parts))
		return 0;
	if (attributes->failure.errnum)
		return repeat(&attributes->failure, err);
	metadata = metadata_new();
	if (metadata_cache_fetch(attributes->context, &request, metadata, &attributes->failure) < 0)
		return repeat(&attributes->failure, err);
	metadata_free(attributes->metadata);
	attributes->metadata = take_ptr(&metadata);
	return 0;
}

/* "private_ipv4" is COREOS_PRIVATE_IPV4 there. */
static const char *of_environment(enum platform_role role)
{
	AUTO_FREE char *name = xasprintf(ATTRIBUTE_COREOS "%s", platform_role_name(role));

	for (char *c = name; *c; c++)
		*c = char_upper(*c);
	return getenv(name);
}

/* @ret: NULL when the platform does not say it of this machine. */
static int find_role(struct platform_attributes *attributes, enum platform_role role,
		     const char **ret, struct error *err)
{
	const struct provider *platform = attributes->platform;
	const char *attribute = attribute_name_of_role(platform, role);
	/* The attribute of that name may list several. */
	const bool is_name = role == PLATFORM_ROLE_HOSTNAME;
	const char *fallback = of_environment(role);
	int r;

	*ret = fallback;
	if ((!attribute && !is_name) || !platform->fetch_metadata)
		return fallback ? 0
				: error_set(err, ERROR_NOT_FOUND, ENOENT,
					    "platform %s does not tell its machines their %s",
					    platform->name, platform_role_name(role));
	r = ask(attributes, is_name ? METADATA_HOSTNAME : METADATA_ATTRIBUTES, err);
	if (r < 0)
		return r;

	const char *value = is_name ? attributes->metadata->hostname
				    : metadata_get(attributes->metadata, attribute);

	*ret = value ?: fallback;
	if (!*ret)
		event_message(attributes->context->observer, EVENT_WARNING,
			      "platform %s tells this machine no %s: it is empty", platform->name,
			      platform_role_name(role));
	return 0;
}

static int find_attribute(struct platform_attributes *attributes, const char *name,
			  const char **ret, struct error *err)
{
	int r = ask(attributes, METADATA_ATTRIBUTES, err);

	if (r < 0)
		return r;
	*ret = attribute_find(attributes->platform, attributes->metadata, name);
	return *ret ? 0
		    : error_set(err, ERROR_NOT_FOUND, ENOENT,
				"platform %s does not tell this machine its %s",
				attributes->platform->name, name);
}

static int find(void *context, const char *name, struct arena *arena, struct slice *ret,
		struct error *err)
{
	struct platform_attributes *attributes = context;
	const char *value = NULL;
	enum platform_role role;
	int r = platform_role_find(slice_of(name), &role)
			? find_role(attributes, role, &value, err)
			: find_attribute(attributes, name, &value, err);

	if (r == 0)
		*ret = slice_of(arena_strdup(arena, value ?: ""));
	return r;
}

struct attribute_source platform_attributes_source(struct platform_attributes *attributes)
{
	return (struct attribute_source){ .find = find, .context = attributes };
}

void platform_attributes_variables(const struct provider *platform, struct arena *arena,
				   struct platform_variables *ret)
{
	*ret = (struct platform_variables){ .platform = platform->name };
	for (size_t i = 0; i < PLATFORM_ROLE_COUNT; i++) {
		const char *attribute = attribute_name_of_role(platform, (enum platform_role)i);
		AUTO_FREE char *name =
			attribute ? attribute_name_coreos(platform, attribute) : NULL;

		ret->names[i] = name ? arena_strdup(arena, name) : NULL;
	}
}
