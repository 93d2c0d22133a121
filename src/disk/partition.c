#include "disk/partition.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

bool partition_is_changed(enum partition_action action)
{
	return action == PARTITION_DELETE || action == PARTITION_REPLACE ||
	       action == PARTITION_RESIZE;
}

void partition_decisions_done(struct partition_decisions *decisions)
{
	free(decisions->list);
	table_free(decisions->after);
	*decisions = (struct partition_decisions){ 0 };
}

/* A request with what was worked out of it. */
struct entry {
	const struct partition_request *request;
	const struct partition_known *known; /* NULL: nothing */
	struct geometry_wish wish;
};

static bool is_given(struct slice s)
{
	return s.length > 0;
}

static int make_wish(const struct partition_request *request, uint32_t sector_bytes,
		     struct geometry_wish *ret, struct error *err)
{
	*ret = (struct geometry_wish){
		.number = request->number,
		.should_exist = request->should_exist,
		.keeps_place = !request->wipe_entry,
		.has_start = request->has_start,
		.has_size = request->has_size,
	};

	int r = geometry_sectors(request->start_mib, sector_bytes, &ret->start, err);

	if (r == 0)
		r = geometry_sectors(request->size_mib, sector_bytes, &ret->size, err);
	return r;
}

/* What is known of a request that is one of @request's own; NULL: nothing. */
static const struct partition_known *known_of(const struct disk_request *request,
					      const struct partition_known *known,
					      const struct partition_request *entry)
{
	const struct partition_known *one = known ? &known[entry - request->partitions] : NULL;

	return one && one->number ? one : NULL;
}

/* The partition that an earlier run made of an entry, if it is there. */
static const struct table_partition *find_own(const struct table *found,
					      const struct partition_known *known)
{
	const struct table_partition *there = known ? table_find(found, known->number) : NULL;

	return there && strcasecmp(there->guid, known->guid) == 0 ? there : NULL;
}

/* What is there already stays where it is. */
static void keep_own(struct geometry_wish *wish, const struct table_partition *own)
{
	*wish = (struct geometry_wish){
		.number = own->number,
		.should_exist = true,
		.keeps_place = true,
	};
}

/* In the order in which they are made: number 0 last, else as they were written. */
static int make_wishes(const struct disk_request *request, uint32_t sector_bytes,
		       struct partition_decision *sorted, struct geometry_wish *wishes,
		       struct error *err)
{
	size_t count = 0;
	int r = 0;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < request->partition_count; i++)
			if ((request->partitions[i].number == 0) == (pass == 1))
				sorted[count++].request = &request->partitions[i];
	for (size_t i = 0; i < count && r == 0; i++) {
		r = make_wish(sorted[i].request, sector_bytes, &wishes[i], err);
		if (r < 0)
			return source_wrap(err, r, &sorted[i].request->origin);
	}
	return r;
}

enum match_scope {
	MATCH_ALL,
	MATCH_ALL_BUT_SIZE,
};

/* A reason not to match in upstream's words, freed with free(); NULL: it matches. */
static char *mismatch(const struct entry *entry, const struct table_partition *there,
		      enum match_scope scope)
{
	const struct partition_request *want = entry->request;
	AUTO_FREE char *guid = slice_dup(want->guid);
	AUTO_FREE char *type_guid = slice_dup(want->type_guid);
	AUTO_FREE char *label = slice_dup(want->label);

	if (entry->wish.start != there->start)
		return xasprintf("starting sector did not match (specified %" PRIu64
				 ", got %" PRIu64 ")",
				 entry->wish.start, there->start);
	if (scope == MATCH_ALL && entry->wish.size != there->size)
		return xasprintf("size did not match (specified %" PRIu64 ", got %" PRIu64 ")",
				 entry->wish.size, there->size);
	if (is_given(want->guid) && strcasecmp(guid, there->guid) != 0)
		return xasprintf("GUID did not match (specified \"%s\", got \"%s\")", guid,
				 there->guid);
	if (is_given(want->type_guid) && strcasecmp(type_guid, there->type_guid) != 0)
		return xasprintf("type GUID did not match (specified \"%s\", got \"%s\")",
				 type_guid, there->type_guid);
	if (want->label.data && strcmp(label, there->name) != 0)
		return xasprintf("label did not match (specified \"%s\", got \"%s\")", label,
				 there->name);
	return NULL;
}

/* What is there should be as asked for. */
static int decide_existing(const struct entry *entry, const struct table_partition *there,
			   enum partition_action *ret, struct error *err)
{
	AUTO_FREE char *reason = mismatch(entry, there, MATCH_ALL);
	AUTO_FREE char *beside_size = mismatch(entry, there, MATCH_ALL_BUT_SIZE);

	*ret = PARTITION_NOTHING;
	if (!reason)
		return 0;
	*ret = entry->request->wipe_entry ? PARTITION_REPLACE : PARTITION_RESIZE;
	if (entry->request->wipe_entry || (entry->request->resize && !beside_size))
		return 0;
	return error_set(err, ERROR_INPUT, EINVAL,
			 "partition %u didn't match: %s; set %swipePartitionEntry to replace it",
			 there->number, reason, beside_size ? "" : "resize to resize it, or ");
}

