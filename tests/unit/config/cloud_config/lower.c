/* What CoreOS cloud-configs become, and what is said of them (spec configs 1). */
#include "config/dialect_test.h"

#include "config/cloud_config/cloud_config.h"

#define HEAD	     "#cloud-config\n"
#define UNITS(body)  HEAD "coreos: {units: [{name: a.service, " body "}]}"
#define FILES(body)  HEAD "write_files: [{path: /a, " body "}]"
#define SERVICE	     "\"[Service]\\nExecStart=/bin/true\\n\""
#define WITH_INSTALL "\"[Install]\\nWantedBy=multi-user.target\\n\""

static const struct dialect_row keys[] = {
	{ "host name", HEAD "hostname: core", "file /etc/hostname 0644 over: core\n" },
	{ "hosts with a known name", HEAD "hostname: core\nmanage_etc_hosts: localhost",
	  "file /etc/hosts 0644 over: 127.0.0.1 core\n" },
	{ "hosts without one, when the machine is up", HEAD "manage-etc-hosts: localhost",
	  "unit cloudinit-etc-hosts.service enabled: [Unit]" },
	{ "hosts of another kind", HEAD "manage_etc_hosts: true", "invalid value true\nrefused" },
	{ "keys are core's", HEAD "ssh_authorized_keys: [a, 'b ', a, '']", "user core: a b\n" },
	{ "keys at the top replace those of core",
	  HEAD "ssh-authorized-keys: [a]\nusers: [{name: core, ssh-authorized-keys: [b]}]",
	  "warning at line 3 col 22: the keys of user core are replaced by those at the top "
	  "level\n",
	  "\"b\"" },
	{ "a user",
	  HEAD "users: [{name: u, passwd: h, gecos: g, homedir: /h, no_create_home: yes, "
	       "primary_group: p, groups: [a, b], no_user_group: true, system: true, "
	       "no_log_init: true, shell: /s}]",
	  "{\"gecos\":\"g\",\"groups\":[\"a\",\"b\"],\"homeDir\":\"/h\",\"name\":\"u\","
	  "\"noCreateHome\":true,\"noLogInit\":true,\"noUserGroup\":true,\"passwordHash\":\"h\","
	  "\"primaryGroup\":\"p\",\"shell\":\"/s\",\"system\":true}" },
	{ "keys from GitHub", HEAD "users: [{name: u, coreos-ssh-import-github: gh}]",
	  "user u: ssh-gh\n" },
	{ "keys of several users of GitHub",
	  HEAD "users: [{name: u, coreos_ssh_import_github_users: [gh, gh]}]", "user u: ssh-gh\n" },
	{ "what is imported must be keys",
	  HEAD "users: [{name: u, coreos_ssh_import_url: "
	       "'http://k/'}]",
	  "what was fetched is no JSON array of keys" },
	{ "a user without a name", HEAD "users: [{passwd: a}, default]",
	  "User object has no 'name' field, skipping", "user :" },
	{ "update", HEAD "coreos: {update: {server: s, reboot-strategy: reboot, group: g}}",
	  "file /etc/coreos/update.conf 0644 over: GROUP=g\nREBOOT_STRATEGY=reboot\nSERVER=s\n",
	  "locksmithd" },
	{ "a strategy of off masks locksmith", HEAD "coreos: {update: {reboot_strategy: off}}",
	  "unit locksmithd.service masked" },
	{ "an unknown strategy", HEAD "coreos: {update: {reboot_strategy: never}}",
	  "error at line 2 col 19: invalid value never" },
	{ "oem", HEAD "coreos: {oem: {id: i, name: 'N n', version-id: 1.0, home-url: h}}",
	  "file /etc/oem-release 0644 over: ID=i\nVERSION_ID=1.0\nNAME=\"N n\"\nHOME_URL=\"h\"\n"
	  "BUG_REPORT_URL=\"\"\n" },
	{ "oem without an id", HEAD "coreos: {oem: {name: n}}", "{\"ignition\"", "oem-release" },
};

