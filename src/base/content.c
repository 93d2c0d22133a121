#include "base/content.h"

int content_deliver(const struct content *content, struct content_sink *sink,
		    const struct event_observer *observer, struct error *err)
{
	return content->class->deliver(content, sink, observer, err);
}

static int deliver_bytes(const struct content *content, struct content_sink *sink,
			 const struct event_observer *observer, struct error *err)
{
	const struct slice *bytes = content->detail;

	(void)observer;
	return bytes->length ? sink->write(sink, bytes->data, bytes->length, err) : 0;
}

static const struct content_class bytes_class = { .deliver = deliver_bytes };

void content_of_bytes(struct content *ret, const struct slice *bytes)
{
	*ret = (struct content){ .class = &bytes_class, .detail = bytes, .is_local = true };
}
