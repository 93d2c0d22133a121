/* limits - what a variant does not allow, wherever in a config it came from (spec configs 4.5). */
#include "config/butane/lowering.h"

#define MODE_SPECIAL_BITS 07000

enum variant {
	FLATCAR = 1 << 0,
	FIOT = 1 << 1,
	R4E = 1 << 2,
	OPENSHIFT = 1 << 3,
};

static const struct {
	const char *name;
	enum variant variant;
} variants[] = {
	{ "flatcar", FLATCAR },
	{ "fiot", FIOT },
	{ "r4e", R4E },
	{ "openshift", OPENSHIFT },
};

/* A member that is not allowed. */
struct limit {
	unsigned variants;	 /* enum variant */
	enum spec_version until; /* last version, inclusive */
	enum spec_version since;
	const char *path;		    /* a * is every element of a list */
	bool (*breaks)(const void *member); /* NULL: when it is there at all */
	const char *message;
};

static bool is_btrfs(const void *member)
{
	return slice_is(*(const struct slice *)member, "btrfs");
}

static bool is_none(const void *member)
{
	return slice_is(*(const struct slice *)member, "none");
}

static bool is_no_data_url(const void *member)
{
	const struct slice source = *(const struct slice *)member;

	return source.length && !slice_starts(source, "data:");
}

static bool has_special_bits(const void *member)
{
	return ((const struct config_int *)member)->value & MODE_SPECIAL_BITS;
}

static bool is_compressed(const void *member)
{
	return ((const struct slice *)member)->length > 0;
}

#define UNSUPPORTED(what) what " not supported in this spec version"
#define ALWAYS		  .since = SPEC_OLDEST, .until = SPEC_NEWEST
#define KERNEL_ARGUMENTS_ARE                                                                       \
	"this section cannot be used for kernel arguments in this spec version; use "              \
	"openshift.kernel_arguments instead"

static const struct limit limits[] = {
	{ FLATCAR, .since = SPEC_3_3, .until = SPEC_3_4, .path = "storage.luks.*.clevis",
	  .message = UNSUPPORTED("clevis is") },
	{ FLATCAR, .since = SPEC_3_5, .until = SPEC_NEWEST, .path = "storage.luks.*.cex",
	  .message = "cex is not currently supported on the target platform" },
	{ R4E | FIOT, ALWAYS, .path = "kernelArguments",
	  .message = UNSUPPORTED("kernel argument customization is") },
	{ R4E | FIOT, ALWAYS, .path = "storage.disks",
	  .message = UNSUPPORTED("disk customization is") },
	{ R4E | FIOT, ALWAYS, .path = "storage.filesystems",
	  .message = UNSUPPORTED("filesystem customization is") },
	{ R4E | FIOT, ALWAYS, .path = "storage.luks", .message = UNSUPPORTED("luks is") },
	{ R4E | FIOT, ALWAYS, .path = "storage.raid", .message = UNSUPPORTED("raid is") },
	{ OPENSHIFT, ALWAYS, .path = "storage.filesystems.*.format", .breaks = is_btrfs,
	  .message = UNSUPPORTED("btrfs is") },
	{ OPENSHIFT, ALWAYS, .path = "storage.filesystems.*.format", .breaks = is_none,
	  .message = UNSUPPORTED("format \"none\" is") },
	{ OPENSHIFT, ALWAYS, .path = "storage.directories.*",
	  .message = UNSUPPORTED("directories are") },
	{ OPENSHIFT, ALWAYS, .path = "storage.links.*", .message = UNSUPPORTED("links are") },
	{ OPENSHIFT, ALWAYS, .path = "storage.files.*.append",
	  .message = UNSUPPORTED("appending to files is") },
	{ OPENSHIFT, ALWAYS, .path = "storage.files.*.contents.source", .breaks = is_no_data_url,
	  .message = "file contents source must be data URL in this spec version" },
	{ OPENSHIFT, ALWAYS, .path = "storage.files.*.contents.httpHeaders",
	  .message = UNSUPPORTED("file HTTP headers are") },
	{ OPENSHIFT, ALWAYS, .path = "storage.files.*.mode", .breaks = has_special_bits,
	  .message = UNSUPPORTED("special mode bits are") },
	{ OPENSHIFT, ALWAYS, .path = "passwd.groups.*", .message = UNSUPPORTED("groups are") },
	{ OPENSHIFT, ALWAYS, .path = "kernelArguments.shouldExist",
	  .message = KERNEL_ARGUMENTS_ARE },
	{ OPENSHIFT, ALWAYS, .path = "kernelArguments.shouldNotExist",
	  .message = KERNEL_ARGUMENTS_ARE },
};

