/* What a platform said is asked for once in a boot, and nothing broken is believed. */
#include "providers/metadata_cache.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "providers/attribute_name.h"
#include "scratch.h"
#include "tap.h"

/* A platform that counts how often it is asked, and for what, in the place that it is given. */
struct counter {
	unsigned calls;
	unsigned parts;
};

static int say(const struct provider_context *context, unsigned parts, struct metadata *ret,
	       struct error *err)
{
	struct counter *counter = context->observer->context;

	counter->calls++;
	counter->parts = parts;
	if (parts & METADATA_ATTRIBUTES)
		metadata_add_attribute(ret, "AWS_REGION", SLICE("north"), err);
	if (parts & METADATA_KEYS)
		metadata_add_keys(ret, "core", SLICE("ssh-rsa AAAA\n"), err);
	if (parts & METADATA_HOSTNAME)
		metadata_set_hostname(ret, SLICE("host"), err);
	return 0;
}

static int refuse(const struct provider_context *context, unsigned parts, struct metadata *ret,
		  struct error *err)
{
	(void)context;
	(void)parts;
	(void)ret;
	return error_set(err, ERROR_NETWORK_FINAL, EIO, "refused");
}

static void hear(const struct event_observer *observer, const struct event *event)
{
	(void)observer;
	(void)event;
}

static const struct provider talker = { .name = "talker",
					.coreos_word = "EC2",
					.fetch_metadata = say };
static const struct provider silent = { .name = "silent" };
static const struct provider broken = { .name = "broken", .fetch_metadata = refuse };

struct world {
	struct machine machine;
	struct counter counter;
	char *directory;
};

static struct metadata *fetch(struct world *world, const struct provider *provider, unsigned parts,
			      bool ignores_cache, struct error *err)
{
	const struct event_observer observer = { .notify = hear, .context = &world->counter };
	const struct provider_context context = { .machine = &world->machine,
						  .observer = &observer };
	const struct metadata_request request = { .provider = provider,
						  .parts = parts,
						  .ignores_cache = ignores_cache,
						  .directory = world->directory };
	struct metadata *metadata = metadata_new();

	world->counter = (struct counter){ .calls = 0 };
	if (metadata_cache_fetch(&context, &request, metadata, err) == 0)
		return metadata;
	metadata_free(metadata);
	return NULL;
}

/* Ask, and say which parts the platform was asked for; -1: it was not. */
static int asked(struct world *world, unsigned parts, bool ignores_cache)
{
	AUTO(metadata_free)
	struct metadata *metadata = fetch(world, &talker, parts, ignores_cache, /* err= */ NULL);

	return world->counter.calls ? (int)world->counter.parts : -1;
}

static void test_once(struct world *world)
{
	AUTO_FREE char *path = xasprintf("%s/talker", world->directory);
	struct stat st = { 0 };

	tap_int(asked(world, METADATA_ATTRIBUTES, false), METADATA_ATTRIBUTES, "the first asks");
	tap_int(asked(world, METADATA_ATTRIBUTES, false), -1, "the second does not");
	tap_int(stat(path, &st) < 0 ? -1 : (int)(st.st_mode & 0777), 0600, "root alone reads it");
	tap_int(asked(world, METADATA_ALL, false), METADATA_KEYS | METADATA_HOSTNAME,
		"only what is missing is asked for");
	tap_int(asked(world, METADATA_ALL, false), -1, "then all is known");
	tap_int(asked(world, METADATA_KEYS, true), METADATA_KEYS, "who wants it anew asks again");

	AUTO(metadata_free)
	struct metadata *metadata = fetch(world, &talker, METADATA_KEYS, false, NULL);

	tap_int((int64_t)metadata->key_count, 1, "a key is not repeated");
	tap_str(metadata->keys[0].user, "core", "and still is its user's");
}

static void test_broken_file(struct world *world, const char *text, const char *label)
{
	AUTO_FREE char *path = xasprintf("%s/talker", world->directory);

	file_replace(path, slice_of(text), 0600, 0755, FILE_VOLATILE, NULL);
	tap_int(asked(world, METADATA_ATTRIBUTES, false), METADATA_ATTRIBUTES, label);
}

/* However many bytes of the records are there: never a crash, never a wrong value. */
static void test_truncated(void)
{
	AUTO(metadata_free) struct metadata *whole = metadata_new();
	AUTO(text_done) struct text records = TEXT_INIT(10000);
	size_t wrong = 0;

	metadata_add_attribute(whole, "A_B", SLICE("value"), NULL);
	metadata_add_keys(whole, "me", SLICE("ssh-rsa AAAA"), NULL);
	metadata_set_hostname(whole, SLICE("host"), NULL);
	metadata_append_records(&records, whole);
	for (size_t length = 0; length < records.length; length++) {
		AUTO(metadata_free) struct metadata *part = metadata_new();
		int r = metadata_take_records((struct slice){ records.data, length }, part, NULL);

		wrong += r == 0 &&
			 part->attribute_count + part->key_count + (part->hostname != NULL) >= 3;
		wrong += part->attribute_count &&
			 strcmp(metadata_get(part, "A_B") ?: "", "value") != 0;
	}
	tap_int((int64_t)wrong, 0, "records that break off are never taken for whole");
}

static void test_errors(struct world *world)
{
	AUTO(error_done) struct error none = ERROR_INIT;
	AUTO(error_done) struct error refused = ERROR_INIT;

	fetch(world, &silent, METADATA_ALL, false, &none);
	tap_str(none.text, "platform silent says nothing about its machines", "nothing to ask");
	tap_int(none.kind, ERROR_UNSUPPORTED, "is unsupported");
	fetch(world, &broken, METADATA_ALL, false, &refused);
	tap_str(refused.text, "platform broken: refused", "a failure names the platform");
	tap_int(refused.kind, ERROR_NETWORK_FINAL, "and keeps its kind");
}

static void test_names(struct world *world)
{
	AUTO(metadata_free)
	struct metadata *metadata = fetch(world, &talker, METADATA_ATTRIBUTES, false, NULL);
	static const struct {
		const char *name, *want;
	} rows[] = {
		{ "AWS_REGION", "north" },	  { "AFTERBURN_AWS_REGION", "north" },
		{ "COREOS_EC2_REGION", "north" }, { "COREOS_AWS_REGION", NULL },
		{ "AFTERBURN_", NULL },		  { "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tap_str(attribute_find(&talker, metadata, rows[i].name) ?: "(none)",
			rows[i].want ?: "(none)", rows[i].name);
}

int main(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO_FREE char *directory = xasprintf("%s/run/metadata", scratch.path);
	struct world world = { .machine = MACHINE_INIT, .directory = directory };

	if (machine_open(&world.machine, "/", /* root_path= */ NULL, /* err= */ NULL) < 0)
		return 1;
	test_once(&world);
	test_broken_file(&world, "", "an empty file says nothing");
	test_broken_file(&world, "slipway-metadata-1 other-boot 7\n",
			 "another boot's does not count");
	test_broken_file(&world, "hello", "nor does something else");
	test_truncated();
	test_errors(&world);
	test_names(&world);
	machine_done(&world.machine);
	return tap_done();
}
