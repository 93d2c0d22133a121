/* log - labels on standard output, datagrams to a syslog socket, and what happens without one. */
#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/alloc.h"
#include "base/text.h"
#include "tap.h"

static int saved_stdout = -1;

/* Standard output goes to @path until end_capture(). */
static void begin_capture(const char *path)
{
	fflush(stdout);
	saved_stdout = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);

	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	dup2(fd, STDOUT_FILENO);
}

/* What was written meanwhile; freed with free(). */
static char *end_capture(const char *path)
{
	char *text = xcalloc(1, 4096);

	fflush(stdout);
	dup2(saved_stdout, STDOUT_FILENO);
	close(saved_stdout);

	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (read(fd, text, 4095) < 0)
		text[0] = '\0';
	unlink(path);
	return text;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memcpy(address.sun_path, path, strlen(path));
	return bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -1 : fd;
}

static void expect_datagram(int fd, const char *want_format, const char *label)
{
	AUTO_FREE char *got = xcalloc(1, 100000);
	AUTO_FREE char *want = xasprintf("%s[%d]: ", want_format, (int)getpid());
	ssize_t length = recv(fd, got, 99999, 0);

	tap_ok(length > 0 && slice_starts(slice_of(got), want), "%s: %.60s", label, got);
}

static void test_stdout(const char *path)
{
	begin_capture(path);
	log_open(LOG_TO_STDOUT, "test");
	for (enum event_level level = EVENT_EMERGENCY; level <= EVENT_DEBUG; level++)
		log_line(level, "text");
	log_line(EVENT_INFO, "two\nlines");
	log_close();

	AUTO_FREE char *got = end_capture(path);

	tap_str(got,
		"EMERGENCY: text\nALERT    : text\nCRITICAL : text\nERROR    : text\n"
		"WARNING  : text\nNOTICE   : text\nINFO     : text\nDEBUG    : text\n"
		"INFO     : two lines\n",
		"standard output has upstream's labels, and a line per message");
}

static void test_no_syslog(const char *path)
{
	const char *paths[] = { "/nonexistent/log", NULL };

	begin_capture(path);
	log_open_sockets(paths, "test");
	log_line(EVENT_INFO, "text");
	log_close();

	AUTO_FREE char *got = end_capture(path);

	tap_str(got,
		"ERROR    : unable to open syslog: No such file or directory\n"
		"INFO     : text\n",
		"without syslog, standard output says so and goes on");
}

static void test_syslog(const char *directory, const char *output)
{
	AUTO_FREE char *path = xasprintf("%s/log", directory);
	const char *paths[] = { "/nonexistent/log", path, NULL };
	AUTO_CLOSE int first = listen_at(path);
	AUTO_FREE char *large = xcalloc(1, 1 << 20);

	begin_capture(output);
	log_open_sockets(paths, "test");
	log_line(EVENT_CRITICAL, "one");
	log_line(EVENT_DEBUG, "two");
	memset(large, 'x', (1 << 20) - 1);
	log_line(EVENT_INFO, large);

	AUTO_FREE char *quiet = end_capture(output);

	tap_str(quiet, "", "a message that was sent is not printed too");
	expect_datagram(first, "<2>test", "facility kern, severity 2");
	expect_datagram(first, "<7>test", "severity 7");
	expect_datagram(first, "<6>test", "a message beyond all sizes is cut and sent");

	close(take_fd(&first));
	unlink(path);

	AUTO_CLOSE int second = listen_at(path);

	log_line(EVENT_NOTICE, "three");
	expect_datagram(second, "<5>test", "a daemon that was restarted is found again");
	close(take_fd(&second));
	unlink(path);
	begin_capture(output);
	log_line(EVENT_INFO, "four");
	log_close();

	AUTO_FREE char *got = end_capture(output);

	tap_str(got,
		"ERROR    : unable to open syslog: No such file or directory\n"
		"INFO     : four\n",
		"a daemon that has gone loses no message");
}

int main(void)
{
	char directory[] = "/tmp/slipway-log-XXXXXX";

	if (!mkdtemp(directory))
		return 1;

	AUTO_FREE char *output = xasprintf("%s/output", directory);

	test_stdout(output);
	test_no_syslog(output);
	test_syslog(directory, output);
	rmdir(directory);
	return tap_done();
}
