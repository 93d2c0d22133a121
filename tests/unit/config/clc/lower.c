/* What Container Linux Configs become, and what is said of them (spec configs 3). */
#include "config/dialect_test.h"

#define WRAPPER		 "ExecStart=\nExecStart=/usr/lib/coreos/etcd-wrapper $ETCD_OPTS"
#define FLANNEL		 "ExecStart=\nExecStart=/usr/lib/coreos/flannel-wrapper $FLANNEL_OPTS"
#define METADATA	 "[Unit]\nRequires=coreos-metadata.service\nAfter=coreos-metadata.service\n\n"
#define PARTITION(body)	 "storage: {disks: [{device: /dev/a, partitions: [{number: 1, " body "}]}]}"
#define FILESYSTEM(body) "storage: {filesystems: [{name: d, " body "]}"

static const struct dialect_row services[] = {
	{ "etcd without options", "etcd: {}",
	  "unit etcd-member.service enabled: \n"
	  "dropin etcd-member.service/20-clct-etcd-member.conf: [Service]\n" WRAPPER "\n{" },
	{ "etcd that is null is absent", "etcd:\nsystemd: {units: [{name: a.service}]}",
	  "unit a.service", "etcd" },
	{ "a version names the image", "etcd: {version: 3.3.1}",
	  "[Service]\nEnvironment=\"ETCD_IMAGE_TAG=v3.3.1\"\nExecStart=" },
	{ "options stand in the order of the list, strings quoted",
	  "etcd: {heartbeat_interval: 100, debug: no, name: 'a \"b\"'}",
	  WRAPPER
	  " \\\n  --name=\"a \\\"b\\\"\" \\\n  --heartbeat-interval=100 \\\n  --debug=false\n" },
	{ "2.3 has an order of its own", "etcd: {version: 2.3.8, name: a, cors: b}",
	  "--cors=\"b\" \\\n  --name=\"a\"" },
	{ "dynamic data", "etcd: {listen_client_urls: 'http://{PRIVATE_IPV4}:1,{PUBLIC_IPV4}'}",
	  METADATA "[Service]\nEnvironmentFile=/run/metadata/coreos\n" WRAPPER
		   " \\\n  --listen-client-urls=\"http://${COREOS_EC2_IPV4_LOCAL}:1,"
		   "${COREOS_EC2_IPV4_PUBLIC}\"\n",
	  NULL, "ec2" },
	{ "dynamic data without a platform", "etcd: {name: '{HOSTNAME}'}",
	  "error at line 1 col 8: platform must be specified to use templating" },
	{ "a field that the platform lacks", "etcd: {name: '{PUBLIC_IPV6}'}", "unknown field", NULL,
	  "ec2" },
	{ "a brace that is not closed", "etcd: {name: 'a}'}", "unknown field", NULL, "gce" },
	{ "an option of a later version", "etcd: {version: 3.1.0, enable_v2: true}",
	  "warning at line 1 col 24: Config has unrecognized key: enable_v2", "enable-v2" },
	{ "an option that became a string", "etcd: {version: 3.3.0, auto_compaction_retention: 1}",
	  "--auto-compaction-retention=\"1\"" },
	{ "and was a number", "etcd: {version: 3.2.0, auto_compaction_retention: 1}",
	  "--auto-compaction-retention=1\n" },
	{ "an obsolete option", "etcd: {ca_file: a}",
	  "warning at line 1 col 8: ca_file obsoleted by trusted_ca_file and client_cert_auth" },
	{ "two parts are no version", "etcd: {version: 3.0}",
	  "error at line 1 col 8: 3.0 is not in dotted-tri format" },
	{ "too old", "etcd: {version: 2.2.9}", "Etcd version specified is not valid (too old)" },
	{ "too new", "etcd: {version: 4.0.0}", "Etcd version is not valid (too new)" },
	{ "a newer minor version", "etcd: {version: 3.4.0, metrics: a}",
	  "warning at line 1 col 8: Etcd minor version specified is too new, only options "
	  "available in the previous minor version will be accepted" },
	{ "flannel", "flannel: {version: 0.7.0, kube_subnet_mgr: true, interface: e}",
	  "dropin flanneld.service/20-clct-flannel.conf: [Service]\n"
	  "Environment=\"FLANNEL_IMAGE_TAG=v0.7.0\"\n" FLANNEL
	  " \\\n  --iface=\"e\" \\\n  --kube-subnet-mgr=true\n" },
	{ "a truth as a string stays quoted", "flannel: {ip_masq: true}", "--ip-masq=\"true\"" },
	{ "a user of flannel 0.6 is none of 0.5", "flannel: {version: 0.5.5, etcd_username: a}",
	  "unrecognized key: etcd_username" },
	{ "the network goes to etcd, endpoints as they are",
	  "flannel: {etcd_endpoints: 'a{HOSTNAME}', etcd_cafile: /c, network_config: '{\"N\":1}'}",
	  "\nExecStartPre=/usr/bin/etcdctl --endpoints=\"a{HOSTNAME}\" --ca-file=/c set "
	  "/coreos.com/network/config \"{\\\"N\\\":1}\"\n",
	  NULL, "ec2" },
	{ "a network that is no object", "flannel: {network_config: '[1]'}",
	  "flannel network config doesn't appear to be valid JSON" },
	{ "docker", "docker: {flags: [--a, --b=\"c\"]}",
	  "unit docker.service enabled: \ndropin docker.service/20-clct-docker.conf: [Service]\n"
	  "Environment=\"DOCKER_OPTS=--a --b=\"c\"\"\n" },
	{ "a platform that has to be told", "etcd: {}",
	  "unit coreos-metadata.service enabled: \n"
	  "dropin coreos-metadata.service/20-clct-provider-override.conf: [Service]\n"
	  "Environment=COREOS_METADATA_OPT_PROVIDER=--provider=openstack-metadata\n"
	  "unit coreos-metadata-sshkeys@.service enabled: ",
	  NULL, "openstack-metadata" },
	{ "an unknown platform", "etcd: {}", "refused: error: unsupported platform", NULL, "moon" },
};

