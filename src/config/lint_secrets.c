#include "config/lint_secrets.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "base/dataurl.h"

/* Of a file that exists and of one that does not, when the config does not say (spec ignition 2).
 */
#define FILE_MODE_DEFAULT 0644
#define WORLD_READ	  0004
/* Longer contents are not looked into: keys are short. */
#define CONTENTS_BYTES_MAX ((size_t)64 << 10)

#define RULE "world-readable-secret"

/* Patterns of fnmatch(3); a star goes over slashes. */
static const char *const secret_paths[] = {
	"/etc/shadow",
	"/etc/gshadow",
	"/etc/ssh/ssh_host_*_key",
	"/etc/wireguard/*",
	"/etc/NetworkManager/system-connections/*",
	"/etc/kubernetes/*.conf",
	"*.key",
	"*/id_rsa",
	"*/id_ecdsa",
	"*/id_ed25519",
	"*/.netrc",
	"*/.pgpass",
};

static const char key_head[] = "PRIVATE KEY-----";

/* Ends of names of variables. */
static const char *const secret_variables[] = {
	"PASSWORD=", "PASSWD=", "SECRET=", "SECRET_KEY=", "SECRET_ACCESS_KEY=", "TOKEN=",
};

static bool is_secret_path(struct slice path)
{
	AUTO_FREE char *name = slice_dup(path);

	for (size_t i = 0; i < ARRAY_SIZE(secret_paths); i++)
		if (fnmatch(secret_paths[i], name, /* flags= */ 0) == 0)
			return true;
	return false;
}

static bool holds_key(const struct config_resource *contents)
{
	AUTO_FREE unsigned char *data = NULL;
	struct dataurl url;
	size_t length = 0;

	if (!slice_starts(contents->source, "data:") ||
	    contents->source.length > CONTENTS_BYTES_MAX ||
	    dataurl_parse(contents->source, &url, /* err= */ NULL) < 0 ||
	    dataurl_decode(&url, &data, &length, /* err= */ NULL) < 0)
		return false;
	return memmem(data, length, key_head, strlen(key_head));
}

static bool has_secret(const struct config_file *file)
{
	if (is_secret_path(file->node.path))
		return file->contents.source.length > 0 || file->append.count > 0;
	if (holds_key(&file->contents))
		return true;
	CONFIG_EACH (const struct config_resource, part, &file->append)
		if (holds_key(part))
			return true;
	return false;
}

static struct report_entry *warn(struct report *report, const struct report_path *path,
				 const char *message)
{
	struct report_entry *entry = report_add(report, REPORT_WARNING, path,
						(struct origin){ .source = NULL }, "%s", message);

	entry->rule = RULE;
	return entry;
}

static void check_files(const struct config_storage *storage, struct report *report)
{
	const struct report_path top = { .key = SLICE("storage") };
	const struct report_path list = { .parent = &top, .key = SLICE("files") };
	struct report_path node = { .parent = &list };
	const struct report_path path = { .parent = &node, .key = SLICE("mode") };

	CONFIG_EACH (struct config_file, file, &storage->files) {
		const int64_t mode = file->mode.is_set ? file->mode.value : FILE_MODE_DEFAULT;

		if ((mode & WORLD_READ) && has_secret(file))
			warn(report, &path, "a secret is in a file that every user can read")
				->hint = "give it mode 0600, which is 384 in JSON";
		node.index++;
	}
}

/* Whether a line sets a variable whose name says that it is secret. */
static bool sets_secret(struct slice text)
{
	while (text.length) {
		const struct slice line = slice_trim(slice_take_line(&text));

		if (!slice_starts(line, "Environment="))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(secret_variables); i++)
			if (memmem(line.data, line.length, secret_variables[i],
				   strlen(secret_variables[i])))
				return true;
	}
	return false;
}

static void check_contents(struct slice contents, const struct report_path *object,
			   struct report *report)
{
	const struct report_path path = { .parent = object, .key = SLICE("contents") };

	if (sets_secret(contents))
		warn(report, &path, "a secret is in a unit, which every user can read")->hint =
			"put it into a file of mode 0600 and name that in EnvironmentFile=";
}

static void check_units(const struct config_list *units, struct report *report)
{
	const struct report_path top = { .key = SLICE("systemd") };
	const struct report_path list = { .parent = &top, .key = SLICE("units") };
	struct report_path path = { .parent = &list };

	CONFIG_EACH (struct config_unit, unit, units) {
		const struct report_path dropins = { .parent = &path, .key = SLICE("dropins") };
		struct report_path element = { .parent = &dropins };

		check_contents(unit->contents, &path, report);
		CONFIG_EACH (struct config_dropin, dropin, &unit->dropins) {
			check_contents(dropin->contents, &element, report);
			element.index++;
		}
		path.index++;
	}
}

void lint_secrets(const struct config *config, struct report *report)
{
	check_files(&config->storage, report);
	check_units(&config->systemd.units, report);
}
