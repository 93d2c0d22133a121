/* What configs become: sugar of every kind, in the versions that have it. */
#include "butane_test.h"

#define FCOS(version, body) V("fcos", version) body
#define IGN(version, body)  "{\"ignition\":{\"version\":\"" version "\"}" body "}"
#define FILES(list)	    ",\"storage\":{\"files\":[" list "]}"

struct row {
	const char *label;
	const char *text;
	const char *want;
	unsigned flags;
};

#define LONG_TEXT                                                                                  \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct row resources[] = {
	{ "an inline text is escaped",
	  FCOS("1.5.0", "storage: {files: [{path: /a, contents: {inline: 'a b!/é'}}]}"),
	  IGN("3.4.0", FILES("{\"path\":\"/"
			     "a\",\"contents\":{\"compression\":\"\",\"source\":\"data:,a%20b!%2F%"
			     "C3%A9\"}}")) },
	{ "an empty inline text is there",
	  FCOS("1.5.0", "storage: {files: [{path: /a, contents: {inline: ''}}]}"),
	  IGN("3.4.0", FILES("{\"path\":\"/"
			     "a\",\"contents\":{\"compression\":\"\",\"source\":\"data:,\"}}")) },
	{ "fcos 1.0 writes no compression",
	  FCOS("1.0.0", "storage: {files: [{path: /a, contents: {inline: ' '}}]}"),
	  IGN("3.0.0", FILES("{\"path\":\"/a\",\"contents\":{\"source\":\"data:,%20\"}}")) },
	{ "base64 where it is shorter",
	  FCOS("1.5.0", "storage: {files: [{path: /a, contents: {inline: '////////////'}}]}"),
	  IGN("3.4.0", FILES("{\"path\":\"/"
			     "a\",\"contents\":{\"compression\":\"\",\"source\":\"data:;base64,"
			     "Ly8vLy8vLy8vLy8v\"}}")) },
	{ "of equals the plain one",
	  FCOS("1.5.0", "storage: {files: [{path: /a, contents: {inline: '//////a'}}]}"),
	  IGN("3.4.0", FILES("{\"path\":\"/"
			     "a\",\"contents\":{\"compression\":\"\",\"source\":\"data:,%2F%2F%2F%"
			     "2F%2F%2Fa\"}}")) },
	{ "a compression that is given is kept, and nothing compressed",
	  FCOS("1.5.0",
	       "storage: {files: [{path: /a, contents: {compression: gzip, inline: " LONG_TEXT
	       "}}]}"),
	  IGN("3.4.0",
	      FILES("{\"path\":\"/"
		    "a\",\"contents\":{\"compression\":\"gzip\",\"source\":\"data:," LONG_TEXT
		    "\"}}")) },
	{ "openshift 4.9 never compresses",
	  V("openshift",
	    "4.9.0") "metadata: {name: a, labels: {machineconfiguration.openshift.io/role: w}}\n"
		     "storage: {files: [{path: /a, contents: {inline: " LONG_TEXT "}}]}",
	  IGN("3.2.0",
	      FILES("{\"path\":\"/"
		    "a\",\"contents\":{\"compression\":\"\",\"source\":\"data:," LONG_TEXT "\"}}")),
	  BUTANE_RAW },
	{ "a local file", FCOS("1.1.0", "storage: {files: [{path: /a, append: [{local: file}]}]}"),
	  IGN("3.1.0",
	      FILES("{\"path\":\"/"
		    "a\",\"append\":[{\"compression\":\"\",\"source\":\"data:,from%20file\"}]}")) },
	{ "a source is left alone",
	  FCOS("1.5.0", "storage: {files: [{path: /a, contents: {source: 'http://a/b', "
			"http_headers: [{name: A, value: b}], verification: {hash: sha256-"
			"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
			"}}}]}"),
	  IGN("3.4.0",
	      FILES("{\"path\":\"/"
		    "a\",\"contents\":{\"httpHeaders\":[{\"name\":\"A\",\"value\":\"b\"}],"
		    "\"source\":\"http://a/"
		    "b\",\"verification\":{\"hash\":\"sha256-"
		    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}}}")) },
	{ "a key file, a bundle and a config",
	  FCOS("1.5.0",
	       "ignition: {config: {replace: {inline: '{\"ignition\":{\"version\":\"3.0.0\"}}'}}, "
	       "security: {tls: {certificate_authorities: [{local: file}]}}}\n"
	       "storage: {luks: [{name: a, device: /dev/a, key_file: {inline: k}}]}"),
	  "{\"ignition\":{\"config\":{\"replace\":{\"compression\":\"\",\"source\":\"data:;base64,"
	  "eyJpZ25pdGlvbiI6eyJ2ZXJzaW9uIjoiMy4wLjAifX0=\"}},\"security\":{\"tls\":{"
	  "\"certificateAuthorities\":[{\"compression\":\"\",\"source\":\"data:,from%20file\"}]}},"
	  "\"version\":\"3.4.0\"},"
	  "\"storage\":{\"luks\":[{\"device\":\"/dev/"
	  "a\",\"keyFile\":{\"compression\":\"\",\"source\":\"data:,k\"},\"name\":\"a\"}]}}" },
};

