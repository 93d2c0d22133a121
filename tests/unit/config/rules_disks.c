/* rules_disks - devices, partitions that collide or overlap, labels and GUIDs. */
#include "rules_rows.h"

#define DISK(...) (&(struct config_disk){ __VA_ARGS__ })
#define PARTS(...)                                                                                 \
	(&(struct config_disk){ .device = STR("/d"),                                               \
				.partitions = LIST(struct config_partition, __VA_ARGS__) })
#define SPAN(first, length) .start_mib = INT(first), .size_mib = INT(length)
#define COLLIDE(n)	    "error .partitions." #n ": partition numbers collide\n"
#define OVERLAP(n)	    "error .partitions." #n ": partitions overlap\n"
#define TWICE(n)	    "error .partitions." #n ": cannot use the same partition label twice\n"
#define MIXED                                                                                      \
	"error .partitions: shouldExist is false for a partition and other partition(s) has "      \
	"start or size 0\n"

static const struct rules_row disk_rows[] = {
	{ "a disk", DISK(.device = STR("/dev/sda")) },
	{ "no device, and partitions are not looked at",
	  DISK(.partitions = LIST(struct config_partition, { .number = 1 }, { .number = 1 })),
	  "error .device: disk device is required\n" },
	{ "a relative device", DISK(.device = STR("sda")), "error .device: path not absolute\n" },
	{ "an unclean device", DISK(.device = STR("/dev//sda")),
	  "error .device: path is not fully simplified\n" },
	{ "different numbers", PARTS({ .number = 1 }, { .number = 2 }, { .number = -1 }) },
	{ "number 0 may be repeated", PARTS({ .number = 0 }, { .number = 0 }) },
	{ "the second of two equal numbers",
	  PARTS({ .number = 1 }, { .number = 2 }, { .number = 1 }), COLLIDE(2) },
	{ "the first repetition of several",
	  PARTS({ .number = 9 }, { .number = 2 }, { .number = 2 }, { .number = 9 },
		{ .number = 2 }),
	  COLLIDE(2) },
	{ "different labels",
	  PARTS({ .label = STR("a") }, { .label = STR("A") }, { .number = 1 }) },
	{ "the second of two equal labels", PARTS({ .label = STR("a") }, { .label = STR("a") }),
	  TWICE(1) },
	{ "two empty labels", PARTS({ .label = STR("") }, { .label = STR("") }), TWICE(1) },

	{ "neighbours", PARTS({ .number = 1, SPAN(1, 4) }, { .number = 2, SPAN(5, 4) }) },
	{ "the last MiB is the next one's first: the second has the entry",
	  PARTS({ .number = 1, SPAN(1, 5) }, { .number = 2, SPAN(5, 4) }), OVERLAP(1) },
	{ "so it has when it begins first",
	  PARTS({ .number = 1, SPAN(5, 4) }, { .number = 2, SPAN(1, 5) }), OVERLAP(1) },
	{ "one inside the other", PARTS({ .number = 1, SPAN(1, 9) }, { .number = 2, SPAN(4, 2) }),
	  OVERLAP(1) },
	{ "one around the other", PARTS({ .number = 1, SPAN(4, 2) }, { .number = 2, SPAN(1, 9) }),
	  OVERLAP(1) },
	{ "one entry only, for the first that the first one meets",
	  PARTS({ .number = 1, SPAN(50, 9) }, { .number = 2, SPAN(1, 9) },
		{ .number = 3, SPAN(2, 60) }, { .number = 4, SPAN(55, 1) }),
	  OVERLAP(2) },
	{ "an early end behind a long one",
	  PARTS({ .number = 1, SPAN(1, 99) }, { .number = 2, SPAN(200, 1) },
		{ .number = 3, SPAN(3, 1) }, { .number = 4, SPAN(60, 1) }),
	  OVERLAP(2) },
	{ "size 0 is one MiB", PARTS({ .number = 1, SPAN(1, 0) }, { .number = 2, SPAN(2, 0) }) },
	{ "size 0 at the end of another",
	  PARTS({ .number = 1, SPAN(1, 4) }, { .number = 2, SPAN(4, 0) }), OVERLAP(1) },
	{ "two of size 0 at one place",
	  PARTS({ .number = 1, SPAN(7, 0) }, { .number = 2, SPAN(7, 0) }), OVERLAP(1) },
	{ "start 0 is somewhere", PARTS({ .number = 1, SPAN(0, 9) }, { .number = 2, SPAN(0, 9) }) },
	{ "no start or no size is somewhere",
	  PARTS({ .number = 1, .start_mib = INT(1) }, { .number = 2, .size_mib = INT(9) },
		{ .number = 3, SPAN(1, 2) }) },
	{ "an end beyond 64 bits wraps",
	  PARTS({ .number = 1, SPAN(INT64_MAX, 9) }, { .number = 2, SPAN(1, 9) }), OVERLAP(0) },
	{ "an end before the start that is in another",
	  PARTS({ .number = 1, SPAN(10, -5) }, { .number = 2, SPAN(4, 2) }), OVERLAP(1) },
	{ "another between an end and the start after it",
	  PARTS({ .number = 1, SPAN(10, -5) }, { .number = 2, SPAN(6, 2) }), OVERLAP(0) },

	{ "next number and no existence do not go together",
	  PARTS({ .number = 1, .should_exist = FALSE }, { .label = STR("a") }), MIXED },
	{ "a number and no existence do",
	  PARTS({ .number = 1, .should_exist = FALSE }, { .number = 2, .label = STR("a") }) },
	{ "nor in one partition", PARTS({ .label = STR("a"), .should_exist = FALSE }), MIXED },
	{ "next number and existence do",
	  PARTS({ .number = 1, .should_exist = TRUE }, { .label = STR("a") }) },
	{ "all at once, in this order",
	  PARTS({ .number = 1, .label = STR("a"), SPAN(1, 2) },
		{ .number = 1, .label = STR("a"), SPAN(2, 2), .should_exist = FALSE },
		{ .label = STR("a") }),
	  COLLIDE(1) OVERLAP(1) MIXED TWICE(1) },
};

