/*
 * spawn - run one program, silent, and print how it ended, how long it took and its peak memory.
 *
 * A program of its own because the kernel counts the memory of whoever called exec into the peak
 * of the child: started from Python, nothing could be smaller than Python.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S	 INT64_C(1000000000)
#define EXIT_NOT_STARTED 127

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void run_silent(char **argv)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 || dup2(null_fd, STDOUT_FILENO) < 0 ||
	    dup2(null_fd, STDERR_FILENO) < 0)
		_exit(EXIT_NOT_STARTED);
	execvp(argv[0], argv);
	_exit(EXIT_NOT_STARTED);
}

/* Prints "STATUS NANOSECONDS KIBIBYTES"; a signal is a negative status. */
int main(int argc, char **argv)
{
	struct rusage usage;
	int status = 0;
	int64_t start = now_ns();

	if (argc < 2) {
		fputs("usage: spawn PROGRAM [ARGUMENT ...]\n", stderr);
		return 2;
	}

	pid_t child = fork();

	if (child == 0)
		run_silent(argv + 1);
	if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
		perror("spawn");
		return 1;
	}

	int64_t wall_ns = now_ns() - start;

	printf("%d %" PRId64 " %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
	       wall_ns, usage.ru_maxrss);
	return 0;
}
