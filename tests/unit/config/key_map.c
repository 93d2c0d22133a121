/* key_map - adding, finding, growing. */
#include "config/key_map.h"

#include "tap.h"

#define MANY 10000

int main(void)
{
	static char names[MANY][8];
	AUTO(key_map_done) struct key_map map = { 0 };
	size_t value = 7;
	size_t wrong = 0;

	tap_ok(!key_map_find(&map, SLICE("a"), &value) && value == 7, "nothing is in an empty map");
	tap_ok(key_map_add(&map, SLICE("a"), 0), "a new key is added");
	tap_ok(!key_map_add(&map, SLICE("a"), 1), "a key that is there is not");
	tap_ok(key_map_find(&map, SLICE("a"), &value) && value == 0, "the first value stays");
	tap_ok(key_map_add(&map, (struct slice){ 0 }, 5) && !key_map_add(&map, SLICE(""), 6),
	       "absent equals empty");
	tap_ok(key_map_find(&map, SLICE(""), /* ret= */ NULL), "a caller may not want the value");

	for (size_t i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "%zu", i);
		wrong += !key_map_add(&map, slice_of(names[i]), i);
	}
	tap_int((int64_t)wrong, 0, "many keys are added");
	for (size_t i = 0; i < MANY; i++)
		wrong += !key_map_find(&map, slice_of(names[i]), &value) || value != i;
	tap_int((int64_t)wrong, 0, "many keys are found after the table has grown");
	key_map_done(&map);
	tap_ok(!key_map_find(&map, SLICE("1"), NULL) && key_map_add(&map, SLICE("1"), 1),
	       "a released map is empty and can be used");
	return tap_done();
}
