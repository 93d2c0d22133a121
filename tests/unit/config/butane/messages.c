/* Every mistake that Butane reports: its words, its path and its place. */
#include "butane_test.h"

#define NEW(body)  V("fcos", "1.7.0") body
#define EXP(body)  V("fcos", "1.8.0-experimental") body
#define OLD(body)  V("fcos", "1.3.0") body
#define S390(body) V("fcos", "1.7.0") body
#define OCP(body)                                                                                  \
	V("openshift", "4.19.0")                                                                   \
	"metadata: {name: n, labels: {machineconfiguration.openshift.io/role: w}}\n" body
#define INVALID	  "source config is invalid"
#define GENERATED "config generated was invalid"

struct row {
	const char *label;
	const char *text;
	const char *want; /* lines of the report, then the verdict; warnings: up to the output */
};

static const struct row rows[] = {
	/* the text as a whole */
	{ "an empty text", "", "error parsing variant; must be specified" },
	{ "only a comment", "# x\n", "error parsing variant; must be specified" },
	{ "no variant", "version: 1.0.0\n",
	  "error at $.variant, line 1 col 1: error parsing variant; must be specified\n"
	  "error parsing variant; must be specified" },
	{ "a version that is a number", "variant: fcos\nversion: 1.5\n",
	  "error at $.version, line 2 col 10: error parsing version; must be a valid semver\n"
	  "error parsing version; must be a valid semver" },
	{ "a list", "- a\n",
	  "error at line 1 col 1: the top level is not a mapping\n"
	  "Error unmarshaling yaml: the top level is not a mapping" },
	{ "a key that is given twice", NEW("storage: {}\nstorage: {}\n"),
	  "error at line 4 col 1: mapping key \"storage\" already defined at line 3\n"
	  "Error unmarshaling yaml: test:4:1: mapping key \"storage\" already defined at line 3" },
	{ "an alias of nothing", NEW("storage: *x\n"),
	  "error at line 3 col 10: unknown anchor 'x' referenced\n"
	  "Error unmarshaling yaml: test:3:10: unknown anchor 'x' referenced" },
	/* types */
	{ "every wrong type at once",
	  NEW("storage: 3\npasswd: {users: [{name: [a], uid: x, system: 1, groups: {}}, 7]}\n"
	      "systemd: []\nkernel_arguments: {should_exist: abcdefghijklmnop}\n"),
	  "error at $.storage, line 3 col 10: cannot unmarshal !!int `3` into Storage\n"
	  "error at $.passwd.users.0.name, line 4 col 25: cannot unmarshal !!seq into string\n"
	  "error at $.passwd.users.0.uid, line 4 col 35: cannot unmarshal !!str `x` into int\n"
	  "error at $.passwd.users.0.system, line 4 col 46: cannot unmarshal !!int `1` into bool\n"
	  "error at $.passwd.users.0.groups, line 4 col 57: cannot unmarshal !!map into []string\n"
	  "error at $.passwd.users.1, line 4 col 62: cannot unmarshal !!int `7` into PasswdUser\n"
	  "error at $.systemd, line 5 col 10: cannot unmarshal !!seq into Systemd\n"
	  "error at $.kernel_arguments.should_exist, line 6 col 34: cannot unmarshal !!str "
	  "`abcdefg...` into []string\n" INVALID },
	{ "text is no number, quoted or in base 60",
	  NEW("passwd: {users: [{name: a, uid: '5'}, {name: b, uid: 1:30}, {name: c, uid: "
	      "99999999999999999999}]}\n"),
	  "error at $.passwd.users.0.uid, line 3 col 33: cannot unmarshal !!str `5` into int\n"
	  "error at $.passwd.users.1.uid, line 3 col 54: cannot unmarshal !!str `1:30` into int\n"
	  "error at $.passwd.users.2.uid, line 3 col 76: cannot unmarshal !!int `9999999...` into "
	  "int\n" INVALID },
	{ "a quoted true is no boolean", NEW("passwd: {users: [{name: a, system: 'true'}]}\n"),
	  "error at $.passwd.users.0.system, line 3 col 36: cannot unmarshal !!str `true` into "
	  "bool\n" INVALID },
	{ "a secret is not printed", NEW("passwd: {users: [{name: a, password_hash: [x]}]}\n"),
	  "error at $.passwd.users.0.password_hash, line 3 col 43: cannot unmarshal !!seq into "
	  "string\n" INVALID },
	/* keys */
	{ "a key that nobody knows", NEW("foo: 1\nstorage: {files: [{path: /a, bar: 1}]}\n"),
	  "warning at $.foo, line 3 col 1: unused key foo\n"
	  "warning at $.storage.files.0.bar, line 4 col 30: unused key bar\n{" },
	{ "names are Butane's, not Ignition's",
	  NEW("systemd: {units: [{name: a.service, Mask: true}]}\n"),
	  "warning at $.systemd.units.0.Mask, line 3 col 37: unused key Mask\n{" },
	{ "a key of another variant would do nothing",
	  V("flatcar", "1.1.0") "boot_device: {luks: {tpm2: true}}\n",
	  "error at $.boot_device, line 3 col 1: unused key boot_device\n" INVALID },
	{ "a key of a later version would do nothing", V("fcos", "1.1.0") "storage: {luks: []}\n",
	  "error at $.storage.luks, line 3 col 11: unused key luks\n" INVALID },
	{ "the version of Ignition is not for the user", NEW("ignition: {version: 3.4.0}\n"),
	  "warning at $.ignition.version, line 3 col 12: unused key version\n{" },
	/* resources */
	{ "two of inline and source",
	  NEW("storage: {files: [{path: /a, contents: {inline: a, source: 'data:,'}}]}\n"),
	  "error at $.storage.files.0.contents.source, line 3 col 60: only one of the following "
	  "can "
	  "be set: inline, local, source\n" INVALID },
	{ "two of inline and local",
	  NEW("storage: {files: [{path: /a, append: [{local: file, inline: a}]}]}\n"),
	  "error at $.storage.files.0.append.0.inline, line 3 col 61: only one of the following "
	  "can "
	  "be set: inline, local, source\n" INVALID },
	{ "a file that cannot be had",
	  NEW("storage: {files: [{path: /a, contents: {local: bad}}]}\n"),
	  "error at $.storage.files.0.contents.local, line 3 col 48: cannot be read\n" INVALID },
	{ "files of keys and units that cannot be had",
	  NEW("passwd: {users: [{name: a, ssh_authorized_keys_local: [keys, bad]}]}\n"
	      "systemd: {units: [{name: a.service, contents_local: bad}]}\n"),
	  "error at $.passwd.users.0.ssh_authorized_keys_local.1, line 3 col 62: cannot be read\n"
	  "error at $.systemd.units.0.contents_local, line 4 col 53: cannot be read\n" INVALID },
	{ "a config within the config",
	  NEW("ignition: {config: {merge: [{inline: '{\"ignition\": {\"version\": \"3.0.0\"}, "
	      "\"storage\": {\"files\": [{\"path\": \"a\"}]}}'}]}}\n"),
	  "error at $.ignition.config.merge.0.inline, line 3 col 38: path not absolute\n" INVALID },
	{ "a config within the config of an unknown version",
	  NEW("ignition: {config: {replace: {inline: '{\"ignition\": {\"version\": "
	      "\"9.0.0\"}}'}}}\n"),
	  "warning at $.ignition.config.replace.inline, line 3 col 39: skipping validation for the "
	  "merge/replace ignition config due to an unkown version\n{" },
	/* texts */
	{ "both texts of a unit and of a drop-in",
	  NEW("systemd: {units: [{name: a.service, contents: '', contents_local: unit, dropins: "
	      "[{name: a.conf, contents: '', contents_local: unit}]}]}\n"),
	  "error at $.systemd.units.0.contents_local, line 3 col 67: only one of the following can "
	  "be set: contents, contents_local\n"
	  "error at $.systemd.units.0.dropins.0.contents_local, line 3 col 128: only one of the "
	  "following can be set: contents, contents_local\n" INVALID },
	/* modes */
	{ "modes that were meant to be octal",
	  NEW("storage: {files: [{path: /a, mode: 644}], directories: [{path: /b, mode: 755}], "
	      "trees: [{local: tree, path: /t, file_mode: 600, dir_mode: 700}]}\n"),
	  "warning at $.storage.files.0.mode, line 3 col 36: unreasonable mode would be reasonable "
	  "if specified in octal; remember to add a leading zero\n"
	  "warning at $.storage.directories.0.mode, line 3 col 74: unreasonable mode would be "
	  "reasonable if specified in octal; remember to add a leading zero\n"
	  "warning at $.storage.trees.0.file_mode, line 3 col 124: unreasonable mode would be "
	  "reasonable if specified in octal; remember to add a leading zero\n"
	  "warning at $.storage.trees.0.dir_mode, line 3 col 139: unreasonable mode would be "
	  "reasonable if specified in octal; remember to add a leading zero\n{" },
	{ "a mode that Ignition refuses", NEW("storage: {files: [{path: /a, mode: 010000}]}\n"),
	  "error at $.storage.files.0.mode, line 3 col 36: illegal file mode\n" GENERATED },
	/* trees */
	{ "a tree without a directory", NEW("storage: {trees: [{path: /a}]}\n"),
	  "error at $.storage.trees.0.local, line 3 col 19: local is required\n" INVALID },
	{ "trees that cannot be had, once", NEW("storage: {trees: [{local: bad}, {local: bad}]}\n"),
	  "error at $.storage.trees.0.local, line 3 col 27: no such tree\n" INVALID },
	{ "something in a tree that is no file", NEW("storage: {trees: [{local: odd}]}\n"),
	  "error at $.storage.trees.0, line 3 col 19: trees may only contain files, directories, "
	  "and "
	  "symlinks\n" INVALID },
	{ "nodes that are in the way of a tree",
	  NEW("storage: {files: [{path: /run, contents: {inline: a}}], directories: [{path: "
	      "/etc/motd}], links: [{path: /etc/link, target: a}], trees: [{local: tree}]}\n"),
	  "error at $.storage.trees.0, line 3 col 138: matching filesystem node has existing "
	  "contents or different type\nerror at $.storage.trees.0, line 3 col 138: matching "
	  "filesystem node has existing contents or different type\nerror at $.storage.trees.0, "
	  "line 3 col 138: matching filesystem node has existing contents or different "
	  "type\n" INVALID },
	{ "two trees with the same file", NEW("storage: {trees: [{local: tree}, {local: tree}]}\n"),
	  "error at $.storage.trees.1, line 3 col 34: matching filesystem node has existing "
	  "contents "
	  "or different type\n"
	  "error at $.storage.trees.1, line 3 col 34: matching filesystem node has existing "
	  "contents "
	  "or different type\n"
	  "error at $.storage.trees.1, line 3 col 34: matching filesystem node has existing "
	  "contents "
	  "or different type\n" INVALID },
	/* mounts */
	{ "a mount unit without a format",
	  NEW("storage: {filesystems: [{device: /dev/a, path: /var/a, with_mount_unit: true}]}\n"),
	  "error at $.storage.filesystems.0.format, line 3 col 25: format is required if "
	  "with_mount_unit is true\n" INVALID },
	{ "a mount unit without a path",
	  NEW("storage: {filesystems: [{device: /dev/a, format: xfs, with_mount_unit: true}]}\n"),
	  "error at $.storage.filesystems.0.path, line 3 col 25: path is required if "
	  "with_mount_unit "
	  "is true and format is not swap\n" INVALID },
	{ "before 1.4 swap has no units of its own",
	  OLD("storage: {filesystems: [{device: /dev/a, format: swap, with_mount_unit: true}]}\n"),
	  "error at $.storage.filesystems.0.path, line 3 col 25: path is required if "
	  "with_mount_unit "
	  "is true and format is not swap\n" INVALID },
	{ "a mount elsewhere than in /etc and /var",
	  NEW("storage: {filesystems: [{device: /dev/a, format: xfs, path: /variable, "
	      "with_mount_unit: true}, {device: /dev/b, format: xfs, path: /var, with_mount_unit: "
	      "true}]}\n"),
	  "error at $.storage.filesystems.0.path, line 3 col 61: path must be under /etc or /var "
	  "if "
	  "with_mount_unit is true\n" INVALID },
	{ "flatcar mounts anywhere",
	  V("flatcar", "1.1.0") "storage: {filesystems: [{device: /dev/a, format: xfs, path: /a, "
				"with_mount_unit: true}]}\n",
	  "{" },
	{ "a path that Ignition refuses, for the filesystem and for its unit",
	  V("flatcar", "1.1.0") "storage: {filesystems: [{device: /dev/a, format: xfs, path: a, "
				"with_mount_unit: true}]}\n",
	  "error at $.storage.filesystems.0.path, line 3 col 61: path not absolute\n" GENERATED },
	/* boot_device */
	{ "a layout that nobody knows", NEW("boot_device: {layout: vax}\n"),
	  "error at $.boot_device.layout, line 3 col 23: layout must be one of: aarch64, ppc64le, "
	  "s390x-eckd, s390x-virt, s390x-zfcp, x86_64\n" INVALID },
	{ "a layout that is newer", OLD("boot_device: {layout: s390x-virt}\n"),
	  "error at $.boot_device.layout, line 3 col 23: layout must be one of: aarch64, ppc64le, "
	  "x86_64\n" INVALID },
	{ "a mirror of one", NEW("boot_device: {layout: x86_64, mirror: {devices: [/dev/a]}}\n"),
	  "error at $.boot_device.mirror.devices, line 3 col 49: mirroring requires at least two "
	  "devices\n" INVALID },
	{ "a mirror without a layout", NEW("boot_device: {mirror: {devices: [/dev/a, /dev/b]}}\n"),
	  "error at $.boot_device.layout, line 3 col 14: boot_device.layout should be specified "
	  "when "
	  "boot_device.mirror is specified\n" INVALID },
	{ "before 1.7 that was a warning",
	  OLD("boot_device: {mirror: {devices: [/dev/a, /dev/b]}}\n"),
	  "warning at $.boot_device.layout, line 3 col 14: boot_device.layout should be specified "
	  "when boot_device.mirror is specified\n{" },
	{ "a mirror on s390x",
	  S390("boot_device: {layout: s390x-virt, mirror: {devices: [/dev/a, /dev/b]}}\n"),
	  "error at $.boot_device.layout, line 3 col 23: mirroring not supported on layouts: "
	  "s390x-eckd, s390x-zfcp, s390x-virt\n" INVALID },
	{ "no device where one is needed",
	  S390("boot_device: {layout: s390x-eckd, luks: {tpm2: true}}\n"),
	  "error at $.boot_device.layout, line 3 col 23: device is required for layouts: "
	  "s390x-eckd, "
	  "s390x-zfcp\n" INVALID },
	{ "a device of the other layout",
	  S390("boot_device: {layout: s390x-zfcp, luks: {device: /dev/dasda, tpm2: true}}\n"),
	  "error at $.boot_device.luks.device, line 3 col 50: device name must start with "
	  "/dev/dasd "
	  "on s390x-eckd layout or /dev/sd on s390x-zfcp layout\n" INVALID },
	{ "cex elsewhere", NEW("boot_device: {layout: x86_64, luks: {cex: {enabled: true}}}\n"),
	  "error at $.boot_device.layout, line 3 col 23: when using cex the targeted architecture "
	  "must match s390x\n" INVALID },
	{ "cex and clevis",
	  S390("boot_device: {layout: s390x-virt, luks: {cex: {enabled: true}, tpm2: true}}\n"),
	  "error at $.boot_device.luks.cex, line 3 col 47: cannot use cex with clevis: they unlock "
	  "the volume in different ways\n" INVALID },
	{ "no method", S390("boot_device: {layout: s390x-eckd, luks: {device: /dev/dasda}}\n"),
	  "error at $.boot_device.luks.luks, line 3 col 41: no method specified for "
	  "luks\n" INVALID },
	/* partitions of the boot disk */
	{ "a partition that is known by its label",
	  NEW("storage: {disks: [{device: /dev/a, partitions: [{label: x, size_mib: 1}]}]}\n"),
	  "warning at $.storage.disks.0.partitions.0.number, line 3 col 49: partitions cannot be "
	  "reused by label; number must be specified except on boot disk "
	  "(/dev/disk/by-id/coreos-boot-disk) or when wipe_table is true\n{" },
	{ "on the boot disk, on a wiped one and before 1.6 it is all right",
	  NEW("storage: {disks: [{device: /dev/disk/by-id/coreos-boot-disk, partitions: [{label: "
	      "x}]}, "
	      "{device: /dev/b, wipe_table: true, partitions: [{label: x}]}]}\n"),
	  "{" },
	{ "a reserved label with another number",
	  NEW("storage: {disks: [{device: /dev/a, partitions: [{label: boot, number: 4}]}]}\n"),
	  "warning at $.storage.disks.0.partitions.0.number, line 3 col 71: incorrect partition "
	  "number; a new partition will be created using reserved label\n{" },
	{ "a root that is too small",
	  NEW("storage: {disks: [{device: /dev/a, partitions: [{label: root, number: 4, size_mib: "
	      "8191}]}]}\n"),
	  "warning at $.storage.disks.0.partitions.0.size_mib, line 3 col 84: root should have "
	  "8GiB "
	  "of space assigned\n{" },
	{ "a root that is just large enough",
	  NEW("storage: {disks: [{device: /dev/a, partitions: [{label: root, number: 4, size_mib: "
	      "8192}]}]}\n"),
	  "{" },
	{ "a root that cannot grow",
	  NEW("storage: {disks: [{device: /dev/a, partitions: [{label: root, number: 4}, {label: "
	      "v, "
	      "number: 5, size_mib: 9}]}]}\n"),
	  "warning at $.storage.disks.0.partitions.0.label, line 3 col 57: root partition cannot "
	  "expand; it is set to fill available space but is followed by an auto-positioned "
	  "partition\n{" },
	/* grub, quadlets */
	{ "users of GRUB need a name and a password", NEW("grub: {users: [{}]}\n"),
	  "error at $.grub.users.0.name, line 3 col 16: field \"name\" is required\n"
	  "error at $.grub.users.0.password_hash, line 3 col 16: field \"password_hash\" is "
	  "required\n" INVALID },
	{ "quadlets",
	  EXP("systemd: {quadlets: [{name: a.service, contents: a}, {name: a@b.pod, contents: a}, "
	      "{name: c.pod, contents: a, contents_local: unit, dropins: [{name: x, contents: "
	      "a}]}]}\n"),
	  "error at $.systemd.quadlets.0.name, line 3 col 29: unsupported file extension for "
	  "quadlet: must be one of .container, .volume, .network, .kube, .image, .build, .pod, or "
	  ".artifact\nerror at $.systemd.quadlets.1.contents, line 3 col 80: template instances "
	  "cannot have contents or contents_local\nerror at $.systemd.quadlets.2.contents_local, "
	  "line 3 col 127: only one of the following can be set: contents, contents_local\nerror "
	  "at $.systemd.quadlets.2.dropins.0.name, line 3 col 150: invalid systemd drop-in "
	  "extension\n" INVALID },
	{ "a quadlet where a file is",
	  EXP("storage: {files: [{path: /etc/containers/systemd/users/a.pod, contents: {inline: "
	      "a}}]}\nsystemd: {quadlets: [{name: a.pod, contents: a}]}\n"),
	  "error at $.systemd.quadlets.0, line 4 col 22: matching filesystem node has existing "
	  "contents or different type\n" INVALID },
	/* limits */
	{ "flatcar has no clevis",
	  V("flatcar",
	    "1.1.0") "storage: {luks: [{name: a, device: /dev/a, clevis: {tpm2: true}}]}\n",
	  "error at $.storage.luks.0.clevis, line 3 col 52: clevis is not supported in this spec "
	  "version\n" INVALID },
	{ "and later no cex",
	  V("flatcar", "1.2.0-experimental") "storage: {luks: [{name: a, device: /dev/a, cex: "
					     "{enabled: true}}]}\n",
	  "error at $.storage.luks.0.cex, line 3 col 49: cex is not currently supported on the "
	  "target platform\n" INVALID },
	{ "r4e has no disks",
	  V("r4e",
	    "1.1.0") "kernel_arguments: {should_exist: [a]}\nstorage: {disks: [{device: /dev/a}], "
		     "filesystems: [{device: /dev/b, format: xfs}], luks: [{name: a, device: "
		     "/dev/a}], raid: [{name: a, level: raid1, devices: [/dev/a]}]}\n",
	  "error at $.kernel_arguments, line 3 col 19: kernel argument customization is not "
	  "supported in this spec version\nerror at $.storage.disks, line 4 col 18: disk "
	  "customization is not supported in this spec version\nerror at $.storage.filesystems, "
	  "line 4 col 51: filesystem customization is not supported in this spec version\nerror at "
	  "$.storage.luks, line 4 col 90: luks is not supported in this spec version\nerror at "
	  "$.storage.raid, line 4 col 125: raid is not supported in this spec version\n" INVALID },
	{ "nor has fiot",
	  V("fiot", "1.0.0") "storage: {raid: [{name: a, level: raid1, devices: [/dev/a]}]}\n",
	  "error at $.storage.raid, line 3 col 17: raid is not supported in this spec "
	  "version\n" INVALID },
	/* openshift */
	{ "a MachineConfig needs a name and a role",
	  V("openshift", "4.14.0") "openshift: {kernel_type: fast}\n",
	  "error at $.metadata.name, line 1 col 1: metadata.name is required\n"
	  "error at $.metadata.labels, line 1 col 1: machineconfiguration.openshift.io/role label "
	  "is "
	  "required\n"
	  "error at $.openshift.kernel_type, line 3 col 26: must be empty, \"default\", or "
	  "\"realtime\"\n" INVALID },
	{ "the role is its value", V("openshift", "4.14.0") "metadata: {name: n, labels: {a: b}}\n",
	  "error at $.metadata.labels, line 3 col 29: machineconfiguration.openshift.io/role label "
	  "is "
	  "required\n" INVALID },
	{ "what its operator does not do",
	  OCP("storage: {directories: [{path: /d}], links: [{path: /l, target: a}], filesystems: "
	      "[{device: /dev/a, format: btrfs}, {device: /dev/b, format: none}], files: [{path: "
	      "/a, mode: 04755, append: [{inline: a}], contents: {source: 'http://a', "
	      "http_headers: [{name: a, value: b}]}}]}\npasswd: {groups: [{name: a}], users: "
	      "[{name: a}, {name: core, uid: 5, password_hash: x}]}\nkernel_arguments: "
	      "{should_exist: [a], should_not_exist: [b]}\n"),
	  "error at $.storage.filesystems.0.format, line 4 col 109: btrfs is not supported in this "
	  "spec version\nerror at $.storage.filesystems.1.format, line 4 col 142: format \"none\" "
	  "is not supported in this spec version\nerror at $.storage.directories.0, line 4 col 25: "
	  "directories are not supported in this spec version\nerror at $.storage.links.0, line 4 "
	  "col 46: links are not supported in this spec version\nerror at "
	  "$.storage.files.0.append, line 4 col 190: appending to files is not supported in this "
	  "spec version\nerror at $.storage.files.0.contents.source, line 4 col 224: file contents "
	  "source must be data URL in this spec version\nerror at "
	  "$.storage.files.0.contents.http_headers, line 4 col 250: file HTTP headers are not "
	  "supported in this spec version\nerror at $.storage.files.0.mode, line 4 col 175: "
	  "special mode bits are not supported in this spec version\nerror at $.passwd.groups.0, "
	  "line 5 col 19: groups are not supported in this spec version\nerror at "
	  "$.kernel_arguments.should_exist, line 6 col 34: this section cannot be used for kernel "
	  "arguments in this spec version; use openshift.kernel_arguments instead\nerror at "
	  "$.kernel_arguments.should_not_exist, line 6 col 57: this section cannot be used for "
	  "kernel arguments in this spec version; use openshift.kernel_arguments instead\nerror at "
	  "$.passwd.users.0, line 5 col 39: users other than \"core\" are not supported in this "
	  "spec version\nerror at $.passwd.users.1.uid, line 5 col 68: fields other than \"name\", "
	  "\"ssh_authorized_keys\", and \"password_hash\" (4.13.0+) are not supported in this spec "
	  "version\n" INVALID },
	{ "before 4.13 no passwords",
	  V("openshift",
	    "4.12.0") "metadata: {name: n, labels: {machineconfiguration.openshift.io/role: w}}\n"
		      "passwd: {users: [{name: core, password_hash: x}]}\n",
	  "error at $.passwd.users.0.password_hash, line 4 col 46: fields other than \"name\", "
	  "\"ssh_authorized_keys\", and \"password_hash\" (4.13.0+) are not supported in this spec "
	  "version\n" INVALID },
	{ "before 4.10 no compression",
	  V("openshift",
	    "4.9.0") "metadata: {name: n, labels: {machineconfiguration.openshift.io/role: w}}\n"
		     "storage: {files: [{path: /a, contents: {inline: a, compression: gzip}}]}\n",
	  "error at $.storage.files.0.contents.compression, line 4 col 65: file compression is not "
	  "supported in this spec version\n" INVALID },
	{ "cex needs an argument",
	  OCP("boot_device: {layout: s390x-virt, luks: {cex: {enabled: true}}}\n"
	      "openshift: {kernel_arguments: [a]}\n"),
	  "error at $.openshift.kernel_arguments, line 5 col 31: 'rd.luks.key=/etc/luks/cex.key' "
	  "must "
	  "be set as kernel argument when CEX is enabled for the boot device\n" INVALID },
	/* Ignition's own rules, in the user's places */
	{ "a generated config that is not valid",
	  NEW("storage: {files: [{path: a, contents: {inline: a}}, {path: /b/../c}, {path: /d, "
	      "overwrite: true}, {path: /e}, {path: /e}]}\nsystemd: {units: [{name: a.foo}, {name: "
	      "b.service, contents: \"[Unit\"}]}\n"),
	  "error at $.storage.files.4, line 3 col 111: duplicate entry defined\nerror at "
	  "$.storage.files.0.path, line 3 col 26: path not absolute\nerror at "
	  "$.storage.files.1.path, line 3 col 60: path is not fully simplified\nerror at "
	  "$.storage.files.2.overwrite, line 3 col 92: overwrite must be false if source is "
	  "unspecified\nerror at $.systemd.units.0.name, line 4 col 26: invalid systemd unit "
	  "extension\nerror at $.systemd.units.1.contents, line 4 col 62: invalid unit content: " },
	{ "the same key twice, once from a file",
	  NEW("passwd: {users: [{name: a, ssh_authorized_keys: [k2], ssh_authorized_keys_local: "
	      "[keys]}]}\n"),
	  "error at $.passwd.users.0.ssh_authorized_keys_local.0, line 3 col 83: duplicate entry "
	  "defined\n" GENERATED },
	{ "a tree into a path that Ignition refuses",
	  NEW("storage: {links: [{path: /etc, target: a}], trees: [{local: tree}]}\n"),
	  "error at $.storage.trees.0, line 3 col 53: file path includes link in config\n"
	  "error at $.storage.trees.0, line 3 col 53: link path includes link in "
	  "config\n" GENERATED },
	{ "a disk of boot_device that Ignition refuses",
	  NEW("boot_device: {layout: x86_64, mirror: {devices: [/dev/a, dev/b]}}\n"),
	  "error at $.boot_device.mirror.devices.1, line 3 col 58: path not absolute\n" GENERATED },
	{ "a unit that is enabled in vain",
	  NEW("systemd: {units: [{name: a.service, enabled: true, contents: "
	      "\"[Unit]\\nA=b\\n\"}]}\n"),
	  "warning at $.systemd.units.0.contents, line 3 col 62: unit \"a.service\" is enabled, "
	  "but "
	  "has no install section so enable does nothing\n{" },
	{ "what stands behind an alias is shown where it is written",
	  NEW("x: &c {inline: a, source: 'data:,'}\nstorage: {files: [{path: /a, contents: "
	      "*c}]}\n"),
	  "warning at $.x, line 3 col 1: unused key x\n"
	  "error at $.x.source, line 3 col 27: only one of the following can be set: inline, "
	  "local, "
	  "source\n" INVALID },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *got = test_lower(rows[i].text, 0);
		const size_t length = strlen(rows[i].want);

		/* A row that ends in the middle leaves the rest open. */
		if ((rows[i].want[length - 1] == '{' || rows[i].want[length - 1] == ' ') &&
		    strlen(got) > length)
			got[length] = '\0';
		tap_str(got, rows[i].want, rows[i].label);
	}
	return tap_done();
}
