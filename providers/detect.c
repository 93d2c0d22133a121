#include "providers/detect.h"

#include <errno.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "disk/device.h"
#include "providers/credentials.h"

#define FACT_BYTES_MAX	 ((size_t)64 << 10)
#define CPUINFO_MAX	 ((size_t)1 << 20)
#define EVIDENCE_MAX	 4096
#define DMI		 "sys/class/dmi/id/"
#define CONTAINER_MARK	 "run/systemd/container"
#define HYPERVISOR_MARKS "sys/firmware/devicetree/base/hypervisor/compatible"

/* In order of their weight (spec ignition 7.2: flatcar's takes precedence over coreos'). */
static const char *const arguments[] = { "ignition.platform.id", "flatcar.oem.id",
					 "coreos.oem.id" };

/* --- what can be seen: each returns an owned text, or NULL when there is none */

/* Firmware that has nothing to say may fill a string with 0xff. */
static bool says_nothing(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if ((unsigned char)text.data[i] != 0xff)
			return false;
	return true;
}

static char *read_line(const struct machine *machine, const char *path)
{
	AUTO_FREE char *data = NULL;
	size_t length = 0;

	if (machine_read(machine, path, FACT_BYTES_MAX, &data, &length, /* err= */ NULL) < 0)
		return NULL;

	struct slice line = slice_trim((struct slice){ data, length });

	return says_nothing(line) ? NULL : slice_dup(line);
}

/* A container sees the DMI strings of its host, and is not that host. */
static char *read_firmware(const struct machine *machine, const char *path)
{
	struct stat st;

	if (fstatat(machine->host_fd, CONTAINER_MARK, &st, 0) == 0)
		return NULL;
	return read_line(machine, path);
}

/* "VM00 Control Program: z/VM    7.2.0" */
static char *read_control_program(const struct machine *machine, const char *path)
{
	static const char name[] = "Control Program:";
	AUTO_FREE char *text = NULL;

	if (machine_read(machine, path, FACT_BYTES_MAX, &text, /* ret_length= */ NULL, NULL) < 0)
		return NULL;

	const char *at = strstr(text, name);

	if (!at)
		return NULL;

	struct slice rest = slice_of(at + strlen(name));

	return slice_dup(slice_trim(slice_take_line(&rest)));
}

static char *read_virtual(const struct machine *machine, const char *path)
{
	static const char *const marks[] = { "sys/hypervisor/type", HYPERVISOR_MARKS };
	AUTO_FREE char *text = NULL;
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (fstatat(machine->host_fd, marks[i], &st, 0) == 0)
			return xstrdup("yes");
	if (machine_read(machine, path, CPUINFO_MAX, &text, /* ret_length= */ NULL, NULL) < 0)
		return xstrdup("no");
	return xstrdup(strstr(text, " hypervisor") ? "yes" : "no");
}

static const struct source_row {
	const char *noun; /* in the sentence of the evidence */
	char *(*read)(const struct machine *machine, const char *path);
	const char *path;
} sources[FACT_SOURCE_COUNT] = {
	[FACT_VENDOR] = { "DMI vendor", read_firmware, DMI "sys_vendor" },
	[FACT_PRODUCT] = { "DMI product", read_firmware, DMI "product_name" },
	[FACT_FAMILY] = { "DMI product family", read_firmware, DMI "product_family" },
	[FACT_SERIAL] = { "DMI serial", read_firmware, DMI "product_serial" },
	[FACT_UUID] = { "DMI UUID", read_firmware, DMI "product_uuid" },
	[FACT_ASSET_TAG] = { "DMI asset tag", read_firmware, DMI "chassis_asset_tag" },
	[FACT_BOARD] = { "DMI board", read_firmware, DMI "board_name" },
	[FACT_HYPERVISOR] = { "hypervisor", read_line, "sys/hypervisor/type" },
	[FACT_XEN_UUID] = { "hypervisor's UUID", read_line, "sys/hypervisor/uuid" },
	[FACT_CONTROL] = { "control program", read_control_program, "proc/sysinfo" },
	[FACT_VIRTUAL] = { "virtual machine", read_virtual, "proc/cpuinfo" },
};

/* --- facts: whether one holds, and how that is said */

/* What was read is kept for the next provider that asks. */
struct view {
	const struct machine *machine;
	char *texts[FACT_SOURCE_COUNT];
	bool is_known[FACT_SOURCE_COUNT];
};

static void view_done(struct view *view)
{
	for (size_t i = 0; i < FACT_SOURCE_COUNT; i++)
		free(view->texts[i]);
}

DEFINE_DONE(struct view, view_done)

static bool text_holds(struct view *view, const struct fact *fact, struct text *out)
{
	const struct source_row *row = &sources[fact->source];

	if (!view->is_known[fact->source])
		view->texts[fact->source] = row->read(view->machine, row->path);
	view->is_known[fact->source] = true;

	const char *text = view->texts[fact->source];

	if (!text || fnmatch(fact->pattern, text, 0) != 0)
		return false;
	text_printf(out, "%s is ", row->noun);
	text_append_quoted(out, slice_of(text));
	return true;
}

static bool label_holds(const struct view *view, const struct fact *fact, struct text *out)
{
	AUTO_FREE char *name = xasprintf("/dev/disk/by-label/%s", fact->pattern);
	AUTO(device_done) struct device device = { 0 };
	int r = device_find(view->machine, name, &device, /* err= */ NULL);

	if (r < 0 && r != -ENOTUNIQ)
		return false;
	text_printf(out, "a drive is labelled \"%s\"", fact->pattern);
	return true;
}

static bool path_holds(const struct view *view, const struct fact *fact, struct text *out)
{
	struct stat st;

	if (fstatat(view->machine->host_fd, fact->pattern, &st, 0) < 0)
		return false;
	text_printf(out, "/%s exists", fact->pattern);
	return true;
}

