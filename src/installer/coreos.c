#include "installer/coreos.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "installer/boot_settings.h"

#define IGNITION_PATH	  "ignition/config.ign"
#define NETWORK_PATH	  "coreos-firstboot-network/"
#define FILE_MODE	  0600
#define DIRECTORY_MODE	  0700
#define NETWORK_FILE_MAX  ((size_t)1 << 20)
#define NETWORK_FILES_MAX 1000

static const char *const boot_labels[] = { "boot", NULL };

static const char *const network_kargs[] = {
	"ip",
	"ifname",
	"rd.route",
	"bootdev",
	"BOOTIF",
	"nameserver",
	"rd.peerdns",
	"rd.bootif",
	"biosdevname",
	"vlan",
	"bond",
	"team",
	"bridge",
	"rd.net.timeout.carrier",
	"coreos.no_persist_ip",
	"coreos.force_persist_ip",
	"ipv6.disable",
	"net.ifnames",
	"net.naming-scheme",
};

/* One more at the end of the list. */
static void add(struct arena *arena, struct coreos_placements *placements,
		const struct placement_class *class, const char *what, uint64_t size_bytes,
		const void *detail)
{
	struct placement *list = arena_array(arena, placements->count + 1, sizeof(*list));

	if (placements->count)
		memcpy(list, placements->list, placements->count * sizeof(*list));
	list[placements->count] = (struct placement){ .class = class,
						      .labels = boot_labels,
						      .what = what,
						      .size_bytes = size_bytes,
						      .detail = detail };
	placements->list = list;
	placements->count++;
}

static void add_file(struct arena *arena, struct coreos_placements *placements, const char *path,
		     const char *what, struct slice contents)
{
	struct placement_file_detail *detail = arena_alloc(arena, sizeof(*detail));

	*detail = (struct placement_file_detail){ .path = path,
						  .contents = contents,
						  .mode = FILE_MODE,
						  .directory_mode = DIRECTORY_MODE };
	add(arena, placements, &placement_file, what, contents.length, detail);
}

/* --- how it boots */

static int add_settings(const struct settings *settings, struct arena *arena,
			struct coreos_placements *placements, struct error *err)
{
	struct boot_settings *detail = arena_alloc(arena, sizeof(*detail));
	struct console *consoles =
		arena_array(arena, settings->console.count + 1, sizeof(*consoles));
	int r = 0;

	for (size_t i = 0; i < settings->console.count && r == 0; i++)
		r = console_parse(slice_of(settings->console.items[i]), &consoles[i], err);
	if (r < 0)
		return r;
	*detail = (struct boot_settings){ .platform = settings->platform,
					  .consoles = consoles,
					  .console_count = settings->console.count,
					  .deletes = settings->delete_karg.items,
					  .delete_count = settings->delete_karg.count,
					  .appends = settings->append_karg.items,
					  .append_count = settings->append_karg.count };
	if (settings->platform || settings->console.count || settings->delete_karg.count ||
	    settings->append_karg.count)
		add(arena, placements, &boot_settings_class, "kernel arguments and consoles",
		    /* size_bytes= */ 0, detail);
	return 0;
}

static int add_first_boot(const struct settings *settings, struct arena *arena,
			  struct coreos_placements *placements, struct error *err)
{
	struct first_boot_arguments *detail = arena_alloc(arena, sizeof(*detail));
	int r = 0;

	if (!settings->firstboot_args)
		return 0;
	detail->arguments = settings->firstboot_args;
	r = first_boot_check(detail->arguments, err);
	if (r == 0)
		add(arena, placements, &first_boot_arguments_class, "arguments of the first boot",
		    /* size_bytes= */ 0, detail);
	return r;
}

/* --- the network */

static int add_network_file(const char *directory, const char *name, struct arena *arena,
			    struct coreos_placements *placements, struct error *err)
{
	const char *path = arena_printf(arena, "%s/%s", directory, name);
	AUTO_FREE char *contents = NULL;
	struct stat facts;
	size_t length = 0;
	int r = 0;

	/* What is in directories below, and links, is left where it is. */
	if (lstat(path, &facts) < 0)
		return error_errno(err, errno, "look at %s", path);
	if (!S_ISREG(facts.st_mode))
		return 0;
	r = file_read(path, NETWORK_FILE_MAX, /* flags= */ 0, &contents, &length, err);
	if (r < 0)
		return r;
	add_file(arena, placements, arena_printf(arena, NETWORK_PATH "%s", name),
		 arena_printf(arena, "network configuration %s", name),
		 (struct slice){ arena_strndup(arena, contents, length), length });
	return 0;
}

static int add_network(const struct settings *settings, struct arena *arena,
		       struct coreos_placements *placements, struct error *err)
{
	const char *path = settings->network_dir ? settings->network_dir : COREOS_NETWORK_DIR;
	struct dirent **names = NULL;
	int count = 0;
	int r = 0;

	if (!settings->copy_network)
		return 0;
	count = scandir(path, &names, /* filter= */ NULL, alphasort);
	if (count < 0)
		return error_errno(err, errno, "read the network's directory %s", path);
	if (count > NETWORK_FILES_MAX)
		r = error_set(err, ERROR_INPUT, E2BIG, "%s has more than %d files", path,
			      NETWORK_FILES_MAX);
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;

		if (r == 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			r = add_network_file(path, name, arena, placements, err);
		free(names[i]);
	}
	free(names);
	return r;
}

int coreos_place(const struct settings *settings, struct slice ignition, struct arena *arena,
		 struct coreos_placements *ret, struct error *err)
{
	struct coreos_placements placements = { .list = NULL };
	int r = 0;

	if (ignition.data)
		add_file(arena, &placements, IGNITION_PATH, "the Ignition config", ignition);
	r = add_first_boot(settings, arena, &placements, err);
	if (r == 0)
		r = add_settings(settings, arena, &placements, err);
	if (r == 0)
		r = add_network(settings, arena, &placements, err);
	if (r == 0)
		*ret = placements;
	return r;
}

/* --- the network of a live system */

static bool is_network_karg(struct slice name)
{
	for (size_t i = 0; i < ARRAY_SIZE(network_kargs); i++)
		if (slice_is(name, network_kargs[i]))
			return true;
	return false;
}

void coreos_append_network_kargs(const struct machine *machine, struct text *out)
{
	const char *at = NULL;
	struct machine_karg karg;
	bool is_first = true;

	while (machine_next_karg(machine, &at, &karg)) {
		if (!is_network_karg(karg.name))
			continue;
		text_append_str(out, is_first ? "rd.neednet=1 " : " ");
		is_first = false;
		text_append_slice(out, karg.name);
		if (karg.value.data)
			text_printf(out, "=%.*s", SLICE_ARGS(karg.value));
	}
}
