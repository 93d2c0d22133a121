/* rules_filesystems - devices, formats, labels, and what virtiofs cannot do. */
#include "rules_rows.h"

#define FS(...)	      (&(struct config_filesystem){ __VA_ARGS__ })
#define ON	      .device = STR("/dev/a")
#define NONEMPTY_LIST .count = 1
#define NEEDS_FORMAT                                                                               \
	"error .format: format cannot be empty when path, label, uuid, wipeFilesystem, options, "  \
	"or mountOptions is specified\n"
#define UNKNOWN	    "error .format: invalid filesystem format\n"
#define LABEL_NEEDS "error .label: filesystem must specify format if label is specified\n"
#define TOO_LONG(bytes, format)                                                                    \
	"error .label: filesystem labels cannot be longer than " #bytes                            \
	" characters when using " format "\n"
#define TEN	     "1234567890"
#define FIFTY	     TEN TEN TEN TEN TEN
#define BYTES_256    FIFTY FIFTY FIFTY FIFTY FIFTY "123456"
#define VIRTIOFS_TAG TEN TEN TEN "123456"
#define NO_UUID	     "error .uuid: filesystem uuid cannot be set for non-block-device filesystems\n"
#define NO_WIPE                                                                                    \
	"error .wipeFilesystem: wipeFilesystem cannot be set for non-block-device filesystems\n"
#define NO_OPTIONS                                                                                 \
	"error .options: filesystem options (mkfs) cannot be set for non-block-device "            \
	"filesystems\n"
#define BAD_TAG "error .device: virtiofs device tag cannot be longer than 36 bytes\n"

static const struct rules_row rows[] = {
	{ "a device alone", FS(ON) },
	{ "a device and empty members", FS(ON, .path = STR(""), .label = STR(""), .uuid = STR(""),
					   .format = STR(""), .wipe_filesystem = FALSE) },
	{ "path, device, format, label in this order",
	  FS(.device = STR("a"), .path = STR("b"), .label = STR("c")),
	  "error .path: path not absolute\n"
	  "error .device: path not absolute\n" NEEDS_FORMAT LABEL_NEEDS },
	{ "no device", FS(), "error .device: path not specified\n" },
	{ "an unclean mount point", FS(ON, .format = STR("ext4"), .path = STR("/a/")),
	  "error .path: path is not fully simplified\n" },
	{ "a path needs a format", FS(ON, .path = STR("/")), NEEDS_FORMAT },
	{ "a UUID needs a format", FS(ON, .uuid = STR("x")), NEEDS_FORMAT },
	{ "wiping needs a format", FS(ON, .wipe_filesystem = TRUE), NEEDS_FORMAT },
	{ "options need a format", FS(ON, .options = { NONEMPTY_LIST }), NEEDS_FORMAT },
	{ "mount options need a format", FS(ON, .mount_options = { NONEMPTY_LIST }), NEEDS_FORMAT },
	{ "a label needs a format, which is said twice", FS(ON, .label = STR("x")),
	  NEEDS_FORMAT LABEL_NEEDS },
	{ "an unknown format", FS(ON, .format = STR("ext3"), .label = STR(BYTES_256)), UNKNOWN },
	{ "formats have one case", FS(ON, .format = STR("EXT4")), UNKNOWN },
	{ "none is a format from 3.3 on", FS(ON, .format = STR("none"), .label = STR(BYTES_256)),
	  .since = SPEC_3_3, .otherwise = UNKNOWN },
	{ "ext4, 16 bytes", FS(ON, .format = STR("ext4"), .label = STR(TEN "123456")) },
	{ "ext4, 17 bytes", FS(ON, .format = STR("ext4"), .label = STR(TEN "1234567")),
	  TOO_LONG(16, "ext4") },
	{ "btrfs, 256 bytes", FS(ON, .format = STR("btrfs"), .label = STR(BYTES_256)) },
	{ "btrfs, 257 bytes", FS(ON, .format = STR("btrfs"), .label = STR(BYTES_256 "7")),
	  TOO_LONG(256, "btrfs") },
	{ "xfs, 12 bytes", FS(ON, .format = STR("xfs"), .label = STR(TEN "12")) },
	{ "xfs, 13 bytes", FS(ON, .format = STR("xfs"), .label = STR(TEN "123")),
	  TOO_LONG(12, "xfs") },
	{ "swap, 15 bytes", FS(ON, .format = STR("swap"), .label = STR(TEN "12345")) },
	{ "swap, 16 bytes", FS(ON, .format = STR("swap"), .label = STR(TEN "123456")),
	  TOO_LONG(15, "swap") },
	{ "vfat, 11 bytes", FS(ON, .format = STR("vfat"), .label = STR(TEN "1")) },
	{ "vfat, 12 bytes in 11 characters",
	  FS(ON, .format = STR("vfat"), .label = STR(TEN "\xc3\xa9")), TOO_LONG(11, "vfat") },

	{ "virtiofs has a tag for a device, from 3.7 on",
	  FS(.device = STR(VIRTIOFS_TAG), .format = STR("virtiofs"), .path = STR("/m"),
	     .mount_options = { NONEMPTY_LIST }),
	  .since = SPEC_3_7_EXPERIMENTAL,
	  .otherwise = "error .device: path not absolute\n" UNKNOWN },
	{ "virtiofs without a tag", FS(.format = STR("virtiofs")),
	  "error .device: device not specified\n", .since = SPEC_3_7_EXPERIMENTAL,
	  .otherwise = "error .device: path not specified\n" UNKNOWN },
	{ "what virtiofs cannot have, in this order",
	  FS(.device = STR(VIRTIOFS_TAG "7"), .format = STR("virtiofs"), .label = STR("l"),
	     .uuid = STR("u"), .wipe_filesystem = TRUE, .options = { NONEMPTY_LIST }),
	  BAD_TAG
	  "error .label: filesystem labels cannot be set when using virtiofs\n" NO_UUID NO_WIPE
		  NO_OPTIONS,
	  .since = SPEC_3_7_EXPERIMENTAL,
	  .otherwise = "error .device: path not absolute\n" UNKNOWN },
};

int main(void)
{
	RULES_ROWS(rules_filesystem, rows);
	return tap_done();
}
