/* VMware: the port's instructions, RPCI in both bandwidths, configs and their removal. */
#include "providers/vmware.h"

#include <errno.h>
#include <signal.h>
#include <ucontext.h>

#include "base/alloc.h"
#include "providers/ovf.h"
#include "providers/rpci.h"
#include "simulated_host.h"
#include "tap.h"

#define CONFIG "{\"ignition\":{\"version\":\"3.4.0\"}}"

/* --- RPCI */

static const struct rpci_row {
	const char *label;
	const char *value; /* of the key; NULL: none */
	struct host host;  /* its faults */
	int want;
	const char *text; /* the value, or the error */
} rpci_rows[] = {
	{ "a value in one piece", "hello", { 0 }, 0, "hello" },
	{ "a value by words", "hello", { .is_narrow = true }, 0, "hello" },
	{ "a tail of three bytes", "abcde", { .is_narrow = true }, 0, "abcde" },
	{ "a whole number of words", "ab", { .is_narrow = true }, 0, "ab" },
	{ "an empty value", "", { 0 }, 0, "" },
	{ "a host without cookies", "x", { .is_plain = true }, 0, "x" },
	{ "checkpoints while sending", "x", { .checkpoints_sending = 3 }, 0, "x" },
	{ "checkpoints while sending words",
	  "x",
	  { .checkpoints_sending = 3, .is_narrow = true },
	  0,
	  "x" },
	{ "checkpoints while receiving", "abc", { .checkpoints_receiving = 2 }, 0, "abc" },
	{ "checkpoints while receiving words",
	  "abc",
	  { .checkpoints_receiving = 2, .is_narrow = true },
	  0,
	  "abc" },
	{ "no end of checkpoints",
	  "x",
	  { .checkpoints_sending = 1000 },
	  -EPROTO,
	  "guestinfo.key: VMware's host does not stop making checkpoints" },
	{ "no value", NULL, { 0 }, -ENOENT, "guestinfo.key: the host has no value for it" },
	{ "no channel",
	  "x",
	  { .is_mute = true },
	  -EPROTO,
	  "guestinfo.key: VMware's host does not open a channel" },
	{ "a reply of a size that no host sends",
	  "x",
	  { .reply_size = (1 << 20) + 1 },
	  -EFBIG,
	  "guestinfo.key: VMware's host replies with more than 1048576 bytes" },
	{ "a reply shorter than it was said",
	  "x",
	  { .reply_size = 100 },
	  -EPROTO,
	  "guestinfo.key: VMware's host does not send its reply to the end" },
	{ "a reply of one byte", "x", { .reply_size = 1 }, 0, "" },
};

static void test_rpci(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rpci_rows); i++) {
		const struct rpci_row *row = &rpci_rows[i];
		AUTO(host_done) struct host host = row->host;
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO_FREE char *value = NULL;
		struct backdoor port = host_port(&host);

		host.request = TEXT_INIT(1 << 20);
		if (row->value)
			host_set(&host, "key", row->value);
		tap_int(guestinfo_get(&port, "key", &value, NULL, &err), row->want, row->label);
		tap_str(row->want ? err.text : value, row->text, row->label);
		tap_ok(host.opened == host.closed && host.wrong == 0,
		       "%s: the channel is closed, and the host found nothing wrong", row->label);
	}
}

static void test_set(void)
{
	AUTO(host_done) struct host host = HOST_INIT;
	AUTO(error_done) struct error kept = ERROR_INIT;
	AUTO(error_done) struct error refused = ERROR_INIT;
	struct backdoor port = host_port(&host);

	tap_int(guestinfo_set(&port, "key", slice_of("a b "), NULL), 0, "a value is set");
	tap_str(host_get(&host, "key"), "a b ", "with its spaces");
	host.keeps_values = true;
	tap_int(guestinfo_set(&port, "key", slice_of("c"), &kept), -EPERM,
		"a host that says yes and does nothing is found out");
	tap_str(kept.text, "guestinfo.key keeps its old value", "and named");
	host.refuses_to_set = true;
	tap_int(guestinfo_set(&port, "key", slice_of("c"), &refused), -EPERM,
		"a host that says no");
	tap_str(refused.text, "set guestinfo.key: VMware's host says \"0 Permission denied\"",
		"and why");
}

/* --- the instructions, caught as VMware catches them */

#if defined(__x86_64__)

static struct host *trapped;

static void on_trap(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	const unsigned char *code = (const unsigned char *)regs[REG_RIP];
	struct backdoor_registers r = {
		(uint64_t)regs[REG_RAX], (uint64_t)regs[REG_RBX], (uint64_t)regs[REG_RCX],
		(uint64_t)regs[REG_RDX], (uint64_t)regs[REG_RSI], (uint64_t)regs[REG_RDI],
		(uint64_t)regs[REG_RBP],
	};

	(void)info;
	if (code[0] == 0xed) { /* in eax, dx */
		host_exchange(trapped, &r);
		regs[REG_RIP] += 1;
	} else if (code[0] == 0xf3 && code[1] == 0x6e) { /* rep outsb */
		host_take(trapped, &r);
		regs[REG_RIP] += 2;
	} else if (code[0] == 0xf3 && code[1] == 0x6c) { /* rep insb */
		host_give(trapped, &r);
		regs[REG_RIP] += 2;
	} else {
		_exit(128 + signal);
	}
	regs[REG_RAX] = (greg_t)r.ax;
	regs[REG_RBX] = (greg_t)r.bx;
	regs[REG_RCX] = (greg_t)r.cx;
	regs[REG_RDX] = (greg_t)r.dx;
	regs[REG_RSI] = (greg_t)r.si;
	regs[REG_RDI] = (greg_t)r.di;
	regs[REG_RBP] = (greg_t)r.bp;
}