/* What is there should not be; another entry may have been given its number. */
static int decide_unwanted(const struct entry *entry, const struct geometry_wish *wishes,
			   size_t count, enum partition_action *ret, struct error *err)
{
	*ret = PARTITION_NOTHING;
	for (size_t i = 0; i < count; i++)
		if (wishes[i].should_exist && wishes[i].number == entry->wish.number)
			return 0;
	*ret = PARTITION_DELETE;
	if (entry->request->wipe_entry)
		return 0;
	return error_set(err, ERROR_INPUT, EINVAL,
			 "partition %u exists but is specified as nonexistant and "
			 "wipePartitionEntry is false",
			 entry->wish.number);
}

static int decide(const struct table *found, const struct entry *entry,
		  const struct geometry_wish *wishes, size_t count, enum partition_action *ret,
		  struct error *err)
{
	const struct table_partition *there = table_find(found, entry->wish.number);

	if (find_own(found, entry->known)) {
		*ret = PARTITION_NOTHING;
		return 0;
	}
	if (!there) {
		*ret = entry->request->should_exist ? PARTITION_CREATE : PARTITION_NOTHING;
		return 0;
	}
	if (!entry->request->should_exist)
		return decide_unwanted(entry, wishes, count, ret, err);
	return decide_existing(entry, there, ret, err);
}

static int copy_guid(struct slice given, const char *otherwise, char ret[static TABLE_GUID_SIZE],
		     struct error *err)
{
	AUTO_FREE char *text = slice_dup(given);

	if (is_given(given))
		return table_parse_guid(text, ret, err);
	memcpy(ret, otherwise, strlen(otherwise) + 1);
	return 0;
}

static int put_new(struct table *table, const struct entry *entry, struct error *err)
{
	AUTO_FREE char *name = slice_dup(entry->request->label);
	struct table_partition partition = {
		.number = entry->wish.number,
		.start = entry->wish.start,
		.size = entry->wish.size,
		.name = name,
	};
	int r = copy_guid(entry->request->guid, entry->known ? entry->known->guid : "",
			  partition.guid, err);

	if (r == 0)
		r = copy_guid(entry->request->type_guid, TABLE_TYPE_LINUX, partition.type_guid,
			      err);
	if (r == 0)
		table_put(table, &partition);
	return r;
}

/* The table as it will be. */
static int carry_out(struct table *after, const struct entry *entry, enum partition_action action,
		     struct error *err)
{
	switch (action) {
	case PARTITION_NOTHING:
		return 0;
	case PARTITION_DELETE:
		table_remove(after, entry->wish.number);
		return 0;
	case PARTITION_RESIZE:
		table_find(after, entry->wish.number)->size = entry->wish.size;
		return 0;
	case PARTITION_CREATE:
	case PARTITION_REPLACE:
		return put_new(after, entry, err);
	}
	return 0;
}

static int resolve(const struct table *found, const struct partition_decision *sorted,
		   struct geometry_wish *wishes, size_t count, struct error *err)
{
	AUTO(geometry_done) struct geometry geometry = { 0 };
	int r = 0;

	table_geometry(found, &geometry);
	r = geometry_resolve(&geometry, wishes, count, err);
	for (size_t i = 0; i < count && r < 0; i++)
		if (wishes[i].does_not_fit)
			return source_wrap(err, r, &sorted[i].request->origin);
	return r;
}

static int decide_all(const struct disk_request *request, const struct table *found,
		      const struct partition_known *known, struct partition_decisions *d,
		      struct error *err)
{
	const size_t count = request->partition_count;
	AUTO_FREE struct geometry_wish *wishes = xcalloc(count + 1, sizeof(*wishes));
	int r = make_wishes(request, found->disk.sector_bytes, d->list, wishes, err);

	for (size_t i = 0; i < count && r == 0; i++) {
		const struct table_partition *own =
			find_own(found, known_of(request, known, d->list[i].request));

		if (own)
			keep_own(&wishes[i], own);
	}
	if (r == 0)
		r = resolve(found, d->list, wishes, count, err);
	if (r < 0)
		return r;
	for (; d->count < count && r == 0; d->count++) {
		struct partition_decision *decision = &d->list[d->count];
		struct entry entry = { decision->request,
				       known_of(request, known, decision->request),
				       wishes[d->count] };

		decision->number = entry.wish.number;
		r = decide(found, &entry, wishes, count, &decision->action, err);
		if (r == 0)
			r = carry_out(d->after, &entry, decision->action, err);
		if (r < 0)
			return source_wrap(err, r, &decision->request->origin);
	}
	return r;
}

int partition_decide(const struct disk_request *request, const struct table *found,
		     const struct partition_known *known, struct partition_decisions *ret,
		     struct error *err)
{
	struct partition_decisions decisions = {
		.list = xcalloc(request->partition_count + 1, sizeof(*decisions.list)),
		.after = table_copy(found),
	};
	int r = decide_all(request, found, known, &decisions, err);

	if (r < 0)
		partition_decisions_done(&decisions);
	else
		*ret = decisions;
	return r;
}