static const struct row texts[] = {
	{ "units from local files",
	  FCOS("1.5.0", "systemd: {units: [{name: a.service, contents_local: unit, dropins: "
			"[{name: b.conf, contents_local: unit}]}]}"),
	  IGN("3.4.0", ",\"systemd\":{\"units\":[{\"contents\":\"[Service]\\nType=oneshot\\n\","
		       "\"dropins\":[{\"contents\":\"[Service]\\nType=oneshot\\n\",\"name\":\"b."
		       "conf\"}],\"name\":\"a.service\"}]}") },
	{ "keys from local files come behind the others, comments too",
	  FCOS("1.5.0", "passwd: {users: [{name: core, ssh_authorized_keys: [k0], "
			"ssh_authorized_keys_local: [keys]}]}"),
	  IGN("3.4.0", ",\"passwd\":{\"users\":[{\"name\":\"core\",\"sshAuthorizedKeys\":[\"k0\","
		       "\"k1\",\"# note\",\"k2\"]}]}") },
	{ "an empty file has no keys",
	  FCOS("1.5.0", "passwd: {users: [{name: core, ssh_authorized_keys_local: [empty]}]}"),
	  IGN("3.4.0", ",\"passwd\":{\"users\":[{\"name\":\"core\"}]}") },
	{ "block scalars keep what they end in",
	  FCOS("1.5.0", "storage:\n  files:\n    - path: /a\n      contents:\n        inline: |\n  "
			"        x\n    - path: /b\n      contents:\n        inline: |-\n          "
			"x\n    - path: /c\n      contents:\n        inline: |+\n          x\n\n"),
	  IGN("3.4.0",
	      FILES("{\"path\":\"/"
		    "a\",\"contents\":{\"compression\":\"\",\"source\":\"data:,x%0A\"}},{\"path\":"
		    "\"/"
		    "b\",\"contents\":{\"compression\":\"\",\"source\":\"data:,x\"}},{\"path\":\"/"
		    "c\",\"contents\":{\"compression\":\"\",\"source\":\"data:,x%0A%0A\"}}")) },
	{ "null is nothing", FCOS("1.5.0", "storage:\npasswd: ~\nsystemd: {units: null}"),
	  IGN("3.4.0", "") },
	{ "an alias stands for its value",
	  FCOS("1.5.0", "storage: {files: [{path: /a, user: &u {id: 5}}, {path: /b, user: *u}]}"),
	  IGN("3.4.0", FILES("{\"path\":\"/a\",\"user\":{\"id\":5}},{\"path\":\"/"
			     "b\",\"user\":{\"id\":5}}")) },
	{ "a merged mapping gives way to what is written",
	  FCOS("1.5.0", "storage: {files: [&f {path: /a, mode: 0600}, {path: /b, <<: *f}]}"),
	  IGN("3.4.0", FILES("{\"path\":\"/a\",\"mode\":384},{\"path\":\"/b\",\"mode\":384}")) },
	{ "numbers of every kind",
	  FCOS("1.5.0", "passwd: {users: [{name: a, uid: 1e3}, {name: b, uid: 500.5}, {name: c, "
			"uid: 0x1f}, {name: d, uid: 1_000}, {name: e, uid: 0o17}, {name: f, uid: "
			"08}, {name: g, uid: 0b11}]}"),
	  IGN("3.4.0",
	      ",\"passwd\":{\"users\":[{\"name\":\"a\",\"uid\":1000},{\"name\":\"b\",\"uid\":500},{"
	      "\"name\":\"c\",\"uid\":31},{\"name\":\"d\",\"uid\":1000},{\"name\":\"e\",\"uid\":15}"
	      ",{\"name\":\"f\",\"uid\":8},{\"name\":\"g\",\"uid\":3}]}") },
	{ "booleans of every kind",
	  FCOS("1.5.0", "passwd: {users: [{name: a, system: yes}, {name: b, system: \"off\"}, "
			"{name: c, system: TRUE}, {name: d, system: n}]}"),
	  IGN("3.4.0",
	      ",\"passwd\":{\"users\":[{\"name\":\"a\",\"system\":true},{\"name\":\"b\",\"system\":"
	      "false},{\"name\":\"c\",\"system\":true},{\"name\":\"d\",\"system\":false}]}") },
	{ "what looks like something else is text where text is wanted",
	  FCOS("1.5.0", "passwd: {users: [{name: off, gecos: 12:30:45, shell: 0644, home_dir: "
			"2020-01-01, primary_group: !!binary aGk=}]}"),
	  IGN("3.4.0", ",\"passwd\":{\"users\":[{\"gecos\":\"12:30:45\",\"homeDir\":\"2020-01-01\","
		       "\"name\":\"off\",\"primaryGroup\":\"hi\",\"shell\":\"0644\"}]}") },
	{ "the second document is not read", FCOS("1.5.0", "---\nfoo: [\n"), IGN("3.4.0", "") },
	{ "lines may end in CRLF", "variant: fcos\r\nversion: 1.5.0\r\n", IGN("3.4.0", "") },
	{ "two spaces of indentation", FCOS("1.5.0", "kernel_arguments: {should_exist: [a]}"),
	  "{\n  \"ignition\": {\n    \"version\": \"3.4.0\"\n  },\n  \"kernelArguments\": {\n    "
	  "\"shouldExist\": [\n      \"a\"\n    ]\n  }\n}",
	  BUTANE_PRETTY },
};

