#include "config/resolve.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/url.h"
#include "config/merge.h"
#include "config/parse.h"

/* A config that is being rendered; the ones it is referred to by are below it. */
struct frame {
	const struct config *own;    /* as it was parsed */
	const struct config *merged; /* with its children so far */
	size_t next_merge;	     /* index of the child that is asked for next */
	bool is_replacement;	     /* of the frame below, which is complete when this one is */
	bool is_complete;
	struct slice url; /* where it came from; absent for the root */
};

struct config_resolver {
	struct config_pool *pool;
	struct frame frames[CONFIG_RESOLVE_DEPTH_MAX];
	size_t depth;
	size_t fetches;
	struct config_fetch_settings settings;
	const struct config_resource *asked; /* NULL: nothing is to be fed */
	const struct config *result;	     /* NULL: not complete */
};

/* Authorities stay in force until a config brings some of its own. */
static void update_settings(struct config_resolver *resolver, const struct config *config)
{
	const struct config_ignition *ignition = &config->ignition;
	const struct config_list *authorities = &ignition->security.tls.certificate_authorities;

	resolver->settings.timeouts = &ignition->timeouts;
	resolver->settings.proxy = &ignition->proxy;
	if (authorities->count || !resolver->settings.certificate_authorities)
		resolver->settings.certificate_authorities = authorities;
}

static struct frame *top_frame(struct config_resolver *resolver)
{
	return &resolver->frames[resolver->depth - 1];
}

static void push_frame(struct config_resolver *resolver, const struct config *config,
		       struct slice url, bool is_replacement)
{
	resolver->frames[resolver->depth++] = (struct frame){
		.own = config,
		.merged = config,
		.is_replacement = is_replacement,
		.url = url,
	};
}

struct config_resolver *config_resolver_new(struct config_pool *pool, const struct config *root)
{
	struct config_resolver *resolver = xcalloc(1, sizeof(*resolver));

	resolver->pool = pool;
	update_settings(resolver, root);
	push_frame(resolver, root, (struct slice){ 0 }, /* is_replacement= */ false);
	return resolver;
}

void config_resolver_free(struct config_resolver *resolver)
{
	free(resolver);
}

static const struct config_resource *frame_replacement(const struct frame *frame)
{
	const struct config_resource *replace = &frame->own->ignition.config.replace;

	return replace->source.data ? replace : NULL;
}

/* What @frame needs next; NULL when it is complete. */
static const struct config_resource *frame_need(const struct frame *frame)
{
	const struct config_list *children = &frame->own->ignition.config.merge;

	if (frame->is_complete)
		return NULL;
	if (frame_replacement(frame))
		return frame_replacement(frame);
	if (frame->next_merge < children->count)
		return CONFIG_AT(struct config_resource, children, frame->next_merge);
	return NULL;
}

/* Hand the complete top frame to the one below, or to the caller. */
static void pop_frame(struct config_resolver *resolver)
{
	const struct frame done = *top_frame(resolver);

	resolver->depth--;
	if (resolver->depth == 0) {
		resolver->result = done.merged;
		return;
	}

	struct frame *below = top_frame(resolver);

	if (done.is_replacement) {
		below->merged = done.merged;
		below->is_complete = true;
	} else {
		below->merged = config_merge(resolver->pool, below->merged, done.merged);
		below->next_merge++;
	}
}

static int check_need(const struct config_resolver *resolver, const struct config_resource *need,
		      struct error *err)
{
	AUTO(text_done) struct text url = TEXT_INIT(TEXT_MESSAGE_MAX);

	url_append_printable(&url, need->source);
	for (size_t i = 0; i < resolver->depth; i++)
		if (need->source.length && slice_equal(resolver->frames[i].url, need->source))
			return error_set(err, ERROR_INPUT, ELOOP, "config %s leads to itself",
					 text_str(&url));
	if (resolver->depth == CONFIG_RESOLVE_DEPTH_MAX)
		return error_set(err, ERROR_INPUT, E2BIG,
				 "config %s is more than %d references away from the first",
				 text_str(&url), CONFIG_RESOLVE_DEPTH_MAX - 1);
	if (resolver->fetches == CONFIG_RESOLVE_FETCHES_MAX)
		return error_set(err, ERROR_INPUT, E2BIG,
				 "config %s is one too many: %d are fetched at most",
				 text_str(&url), CONFIG_RESOLVE_FETCHES_MAX);
	return 0;
}

int config_resolve_next(struct config_resolver *resolver, struct config_need *ret,
			struct error *err)
{
	const struct config_resource *need = NULL;

	while (!resolver->result && !(need = frame_need(top_frame(resolver))))
		pop_frame(resolver);
	if (resolver->result)
		return 0;

	int r = check_need(resolver, need, err);
	if (r < 0)
		return r;
	resolver->asked = need;
	*ret = (struct config_need){
		.resource = need,
		.settings = resolver->settings,
		.is_replace = need == frame_replacement(top_frame(resolver)),
	};
	return 1;
}

int config_resolve_feed(struct config_resolver *resolver, const struct source *source,
			struct report *report, struct error *err)
{
	const struct frame *frame = top_frame(resolver);
	const struct config_resource *asked = resolver->asked;
	const bool is_replacement = asked == frame_replacement(frame);
	const struct config *child = NULL;