static const struct dialect_row services[] = {
	{ "etcd in the order of its table",
	  HEAD "coreos: {etcd: {snapshot_count: 5, name: n, cluster_remove_delay: 0.000001, "
	       "verbose: true, addr: a}}",
	  "dropin etcd.service/20-cloudinit.conf: [Service]\nEnvironment=\"ETCD_ADDR=a\"\n"
	  "Environment=\"ETCD_CLUSTER_REMOVE_DELAY=1e-06\"\nEnvironment=\"ETCD_NAME=n\"\n"
	  "Environment=\"ETCD_SNAPSHOTCOUNT=5\"\nEnvironment=\"ETCD_VERBOSE=true\"\n" },
	{ "zero is as if it were absent",
	  HEAD "coreos: {etcd2: {debug: false, max_wals: 0, "
	       "name: ''}}",
	  "{\"ignition\"", "20-cloudinit" },
	{ "etcd2", HEAD "coreos: {etcd2: {snapshot-count: 5}}",
	  "dropin etcd2.service/20-cloudinit.conf: [Service]\n"
	  "Environment=\"ETCD_SNAPSHOT_COUNT=5\"\n" },
	{ "fleet", HEAD "coreos: {fleet: {metadata: a=b, etcd_request_timeout: 3.5}}",
	  "dropin fleet.service/20-cloudinit.conf: [Service]\n"
	  "Environment=\"FLEET_ETCD_REQUEST_TIMEOUT=3.5\"\nEnvironment=\"FLEET_METADATA=a=b\"\n" },
	{ "flannel", HEAD "coreos: {flannel: {interface: e, ip_masq: yes}}",
	  "dropin flanneld.service/20-cloudinit.conf: [Service]\n"
	  "Environment=\"FLANNELD_IP_MASQ=yes\"\nEnvironment=\"FLANNELD_IFACE=e\"\n" },
	{ "locksmith",
	  HEAD "coreos: {locksmith: {window_start: 'Mon 1:00', window_length: 1h, "
	       "group: g}}",
	  "dropin locksmithd.service/20-cloudinit.conf: [Service]\n"
	  "Environment=\"LOCKSMITHD_GROUP=g\"\nEnvironment=\"REBOOT_WINDOW_START=Mon 1:00\"\n"
	  "Environment=\"REBOOT_WINDOW_LENGTH=1h\"\n" },
	{ "what is no longer shipped", HEAD "coreos: {fleet: {}}",
	  "warning at line 2 col 10: deprecated key \"fleet\" (fleet is no longer shipped in "
	  "Container Linux)" },
	{ "an option of etcd2 in etcd", HEAD "coreos: {etcd: {proxy: on}}",
	  "deprecated key \"proxy\" (etcd2 options no longer work for etcd)" },
	{ "a proxy of etcd2", HEAD "coreos: {etcd2: {proxy: yes}}",
	  "error at line 2 col 18: invalid value yes" },
	{ "a discovery URL that is none", HEAD "coreos: {etcd: {discovery: nowhere}}",
	  "warning at line 2 col 17: discovery URL is not valid" },
	{ "an unknown option", HEAD "coreos: {etcd2: {bogus: 1}}",
	  "warning at line 2 col 18: unrecognized key \"bogus\"" },
	{ "an option of the wrong type", HEAD "coreos: {etcd2: {max_wals: many, name: n}}",
	  "incorrect type for \"max_wals\" (want int)" },
};

static const struct dialect_row files[] = {
	{ "a file", FILES("content: x"), "file /a 0644 over: x\n" },
	{ "permissions are octal text", FILES("permissions: 0600"), "file /a 0600 over" },
	{ "also without the zero", FILES("permissions: 644"), "file /a 0644 over" },
	{ "and in quotes", FILES("permissions: '0755'"), "file /a 0755 over" },
	{ "420 is no 0644", FILES("permissions: 420"), "file /a 0420 over" },
	{ "bits above 0777 are dropped", FILES("permissions: 4755"),
	  "bits of permissions above 0777 are dropped\nfile /a 0755" },
	{ "other notations are errors", FILES("permissions: 0o644"), "invalid value 0o644" },
	{ "an owner and a group", FILES("owner: 'u:g'"), "over u:g: " },
	{ "an owner alone", FILES("owner: u"), "over u:: " },
	{ "an owner by number", FILES("owner: '5:6'"), "\"user\":{\"id\":5}" },
	{ "base64", FILES("encoding: b64, content: aGk="), "over: hi\n" },
	{ "gzip in base64",
	  FILES("encoding: gzip+base64, content: H4sIAAAAAAACA8vIBACsKpPYAgAAAA=="), "over: hi\n" },
	{ "contents that do not decode", FILES("encoding: base64, content: '%'"),
	  "content cannot be decoded as \"base64\"\nrefused" },
	{ "an unknown encoding", FILES("encoding: rot13, content: a"),
	  "content cannot be decoded as \"rot13\"\nrefused" },
	{ "paths are cleaned", HEAD "write-files: [{path: b//../c}]", "file /c 0644" },
	{ "a path twice: the later",
	  HEAD "write_files: [{path: /a, content: 1}, {path: //a, "
	       "content: 2}]",
	  "file /a 0644 over: 2\n", "over: 1" },
	{ "two spellings of a key are one list",
	  HEAD "write_files: [{path: /a}]\nwrite-files: [{path: /b}]",
	  "file /a 0644 over: \nfile /b 0644 over: \n" },
	{ "generated files win",
	  HEAD "hostname: h\nwrite_files: [{path: /etc/hostname, content: "
	       "x}]",
	  "file /etc/hostname 0644 over: h\n", "over: x" },
	{ "below /usr nothing is written", HEAD "write_files: [{path: /x/../usr/a}]",
	  "error at line 2 col 16: file cannot be written to a read-only filesystem" },
	{ "write_files below coreos", HEAD "coreos: {write_files: []}",
	  "info at line 2 col 10: write_files doesn't belong under coreos" },
};

