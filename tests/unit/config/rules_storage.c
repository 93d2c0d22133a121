/* rules_storage - nodes below links, hard links, filesystems on disks, nodes that are units. */
#include "rules_rows.h"

#define STORAGE(...)	 (&(struct config_storage){ __VA_ARGS__ })
#define LINKS(...)	 .links = LIST(struct config_link, __VA_ARGS__)
#define FILES(...)	 .files = LIST(struct config_file, __VA_ARGS__)
#define DIRS(...)	 .directories = LIST(struct config_directory, __VA_ARGS__)
#define DISKS(...)	 .disks = LIST(struct config_disk, __VA_ARGS__)
#define FILESYSTEMS(...) .filesystems = LIST(struct config_filesystem, __VA_ARGS__)
#define AT(where)	 .node.path = STR(where)
#define TO(where)	 .target = STR(where)

#define DIRECTORY_BELOW(n) "error .directories." #n ": directory path includes link in config\n"
#define FILE_BELOW(n)	   "error .files." #n ": file path includes link in config\n"
#define LINK_BELOW(n)	   "error .links." #n ": link path includes link in config\n"
#define NO_TARGET	   "error .links.0.target: link target is required\n"
#define TO_DIRECTORY	   "error .links.0: hard link target is a directory\n"
#define IGNORED(member)	   "warning .links.0." member ": user/group ignored for hard link\n"
#define OVERWRITES	   "warning .filesystems.0.device: filesystem overwrites partitioned device\n"
#define WIPED                                                                                      \
	"warning .filesystems.0.device: device matches disk with wipeTable enabled; "              \
	"filesystem will be wiped\n"

static const struct rules_row rows[] = {
	{ "nothing", STORAGE() },
	{ "a file below a link", STORAGE(LINKS({ AT("/l"), TO("/x") }), FILES({ AT("/l/f") })),
	  FILE_BELOW(0) },
	{ "a file deep below a link",
	  STORAGE(LINKS({ AT("/l"), TO("/x") }), FILES({ AT("/a") }, { AT("/l/d/e/f") })),
	  FILE_BELOW(1) },
	{ "a file at a link", STORAGE(LINKS({ AT("/l"), TO("/x") }), FILES({ AT("/l") })) },
	{ "a file beside a link",
	  STORAGE(LINKS({ AT("/l"), TO("/x") }), FILES({ AT("/l2/f") }, { AT("/k/l/f") })) },
	{ "a directory below a link", STORAGE(LINKS({ AT("/l"), TO("/x") }), DIRS({ AT("/l/d") })),
	  DIRECTORY_BELOW(0) },
	{ "a link below a link, but not below itself",
	  STORAGE(LINKS({ AT("/l/k"), TO("/x") }, { AT("/l"), TO("/x") })), LINK_BELOW(0) },
	{ "one entry for each link above",
	  STORAGE(LINKS({ AT("/l"), TO("/x") }, { AT("/l/k"), TO("/x") }), FILES({ AT("/l/k/f") })),
	  FILE_BELOW(0) FILE_BELOW(0) LINK_BELOW(1) },
	{ "one entry for each of two equal links",
	  STORAGE(LINKS({ AT("/l"), TO("/x") }, { AT("/l"), TO("/x") }), FILES({ AT("/l/f") })),
	  FILE_BELOW(0) FILE_BELOW(0) },
	{ "directories, files, links in this order",
	  STORAGE(FILES({ AT("/l/f") }), DIRS({ AT("/l/d") }),
		  LINKS({ AT("/l"), TO("/x") }, { AT("/l/k"), TO("/x") })),
	  DIRECTORY_BELOW(0) FILE_BELOW(0) LINK_BELOW(1) },
	{ "a link without a path is above all absolute paths",
	  STORAGE(LINKS({ TO("/x") }), FILES({ AT("/f") }, { AT("f") })), FILE_BELOW(0) },

	{ "a link without a target, from 3.3 on", STORAGE(LINKS({ AT("/l") })), NO_TARGET,
	  .since = SPEC_3_3 },
	{ "a link with an empty target", STORAGE(LINKS({ AT("/l"), TO("") })), NO_TARGET,
	  .since = SPEC_3_3 },
	{ "a hard link without a target is not looked at further",
	  STORAGE(LINKS({ AT("/l"), .hard = TRUE, .node.user.id = INT(1) })), NO_TARGET,
	  .since = SPEC_3_3, .otherwise = IGNORED("user.id") },
	{ "a hard link to a directory",
	  STORAGE(LINKS({ AT("/l"), TO("/d"), .hard = TRUE }), DIRS({ AT("/d") })), TO_DIRECTORY },
	{ "its target is cleaned",
	  STORAGE(LINKS({ AT("/l"), TO("/x/..//d/"), .hard = TRUE }), DIRS({ AT("/d") })),
	  TO_DIRECTORY },
	{ "a relative target starts at the link itself",
	  STORAGE(LINKS({ AT("/a/l"), TO("../d"), .hard = TRUE }),
		  DIRS({ AT("/d") }, { AT("/a/d") })),
	  TO_DIRECTORY },
	{ "a symbolic link to a directory",
	  STORAGE(LINKS({ AT("/l"), TO("/d"), .hard = FALSE }), DIRS({ AT("/d") })) },
	{ "a hard link with owners",
	  STORAGE(LINKS({ AT("/l"), TO("/f"), .hard = TRUE, .node.group.id = INT(0),
			  .node.group.name = STR("g"), .node.user.id = INT(0),
			  .node.user.name = STR("") })),
	  IGNORED("user.id") IGNORED("user.name") IGNORED("group.id") IGNORED("group.name") },
	{ "a symbolic link with an owner",
	  STORAGE(LINKS({ AT("/l"), TO("/f"), .node.user.id = INT(0) })) },

	{ "a filesystem on a partitioned disk",
	  STORAGE(DISKS({ .device = STR("/dev/a"), .partitions.count = 1 }),
		  FILESYSTEMS({ .device = STR("/dev/a"), .wipe_filesystem = TRUE })),
	  OVERWRITES },
	{ "a filesystem on a disk that is wiped",
	  STORAGE(DISKS({ .device = STR("/dev/a"), .wipe_table = TRUE }),
		  FILESYSTEMS({ .device = STR("/dev/a"), .wipe_filesystem = FALSE })),
	  WIPED },
	{ "a filesystem on a disk that is wiped and partitioned",
	  STORAGE(DISKS({ .device = STR("/dev/a"), .wipe_table = TRUE, .partitions.count = 1 }),
		  FILESYSTEMS({ .device = STR("/dev/a") })),
	  OVERWRITES },
	{ "a filesystem that is wiped with its disk",
	  STORAGE(DISKS({ .device = STR("/dev/a"), .wipe_table = TRUE }),
		  FILESYSTEMS({ .device = STR("/dev/a"), .wipe_filesystem = TRUE })) },
	{ "a filesystem on a disk that stays",
	  STORAGE(DISKS({ .device = STR("/dev/a"), .wipe_table = FALSE }),
		  FILESYSTEMS({ .device = STR("/dev/a") })) },
	{ "a filesystem elsewhere",
	  STORAGE(DISKS({ .device = STR("/dev/a"), .partitions.count = 1 }),
		  FILESYSTEMS({ .device = STR("/dev/a1") })) },
	{ "of disks with one device the last counts",
	  STORAGE(DISKS({ .device = STR("/dev/a"), .partitions.count = 1 },
			{ .device = STR("/dev/a"), .wipe_table = TRUE }),
		  FILESYSTEMS({ .device = STR("/dev/a") })),
	  WIPED },
};