#define FSCK(device)                                                                               \
	"# Generated by Butane\\n[Unit]\\nRequires=systemd-fsck@" device                           \
	".service\\nAfter=systemd-fsck@" device ".service\\n\\n"
#define UNIT(contents, name)                                                                       \
	",\"systemd\":{\"units\":[{\"contents\":\"" contents                                       \
	"\",\"enabled\":true,\"name\":\"" name "\"}]}"

static const struct row mounts[] = {
	{ "a mount unit",
	  FCOS("1.1.0", "storage: {filesystems: [{device: /dev/disk/by-label/d, format: xfs, path: "
			"/var/a-b, with_mount_unit: true, mount_options: [ro, x=1]}]}"),
	  IGN("3.1.0",
	      ",\"storage\":{\"filesystems\":[{\"device\":\"/dev/disk/by-label/"
	      "d\",\"format\":\"xfs\",\"mountOptions\":[\"ro\",\"x=1\"],\"path\":\"/var/"
	      "a-b\"}]}" UNIT(
		      FSCK("dev-disk-by\\\\x2dlabel-d") "[Mount]\\nWhere=/var/a-b\\nWhat=/dev/disk/"
							"by-label/"
							"d\\nType=xfs\\nOptions=ro,x=1\\n\\n["
							"Install]\\nRequiredBy=local-fs.target",
		      "var-a\\\\x2db.mount")) },
	{ "no unit unless it is wanted",
	  FCOS("1.1.0", "storage: {filesystems: [{device: /dev/d, format: xfs, path: /var/a, "
			"with_mount_unit: false}]}"),
	  IGN("3.1.0", ",\"storage\":{\"filesystems\":[{\"device\":\"/dev/"
		       "d\",\"format\":\"xfs\",\"path\":\"/var/a\"}]}") },
	{ "a swap unit",
	  FCOS("1.4.0", "storage: {filesystems: [{device: /dev/d, format: swap, with_mount_unit: "
			"true, mount_options: [pri=1]}]}"),
	  IGN("3.3.0", ",\"storage\":{\"filesystems\":[{\"device\":\"/dev/"
		       "d\",\"format\":\"swap\",\"mountOptions\":[\"pri=1\"]}]}" UNIT(
			       "# Generated by "
			       "Butane\\n[Swap]\\nWhat=/dev/"
			       "d\\nOptions=pri=1\\n\\n[Install]\\nRequiredBy=swap.target",
			       "dev-d.swap")) },
	{ "an encrypted volume whose key is remote",
	  FCOS("1.2.0", "storage: {luks: [{name: d, device: /dev/d, clevis: {tang: [{url: "
			"'https://t', thumbprint: x}]}}], filesystems: [{device: /dev/mapper/d, "
			"format: ext4, path: /var/a, with_mount_unit: true}]}"),
	  IGN("3.2.0", ",\"storage\":{\"filesystems\":[{\"device\":\"/dev/mapper/"
		       "d\",\"format\":\"ext4\",\"path\":\"/var/"
		       "a\"}],\"luks\":[{\"clevis\":{\"tang\":[{\"thumbprint\":\"x\",\"url\":"
		       "\"https://t\"}]},\"device\":\"/dev/d\",\"name\":\"d\"}]}" UNIT(
			       FSCK("dev-mapper-d") "[Mount]\\nWhere=/var/a\\nWhat=/dev/mapper/"
						    "d\\nType=ext4\\nOptions=_netdev\\n\\n[Install]"
						    "\\nRequiredBy=remote-fs.target",
			       "var-a.mount")) },
	{ "the user's unit wins, and keeps its drop-ins",
	  FCOS("1.4.0",
	       "storage: {filesystems: [{device: /dev/d, format: swap, with_mount_unit: "
	       "true}]}\nsystemd: {units: [{name: dev-d.swap, contents: "
	       "\"[Swap]\\n[Install]\\nA=b\", dropins: [{name: a.conf, contents: '[Swap]'}]}]}"),
	  IGN("3.3.0", ",\"storage\":{\"filesystems\":[{\"device\":\"/dev/"
		       "d\",\"format\":\"swap\"}]},\"systemd\":{\"units\":[{\"contents\":\"[Swap]"
		       "\\n[Install]\\nA=b\",\"dropins\":[{\"contents\":\"[Swap]\",\"name\":\"a."
		       "conf\"}],\"enabled\":true,\"name\":\"dev-d.swap\"}]}") },
};