	assert(asked); /* by config_resolve_next(), since the last feed */

	int r = config_parse(resolver->pool, source, /* flags= */ 0, report, &child,
			     /* ret_version= */ NULL, err);
	if (r < 0)
		return r;

	update_settings(resolver, is_replacement
					  ? child
					  : config_merge(resolver->pool, frame->merged, child));
	push_frame(resolver, child, asked->source, is_replacement);
	resolver->fetches++;
	resolver->asked = NULL;
	return 0;
}

const struct config *config_resolve_result(const struct config_resolver *resolver)
{
	return resolver->result;
}

struct config_fetch_settings config_resolve_settings(const struct config_resolver *resolver)
{
	return resolver->settings;
}

/* As upstream spells it for text. */
#define AUTHORITY_PREFIX "data:text/plain;charset=utf-8;base64,"

static struct slice authority_url(struct arena *arena, struct slice bundle)
{
	AUTO(text_done) struct text url = TEXT_INIT(SIZE_MAX / 2);

	text_append_str(&url, AUTHORITY_PREFIX);
	base64_append(&url, bundle.data, bundle.length);
	return (struct slice){ arena_strndup(arena, text_str(&url), url.length), url.length };
}

const struct config *config_embed_authorities(struct config_pool *pool, const struct config *config,
					      const struct slice *bundles)
{
	struct arena *arena = config_pool_arena(pool);
	struct config *out = arena_alloc(arena, sizeof(*out));

	*out = *config;

	struct config_list *list = &out->ignition.security.tls.certificate_authorities;
	const struct config_resource *old = list->items;
	struct config_resource *new = arena_array(arena, list->count, sizeof(*new));

	for (size_t i = 0; i < list->count; i++)
		new[i] = (struct config_resource){
			.origin = old[i].origin,
			.source = authority_url(arena, bundles[i]),
			.verification = old[i].verification,
		};
	list->items = new;
	return out;
}

/* What makes an object of one schema need the network; the text to print, absent when it does not.
 */
struct network_rule {
	const struct schema *schema;
	struct slice (*cause)(const void *object);
};

static bool has_scheme(struct slice url, const char *scheme)
{
	return url.length >= strlen(scheme) && strncasecmp(url.data, scheme, strlen(scheme)) == 0;
}

static struct slice resource_cause(const void *object)
{
	const struct config_resource *resource = object;

	/* Whether there may be oem: URLs was asked when the config was validated. */
	if (resource->source.length == 0 || has_scheme(resource->source, "data:") ||
	    has_scheme(resource->source, "oem:"))
		return (struct slice){ 0 };
	return resource->source;
}

static struct slice tang_cause(const void *object)
{
	const struct config_tang *tang = object;

	if (tang->advertisement.length)
		return (struct slice){ 0 };
	return tang->url.data ? tang->url : SLICE("tang");
}

static struct slice custom_cause(const void *object)
{
	const struct config_clevis_custom *custom = object;

	if (!custom->needs_network.value)
		return (struct slice){ 0 };
	return custom->pin.data ? custom->pin : SLICE("clevis");
}

static const struct network_rule network_rules[] = {
	{ &resource_schema, resource_cause },
	{ &tang_schema, tang_cause },
	{ &clevis_custom_schema, custom_cause },
};

struct network_cause {
	struct origin origin;
	struct slice text; /* absent: none yet */
};

static bool find_cause(const struct schema *schema, const void *object, struct network_cause *ret);

static bool find_cause_in_list(const struct schema *item, const struct config_list *list,
			       struct network_cause *ret)
{
	const char *element = list->items;

	for (size_t i = 0; i < list->count; i++)
		if (find_cause(item, element + i * item->size, ret))
			return true;
	return false;
}

static bool find_cause(const struct schema *schema, const void *object, struct network_cause *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(network_rules); i++) {
		if (network_rules[i].schema != schema)
			continue;
		*ret = (struct network_cause){ .origin = *schema_origin(object),
					       .text = network_rules[i].cause(object) };
		if (ret->text.data)
			return true;
	}
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];
		const void *member = schema_member(field, object);

		if (!field->item || !schema_field_known(field, SPEC_NEWEST))
			continue;
		if (field->type == FIELD_LIST ? find_cause_in_list(field->item, member, ret)
					      : find_cause(field->item, member, ret))
			return true;
	}
	return false;
}

static const char *describe_cause(struct arena *arena, const struct network_cause *cause)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (cause->origin.source)
		text_printf(&out, "%s:%" PRIu32 ":%" PRIu32 ": ", source_name(cause->origin.source),
			    cause->origin.line, cause->origin.column);
	url_append_printable(&out, cause->text);
	return arena_strdup(arena, text_str(&out));
}

bool config_needs_network(struct config_pool *pool, const struct config *config,
			  const char **ret_why)
{
	struct network_cause cause = { 0 };

	if (!find_cause(&config_schema, config, &cause))
		return false;
	if (ret_why)
		*ret_why = describe_cause(config_pool_arena(pool), &cause);
	return true;
}