static const struct dialect_row update[] = {
	{ "a group is lower case", "update: {group: Beta, server: http://u/}",
	  "file /etc/coreos/update.conf 0644 over: GROUP=beta\nSERVER=http://u/\n{" },
	{ "without a group the first line is empty",
	  "locksmith: {reboot_strategy: Off, etcd_endpoints: e}",
	  "over: \nREBOOT_STRATEGY=\"Off\"\nLOCKSMITHD_ENDPOINT=\"e\"\n{" },
	{ "a window",
	  "locksmith: {window_start: 'Thu 04:00', window_length: 1h30m, group: g, "
	  "etcd_cafile: a, etcd_certfile: b, etcd_keyfile: c}",
	  "\nLOCKSMITHD_REBOOT_WINDOW_START=\"Thu 04:00\"\n"
	  "LOCKSMITHD_REBOOT_WINDOW_LENGTH=\"1h30m\"\nLOCKSMITHD_GROUP=\"g\"\n"
	  "LOCKSMITHD_ETCD_CAFILE=\"a\"\nLOCKSMITHD_ETCD_CERTFILE=\"b\"\n"
	  "LOCKSMITHD_ETCD_KEYFILE=\"c\"\n{" },
	{ "an unknown strategy", "locksmith: {reboot_strategy: never}", "unknown reboot strategy" },
	{ "half a window", "locksmith: {window_start: '1:00'}",
	  "window-start and window-length must both be specified" },
	{ "an hour too many", "locksmith: {window_start: '24:00', window_length: 1h}",
	  "couldn't parse window start" },
	{ "a day that is none", "locksmith: {window_start: 'Foo 1:00', window_length: 1h}",
	  "unknown day in window start" },
	{ "a length without a unit", "locksmith: {window_start: '1:00', window_length: 60}",
	  "couldn't parse window length" },
	{ "an unknown group is a warning", "update: {group: mine}",
	  "warning at line 1 col 10: unknown update group" },
	{ "unless there is a server", "update: {group: mine, server: a}", "GROUP=mine", "unknown" },
};

static const struct dialect_row disks[] = {
	{ "units are powers of two", PARTITION("size: 1GB, start: 1GiB"),
	  "\"sizeMiB\":1024,\"startMiB\":1024" },
	{ "fractions and sums", PARTITION("size: 1.5GiB512MiB"), "\"sizeMiB\":2048" },
	{ "zero needs no unit", PARTITION("size: 0, start: 0"), "\"sizeMiB\":0,\"startMiB\":0" },
	{ "absent stays absent", PARTITION("label: a"), "\"number\":1}", "MiB" },
	{ "a number needs a unit", PARTITION("size: 100"),
	  "error at line 1 col 61: units: unknown unit  in 100" },
	{ "nothing finer than a MiB", PARTITION("size: 1KiB"),
	  "invalid dimension (finest granularity is 1MiB)" },
	{ "nothing below zero", PARTITION("size: -1MiB"),
	  "invalid dimension (negative): \"-1MiB\"" },
	{ "nothing that overflows", PARTITION("size: 99999999EiB"), "size is too large" },
	{ "no letters alone", PARTITION("size: big"), "units: invalid big" },
	{ "an alias of a type", PARTITION("type_guid: raid_partition"),
	  "\"typeGuid\":\"a19d880f-05fc-4d3b-a006-743f0f84911e\"" },
	{ "a filesystem is flattened",
	  FILESYSTEM("path: /d, mount: {device: /dev/a, format: xfs, label: l, uuid: u, "
		     "options: [-q], wipe_filesystem: true}}"),
	  "\"filesystems\":[{\"device\":\"/dev/a\",\"format\":\"xfs\",\"label\":\"l\","
	  "\"options\":[\"-q\"],\"path\":\"/d\",\"uuid\":\"u\",\"wipeFilesystem\":true}]" },
	{ "create is passed on and warned of",
	  FILESYSTEM("path: /d, mount: {device: /dev/a, format: ext4, create: {force: yes, "
		     "options: [-L, x]}}}"),
	  "\"options\":[\"-L\",\"x\"],\"path\":\"/d\",\"wipeFilesystem\":true" },
	{ "an array",
	  "storage: {raid: [{name: a, level: raid1, devices: [/dev/a, /dev/b], "
	  "spares: 0}]}",
	  "\"raid\":[{\"devices\":[\"/dev/a\",\"/dev/b\"],\"level\":\"raid1\",\"name\":\"a\"" },
};