static const struct row trees[] = {
	{ "a tree: files, links, no empty directories",
	  FCOS("1.1.0", "storage: {trees: [{local: tree}]}"),
	  IGN("3.1.0",
	      ",\"storage\":{\"files\":[{\"path\":\"/etc/"
	      "motd\",\"contents\":{\"compression\":\"\",\"source\":\"data:,hi\"},\"mode\":420},{"
	      "\"path\":\"/"
	      "run\",\"contents\":{\"compression\":\"\",\"source\":\"data:,%23!\"},\"mode\":493}],"
	      "\"links\":[{\"path\":\"/etc/link\",\"target\":\"../x\"}]}") },
	{ "a tree below a path, with owners and modes",
	  FCOS("1.7.0", "storage: {trees: [{local: tree, path: /opt, user: {name: u}, group: {id: "
			"3}, file_mode: 0600, dir_mode: 0700}]}"),
	  IGN("3.6.0",
	      ",\"storage\":{\"directories\":[{\"group\":{\"id\":3},\"path\":\"/"
	      "opt\",\"user\":{\"name\":\"u\"},\"mode\":448},{\"group\":{\"id\":3},\"path\":\"/opt/"
	      "etc\",\"user\":{\"name\":\"u\"},\"mode\":448}],\"files\":[{\"group\":{\"id\":3},"
	      "\"path\":\"/opt/etc/"
	      "motd\",\"user\":{\"name\":\"u\"},\"contents\":{\"compression\":\"\",\"source\":"
	      "\"data:,hi\"},\"mode\":384},{\"group\":{\"id\":3},\"path\":\"/opt/"
	      "run\",\"user\":{\"name\":\"u\"},\"contents\":{\"compression\":\"\",\"source\":"
	      "\"data:,%23!\"},\"mode\":384}],\"links\":[{\"group\":{\"id\":3},\"path\":\"/opt/etc/"
	      "link\",\"user\":{\"name\":\"u\"},\"target\":\"../x\"}]}") },
	{ "the root of a tree is a directory too",
	  FCOS("1.7.0", "storage: {trees: [{local: tree, user: {id: 0}}]}"),
	  IGN("3.6.0", ",\"storage\":{\"directories\":[{\"path\":\"/"
		       "\",\"user\":{\"id\":0},\"mode\":493},{\"path\":\"/"
		       "etc\",\"user\":{\"id\":0},\"mode\":493}],\"files\":[{\"path\":\"/etc/"
		       "motd\",\"user\":{\"id\":0},\"contents\":{\"compression\":\"\",\"source\":"
		       "\"data:,hi\"},\"mode\":420},{\"path\":\"/"
		       "run\",\"user\":{\"id\":0},\"contents\":{\"compression\":\"\",\"source\":"
		       "\"data:,%23!\"},\"mode\":493}],\"links\":[{\"path\":\"/etc/"
		       "link\",\"user\":{\"id\":0},\"target\":\"../x\"}]}") },
	{ "nodes without contents say what those of the tree are like",
	  FCOS("1.7.0",
	       "storage: {files: [{path: /run, mode: 0711, user: {id: 1}}, {path: /etc/motd}], "
	       "links: [{path: /etc/link, hard: false}], trees: [{local: tree, user: {id: 9}, "
	       "file_mode: 0600}], directories: [{path: /, mode: 0700}, {path: /etc}]}"),
	  IGN("3.6.0",
	      ",\"storage\":{\"directories\":[{\"path\":\"/\",\"mode\":448},{\"path\":\"/"
	      "etc\"}],\"files\":[{\"path\":\"/"
	      "run\",\"user\":{\"id\":1},\"contents\":{\"compression\":\"\",\"source\":\"data:,%23!"
	      "\"},\"mode\":457},{\"path\":\"/etc/"
	      "motd\",\"contents\":{\"compression\":\"\",\"source\":\"data:,hi\"},\"mode\":420}],"
	      "\"links\":[{\"path\":\"/etc/link\",\"hard\":false,\"target\":\"../x\"}]}") },
	{ "quadlets, their drop-ins and their instances",
	  FCOS("1.8.0-experimental",
	       "systemd: {quadlets: [{name: a.container, rootful: true, contents: '[Container]', "
	       "dropins: [{name: b.conf, contents_local: unit}]}, {name: b@.pod, contents_local: "
	       "file}, {name: b@x.pod}]}"),
	  IGN("3.7.0-experimental",
	      ",\"storage\":{\"files\":[{\"path\":\"/etc/containers/systemd/"
	      "a.container\",\"contents\":{\"compression\":\"\",\"source\":\"data:,%5BContainer%"
	      "5D\"},\"mode\":420},{\"path\":\"/etc/containers/systemd/a.container.d/"
	      "b.conf\",\"contents\":{\"compression\":\"\",\"source\":\"data:,%5BService%5D%0AType%"
	      "3Doneshot%0A\"},\"mode\":420},{\"path\":\"/etc/containers/systemd/users/"
	      "b@.pod\",\"contents\":{\"compression\":\"\",\"source\":\"data:,from%20file\"},"
	      "\"mode\":420}],\"links\":[{\"path\":\"/etc/containers/systemd/users/"
	      "b@x.pod\",\"target\":\"b@.pod\"}]}") },
};