static bool credential_holds(const struct view *view, const struct fact *fact, struct text *out)
{
	AUTO_FREE char *where = NULL;

	if (credentials_find(view->machine, fact->pattern, /* ret= */ NULL, /* ret_length= */ NULL,
			     &where, /* err= */ NULL) < 0)
		return false;
	text_printf(out, "the credential \"%s\" is in %s", fact->pattern, where);
	return true;
}

/* Quotes keep blanks together, and are no part of the word. */
static bool word_holds(const struct view *view, const struct fact *fact, struct text *out)
{
	struct machine_karg argument;

	for (const char *at = NULL; machine_next_karg(view->machine, &at, &argument);) {
		AUTO_FREE char *name = slice_dup(argument.name);
		AUTO_FREE char *value = slice_dup(argument.value);
		AUTO_FREE char *word =
			argument.value.data ? xasprintf("%s=%s", name, value) : take_ptr(&name);

		if (fnmatch(fact->pattern, word, 0) == 0) {
			text_append_str(out, "the kernel command line has ");
			text_append_quoted(out, slice_of(word));
			return true;
		}
	}
	return false;
}

static bool fact_holds(struct view *view, const struct fact *fact, struct text *out)
{
	switch (fact->source) {
	case FACT_LABEL:
		return label_holds(view, fact, out);
	case FACT_CREDENTIAL:
		return credential_holds(view, fact, out);
	case FACT_PATH:
		return path_holds(view, fact, out);
	case FACT_KERNEL_WORD:
		return word_holds(view, fact, out);
	default:
		return text_holds(view, fact, out);
	}
}

/* --- proofs */

static bool proof_holds(struct view *view, const struct proof *proof, struct text *out)
{
	for (size_t i = 0; i < PROOF_FACTS_MAX && proof->facts[i].source; i++) {
		const struct fact *fact = &proof->facts[i];
		AUTO(text_done) struct text said = TEXT_INIT(EVIDENCE_MAX);

		if (fact_holds(view, fact, &said) == fact->is_absent)
			return false;
		if (said.length && out->length)
			text_append_str(out, ", ");
		text_append_slice(out, text_slice(&said));
	}
	return true;
}

/* The strongest proof of @provider, if any, is one more item. */
static void add_evidence(struct view *view, const struct provider *provider,
			 struct detection *detection)
{
	struct evidence best = { .text = NULL };

	for (size_t i = 0; i < provider->proof_count; i++) {
		const struct proof *proof = &provider->proofs[i];
		AUTO(text_done) struct text said = TEXT_INIT(EVIDENCE_MAX);

		if ((best.text && proof->rank <= best.rank) || !proof_holds(view, proof, &said))
			continue;
		free(best.text);
		best = (struct evidence){ provider, proof->rank, text_take(&said) };
	}
	if (!best.text)
		return;
	detection->items =
		xreallocarray(detection->items, detection->count + 1, sizeof(*detection->items));
	detection->items[detection->count++] = best;
}

static int choose(struct detection *detection, struct error *err)
{
	const struct evidence *best = NULL;
	const struct evidence *rival = NULL;

	for (size_t i = 0; i < detection->count; i++) {
		const struct evidence *item = &detection->items[i];

		if (!best || item->rank > best->rank) {
			best = item;
			rival = NULL;
		} else if (item->rank == best->rank) {
			rival = item;
		}
	}
	if (!best)
		return error_set(err, ERROR_EMPTY, ENODATA,
				 "nothing proves which platform this is; name one with the kernel "
				 "argument ignition.platform.id");
	if (rival)
		return error_set(err, ERROR_INPUT, ENOTUNIQ,
				 "this may be %s (%s) or %s (%s); name one with the kernel "
				 "argument ignition.platform.id",
				 best->provider->name, best->text, rival->provider->name,
				 rival->text);
	detection->provider = best->provider;
	return 0;
}

int detect_named(const struct machine *machine, const struct provider **ret,
		 const char **ret_argument, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++) {
		AUTO_FREE char *name = NULL;

		machine_karg(machine, arguments[i], &name);
		if (!name || name[0] == '\0')
			continue;
		*ret = provider_find(name);
		/* Flatcar's engine knows more names, of platforms without a config. */
		if (!*ret && i > 0)
			*ret = provider_find_oem(name);
		*ret_argument = arguments[i];
		return *ret ? 0
			    : error_set(err, ERROR_INPUT, EINVAL,
					"%s=%s on the kernel command line: no such platform",
					arguments[i], name);
	}
	return error_set(err, ERROR_EMPTY, ENODATA, "the kernel command line names no platform");
}

int detect(const struct machine *machine, struct detection *ret, struct error *err)
{
	AUTO(error_done) struct error unnamed = ERROR_INIT;
	AUTO(view_done) struct view view = { .machine = machine };

	*ret = (struct detection){ .provider = NULL };

	int r = detect_named(machine, &ret->provider, &ret->argument, &unnamed);

	if (r == 0)
		return 0;
	if (unnamed.kind != ERROR_EMPTY)
		return error_set(err, unnamed.kind, -r, "%s", unnamed.text);
	for (size_t i = 0; provider_at(i); i++)
		add_evidence(&view, provider_at(i), ret);
	return choose(ret, err);
}

const char *detection_reason(const struct detection *detection)
{
	for (size_t i = 0; i < detection->count; i++)
		if (detection->items[i].provider == detection->provider)
			return detection->items[i].text;
	return detection->argument;
}

void detection_done(struct detection *detection)
{
	for (size_t i = 0; i < detection->count; i++)
		free(detection->items[i].text);
	free(detection->items);
	*detection = (struct detection){ .provider = NULL };
}