static void test_instructions(bool is_narrow)
{
	struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };
	struct sigaction old;
	AUTO(host_done) struct host host = HOST_INIT;
	AUTO_FREE char *value = NULL;
	const char *width = is_narrow ? "words" : "whole";

	host.is_narrow = is_narrow;
	trapped = &host;
	sigaction(SIGSEGV, &action, &old);
	tap_int(backdoor_knock(backdoor_machine(), NULL), 0, "the port's instruction is heard");
	tap_int(guestinfo_set(backdoor_machine(), "key", slice_of(CONFIG), NULL), 0,
		"a value goes through the port");
	tap_int(guestinfo_get(backdoor_machine(), "key", &value, NULL, NULL), 0, "and comes back");
	sigaction(SIGSEGV, &old, NULL);
	tap_str(value, CONFIG, width);
	tap_int(host.wrong, 0, "all registers were as the document has them");
}

#endif

static void test_knock(void)
{
	AUTO(host_done) struct host host = HOST_INIT;
	struct backdoor port = host_port(&host);
	const struct backdoor *found = NULL;
	int r = backdoor_find(&found, NULL);

	tap_int(backdoor_knock(&port, NULL), 0, "a port that answers");
	tap_ok(r == -ENODEV || found, "no port is touched unless the processor names VMware");
}

/* --- configs */

#define OVF_HEAD                                                                                   \
	"<?xml version=\"1.0\"?>\n<Environment\n  "                                                \
	"xmlns=\"http://schemas.dmtf.org/ovf/environment/1\"\n  "                                  \
	"xmlns:oe=\"http://schemas.dmtf.org/ovf/environment/1\">\n <PlatformSection/>\n"
#define OVF(properties)                                                                            \
	OVF_HEAD " <PropertySection>" properties "</PropertySection>\n <Entity id=\"other\">"      \
		 "<PropertySection><Property oe:key=\"guestinfo.ignition.config.data\" "           \
		 "oe:value=\"theirs\"/></PropertySection></Entity>\n</Environment>\n"
#define PROPERTY(key, value) "<Property oe:key=\"" key "\" oe:value=\"" value "\"/>"
#define DATA		     "ignition.config.data"
#define ENCODING	     "ignition.config.data.encoding"

