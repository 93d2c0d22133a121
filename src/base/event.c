#include "base/event.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/scope.h"

void event_notify(const struct event_observer *observer, const struct event *event)
{
	if (observer)
		observer->notify(observer, event);
}

void event_message(const struct event_observer *observer, enum event_level level,
		   const char *format, ...)
{
	if (!observer)
		return;

	va_list args;

	va_start(args, format);
	AUTO_FREE char *text = xvasprintf(format, args);
	va_end(args);
	event_notify(observer,
		     &(struct event){ .kind = EVENT_MESSAGE, .level = level, .text = text });
}

void event_scope_begin(const struct event_observer *observer, const char *prefix)
{
	event_notify(observer, &(struct event){ .kind = EVENT_SCOPE_BEGIN, .text = prefix });
}

void event_scope_end(const struct event_observer *observer)
{
	event_notify(observer, &(struct event){ .kind = EVENT_SCOPE_END });
}

void event_operation(const struct event_observer *observer, enum event_kind kind, const char *text,
		     const char *cause)
{
	event_notify(observer, &(struct event){ .kind = kind, .text = text, .cause = cause });
}