static const struct dialect_row nodes[] = {
	{ "a file without contents is empty", "storage: {files: [{path: /a, mode: 0600}]}",
	  "file /a 0600 over: \n", "warning" },
	{ "a mode that is not given", "storage: {files: [{path: /a}], directories: [{path: /b}]}",
	  "warning at line 1 col 19: mode unspecified for file, defaulting to 0644\n"
	  "warning at line 1 col 46: mode unspecified for directory, defaulting to 0755\n"
	  "file /a 0644 over" },
	{ "a mode in decimal digits", "storage: {files: [{path: /a, mode: 644}]}",
	  "unreasonable mode would be reasonable if specified in octal" },
	{ "a mode beyond 07777", "storage: {files: [{path: /a, mode: 010000}]}",
	  "illegal file mode" },
	{ "overwriting is the default, and can be switched off",
	  "storage: {files: [{path: /a, mode: 0600, overwrite: false}]}", "file /a 0600 keep" },
	{ "a remote file with its hash",
	  "storage: {files: [{path: /a, mode: 1, contents: {remote: {url: 'http://h/', "
	  "verification: {hash: {function: sha512, sum: a}}}}}]}",
	  "error at line 1 col 91: incorrect size for hash sum" },
	{ "half a verification vanishes",
	  "storage: {files: [{path: /a, mode: 1, contents: {remote: {url: 'http://h/', "
	  "verification: {hash: {function: sha512}}}}}]}",
	  "http://h/\n" },
	{ "two sources",
	  "storage: {files: [{path: /a, mode: 1, contents: {inline: a, local: file}}]}",
	  "only one of the following can be set: local, inline, remote.url" },
	{ "a local file", "storage: {files: [{path: /a, mode: 1, contents: {local: file}}]}",
	  "file /a 01 over: from file\n" },
	{ "a local file that cannot be read",
	  "storage: {files: [{path: /a, mode: 1, contents: {local: bad}}]}",
	  "error at line 1 col 50: cannot be read" },
	{ "a named filesystem gives its path",
	  "storage: {filesystems: [{name: d, path: /d, mount: {device: /dev/a, format: ext4}}], "
	  "files: [{filesystem: d, path: /x, mode: 0600}]}",
	  "file /d/x 0600 over: \n" },
	{ "files of a filesystem that is mounted already",
	  "storage: {filesystems: [{name: d, path: /sysroot/srv}], "
	  "files: [{filesystem: d, path: /x, mode: 0600}], "
	  "links: [{filesystem: root, path: /l, target: t}]}",
	  "file /srv/x 0600 over: \nlink /l -> t\n" },
	{ "a filesystem without a path",
	  "storage: {filesystems: [{name: d, mount: {device: /dev/a, format: ext4}}], "
	  "files: [{filesystem: d, path: /x, mode: 0600}]}",
	  "filesystem \"d\" has no path" },
	{ "a filesystem that is nowhere", "storage: {files: [{filesystem: d, path: /x, mode: 1}]}",
	  "error at line 1 col 20: no filesystem is called \"d\"" },
	{ "appending folds into one file",
	  "storage: {files: [{path: /a, mode: 0600, contents: {inline: a}}, "
	  "{path: /a, mode: 0600, append: true, contents: {inline: b}}, "
	  "{path: /a, append: true, contents: {inline: c}}]}",
	  "file /a 0600 over: a+b+c\n" },
	{ "appending to what the image has",
	  "storage: {files: [{path: /a, append: true, contents: {inline: b}}]}",
	  "info at line 1 col 19: mode unspecified for file, defaulting to 0644 if the file does "
	  "not exist\nfile /a: +b\n" },
	{ "appending does not overwrite",
	  "storage: {files: [{path: /a, append: true, overwrite: true, mode: 1}]}",
	  "cannot set both append and overwrite to true" },
	{ "two files at one path", "storage: {files: [{path: /a, mode: 1}, {path: /a, mode: 1}]}",
	  "duplicate entry defined" },
};