static const struct limit no_compression = { OPENSHIFT, ALWAYS,
					     .path = "storage.files.*.contents.compression",
					     .breaks = is_compressed,
					     .message = UNSUPPORTED("file compression is") };

/* One walk down the path of a limit. */
struct walk {
	const struct limit *limit;
	enum spec_version version;
	struct report *report;
};

static void check_object(const struct walk *walk, const struct schema *schema, const void *object,
			 const char *rest, const struct report_path *path);

static void check_elements(const struct walk *walk, const struct schema_field *field,
			   const struct config_list *list, const char *rest,
			   const struct report_path *path)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct report_path below = { .parent = path, .index = i };

		if (*rest == '.')
			check_object(walk, field->item,
				     (const char *)list->items + i * field->item->size, rest + 1,
				     &below);
		else
			report_add(walk->report, REPORT_ERROR, &below,
				   (struct origin){ .source = NULL }, "%s", walk->limit->message);
	}
}

static void check_object(const struct walk *walk, const struct schema *schema, const void *object,
			 const char *rest, const struct report_path *path)
{
	const size_t length = strcspn(rest, ".");
	const struct report_path below = { .parent = path, .key = { rest, length } };
	const struct schema_field *field = schema_find_exact(schema, below.key, walk->version);

	if (!field)
		return;

	const void *member = schema_member(field, object);

	rest += length;
	if (strncmp(rest, ".*", 2) == 0)
		check_elements(walk, field, member, rest + 2, &below);
	else if (*rest == '.')
		check_object(walk, field->item, member, rest + 1, &below);
	else if (walk->limit->breaks ? walk->limit->breaks(member) : !schema_is_zero(field, member))
		report_add(walk->report, REPORT_ERROR, &below, (struct origin){ .source = NULL },
			   "%s", walk->limit->message);
}

static void check_limit(struct butane_lowering *lowering, const struct limit *limit,
			struct report *report)
{
	const struct walk walk = { .limit = limit,
				   .version = lowering->dialect->spec,
				   .report = report };

	if (limit->since <= walk.version && walk.version <= limit->until)
		check_object(&walk, &config_schema, lowering->config, limit->path, NULL);
}

static bool is_allowed_of_user(const struct butane_lowering *lowering, const char *name)
{
	if (strcmp(name, "passwordHash") == 0)
		return !(lowering->dialect->features & BUTANE_NO_HASH);
	return strcmp(name, "name") == 0 || strcmp(name, "sshAuthorizedKeys") == 0;
}

static void check_user(struct butane_lowering *lowering, const struct schema *schema,
		       const struct config_user *user, const struct report_path *path,
		       struct report *report)
{
	if (!slice_is(user->name, "core")) {
		report_add(report, REPORT_ERROR, path, (struct origin){ .source = NULL },
			   UNSUPPORTED("users other than \"core\" are"));
		return;
	}
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];
		const struct report_path below = { .parent = path, .key = slice_of(field->name) };

		if (!is_allowed_of_user(lowering, field->name) &&
		    !schema_is_zero(field, schema_member(field, user)))
			report_add(report, REPORT_ERROR, &below, (struct origin){ .source = NULL },
				   "%s",
				   UNSUPPORTED("fields other than \"name\", "
					       "\"ssh_authorized_keys\", and \"password_hash\" "
					       "(4.13.0+) are"));
	}
}

static void check_users(struct butane_lowering *lowering, struct report *report)
{
	const struct report_path passwd = { .key = SLICE("passwd") };
	const struct report_path list = { .parent = &passwd, .key = SLICE("users") };
	const struct schema *schema =
		schema_find_exact(&config_schema, passwd.key, SPEC_NEWEST)->item;
	struct report_path path = { .parent = &list };

	schema = schema_find_exact(schema, list.key, SPEC_NEWEST)->item;
	CONFIG_EACH (const struct config_user, user, &lowering->config->passwd.users) {
		check_user(lowering, schema, user, &path, report);
		path.index++;
	}
}

static unsigned variant_of(const struct butane_dialect *dialect)
{
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		if (strcmp(variants[i].name, dialect->variant) == 0)
			return variants[i].variant;
	return 0;
}

void butane_check_limits(struct butane_lowering *lowering)
{
	AUTO(report_free) struct report *report = report_new();
	const unsigned variant = variant_of(lowering->dialect);

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (limits[i].variants & variant)
			check_limit(lowering, &limits[i], report);
	if (variant & OPENSHIFT)
		check_users(lowering, report);
	if (lowering->dialect->features & BUTANE_NO_GZIP)
		check_limit(lowering, &no_compression, report);
	butane_relocate(lowering, report);
}
