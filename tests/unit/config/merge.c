/* merge - the rules of every kind of member, and each list with its key. */
#include "config/merge.h"

#include "config_test.h"
#include "tap.h"

/* Configs of the newest version, without their version; what is merged after "ignition". */
static const struct {
	const char *label, *parent, *child, *want;
} rows[] = {
	{ "a pointer: the child's wins", "\"passwd\":{\"users\":[{\"name\":\"a\",\"uid\":1}]}",
	  "\"passwd\":{\"users\":[{\"name\":\"a\",\"uid\":2}]}",
	  "\"passwd\":{\"users\":[{\"name\":\"a\",\"uid\":2}]}" },
	{ "a pointer: the parent's stays where the child has none",
	  "\"passwd\":{\"users\":[{\"name\":\"a\",\"uid\":1,\"system\":true}]}",
	  "\"passwd\":{\"users\":[{\"name\":\"a\",\"gecos\":\"\"}]}",
	  "\"passwd\":{\"users\":[{\"gecos\":\"\",\"name\":\"a\",\"system\":true,\"uid\":1}]}" },
	{ "a pointer: the child's wins even if it is zero",
	  "\"passwd\":{\"users\":[{\"name\":\"a\",\"uid\":1,\"shell\":\"/x\",\"system\":true}]}",
	  "\"passwd\":{\"users\":[{\"name\":\"a\",\"uid\":0,\"shell\":\"\",\"system\":false}]}",
	  "\"passwd\":{\"users\":[{\"name\":\"a\",\"shell\":\"\",\"system\":false,\"uid\":0}]}" },

	{ "parents keep their places, new elements follow",
	  "\"passwd\":{\"groups\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]}",
	  "\"passwd\":{\"groups\":[{\"name\":\"z\"},{\"name\":\"b\",\"gid\":1},{\"name\":\"y\"}]}",
	  "\"passwd\":{\"groups\":[{\"name\":\"a\"},{\"gid\":1,\"name\":\"b\"},{\"name\":\"c\"},"
	  "{\"name\":\"z\"},{\"name\":\"y\"}]}" },
	{ "keys are told apart by case", "\"passwd\":{\"groups\":[{\"name\":\"a\"}]}",
	  "\"passwd\":{\"groups\":[{\"name\":\"A\"}]}",
	  "\"passwd\":{\"groups\":[{\"name\":\"a\"},{\"name\":\"A\"}]}" },
	{ "strings of a keyed list are a union",
	  "\"passwd\":{\"users\":[{\"name\":\"a\",\"groups\":[\"x\",\"y\"],\"sshAuthorizedKeys\":["
	  "\"k\"]}]}",
	  "\"passwd\":{\"users\":[{\"name\":\"a\",\"groups\":[\"z\",\"y\"],\"sshAuthorizedKeys\":["
	  "\"k\",\"l\"]}]}",
	  "\"passwd\":{\"users\":[{\"groups\":[\"x\",\"y\",\"z\"],\"name\":\"a\","
	  "\"sshAuthorizedKeys\":[\"k\",\"l\"]}]}" },
	{ "appended lists keep what is repeated",
	  "\"storage\":{\"raid\":[{\"name\":\"r\",\"level\":\"raid1\",\"devices\":[\"/a\"],"
	  "\"options\":[\"x\"]}]}",
	  "\"storage\":{\"raid\":[{\"name\":\"r\",\"devices\":[\"/a\",\"/"
	  "b\"],\"options\":[\"x\"]}]}",
	  "\"storage\":{\"raid\":[{\"devices\":[\"/a\",\"/b\"],\"level\":\"raid1\",\"name\":\"r\","
	  "\"options\":[\"x\",\"x\"]}]}" },
	{ "options of filesystems and of mounts are appended",
	  "\"storage\":{\"filesystems\":[{\"device\":\"/"
	  "a\",\"format\":\"ext4\",\"options\":[\"x\"],"
	  "\"mountOptions\":[\"m\"]}]}",
	  "\"storage\":{\"filesystems\":[{\"device\":\"/a\",\"options\":[\"y\"],\"mountOptions\":["
	  "\"m\"]}]}",
	  "\"storage\":{\"filesystems\":[{\"device\":\"/a\",\"format\":\"ext4\",\"mountOptions\":["
	  "\"m\",\"m\"],\"options\":[\"x\",\"y\"]}]}" },
	{ "options of luks are appended, openOptions are a union",
	  "\"storage\":{\"luks\":[{\"name\":\"l\",\"device\":\"/a\",\"options\":[\"x\"],"
	  "\"openOptions\":[\"o\"]}]}",
	  "\"storage\":{\"luks\":[{\"name\":\"l\",\"options\":[\"x\"],\"openOptions\":[\"o\"]}]}",
	  "\"storage\":{\"luks\":[{\"cex\":{},\"clevis\":{\"custom\":{}},\"device\":\"/a\","
	  "\"keyFile\":{\"verification\":{}},\"name\":\"l\",\"openOptions\":[\"o\"],\"options\":["
	  "\"x\",\"x\"]}]}" },
	{ "tang servers are known by their URL",
	  "\"storage\":{\"luks\":[{\"name\":\"l\",\"device\":\"/a\",\"clevis\":{\"tang\":[{\"url\":"
	  "\"http://a\",\"thumbprint\":\"1\"}]}}]}",
	  "\"storage\":{\"luks\":[{\"name\":\"l\",\"clevis\":{\"tang\":[{\"url\":\"http://b\"},{"
	  "\"url\":\"http://a\",\"thumbprint\":\"2\"}]}}]}",
	  "\"storage\":{\"luks\":[{\"cex\":{},\"clevis\":{\"custom\":{},\"tang\":[{\"thumbprint\":"
	  "\"2\",\"url\":\"http://a\"},{\"url\":\"http://b\"}]},\"device\":\"/a\",\"keyFile\":{"
	  "\"verification\":{}},\"name\":\"l\"}]}" },
	{ "disks are known by their device, partitions by number, then label",
	  "\"storage\":{\"disks\":[{\"device\":\"/"
	  "a\",\"partitions\":[{\"number\":1,\"label\":\"x\"},"
	  "{\"label\":\"y\"}]}]}",
	  "\"storage\":{\"disks\":[{\"device\":\"/a\",\"partitions\":[{\"label\":\"x\"},{\"label\":"
	  "\"y\",\"sizeMiB\":5},{\"number\":1,\"sizeMiB\":0}]}]}",
	  "\"storage\":{\"disks\":[{\"device\":\"/"
	  "a\",\"partitions\":[{\"label\":\"x\",\"number\":1,"
	  "\"sizeMiB\":0},{\"label\":\"y\",\"sizeMiB\":5},{\"label\":\"x\"}]}]}" },
	{ "units and drop-ins are known by their names",
	  "\"systemd\":{\"units\":[{\"name\":\"a.service\",\"enabled\":true,\"dropins\":[{\"name\":"
	  "\"1.conf\"}]}]}",
	  "\"systemd\":{\"units\":[{\"name\":\"a.service\",\"mask\":false,\"dropins\":[{\"name\":"
	  "\"2.conf\"},{\"name\":\"1.conf\",\"contents\":\"x\"}]}]}",
	  "\"systemd\":{\"units\":[{\"dropins\":[{\"contents\":\"x\",\"name\":\"1.conf\"},{"
	  "\"name\":"
	  "\"2.conf\"}],\"enabled\":true,\"mask\":false,\"name\":\"a.service\"}]}" },

	{ "files, directories and links share their paths: the child's kind wins",
	  "\"storage\":{\"directories\":[{\"path\":\"/d\"}],\"files\":[{\"path\":\"/a\"},{\"path\":"
	  "\"/b\"}],\"links\":[{\"path\":\"/l\",\"target\":\"x\"}]}",
	  "\"storage\":{\"directories\":[{\"path\":\"/a\"}],\"files\":[{\"path\":\"/"
	  "l\"}],\"links\":"
	  "[{\"path\":\"/d\",\"target\":\"y\"}]}",
	  "\"storage\":{\"directories\":[{\"group\":{},\"path\":\"/a\",\"user\":{}}],\"files\":[{"
	  "\"group\":{},\"path\":\"/"
	  "b\",\"user\":{},\"contents\":{\"verification\":{}}},{\"group\":{}"
	  ",\"path\":\"/"
	  "l\",\"user\":{},\"contents\":{\"verification\":{}}}],\"links\":[{\"group\":{}"
	  ",\"path\":\"/d\",\"user\":{},\"target\":\"y\"}]}" },
	{ "an argument moves to the child's list",
	  "\"kernelArguments\":{\"shouldExist\":[\"a\",\"b\"],\"shouldNotExist\":[\"c\"]}",
	  "\"kernelArguments\":{\"shouldExist\":[\"c\"],\"shouldNotExist\":[\"a\",\"d\"]}",
	  "\"kernelArguments\":{\"shouldExist\":[\"b\",\"c\"],\"shouldNotExist\":[\"a\",\"d\"]}" },
	{ "an argument moves although the child has no list of the parent's kind",
	  "\"kernelArguments\":{\"shouldExist\":[\"a\",\"b\"]}",
	  "\"kernelArguments\":{\"shouldNotExist\":[\"a\"]}",
	  "\"kernelArguments\":{\"shouldExist\":[\"b\"],\"shouldNotExist\":[\"a\"]}" },
	{ "contents are merged member by member, append is appended",
	  "\"storage\":{\"files\":[{\"path\":\"/a\",\"contents\":{\"source\":\"data:,a\","
	  "\"compression\":\"gzip\"},\"append\":[{\"source\":\"data:,1\"}]}]}",
	  "\"storage\":{\"files\":[{\"path\":\"/"
	  "a\",\"contents\":{\"source\":\"data:,b\"},\"append\":"
	  "[{\"source\":\"data:,1\"}],\"mode\":420}]}",
	  "\"storage\":{\"files\":[{\"group\":{},\"path\":\"/"
	  "a\",\"user\":{},\"append\":[{\"source\":"
	  "\"data:,1\",\"verification\":{}},{\"source\":\"data:,1\",\"verification\":{}}],"
	  "\"contents\":{\"compression\":\"gzip\",\"source\":\"data:,b\",\"verification\":{}},"
	  "\"mode\":420}]}" },
	{ "a header without value removes the parent's",
	  "\"storage\":{\"files\":[{\"path\":\"/a\",\"contents\":{\"source\":\"http://x\","
	  "\"httpHeaders\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"value\":\"2\"}]}}]}",
	  "\"storage\":{\"files\":[{\"path\":\"/a\",\"contents\":{\"source\":\"http://x\","
	  "\"httpHeaders\":[{\"name\":\"A\"},{\"name\":\"b\",\"value\":\"3\"}]}}]}",
	  "\"storage\":{\"files\":[{\"group\":{},\"path\":\"/a\",\"user\":{},\"contents\":{"
	  "\"httpHeaders\":[{\"name\":\"B\",\"value\":\"2\"},{\"name\":\"b\",\"value\":\"3\"}],"
	  "\"source\":\"http://x\",\"verification\":{}}}]}" },
	{ "a header without value that the parent lacks stays",
	  "\"storage\":{\"files\":[{\"path\":\"/a\",\"contents\":{\"source\":\"http://x\","
	  "\"httpHeaders\":[{\"name\":\"A\",\"value\":\"1\"}]}}]}",
	  "\"storage\":{\"files\":[{\"path\":\"/a\",\"contents\":{\"source\":\"http://x\","
	  "\"httpHeaders\":[{\"name\":\"Z\"}]}}]}",
	  "\"storage\":{\"files\":[{\"group\":{},\"path\":\"/a\",\"user\":{},\"contents\":{"
	  "\"httpHeaders\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"Z\"}],"
	  "\"source\":\"http://x\",\"verification\":{}}}]}" },
};