#define CONFIG(...) (&(struct config){ __VA_ARGS__ })
#define UNITS(...)  .systemd.units = LIST(struct config_unit, __VA_ARGS__)
#define CONFLICT(where)                                                                            \
	"error .storage." where ".path: path conflicts with systemd unit or dropin\n"
#define SYSTEM_A "/etc/systemd/system/a.service"

static const struct rules_row unit_rows[] = {
	{ "no units", CONFIG(.storage = { FILES({ AT(SYSTEM_A) }) }) },
	{ "a file where a unit goes",
	  CONFIG(.storage = { FILES({ AT("/f") }, { AT(SYSTEM_A) }) },
		 UNITS({ .name = STR("a.service"), .contents = STR("[Unit]") })),
	  CONFLICT("files.1") },
	{ "files, directories, links in this order",
	  CONFIG(.storage = { FILES({ AT(SYSTEM_A) }), DIRS({ AT(SYSTEM_A) }),
			      LINKS({ AT(SYSTEM_A) }) },
		 UNITS({ .name = STR("a.service"), .contents = STR("[Unit]") })),
	  CONFLICT("files.0") CONFLICT("directories.0") CONFLICT("links.0") },
	{ "a unit without contents is not written",
	  CONFIG(.storage = { FILES({ AT(SYSTEM_A) }) }, UNITS({ .name = STR("a.service") })) },
	{ "a unit with empty contents is not written",
	  CONFIG(.storage = { FILES({ AT(SYSTEM_A) }) },
		 UNITS({ .name = STR("a.service"), .contents = STR("") })) },
	{ "a file where a drop-in goes",
	  CONFIG(.storage = { FILES({ AT(SYSTEM_A ".d/x.conf") }) },
		 UNITS({ .name = STR("a.service"),
			 .dropins = LIST(struct config_dropin,
					 { .name = STR("x.conf"), .contents = STR("[Unit]") }) })),
	  CONFLICT("files.0") },
	{ "a drop-in without contents",
	  CONFIG(.storage = { FILES({ AT(SYSTEM_A ".d/x.conf") }) },
		 UNITS({ .name = STR("a.service"),
			 .dropins = LIST(struct config_dropin, { .name = STR("x.conf") },
					 { .name = STR("x.conf"), .contents = STR("") }) })) },
	{ "a file elsewhere with the name of a unit",
	  CONFIG(.storage = { FILES({ AT("/a.service") }, { AT("/usr" SYSTEM_A) }) },
		 UNITS({ .name = STR("a.service"), .contents = STR("[Unit]") })) },
};

int main(void)
{
	RULES_ROWS(rules_storage, rows);
	RULES_ROWS(rules_config, unit_rows);
	return tap_done();
}
