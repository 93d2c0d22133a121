#include "base/journald.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/text.h"

static const struct sockaddr_un journal_address = {
	.sun_family = AF_UNIX,
	.sun_path = "/run/systemd/journal/socket",
};

/* "NAME=value\n", or with a newline in the value "NAME\n<length, 64 bits LE><value>\n". */
static void append_field(struct text *out, const char *name, const char *value)
{
	uint64_t length = strlen(value);

	if (!strchr(value, '\n')) {
		text_printf(out, "%s=%s\n", name, value);
		return;
	}
	text_printf(out, "%s\n", name);
	for (unsigned shift = 0; shift < 64; shift += 8)
		text_append_char(out, (char)(length >> shift & 0xff));
	text_printf(out, "%s\n", value);
}

int journald_send(const char *message_id, const char *message, const struct event_field *fields,
		  struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	append_field(&out, "MESSAGE_ID", message_id);
	append_field(&out, "MESSAGE", message);
	append_field(&out, "PRIORITY", "6");
	append_field(&out, "SYSLOG_IDENTIFIER", "ignition");
	for (; fields->name; fields++)
		append_field(&out, fields->name, fields->value);

	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    sendto(fd, text_str(&out), out.length, MSG_NOSIGNAL | MSG_DONTWAIT,
		   (const struct sockaddr *)&journal_address, sizeof(journal_address)) < 0)
		return error_errno(err, errno, "write to the journal");
	return 0;
}
