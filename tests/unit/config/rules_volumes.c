/* rules_volumes - RAID levels and devices, encrypted volumes and their keys. */
#include "rules_rows.h"

#define RAID(...) (&(struct config_raid){ __VA_ARGS__ })
#define ON_A	  .devices = LIST(struct config_text, { .text = STR("/dev/a") })
#define SPARES	  "error .level: spares unsupported for linear and raid0 arrays\n"
#define UNKNOWN	  "error .level: unrecognized raid level\n"
#define REQUIRED  "error .level: raid level is required\n"

static const struct rules_row raid_rows[] = {
	{ "no level, from 3.3 on", RAID(ON_A), REQUIRED, .since = SPEC_3_3, .otherwise = UNKNOWN },
	{ "an empty level, spares or not", RAID(ON_A, .level = STR(""), .spares = INT(1)), REQUIRED,
	  .since = SPEC_3_3, .otherwise = UNKNOWN },
	{ "an unknown level", RAID(ON_A, .level = STR("raid2"), .spares = INT(1)), UNKNOWN },
	{ "levels have one case", RAID(ON_A, .level = STR("RAID1")), UNKNOWN },
	{ "linear without spares", RAID(ON_A, .level = STR("linear")) },
	{ "linear with no spares", RAID(ON_A, .level = STR("linear"), .spares = INT(0)) },
	{ "linear with spares", RAID(ON_A, .level = STR("linear"), .spares = INT(1)), SPARES },
	{ "raid0 with spares", RAID(ON_A, .level = STR("raid0"), .spares = INT(1)), SPARES },
	{ "0 with negative spares", RAID(ON_A, .level = STR("0"), .spares = INT(-1)), SPARES },
	{ "stripe with spares", RAID(ON_A, .level = STR("stripe"), .spares = INT(1)), SPARES },
	{ "raid1 with spares", RAID(ON_A, .level = STR("raid1"), .spares = INT(1)) },
	{ "1 with spares", RAID(ON_A, .level = STR("1"), .spares = INT(1)) },
	{ "mirror with spares", RAID(ON_A, .level = STR("mirror"), .spares = INT(1)) },
	{ "raid4", RAID(ON_A, .level = STR("raid4"), .spares = INT(1)) },
	{ "4", RAID(ON_A, .level = STR("4")) },
	{ "raid5", RAID(ON_A, .level = STR("raid5"), .spares = INT(1)) },
	{ "5", RAID(ON_A, .level = STR("5")) },
	{ "raid6", RAID(ON_A, .level = STR("raid6"), .spares = INT(1)) },
	{ "6", RAID(ON_A, .level = STR("6")) },
	{ "raid10", RAID(ON_A, .level = STR("raid10"), .spares = INT(1)) },
	{ "10", RAID(ON_A, .level = STR("10")) },
	{ "no devices", RAID(.level = STR("raid1")), "error .devices: raid devices required\n" },
	{ "the paths of devices come last",
	  RAID(.level = STR("x"),
	       .devices = LIST(struct config_text, { .text = STR("a") }, { .text = STR("/a") },
			       { .text = STR("/a/") }, { .text = STR("") })),
	  UNKNOWN "error .devices.0: path not absolute\n"
		  "error .devices.2: path is not fully simplified\n"
		  "error .devices.3: path not specified\n" },
};

#define BARE(...)   (&(struct config_luks){ __VA_ARGS__ })
#define LUKS(...)   BARE(.device = STR("/dev/a"), __VA_ARGS__)
#define LABEL_47    "12345678901234567890123456789012345678901234567"
#define WRITTEN	    .origin = { .line = 1 }
#define WITH_OTHERS "error .clevis: cannot use custom clevis config with tpm2, tang, or threshold\n"
#define KEYS	    "error .keys: invalid key-file source\n"
#define CEX_CLEVIS  "error .cex: cannot use cex with clevis\n"
#define CEX_KEY	    "error .cex: cannot use key file with cex\n"
#define SINCE_LUKS  .since = SPEC_3_2
#define SINCE_CEX   .since = SPEC_3_5