static const struct dialect_row system_rows[] = {
	{ "enable and enabled are one",
	  "systemd: {units: [{name: a.service, enable: true}, {name: b.service, enabled: false}]}",
	  "unit a.service enabled: \nunit b.service disabled: \n" },
	{ "units of one name are merged",
	  "etcd: {}\nsystemd: {units: [{name: etcd-member.service, dropins: "
	  "[{name: x.conf, contents: \"[Unit]\\n\"}]}]}",
	  WRAPPER "\ndropin etcd-member.service/x.conf: [Unit]\n" },
	{ "networkd's units are files",
	  "networkd: {units: [{name: a.network, contents: n, dropins: [{name: b.conf, contents: "
	  "m}]}]}",
	  "file /etc/systemd/network/a.network 0644 over: n\n"
	  "file /etc/systemd/network/a.network.d/b.conf 0644 over: m\n" },
	{ "a user's create and flat members",
	  "passwd: {users: [{name: a, shell: /s, create: {uid: 7, shell: /t, groups: [g]}}], "
	  "groups: [{name: g, gid: 8, system: true}]}",
	  "\"groups\":[\"g\"],\"name\":\"a\",\"shell\":\"/s\",\"uid\":7" },
	{ "create of a user is warned of", "passwd: {users: [{name: a, create: {}}]}",
	  "the create object has been deprecated in favor of user-level options" },
	{ "configs to append are merged",
	  "ignition: {config: {append: [{source: 'http://a/'}], replace: {source: 'http://b/'}}, "
	  "timeouts: {http_total: 5}, security: {tls: {certificate_authorities: "
	  "[{source: 'http://c/'}]}}}",
	  "\"config\":{\"merge\":[{\"source\":\"http://a/\"}],\"replace\":{\"source\":\"http://b/"
	  "\"}},\"security\":{\"tls\":{\"certificateAuthorities\":[{\"source\":\"http://c/\"}]}},"
	  "\"timeouts\":{\"httpTotal\":5}" },
};

static const struct dialect_row yaml[] = {
	{ "an empty text", "",
	  "warning: Configuration is empty\n{\"ignition\":{\"version\":\"3.0" },
	{ "a comment is empty too", "# nothing\n", "warning: Configuration is empty" },
	{ "version 0", "version: 0", "{\"ignition\"" },
	{ "any other version", "version: 1",
	  "error at line 1 col 1: Invalid version. Only version 0 is supported" },
	{ "an unknown key", "foo: 1",
	  "warning at line 1 col 1: Config has unrecognized key: foo\n{", "Did you" },
	{ "a key in another case", "Systemd: {}",
	  "info at line 1 col 1: Did you mean systemd "
	  "instead of Systemd" },
	{ "words of YAML 1.1 are truths", "systemd: {units: [{name: a.service, mask: yes}]}",
	  "masked" },
	{ "in quotes they are none", "systemd: {units: [{name: a.service, mask: 'yes'}]}",
	  "error at line 1 col 43: cannot unmarshal !!str into bool\nrefused: Failed to parse" },
	{ "nor is a number", "systemd: {units: [{name: a.service, mask: 1}]}",
	  "cannot unmarshal !!int into bool" },
	{ "off is a string where one is wanted", "locksmith: {reboot_strategy: off}", "\"off\"" },
	{ "an octal number in quotes is none", "storage: {files: [{path: /a, mode: '0644'}]}",
	  "cannot unmarshal !!str into int" },
	{ "a fraction is cut", "storage: {files: [{path: /a, mode: 384.9}]}", "file /a 0600" },
	{ "a mapping where a list belongs", "storage: {files: {path: /a}}",
	  "cannot unmarshal !!map into []struct" },
	{ "a key twice", "etcd: {}\netcd: {}", "error at line 2 col 1" },
	{ "a merge key", "a: &a {mode: 0600}\nstorage: {files: [{path: /a, <<: *a}]}",
	  "file /a 0600" },
	{ "a tab", "etcd:\n\tname: a", "error at line 2 col 1" },
	{ "no mapping", "[a]", "the top level is not a mapping" },
};

int main(void)
{
	test_rows(&front_end_clc, services, ARRAY_SIZE(services));
	test_rows(&front_end_clc, update, ARRAY_SIZE(update));
	test_rows(&front_end_clc, disks, ARRAY_SIZE(disks));
	test_rows(&front_end_clc, nodes, ARRAY_SIZE(nodes));
	test_rows(&front_end_clc, system_rows, ARRAY_SIZE(system_rows));
	test_rows(&front_end_clc, yaml, ARRAY_SIZE(yaml));
	return tap_done();
}