static const struct dialect_row units[] = {
	{ "content alone starts nothing", UNITS("content: " SERVICE),
	  "unit a.service: [Service]\nExecStart=/bin/true\n\n{", "link" },
	{ "enable", UNITS("enable: true, content: " WITH_INSTALL), "unit a.service enabled" },
	{ "start with [Install] enables", UNITS("command: start, content: " WITH_INSTALL),
	  "unit a.service enabled", "link" },
	{ "start without it adds a wish of multi-user.target",
	  UNITS("command: start, content: " SERVICE),
	  "link /etc/systemd/system/multi-user.target.wants/a.service -> "
	  "/etc/systemd/system/a.service\n" },
	{ "a unit of the image", UNITS("command: restart"),
	  "multi-user.target.wants/a.service -> /usr/lib/systemd/system/a.service\n" },
	{ "stop does nothing", UNITS("command: stop"),
	  "warning at line 2 col 36: command \"stop\" does nothing: no unit runs yet when the "
	  "machine is provisioned" },
	{ "a command that is none", UNITS("command: Start"), "invalid value Start" },
	{ "mask loses the content", UNITS("mask: true, content: " SERVICE),
	  "unit a.service masked: \n{" },
	{ "mask and stop go together", UNITS("mask: true, command: stop"), "masked", "warning" },
	{ "runtime units stay", UNITS("runtime: true, content: " SERVICE),
	  "unit \"a.service\" is placed in /etc, where it stays after a reboot" },
	{ "drop-ins with name and content",
	  UNITS("drop-ins: [{name: a.conf, content: \"[Unit]\\n\"}, {name: b.conf}, {content: c}]"),
	  "unit a.service: \ndropin a.service/a.conf: [Unit]\n\n{" },
	{ "a unit without a name", HEAD "coreos: {units: [{command: start}]}",
	  "Skipping unit without name" },
	{ "networkd's units are files",
	  HEAD "coreos: {units: [{name: a.network, content: n, enable: true, drop_ins: [{name: "
	       "b.conf, content: m}]}]}",
	  "file /etc/systemd/network/a.network 0644 over: n\n"
	  "file /etc/systemd/network/a.network.d/b.conf 0644 over: m\n" },
	{ "and masked ones are links", HEAD "coreos: {units: [{name: a.link, mask: true}]}",
	  "link /etc/systemd/network/a.link -> /dev/null\n" },
	{ "a user's drop-in of a section's service stays",
	  HEAD "coreos: {etcd2: {name: n}, units: [{name: etcd2.service, drop_ins: [{name: x.conf, "
	       "content: \"[Unit]\\n\"}]}]}",
	  "dropin etcd2.service/x.conf: [Unit]\n\ndropin etcd2.service/20-cloudinit.conf: " },
};

