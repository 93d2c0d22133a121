/*
 * config_dict - write the dictionary of the target "config" from the schema tables: every key, and
 * every version.
 */
#include <stdio.h>

#include "config/key_map.h"
#include "config/schema.h"

static void print_keys(const struct schema *schema, struct key_map *seen)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (!(field->flags & FIELD_INLINE) && key_map_add(seen, slice_of(field->name), i))
			printf("\"\\\"%s\\\":\"\n", field->name);
		if (field->item)
			print_keys(field->item, seen);
	}
}

int main(void)
{
	AUTO(key_map_done) struct key_map seen = { 0 };

	print_keys(&config_schema, &seen);
	for (enum spec_version version = SPEC_OLDEST; version < SPEC_VERSION_COUNT; version++)
		printf("\"{\\\"ignition\\\":{\\\"version\\\":\\\"%s\\\"}\"\n",
		       spec_version_name(version));
	return 0;
}