static const struct rules_row luks_rows[] = {
	{ "a volume", LUKS(.name = STR("a")) },
	{ "a slash in the name", LUKS(.name = STR("a/b")),
	  "error .name: device names cannot contain slashes\n", SINCE_LUKS },
	{ "a label of 47 bytes", LUKS(.label = STR(LABEL_47)) },
	{ "a label of 48 bytes", LUKS(.label = STR(LABEL_47 "8")),
	  "error .label: luks device labels cannot be longer than 47 characters\n", SINCE_LUKS },
	{ "no device", BARE(), "error .device: disk device is required\n", SINCE_LUKS },
	{ "an empty device", BARE(.device = STR("")), "error .device: disk device is required\n",
	  SINCE_LUKS },
	{ "a relative device", BARE(.device = STR("a")), "error .device: path not absolute\n",
	  SINCE_LUKS },
	{ "a custom pin alone", LUKS(.clevis.custom = { .pin = STR("sss") }) },
	{ "a custom pin and threshold 0",
	  LUKS(.clevis = { .custom = { .pin = STR("sss") }, .threshold = INT(0), .tpm2 = FALSE }) },
	{ "a custom pin and a threshold",
	  LUKS(.clevis = { .custom = { .pin = STR("sss") }, .threshold = INT(1) }), WITH_OTHERS,
	  SINCE_LUKS },
	{ "a custom pin and tpm2",
	  LUKS(.clevis = { .custom = { .pin = STR("sss") }, .tpm2 = TRUE }), WITH_OTHERS,
	  SINCE_LUKS },
	{ "a custom pin and tang",
	  LUKS(.clevis = { .custom = { .pin = STR("sss") }, .tang.count = 1 }), WITH_OTHERS,
	  SINCE_LUKS },
	{ "a custom config without a pin is none from 3.3 on",
	  LUKS(.clevis = { .custom = { WRITTEN, .config = STR("x") }, .tpm2 = TRUE }), WITH_OTHERS,
	  SINCE_LUKS, .removed = SPEC_3_3 },
	{ "a bad key source", LUKS(.key_file.source = STR("x")), KEYS, SINCE_LUKS },
	{ "an empty key source", LUKS(.key_file.source = STR("")) },
	{ "a key source of a later version", LUKS(.key_file.source = STR("arn:aws:s3:::a/b")), KEYS,
	  SINCE_LUKS, .removed = SPEC_3_4 },
	{ "name, label, device, clevis, keys in this order",
	  BARE(.device = STR("/a/"), .name = STR("/"), .label = STR(LABEL_47 "8"),
	       .clevis = { .custom = { .pin = STR("x") }, .tpm2 = TRUE },
	       .key_file.source = STR("http://a b")),
	  "error .name: device names cannot contain slashes\n"
	  "error .label: luks device labels cannot be longer than 47 characters\n"
	  "error .device: path is not fully simplified\n" WITH_OTHERS KEYS,
	  SINCE_LUKS },
	{ "a CEX key", LUKS(.cex.enabled = TRUE) },
	{ "a CEX key and clevis", LUKS(.cex.enabled = TRUE, .clevis.tpm2 = TRUE), CEX_CLEVIS,
	  SINCE_CEX },
	{ "a CEX key and a custom pin", LUKS(.cex.enabled = TRUE, .clevis.custom.pin = STR("x")),
	  CEX_CLEVIS, SINCE_CEX },
	{ "a CEX key and a custom config",
	  LUKS(.cex.enabled = TRUE, .clevis.custom.config = STR("x")) },
	{ "a CEX key and a key file",
	  LUKS(.cex.enabled = TRUE, .clevis.tang.count = 1, .key_file.source = STR("data:,")),
	  CEX_CLEVIS CEX_KEY, SINCE_CEX },
	{ "a CEX key and an empty key file",
	  LUKS(.cex.enabled = TRUE, .key_file.source = STR("")) },
	{ "no CEX key", LUKS(.cex.enabled = FALSE, .clevis.tpm2 = TRUE) },
};

#define CUSTOM(...) (&(struct config_clevis_custom){ __VA_ARGS__ })
#define NO_PIN	    "error .pin: missing required custom clevis pin\n"
#define NO_CONFIG   "error .config: missing required custom clevis config\n"
#define BAD_PIN	    "error .pin: unsupported clevis pin\n"