#define DISK(n, first, device)                                                                     \
	"{\"device\":\"" device "\",\"partitions\":[" first "{\"label\":\"boot-" n                 \
	"\",\"sizeMiB\":384},{\"label\":\"root-" n "\"}],\"wipeTable\":true}"
#define X86(n)                                                                                     \
	"{\"label\":\"bios-" n "\",\"sizeMiB\":1,\"typeGuid\":\"21686148-6449-6E6F-744E-"          \
	"656564454649\"},{\"label\":\"esp-" n                                                      \
	"\",\"sizeMiB\":127,\"typeGuid\":\"C12A7328-F81F-11D2-BA4B-00A0C93EC93B\"},"
#define PPC(n)                                                                                     \
	"{\"label\":\"prep-" n "\",\"sizeMiB\":4,\"typeGuid\":\"9E1A2D38-C612-4316-AA26-"          \
	"8B49521E5A8B\"},{\"label\":\"reserved-" n                                                 \
	"\",\"sizeMiB\":1,\"typeGuid\":\"8DA63339-0007-60C0-C436-083AC8230908\"},"
#define ESP(n)                                                                                     \
	"{\"device\":\"/dev/disk/by-partlabel/esp-" n "\",\"format\":\"vfat\",\"label\":\"esp-" n  \
	"\",\"wipeFilesystem\":true},"