#define NEWEST "\"version\":\"3.7.0-experimental\""

/* Inside "ignition". */
static const struct {
	const char *label, *parent, *child, *want;
} ignition_rows[] = {
	{ "references and authorities are known by their source",
	  "\"config\":{\"merge\":[{\"source\":\"data:,a\"}]},\"security\":{\"tls\":{"
	  "\"certificateAuthorities\":[{\"source\":\"data:,c\"}]}},",
	  "\"config\":{\"merge\":[{\"source\":\"data:,b\"},{\"source\":\"data:,a\",\"compression\":"
	  "\"\"}]},\"security\":{\"tls\":{\"certificateAuthorities\":[{\"source\":\"data:,d\"}]}},",
	  "\"config\":{\"merge\":[{\"compression\":\"\",\"source\":\"data:,a\",\"verification\":{}}"
	  ",{"
	  "\"source\":\"data:,b\",\"verification\":{}}],\"replace\":{\"verification\":{}}},"
	  "\"proxy\":{},\"security\":{\"tls\":{\"certificateAuthorities\":[{\"source\":\"data:,c\","
	  "\"verification\":{}},{\"source\":\"data:,d\",\"verification\":{}}]}},\"timeouts\":{}," },
	{ "noProxy is a union", "\"proxy\":{\"noProxy\":[\"a\",\"b\"]},",
	  "\"proxy\":{\"httpProxy\":\"http://p\",\"noProxy\":[\"c\",\"a\"]},",
	  "\"config\":{\"replace\":{\"verification\":{}}},\"proxy\":{\"httpProxy\":\"http://p\","
	  "\"noProxy\":[\"a\",\"b\",\"c\"]},\"security\":{\"tls\":{}},\"timeouts\":{}," },
	{ "timeouts are merged one by one",
	  "\"timeouts\":{\"httpTotal\":1,\"httpResponseHeaders\":2},",
	  "\"timeouts\":{\"httpTotal\":0},",
	  "\"config\":{\"replace\":{\"verification\":{}}},\"proxy\":{},\"security\":{\"tls\":{}},"
	  "\"timeouts\":{\"httpResponseHeaders\":2,\"httpTotal\":0}," },
};

