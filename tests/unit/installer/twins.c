/* Which partitions of other disks are warned of. */
#include "installer/twins.h"

#include <stdlib.h>

#include "tap.h"

#define GUID "11111111-2222-4333-8444-555555555555"

static const struct {
	const char *label;
	const char *own_name, *other_name, *other_guid;
	const char *says; /* NULL: nothing is said */
} rows[] = {
	{ "one GUID on two disks", "USR-A", "x", GUID, "has the GUID of the image's \"USR-A\"" },
	{ "a GUID counts before a label", "ROOT", "ROOT", GUID, "has the GUID" },
	{ "a label that systems boot by", "ROOT", "ROOT", "2", "is labelled \"ROOT\" too" },
	{ "a label that nobody boots by", "data", "data", "2", NULL },
	{ "labels have their case", "ROOT", "root", "2", NULL },
	{ "nothing alike", "ROOT", "home", "2", NULL },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct table_partition own = { .number = 3,
					       .guid = GUID,
					       .name = (char *)(uintptr_t)rows[i].own_name };
		struct table_partition other = { .number = 7,
						 .name = (char *)(uintptr_t)rows[i].other_name };
		const struct table image = { .partitions = &own, .count = 1 };
		const struct table disk = { .partitions = &other, .count = 1 };
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

		snprintf(other.guid, sizeof(other.guid), "%s", rows[i].other_guid);
		twins_compare(&image, "/dev/x", &disk, &out);
		if (rows[i].says)
			tap_ok(strstr(text_str(&out), rows[i].says) &&
				       strstr(text_str(&out), "partition 7 of /dev/x"),
			       "%s", rows[i].label);
		else
			tap_str(text_str(&out), "", rows[i].label);
	}
	return tap_done();
}