#define MD_BOOT                                                                                    \
	"{\"device\":\"/dev/md/"                                                                   \
	"md-boot\",\"format\":\"ext4\",\"label\":\"boot\",\"wipeFilesystem\":true},"
#define ROOT_ON(device)                                                                            \
	"{\"device\":\"" device "\",\"format\":\"xfs\",\"label\":\"root\",\"wipeFilesystem\":"     \
	"true}"
#define RAIDS                                                                                      \
	"\"raid\":[{\"devices\":[\"/dev/disk/by-partlabel/boot-1\",\"/dev/disk/by-partlabel/"      \
	"boot-2\"],\"level\":\"raid1\",\"name\":\"md-boot\",\"options\":[\"--metadata=1.0\"]},{"   \
	"\"devices\":[\"/dev/disk/by-partlabel/root-1\",\"/dev/disk/by-partlabel/"                 \
	"root-2\"],\"level\":\"raid1\",\"name\":\"md-root\"}]"

static const struct row boot[] = {
	{ "a layout alone does nothing", FCOS("1.3.0", "boot_device: {layout: x86_64}"),
	  IGN("3.2.0", "") },
	{ "an encrypted root", FCOS("1.3.0", "boot_device: {luks: {tpm2: true, threshold: 1}}"),
	  IGN("3.2.0", ",\"storage\":{\"filesystems\":[" ROOT_ON(
			       "/dev/mapper/root") "],\"luks\":[{\"clevis\":{\"threshold\":1,"
						   "\"tpm2\":true},\"device\":\"/dev/disk/"
						   "by-partlabel/"
						   "root\",\"label\":\"luks-root\",\"name\":"
						   "\"root\",\"wipeVolume\":true}]}") },
	{ "an encrypted root by tang, with discards",
	  FCOS("1.5.0", "boot_device: {luks: {discard: true, tang: [{url: 'https://t', "
			"thumbprint: x}]}}"),
	  IGN("3.4.0",
	      ",\"storage\":{\"filesystems\":[" ROOT_ON(
		      "/dev/mapper/root") "],\"luks\":[{\"clevis\":{\"tang\":[{"
					  "\"thumbprint\":\"x\",\"url\":\"https://"
					  "t\"}]},\"device\":\"/dev/disk/by-partlabel/"
					  "root\",\"discard\":true,\"label\":\"luks-root\","
					  "\"name\":\"root\",\"wipeVolume\":true}]}") },
	{ "a mirror",
	  FCOS("1.7.0", "boot_device: {layout: x86_64, mirror: {devices: [/dev/a, /dev/b]}}"),
	  IGN("3.6.0", ",\"storage\":{\"disks\":[" DISK("1", X86("1"), "/dev/a") "," DISK(
			       "2", X86("2"), "/dev/b") "],\"filesystems\":[" ESP("1") ESP("2")
			       MD_BOOT ROOT_ON("/dev/md/md-root") "]," RAIDS "}") },
	{ "a mirror on ppc64le, encrypted",
	  FCOS("1.7.0", "boot_device: {layout: ppc64le, mirror: {devices: [/dev/a, "
			"/dev/b]}, luks: {tpm2: yes}}"),
	  IGN("3.6.0",
	      ",\"storage\":{\"disks\":[" DISK("1", PPC("1"), "/dev/a") "," DISK(
		      "2", PPC("2"), "/dev/b") "],\"filesystems\":[" MD_BOOT
		      ROOT_ON("/dev/mapper/root") "],\"luks\":[{\"clevis\":{\"tpm2\":true},"
						  "\"device\":\"/dev/md/"
						  "md-root\",\"label\":\"luks-root\","
						  "\"name\":\"root\",\"wipeVolume\":true}]"
						  "," RAIDS "}") },
	{ "a user's own filesystem comes over the generated one",
	  FCOS("1.3.0", "boot_device: {luks: {tpm2: true}}\nstorage: {filesystems: [{device: "
			"/dev/z, format: xfs}, {device: /dev/mapper/root, format: ext4}]}"),
	  IGN("3.2.0", ",\"storage\":{\"filesystems\":[{\"device\":\"/dev/mapper/"
		       "root\",\"format\":\"ext4\",\"label\":\"root\",\"wipeFilesystem\":true},{"
		       "\"device\":\"/dev/"
		       "z\",\"format\":\"xfs\"}],\"luks\":[{\"clevis\":{\"tpm2\":true},\"device\":"
		       "\"/dev/disk/by-partlabel/"
		       "root\",\"label\":\"luks-root\",\"name\":\"root\",\"wipeVolume\":true}]}") },
	{ "a user's own partition comes over the generated one",
	  FCOS("1.7.0", "boot_device: {layout: x86_64, mirror: {devices: [/dev/a, "
			"/dev/b]}}\nstorage: {disks: [{device: /dev/a, partitions: "
			"[{label: root-1, size_mib: 8192}], wipe_table: true}]}"),
	  IGN("3.6.0",
	      ",\"storage\":{\"disks\":[{\"device\":\"/dev/"
	      "a\",\"partitions\":[" X86(
		      "1") "{\"label\":\"boot-1\",\"sizeMiB\":384},{\"label\":"
			   "\"root-1\",\"sizeMiB\":8192}],\"wipeTable\":true}"
			   "," DISK("2", X86("2"), "/dev/b") "],\"filesystems\":[" ESP("1") ESP("2")
				   MD_BOOT ROOT_ON("/dev/md/md-root") "]," RAIDS "}") },
	{ "cex on a DASD",
	  FCOS("1.6.0", "boot_device: {layout: s390x-eckd, luks: {device: /dev/dasda, cex: "
			"{enabled: true}}}"),
	  IGN("3.5.0", ",\"storage\":{\"filesystems\":[" ROOT_ON(
			       "/dev/mapper/root") "],\"luks\":[{\"cex\":{\"enabled\":true},"
						   "\"device\":\"/dev/"
						   "dasda2\",\"label\":\"luks-root\",\"name\":"
						   "\"root\",\"wipeVolume\":true}]}") },
	{ "a TPM on zFCP",
	  FCOS("1.6.0", "boot_device: {layout: s390x-zfcp, luks: {device: /dev/sdb, tpm2: true}}"),
	  IGN("3.5.0", ",\"storage\":{\"filesystems\":[" ROOT_ON(
			       "/dev/mapper/root") "],\"luks\":[{\"clevis\":{\"tpm2\":true},"
						   "\"device\":\"/dev/"
						   "sdb4\",\"label\":\"luks-root\",\"name\":"
						   "\"root\",\"wipeVolume\":true}]}") },
	{ "users of GRUB",
	  FCOS("1.5.0", "grub: {users: [{name: a, password_hash: x}, {name: b, password_hash: "
			"y}]}\nstorage: {files: [{path: /boot/grub2/user.cfg, mode: 0600}]}"),
	  IGN("3.4.0",
	      ",\"storage\":{\"files\":[{\"path\":\"/boot/grub2/"
	      "user.cfg\",\"append\":[{\"compression\":\"\",\"source\":\"data:;base64,"
	      "IyBHZW5lcmF0ZWQgYnkgQnV0YW5lCgpzZXQgc3VwZXJ1c2Vycz0iYSBiIgpwYXNzd29yZF9wYmtkZjIgYSB4"
	      "CnBhc3N3b3JkX3Bia2RmMiBiIHkK\"}],\"mode\":384}],\"filesystems\":[{\"device\":\"/dev/"
	      "disk/by-label/boot\",\"format\":\"ext4\",\"path\":\"/boot\"}]}") },
};

