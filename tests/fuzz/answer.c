/*
 * answer - what we read of a server's answer ourselves: a Content-Range that is accepted is written
 * back as it was, and makes sense; the name in a certificate lies in it; what is checked as a
 * bundle of authorities is told without harm.
 *
 * The first byte chooses.
 */
#include "base/alloc.h"
#include "fetch/authorities.h"
#include "fetch/certificate.h"
#include "fetch/content_range.h"
#include "fuzz.h"

static void check_range(struct slice value)
{
	struct content_range range;
	AUTO(text_done) struct text again = TEXT_INIT(TEXT_MESSAGE_MAX);
	struct content_range second;

	if (!content_range_parse(value, &range))
		return;
	FUZZ_REQUIRE(range.first <= range.last);
	FUZZ_REQUIRE(!range.is_sized || range.last < range.total);
	text_printf(&again, "bytes %ju-%ju/", (uintmax_t)range.first, (uintmax_t)range.last);
	if (range.is_sized)
		text_printf(&again, "%ju", (uintmax_t)range.total);
	else
		text_append_char(&again, '*');
	FUZZ_REQUIRE(content_range_parse(text_slice(&again), &second));
	FUZZ_REQUIRE(second.first == range.first && second.last == range.last &&
		     second.is_sized == range.is_sized && second.total == range.total);
}

static void check_certificate(struct slice der)
{
	struct slice name = certificate_common_name(der);

	FUZZ_REQUIRE(name.length == 0 ||
		     (name.data >= der.data && name.data + name.length <= der.data + der.length));
}

static void hear(const struct event_observer *observer, const struct event *event)
{
	(void)observer;
	FUZZ_REQUIRE(event->text);
}

static void check_bundle(struct slice bundle)
{
	const struct event_observer observer = { .notify = hear };
	AUTO(error_done) struct error err = ERROR_INIT;
	int r = authorities_check(bundle, &err);

	FUZZ_REQUIRE((r < 0) == (err.text != NULL));
	authorities_tell(&bundle, 1, &observer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const checks[])(struct slice) = { check_range, check_certificate,
							check_bundle };

	if (size == 0)
		return 0;
	checks[data[0] % ARRAY_SIZE(checks)]((struct slice){ (const char *)data + 1, size - 1 });
	return 0;
}