#define PART(...) (&(struct config_partition){ __VA_ARGS__ })
#define LABEL_36  "123456789012345678901234567890123456"
#define GUID	  "01234567-89AB-CDEF-EDCB-A98765432101"
#define OTHERS	  "error : shouldExist specified false with other options also specified\n"
#define UNNAMED	  "error : a partition number >= 1 or a label must be specified\n"
#define FORM	  "doesn't match the form \"01234567-89AB-CDEF-EDCB-A98765432101\"\n"

static const struct rules_row partition_rows[] = {
	{ "a number", PART(.number = 1) },
	{ "a negative number is one", PART(.number = -1) },
	{ "a label", PART(.label = STR("a")) },
	{ "an empty label is one", PART(.label = STR("")) },
	{ "neither", PART(), UNNAMED },
	{ "neither and not to exist", PART(.should_exist = FALSE, .size_mib = INT(0)),
	  OTHERS UNNAMED },
	{ "not to exist", PART(.number = 1, .should_exist = FALSE) },
	{ "not to exist, to be wiped",
	  PART(.number = 1, .should_exist = FALSE, .resize = TRUE, .wipe_partition_entry = TRUE) },
	{ "not to exist with a label", PART(.number = 1, .should_exist = FALSE, .label = STR("")),
	  OTHERS },
	{ "not to exist with a type",
	  PART(.number = 1, .should_exist = FALSE, .type_guid = STR(GUID)), OTHERS },
	{ "not to exist with an empty type and GUID",
	  PART(.number = 1, .should_exist = FALSE, .type_guid = STR(""), .guid = STR("")) },
	{ "not to exist with a GUID", PART(.number = 1, .should_exist = FALSE, .guid = STR(GUID)),
	  OTHERS },
	{ "not to exist with a start",
	  PART(.number = 1, .should_exist = FALSE, .start_mib = INT(0)), OTHERS },
	{ "not to exist with a size", PART(.number = 1, .should_exist = FALSE, .size_mib = INT(0)),
	  OTHERS },
	{ "to exist with a size", PART(.number = 1, .should_exist = TRUE, .size_mib = INT(0)) },
	{ "a label of 36 bytes", PART(.label = STR(LABEL_36)) },
	{ "a label of 37 bytes", PART(.label = STR(LABEL_36 "7")),
	  "error .label: partition labels may not exceed 36 characters\n" },
	{ "a label of 36 characters and 37 bytes",
	  PART(.label = STR("12345678901234567890123456789012345\xc3\xa9")),
	  "error .label: partition labels may not exceed 36 characters\n" },
	{ "a colon in a label", PART(.label = STR("a:")),
	  "error .label: partition label will be truncated to text before the colon\n" },
	{ "a long label with a colon", PART(.label = STR(LABEL_36 ":")),
	  "error .label: partition labels may not exceed 36 characters\n" },
	{ "a GUID in either case", PART(.number = 1, .guid = STR(GUID),
					.type_guid = STR("01234567-89ab-cdef-edcb-a98765432101")) },
	{ "label, GUID, type in this order",
	  PART(.label = STR(":"), .guid = STR("x"), .type_guid = STR("y")),
	  "error .label: partition label will be truncated to text before the colon\n"
	  "error .guid: " FORM "error .typeGuid: " FORM },
	{ "a short GUID", PART(.number = 1, .guid = STR("01234567-89AB-CDEF-EDCB-A9876543210")),
	  "error .guid: " FORM },
	{ "a long GUID", PART(.number = 1, .guid = STR(GUID "1")), "error .guid: " FORM },
	{ "a GUID with a newline", PART(.number = 1, .guid = STR(GUID "\n")),
	  "error .guid: " FORM },
	{ "a GUID that is not hexadecimal",
	  PART(.number = 1, .guid = STR("g1234567-89AB-CDEF-EDCB-A98765432101")),
	  "error .guid: " FORM },
	{ "a GUID with hyphens elsewhere",
	  PART(.number = 1, .guid = STR("0123456789-AB-CDEF-EDCB-A98765432101")),
	  "error .guid: " FORM },
	{ "a GUID with digits for hyphens",
	  PART(.number = 1, .guid = STR("01234567089AB0CDEF0EDCB0A98765432101")),
	  "error .guid: " FORM },
	{ "a GUID in braces", PART(.number = 1, .guid = STR("{" GUID "}")), "error .guid: " FORM },
};

int main(void)
{
	RULES_ROWS(rules_disk, disk_rows);
	RULES_ROWS(rules_partition, partition_rows);
	return tap_done();
}