/* The parts of @row as whole configs, merged; whether the result contains what is wanted. */
static void check(const char *label, const char *parent, const char *child, const char *want)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct config *parents = NULL, *children = NULL;

	config_load_cache(pool, test_source(pool, parent), &parents, /* err= */ NULL);
	config_load_cache(pool, test_source(pool, child), &children, /* err= */ NULL);
	if (!tap_ok(parents && children, "%s: both are configs", label))
		return;

	AUTO_FREE char *before = test_encode(parents, 0);
	AUTO_FREE char *got = test_encode(config_merge(pool, parents, children), 0);
	AUTO_FREE char *after = test_encode(parents, 0);

	if (!tap_ok(strstr(got, want), "%s", label))
		printf("#   want …%s…\n#   got  %s\n", want, got);
	tap_str(after, before, "the parent is as it was");
}

static void check_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(text_done) struct text parent = TEXT_INIT(TEST_TEXT_MAX);
		AUTO(text_done) struct text child = TEXT_INIT(TEST_TEXT_MAX);

		text_printf(&parent, "{\"ignition\":{" NEWEST "},%s}", rows[i].parent);
		text_printf(&child, "{\"ignition\":{" NEWEST "},%s}", rows[i].child);
		check(rows[i].label, text_str(&parent), text_str(&child), rows[i].want);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ignition_rows); i++) {
		AUTO(text_done) struct text parent = TEXT_INIT(TEST_TEXT_MAX);
		AUTO(text_done) struct text child = TEXT_INIT(TEST_TEXT_MAX);

		text_printf(&parent, "{\"ignition\":{%s" NEWEST "}}", ignition_rows[i].parent);
		text_printf(&child, "{\"ignition\":{%s" NEWEST "}}", ignition_rows[i].child);
		check(ignition_rows[i].label, text_str(&parent), text_str(&child),
		      ignition_rows[i].want);
	}
}