#define METADATA                                                                                   \
	"metadata: {name: m, labels: {z: 1, machineconfiguration.openshift.io/role: worker}}\n"
#define HEAD                                                                                       \
	"# Generated by Butane; do not edit\napiVersion: "                                         \
	"machineconfiguration.openshift.io/v1\nkind: MachineConfig\nmetadata:\n  labels:\n    "    \
	"machineconfiguration.openshift.io/role: worker\n    z: \"1\"\n  name: m\nspec:\n  "       \
	"config:\n    ignition:\n      version: "

static const struct row openshift[] = {
	{ "a MachineConfig",
	  V("openshift", "4.14.0") METADATA
	  "openshift: {kernel_type: realtime, fips: false, extensions: [usbguard], "
	  "kernel_arguments: [a=1, 'no']}\n"
	  "systemd: {units: [{name: a.service, contents: \"[Unit]\\nDescription=x\\n\"}]}",
	  HEAD "3.4.0\n    systemd:\n      units:\n      - contents: |\n          [Unit]\n         "
	       " Description=x\n        name: a.service\n  extensions:\n  - usbguard\n  fips: "
	       "false\n  kernelArguments:\n  - a=1\n  - \"no\"\n  kernelType: realtime" },
	{ "FIPS asks for a cipher",
	  V("openshift", "4.14.0") METADATA
	  "openshift: {fips: true}\nboot_device: {luks: {tpm2: true}}",
	  "warning at $.openshift.fips, line 4 col 19: field ignored in raw mode\n" IGN(
		  "3.4.0",
		  ",\"storage\":{\"filesystems\":[" ROOT_ON(
			  "/dev/mapper/root") "],\"luks\":[{\"clevis\":{\"tpm2\":true},\"device\":"
					      "\"/dev/disk/by-partlabel/"
					      "root\",\"label\":\"luks-root\",\"name\":\"root\","
					      "\"options\":[\"--cipher\",\"aes-cbc-essiv:sha256\"],"
					      "\"wipeVolume\":true}]}"),
	  BUTANE_RAW },
	{ "raw output has no place for some of it",
	  V("openshift", "4.8.0") METADATA
	  "openshift: {kernel_type: realtime, extensions: [usbguard], kernel_arguments: [a]}",
	  "warning at $.openshift.extensions, line 4 col 48: field ignored in raw mode\n"
	  "warning at $.openshift.kernel_arguments, line 4 col 78: field ignored in raw mode\n"
	  "warning at $.openshift.kernel_type, line 4 col 26: field ignored in raw mode\n" IGN(
		  "3.2.0", ""),
	  BUTANE_RAW },
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *got = test_lower(rows[i].text, rows[i].flags);

		tap_str(got, rows[i].want, rows[i].label);
	}
}