static const struct rules_row custom_rows[] = {
	{ "nothing", CUSTOM() },
	{ "nothing in so many words",
	  CUSTOM(.pin = STR(""), .config = STR(""), .needs_network = FALSE) },
	{ "pin sss", CUSTOM(.pin = STR("sss"), .config = STR("x")) },
	{ "pin tang", CUSTOM(.pin = STR("tang"), .config = STR("x")) },
	{ "pin tpm2 without a config", CUSTOM(.pin = STR("tpm2")), NO_CONFIG, SINCE_LUKS },
	{ "any pin from 3.6 on", CUSTOM(.pin = STR("trustee"), .config = STR("x")), BAD_PIN,
	  SINCE_LUKS, .removed = SPEC_3_6 },
};

/* What the rules before 3.3 saw in another way. */
static const struct {
	const char *label;
	const void *object;
	const char *want_3_2, *want_3_3;
} custom_old_rows[] = {
	{ "a config without a pin", CUSTOM(.config = STR("x")), BAD_PIN, NO_PIN },
	{ "the network for nothing", CUSTOM(.needs_network = TRUE), "", NO_PIN NO_CONFIG },
};

#define NO_THUMB(...)	  (&(struct config_tang){ __VA_ARGS__ })
#define TANG(...)	  NO_THUMB(.thumbprint = STR("t"), __VA_ARGS__)
#define BAD_URL		  "error .url: unable to parse url\n"
#define BAD_SCHEME	  "error .url: invalid url scheme\n"
#define BAD_ADVERTISEMENT "error .advertisement: advertisement is not valid JSON\n"

static const struct rules_row tang_rows[] = {
	{ "http", TANG(.url = STR("http://a")) },
	{ "https, in upper case", TANG(.url = STR("HTTPS://a")) },
	{ "no URL has no scheme", NO_THUMB(.thumbprint = STR("t")), BAD_SCHEME, SINCE_LUKS },
	{ "another scheme", TANG(.url = STR("tftp://a")), BAD_SCHEME, SINCE_LUKS },
	{ "a URL with a space in the host", TANG(.url = STR("http://a b")), BAD_URL, SINCE_LUKS },
	{ "no thumbprint", NO_THUMB(.url = STR("http://a")),
	  "error .thumbprint: thumbprint is required\n", SINCE_LUKS },
	{ "an empty thumbprint", NO_THUMB(.url = STR("http://a"), .thumbprint = STR("")),
	  "error .thumbprint: thumbprint is required\n", SINCE_LUKS },
	{ "an advertisement", TANG(.url = STR("http://a"), .advertisement = STR("{\"a\":[]}")) },
	{ "an advertisement may be any value",
	  TANG(.url = STR("http://a"), .advertisement = STR(" null\n")) },
	{ "an empty advertisement", TANG(.url = STR("http://a"), .advertisement = STR("")) },
	{ "an advertisement that is not JSON",
	  TANG(.url = STR("http://a"), .advertisement = STR("{")), BAD_ADVERTISEMENT,
	  .since = SPEC_3_4 },
	{ "something behind an advertisement",
	  TANG(.url = STR("http://a"), .advertisement = STR("{}x")), BAD_ADVERTISEMENT,
	  .since = SPEC_3_4 },
};

int main(void)
{
	RULES_ROWS(rules_raid, raid_rows);
	RULES_ROWS(rules_luks, luks_rows);
	RULES_ROWS(rules_clevis_custom, custom_rows);
	for (size_t i = 0; i < ARRAY_SIZE(custom_old_rows); i++) {
		AUTO(text_done) struct text before = TEXT_INIT(TEXT_MESSAGE_MAX);
		AUTO(text_done) struct text after = TEXT_INIT(TEXT_MESSAGE_MAX);
		const void *object = custom_old_rows[i].object;

		rules_rows_run(rules_clevis_custom, object, SPEC_3_2, &before);
		rules_rows_run(rules_clevis_custom, object, SPEC_3_3, &after);
		tap_str(text_str(&before), custom_old_rows[i].want_3_2, custom_old_rows[i].label);
		tap_str(text_str(&after), custom_old_rows[i].want_3_3, "the same from 3.3 on");
	}
	RULES_ROWS(rules_tang, tang_rows);
	return tap_done();
}
