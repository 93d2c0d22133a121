#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

/* Facility "kern", as upstream sends: what the initrd says belongs beside the kernel's messages. */
#define SYSLOG_FACILITY (0 << 3)
/* A longer message is cut: sockets refuse datagrams of more than about 200 KiB. */
#define SYSLOG_MESSAGE_MAX ((size_t)64 << 10)
/* A daemon that does not read may not stop a boot. */
#define SYSLOG_SEND_TIMEOUT_S 5

static const char *const labels[] = {
	[EVENT_EMERGENCY] = "EMERGENCY:", [EVENT_ALERT] = "ALERT    :",
	[EVENT_CRITICAL] = "CRITICAL :",  [EVENT_ERROR] = "ERROR    :",
	[EVENT_WARNING] = "WARNING  :",	  [EVENT_NOTICE] = "NOTICE   :",
	[EVENT_INFO] = "INFO     :",	  [EVENT_DEBUG] = "DEBUG    :",
};

static const char *const syslog_paths[] = { "/dev/log", "/var/run/syslog", "/var/run/log", NULL };

static struct {
	int fd; /* -1: standard output */
	const char *const *paths;
	const char *tag;
} sink = { .fd = -1 };

static void write_stdout(enum event_level level, const char *text)
{
	fputs(labels[level], stdout);
	putchar(' ');
	for (const char *c = text; *c; c++)
		putchar(*c == '\n' ? ' ' : *c);
	putchar('\n');
	fflush(stdout);
}

/* Return: a connected socket; -errno. */
static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct timeval patience = { .tv_sec = SYSLOG_SEND_TIMEOUT_S };

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));

	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0)
		return -errno;
	return take_fd(&fd);
}

/* The first socket that somebody listens on.  Return: 0; -errno of the first that fails. */
static int connect_sink(void)
{
	int first = 0;

	for (size_t i = 0; sink.paths[i]; i++) {
		sink.fd = connect_to(sink.paths[i]);
		if (sink.fd >= 0)
			return 0;
		first = first ? first : sink.fd;
	}
	sink.fd = -1;
	return first;
}

static void complain(int r)
{
	char line[128];

	snprintf(line, sizeof(line), "unable to open syslog: %s", strerrordesc_np(-r));
	write_stdout(EVENT_ERROR, line);
}

void log_open_sockets(const char *const *paths, const char *tag)
{
	sink.paths = paths;
	sink.tag = tag;

	int r = connect_sink();

	if (r < 0)
		complain(r);
}

void log_open(enum log_target target, const char *tag)
{
	if (target == LOG_TO_SYSLOG)
		log_open_sockets(syslog_paths, tag);
}

static int send_line(enum event_level level, const char *text)
{
	AUTO(text_done) struct text line = TEXT_INIT(SYSLOG_MESSAGE_MAX + strlen(sink.tag) + 64);

	text_printf(&line, "<%d>%s[%d]: %.*s", SYSLOG_FACILITY | (int)level, sink.tag,
		    (int)getpid(), (int)SYSLOG_MESSAGE_MAX, text);
	return send(sink.fd, text_str(&line), line.length, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void log_line(enum event_level level, const char *text)
{
	if (sink.fd < 0) {
		write_stdout(level, text);
		return;
	}
	if (send_line(level, text) == 0)
		return;

	/* The daemon restarts when the initrd is left: its socket is another one then. */
	close(sink.fd);

	int r = connect_sink();

	if (r < 0)
		complain(r);
	if (r < 0 || send_line(level, text) < 0)
		write_stdout(level, text);
}

void log_close(void)
{
	fflush(stdout);
	scope_close(&sink.fd);
	sink.fd = -1;
}