/* The encoder is not upstream's: what matters is that it is chosen where it should be. */
static void check_gzip(void)
{
	AUTO_FREE char *got = test_lower(
		FCOS("1.5.0", "storage: {files: [{path: /a, contents: {inline: " LONG_TEXT "}}]}"),
		0);

	tap_ok(strstr(got, "\"compression\":\"gzip\",\"source\":\"data:;base64,H4sIAAAAAAAC"),
	       "a text that is shorter compressed is compressed");
	if (!strstr(got, "gzip"))
		printf("# %s\n", got);
}

/* What is not there yet is asked for, and taken for empty. */
static void check_missing(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	AUTO(text_done) struct text names = TEXT_INIT(TEXT_MESSAGE_MAX);
	const struct front_end_input input = {
		.pool = pool,
		.source = test_source(
			pool, FCOS("1.5.0",
				   "storage: {files: [{path: /a, contents: {local: f}}], trees: "
				   "[{local: t}]}\n"
				   "passwd: {users: [{name: a, ssh_authorized_keys_local: [k]}]}\n"
				   "systemd: {units: [{name: a.service, contents_local: u}]}")),
		.supplies = supplies,
		.report = report,
	};
	struct lowered lowered = { .config = NULL };
	const struct supply_question *question;
	size_t position = 0;

	tap_int(front_end_butane.lower(&input, &lowered, NULL), 0, "missing files are no error");
	while ((question = supplies_next_missing(supplies, &position)))
		text_printf(&names, "%u %.*s %u:%u;", question->kind, SLICE_ARGS(question->name),
			    question->origin.line, question->origin.column);
	tap_str(text_str(&names), "0 f 3:48;0 k 4:56;0 u 5:53;1 t 3:62;", "they are asked for");
	tap_int(lowered.version, SPEC_3_4, "the version is the dialect's");
	tap_str(spec_version_name(SPEC_NEWEST), lowered.config->ignition.version.data,
		"the config is of the newest");
}

int main(void)
{
	check_rows(resources, ARRAY_SIZE(resources));
	check_rows(texts, ARRAY_SIZE(texts));
	check_rows(mounts, ARRAY_SIZE(mounts));
	check_rows(trees, ARRAY_SIZE(trees));
	check_rows(boot, ARRAY_SIZE(boot));
	check_rows(openshift, ARRAY_SIZE(openshift));
	check_gzip();
	check_missing();
	return tap_done();
}