static void check_origins(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct config *parent =
		test_parse(pool, "{\"ignition\":{" NEWEST "},\n\"passwd\":{\"users\":[{\"name\":"
				 "\"a\"},\n{\"name\":\"b\"}]}}");
	const struct config *child =
		test_parse(pool, "{\"ignition\":{" NEWEST "},\n\n\n\n\"passwd\":{\"users\":["
				 "{\"name\":\"b\"},\n{\"name\":\"c\"}]}}");
	const struct config *merged = config_merge(pool, parent, child);
	const struct config_list *users = &merged->passwd.users;

	tap_int(CONFIG_AT(struct config_user, users, 0)->origin.line, 2,
		"an element of the parent keeps its origin");
	tap_int(CONFIG_AT(struct config_user, users, 1)->origin.line, 5,
		"an element of both has the child's");
	tap_int(CONFIG_AT(struct config_user, users, 2)->origin.line, 6,
		"an element of the child has its own");
	tap_int(CONFIG_AT(struct config_user, &parent->passwd.users, 1)->origin.line, 3,
		"the parent's element is as it was");
}

static void check_sharing(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct config *parent = test_parse(
		pool, "{\"ignition\":{" NEWEST "},\"passwd\":{\"users\":[{\"name\":\"a\"}]}}");
	const struct config *child = test_parse(
		pool, "{\"ignition\":{" NEWEST "},\"passwd\":{\"groups\":[{\"name\":\"a\"}]}}");
	const struct config *merged = config_merge(pool, parent, child);

	tap_ok(merged->passwd.users.items == parent->passwd.users.items &&
		       merged->passwd.groups.items == child->passwd.groups.items,
	       "lists that only one side has are shared");
}

int main(void)
{
	check_rows();
	check_origins();
	check_sharing();
	return tap_done();
}