static const struct dialect_row substitution[] = {
	{ "an address", FILES("content: 'a $private_ipv4_x'"), "over: a 10.0.0.1_x\n" },
	{ "two that touch", FILES("content: $private_ipv4$private_ipv4"),
	  "over: 10.0.0.110.0.0.1\n" },
	{ "an escaped one", FILES("content: \\$private_ipv4"), "over: $private_ipv4\n" },
	{ "other words", FILES("content: $HOME $private"), "over: $HOME $private\n" },
	{ "one that the platform has not", FILES("content: a$public_ipv4"), "over: a\n" },
	{ "one that nobody knows", FILES("content: $public_ipv6"),
	  "error at line 2 col 35: $public_ipv6 is not known: nobody knows\nrefused" },
	{ "known addresses join the environment", HEAD "hostname: $private_ipv4",
	  "file /etc/environment 0644: +COREOS_PRIVATE_IPV4=10.0.0.1\n" },
	{ "unless the user writes the file", HEAD "write_files: [{path: /etc/./environment}]",
	  "file /etc/environment 0644 over: \n", "COREOS_" },
	{ "a script too", "#!/bin/sh\necho $private_ipv4\n",
	  "file /var/lib/coreos-cloudinit/scripts/user-data 0744 over: #!/bin/sh\necho "
	  "10.0.0.1\n\nunit coreos-cloudinit-user-data.service enabled: [Unit]" },
};

static const struct dialect_row yaml[] = {
	{ "the header alone", HEAD, "{\"ignition\":{\"version\":\"3.0.0\"}}" },
	{ "CRLF", "#cloud-config\r\nhostname: a\r\n", "file /etc/hostname 0644 over: a\n" },
	{ "keys with dashes at every depth", HEAD "coreos: {update: {reboot-strategy: off}}",
	  "REBOOT_STRATEGY=off" },
	{ "an unknown key", HEAD "foo-bar: 1",
	  "warning at line 2 col 1: unrecognized key "
	  "\"foo-bar\"" },
	{ "a value of the wrong type is dropped", HEAD "users: [{name: u, groups: docker}]",
	  "warning at line 2 col 27: incorrect type for \"groups\" (want []string)\n", "docker\"" },
	{ "a truth in quotes is dropped", UNITS("mask: 'yes', command: start"),
	  "incorrect type for \"mask\" (want bool)", "masked" },
	{ "words of YAML 1.1 are truths", UNITS("mask: on"), "unit a.service masked" },
	{ "null is unset", HEAD "hostname: ~\nusers:\n", "{\"ignition\"", "hostname" },
	{ "12:30:45 is a string", HEAD "hostname: 12:30:45", "over: 12:30:45\n" },
	{ "no YAML", HEAD "a: [", "refused" },
	{ "no mapping", HEAD "- a", "error at line 2 col 1: the top level is not a mapping" },
	{ "nothing at all", "", "refused: not a config (empty)" },
};

/* The validator says nothing of what lowering adds. */
static void check_validator(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	const struct front_end_input input = {
		.pool = pool,
		.source = test_source(pool, UNITS("command: start") "\nhostname: $public_ipv6"),
		.supplies = supplies,
		.report = report,
	};

	tap_int(cloud_config_validate(&input, NULL), 0, "the validator takes a good text");
	tap_int((int64_t)report_count(report), 0, "and is silent");
}

/* What is missing is asked for, and no error. */
static void check_missing(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	struct lowered lowered = { .config = NULL };
	size_t position = 0;
	const struct front_end_input input = {
		.pool = pool,
		.source = test_source(pool, HEAD "hostname: a$private_ipv4"),
		.supplies = supplies,
		.report = report,
	};

	tap_int(front_end_cloud_config.lower(&input, &lowered, NULL), 0,
		"a missing address is no error");

	const struct supply_question *question = supplies_next_missing(supplies, &position);

	tap_ok(question && question->kind == SUPPLY_ATTRIBUTE &&
		       slice_is(question->name, "private_ipv4") && question->origin.line == 2 &&
		       question->origin.column == 12,
	       "it is asked for, with its place");
}

int main(void)
{
	test_rows(&front_end_cloud_config, keys, ARRAY_SIZE(keys));
	test_rows(&front_end_cloud_config, services, ARRAY_SIZE(services));
	test_rows(&front_end_cloud_config, files, ARRAY_SIZE(files));
	test_rows(&front_end_cloud_config, units, ARRAY_SIZE(units));
	test_rows(&front_end_cloud_config, substitution, ARRAY_SIZE(substitution));
	test_rows(&front_end_cloud_config, yaml, ARRAY_SIZE(yaml));
	check_validator();
	check_missing();
	return tap_done();
}
