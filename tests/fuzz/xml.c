/*
 * xml - what is accepted is a tree within its ceilings that can be walked; what is refused has a
 * message and leaves no tree.
 */
#include "providers/xml.h"

#include "fuzz.h"

static size_t walk(const struct xml_element *element, size_t depth)
{
	size_t count = 0;

	FUZZ_REQUIRE(depth <= XML_DEPTH_MAX);
	for (; element; element = element->next) {
		FUZZ_REQUIRE(element->name[0] && element->namespace);
		for (const struct xml_attribute *attribute = element->attributes; attribute;
		     attribute = attribute->next)
			FUZZ_REQUIRE(xml_attribute(element, attribute->name).data);
		FUZZ_REQUIRE(element->text.data[element->text.length] == '\0');
		count += 1 + walk(element->first, depth + 1);
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct xml_element *root = NULL;
	int r = xml_parse((struct slice){ (const char *)data, size }, "the input", arena, &root,
			  &err);

	FUZZ_REQUIRE((r < 0) == (err.text != NULL));
	FUZZ_REQUIRE((r < 0) == (root == NULL));
	if (root)
		FUZZ_REQUIRE(walk(root, 1) <= XML_ELEMENTS_MAX);
	return 0;
}
