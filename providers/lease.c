#include "providers/lease.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"

#define LEASE_BYTES_MAX ((size_t)64 << 10)
#define LOOPBACK_NET	127
#define MULTICAST_FIRST 224

/* Where leases are, and what stands before the server's address; in order of their weight. */
static const struct lease_row {
	const char *directory;
	const char *suffix;
	const char *word;
} rows[] = {
	{ "run/systemd/netif/leases", "", "SERVER_ADDRESS=" },
	{ "run/NetworkManager/devices", "", "dhcp_server_identifier=" },
	{ "var/lib/NetworkManager", ".lease", "SERVER_ADDRESS=" },
	{ "run/dhclient", ".lease", "dhcp-server-identifier " },
	{ "var/lib/dhcp", ".leases", "dhcp-server-identifier " },
	{ "var/lib/dhclient", ".leases", "dhcp-server-identifier " },
};

static bool is_server(const char *text)
{
	struct in_addr address;

	if (inet_pton(AF_INET, text, &address) != 1)
		return false;

	uint32_t first = ntohl(address.s_addr) >> 24;

	return first != 0 && first != LOOPBACK_NET && first < MULTICAST_FIRST;
}

/* The last one counts: dhclient appends to its file. */
char *lease_server_in(struct slice text, const char *word)
{
	char *found = NULL;

	while (text.length) {
		AUTO_FREE char *line = slice_dup(slice_take_line(&text));
		const char *at = strstr(line, word);

		if (!at)
			continue;
		at += strlen(word);

		AUTO_FREE char *address = xstrndup(at, strspn(at, "0123456789."));

		if (is_server(address)) {
			free(found);
			found = take_ptr(&address);
		}
	}
	return found;
}

static char *look_into(const struct machine *machine, const struct lease_row *row, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", row->directory, name);
	AUTO_FREE char *text = NULL;
	size_t length = 0;

	if (name[0] == '.' || !slice_ends(slice_of(name), row->suffix) ||
	    machine_read(machine, path, LEASE_BYTES_MAX, &text, &length, /* err= */ NULL) < 0)
		return NULL;
	return lease_server_in((struct slice){ text, length }, row->word);
}

/* Of several files the first in order of their names. */
static char *search(const struct machine *machine, const struct lease_row *row)
{
	struct dirent **names = NULL;
	char *found = NULL;
	int count = scandirat(machine->host_fd, row->directory, &names, /* filter= */ NULL,
			      versionsort);

	for (int i = 0; i < count; i++) {
		if (!found)
			found = look_into(machine, row, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return found;
}

int lease_find_server(const struct machine *machine, char **ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *found = search(machine, &rows[i]);

		if (found) {
			*ret = found;
			return 0;
		}
	}
	return error_set(err, ERROR_NOT_FOUND, ENOENT, "no DHCP lease names its server");
}