static const struct config_row {
	const char *label;
	const char *keys[6]; /* name, value … */
	int want;
	const char *text; /* the config, or the error */
} config_rows[] = {
	{ "nothing", { NULL }, 0, "" },
	{ "plain", { DATA, CONFIG }, 0, CONFIG },
	{ "base64", { DATA, "e30K", ENCODING, "base64" }, 0, "{}\n" },
	{ "b64, with a newline", { DATA, "e30K\n", ENCODING, "b64" }, 0, "{}\n" },
	{ "gzip of base64",
	  { DATA, "H4sIAAAAAAAAA6uu5QIABrCh3QMAAAA=", ENCODING, "gz+b64" },
	  0,
	  "{}\n" },
	{ "an unknown encoding",
	  { DATA, "x", ENCODING, "rot13" },
	  -EINVAL,
	  "guestinfo.ignition.config.data: unsupported encoding \"rot13\"" },
	{ "no base64",
	  { DATA, "e3*K", ENCODING, "base64" },
	  -EINVAL,
	  "guestinfo.ignition.config.data: no base64 at byte 2" },
	{ "an empty value is none", { DATA, "", ENCODING, "base64" }, 0, "" },
	{ "Container Linux' key", { "coreos.config.data", CONFIG }, 0, CONFIG },
	{ "upstream's key first", { "coreos.config.data", "x", DATA, CONFIG }, 0, CONFIG },
	{ "a URL", { "ignition.config.url", "data:,%7B%7D" }, 0, "{}" },
	{ "data before a URL", { "coreos.config.url", "data:,x", DATA, CONFIG }, 0, CONFIG },
	{ "the OVF environment",
	  { "ovfenv", OVF(PROPERTY("guestinfo.ignition.config.data", "e30K")
				  PROPERTY("guestinfo.ignition.config.data.encoding", "base64")) },
	  0,
	  "{}\n" },
	{ "of two properties the last",
	  { "ovfEnv", OVF(PROPERTY("guestinfo.ignition.config.data", "a")
				  PROPERTY("guestinfo.ignition.config.data", "b")) },
	  0,
	  "b" },
	{ "guestinfo before the environment",
	  { "ovfenv", OVF(PROPERTY("guestinfo.ignition.config.data", "a")), DATA, CONFIG },
	  0,
	  CONFIG },
	{ "another machine's section is not ours", { "ovfenv", OVF("") }, 0, "" },
	{ "an environment that is no XML is ignored", { "ovfenv", "<x", DATA, CONFIG }, 0, CONFIG },
	{ "an environment with entities is ignored",
	  { "ovfenv", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>" },
	  0,
	  "" },
};

static void load(struct host *host, const char *const *keys)
{
	for (; keys[0]; keys += 2)
		host_set(host, keys[0], keys[1]);
}

static void test_configs(void)
{
	AUTO(fetcher_free) struct fetcher *fetcher = fetcher_new(FETCHER_OFFLINE, NULL);
	const struct provider_context context = { .fetcher = fetcher };

	for (size_t i = 0; i < ARRAY_SIZE(config_rows); i++) {
		const struct config_row *row = &config_rows[i];
		AUTO(host_done) struct host host = HOST_INIT;
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(provider_config_done) struct provider_config config = { .length = 0 };
		struct backdoor port = host_port(&host);

		load(&host, row->keys);
		tap_int(vmware_get_config(&port, &context, &config, &err), row->want, row->label);

		AUTO_FREE char *text = slice_dup((struct slice){ config.data, config.length });

		tap_str(row->want ? err.text : text, row->text, row->label);
	}
}

static void test_need_network(void)
{
	AUTO(fetcher_free) struct fetcher *fetcher = fetcher_new(FETCHER_OFFLINE, NULL);
	const struct provider_context context = { .fetcher = fetcher };
	AUTO(host_done) struct host host = HOST_INIT;
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(provider_config_done) struct provider_config config = { .length = 0 };
	struct backdoor port = host_port(&host);

	host_set(&host, "ignition.config.url", "http://192.0.2.1/config");
	vmware_get_config(&port, &context, &config, &err);
	tap_int(err.kind, ERROR_NEED_NETWORK, "a URL waits for the network");
}

/* --- removal */

static const struct removal_row {
	const char *label;
	const char *keys[6];
	const char *want_data;
	const char *want_encoding;
	const char *want_ovfenv;
} removal_rows[] = {
	{ "nothing to remove", { NULL }, NULL, NULL, NULL },
	{ "plain data", { DATA, CONFIG }, "e30K", "base64", NULL },
	{ "data with the right encoding", { DATA, "eA==", ENCODING, "base64" }, "e30K", "base64" },
	{ "data with another encoding", { DATA, "x", ENCODING, "gz+b64" }, "e30K", "base64" },
	{ "a run that was cut short", { DATA, "e30K", ENCODING, "gzip" }, "e30K", "base64" },
	{ "properties go, all else stays",
	  { "ovfenv",
	    OVF("\n  " PROPERTY(
		    "guestinfo.ignition.config.data",
		    "s3cret") "\n  <Property oe:key=\"guestinfo.ignition.config.data.encoding\" "
			      "oe:value=\"\"> </Property>\n  " PROPERTY("other", "&lt;") "\n ") },
	  NULL,
	  NULL,
	  OVF("\n  \n  \n  " PROPERTY("other", "&lt;") "\n ") },
	{ "nothing of ours in the environment",
	  { "ovfenv", OVF(PROPERTY("other", "x")) },
	  NULL,
	  NULL,
	  OVF(PROPERTY("other", "x")) },
	{ "an attribute outside the namespace is not touched",
	  { "ovfenv", OVF("<Property key=\"guestinfo.ignition.config.data\" oe:value=\"x\"/>") },
	  NULL,
	  NULL,
	  OVF("<Property key=\"guestinfo.ignition.config.data\" oe:value=\"x\"/>") },
};

static void test_removal(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(removal_rows); i++) {
		const struct removal_row *row = &removal_rows[i];
		AUTO(host_done) struct host host = HOST_INIT;
		AUTO(error_done) struct error err = ERROR_INIT;
		struct backdoor port = host_port(&host);

		load(&host, row->keys);
		tap_int(vmware_remove_config(&port, &err), 0, row->label);
		tap_str(host_get(&host, DATA), row->want_data, row->label);
		tap_str(host_get(&host, ENCODING), row->want_encoding, row->label);
		tap_str(host_get(&host, "ovfenv"), row->want_ovfenv, row->label);
	}
}

static void test_removal_that_fails(void)
{
	AUTO(host_done) struct host host = HOST_INIT;
	AUTO(error_done) struct error err = ERROR_INIT;
	struct backdoor port = host_port(&host);

	host_set(&host, DATA, "s3cret");
	host.keeps_values = true;
	tap_int(vmware_remove_config(&port, &err), -EPERM, "a config that stays is an error");
	tap_str(err.text, "guestinfo.ignition.config.data keeps its old value", "that says so");
}

int main(void)
{
	test_rpci();
	test_set();
	test_knock();
#if defined(__x86_64__)
	test_instructions(/* is_narrow= */ false);
	test_instructions(/* is_narrow= */ true);
#endif
	test_configs();
	test_need_network();
	test_removal();
	test_removal_that_fails();
	return tap_done();
}
