/* rules - what is wrong with a Butane config before it is one of Ignition (spec configs 4.5). */
#include "config/butane/lowering.h"
#include "config/butane/schema.h"
#include "config/mode.h"
#include "config/path.h"

#define CEX_KEY_ARGUMENT "rd.luks.key=/etc/luks/cex.key"

static void check_resource(struct butane_lowering *lowering, const struct butane_object *object)
{
	const struct config_resource *resource = object->object;
	const struct butane_resource *beside = object->beside;
	const char *last = NULL;
	unsigned count = 0;

	if (!beside)
		return;
	if (beside->local.data) {
		count++;
		last = ".local";
	}
	if (beside->inline_text.data) {
		count++;
		last = ".inline";
	}
	if (resource->source.data) {
		count++;
		last = ".source";
	}
	if (count > 1)
		butane_error(lowering, resource->origin, last,
			     "only one of the following can be set: inline, local, source");
}

static void check_mode(struct butane_lowering *lowering, struct origin origin, const char *key,
		       struct config_int mode, enum mode_of of)
{
	if (mode.is_set && mode_looks_decimal(mode.value, of))
		butane_report(lowering, REPORT_WARNING, origin, key, MODE_DECIMAL_WARNING)->rule =
			"decimal-mode";
}

static void check_file(struct butane_lowering *lowering, const struct butane_object *object)
{
	const struct config_file *file = object->object;

	check_mode(lowering, file->node.origin, ".mode", file->mode, MODE_OF_FILE);
}

static void check_directory(struct butane_lowering *lowering, const struct butane_object *object)
{
	const struct config_directory *directory = object->object;

	check_mode(lowering, directory->node.origin, ".mode", directory->mode, MODE_OF_DIRECTORY);
}

static void check_tree(struct butane_lowering *lowering, const struct butane_object *object)
{
	const struct butane_tree *tree = object->object;

	if (tree->local.length == 0)
		butane_error(lowering, tree->origin, ".local", "local is required");
	check_mode(lowering, tree->origin, ".file_mode", tree->file_mode, MODE_OF_FILE);
	check_mode(lowering, tree->origin, ".dir_mode", tree->dir_mode, MODE_OF_DIRECTORY);
}

/* Whether a generated unit may mount at @path on a system whose other directories are its own. */
static bool is_own_place(struct slice path)
{
	return slice_is(path, "/etc") || slice_is(path, "/var") || slice_starts(path, "/etc/") ||
	       slice_starts(path, "/var/");
}

static void check_filesystem(struct butane_lowering *lowering, const struct butane_object *object)
{
	const struct config_filesystem *filesystem = object->object;
	const struct butane_filesystem *beside = object->beside;
	const enum spec_version spec = lowering->dialect->spec;

	if (!beside || !butane_is_true(beside->with_mount_unit))
		return;
	if (filesystem->format.length == 0)
		butane_error(lowering, filesystem->origin, ".format",
			     "format is required if with_mount_unit is true");
	else if (filesystem->path.length == 0 &&
		 (spec < SPEC_3_3 || !slice_is(filesystem->format, "swap")))
		butane_error(lowering, filesystem->origin, ".path",
			     "path is required if with_mount_unit is true and format is not swap");
	if (spec >= SPEC_3_5 && (lowering->dialect->features & BUTANE_BOOT_DEVICE) &&
	    filesystem->path.data && !is_own_place(filesystem->path))
		butane_error(lowering, filesystem->origin, ".path",
			     "path must be under /etc or /var if with_mount_unit is true");
}

static void check_contents(struct butane_lowering *lowering, struct origin origin,
			   struct slice contents, struct slice contents_local)
{
	if (contents.data && contents_local.data)
		butane_error(lowering, origin, ".contents_local",
			     "only one of the following can be set: contents, contents_local");
}

static void check_unit(struct butane_lowering *lowering, const struct butane_object *object)
{
	const struct config_unit *unit = object->object;
	const struct butane_unit *beside = object->beside;

	if (beside)
		check_contents(lowering, unit->origin, unit->contents, beside->contents_local);
}

static void check_dropin(struct butane_lowering *lowering, const struct butane_object *object)
{
	const struct config_dropin *dropin = object->object;
	const struct butane_unit *beside = object->beside;

	if (beside)
		check_contents(lowering, dropin->origin, dropin->contents, beside->contents_local);
}

static bool is_quadlet_name(struct slice name)
{
	static const char *const extensions[] = {
		".container", ".volume", ".network", ".kube",
		".image",     ".build",	 ".pod",     ".artifact"
	};
	const struct slice extension = path_extension(name);

	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		if (slice_is(extension, extensions[i]))
			return true;
	return false;
}

static void check_quadlet(struct butane_lowering *lowering, const struct butane_object *object)
{
	const struct butane_quadlet *quadlet = object->object;

	if (!is_quadlet_name(quadlet->name))
		butane_error(lowering, quadlet->origin, ".name",
			     "unsupported file extension for quadlet: must be one of .container, "
			     ".volume, .network, .kube, .image, .build, .pod, or .artifact");
	check_contents(lowering, quadlet->origin, quadlet->contents, quadlet->contents_local);
	if (butane_quadlet_template(quadlet->name, /* ret= */ NULL) &&
	    (quadlet->contents.data || quadlet->contents_local.data))
		butane_error(lowering, quadlet->origin,
			     quadlet->contents.data ? ".contents" : ".contents_local",
			     "template instances cannot have contents or contents_local");
}

static void check_quadlet_dropin(struct butane_lowering *lowering,
				 const struct butane_object *object)
{
	const struct butane_quadlet_dropin *dropin = object->object;

	check_contents(lowering, dropin->origin, dropin->contents, dropin->contents_local);
	if (!slice_is(path_extension(dropin->name), ".conf"))
		butane_error(lowering, dropin->origin, ".name",
			     "invalid systemd drop-in extension");
}

static void check_grub_user(struct butane_lowering *lowering, const struct butane_object *object)
{
	const struct butane_grub_user *user = object->object;

	if (user->name.length == 0)
		butane_error(lowering, user->origin, ".name", "field \"name\" is required");
	if (user->password_hash.length == 0)
		butane_error(lowering, user->origin, ".password_hash",
			     "field \"password_hash\" is required");
}

static void check_boot_device(struct butane_lowering *lowering, const struct butane_object *object)
{
	butane_check_boot_device(lowering, object->object);
}

static void check_disk(struct butane_lowering *lowering, const struct butane_object *object)
{
	if (lowering->dialect->features & BUTANE_BOOT_DEVICE)
		butane_check_disk(lowering, object->object);
}

static bool has_argument(const struct config_list *arguments, const char *wanted)
{
	CONFIG_EACH (const struct config_text, argument, arguments)
		if (slice_is(argument->text, wanted))
			return true;
	return false;
}

static bool has_role(const struct butane_labels *labels)
{
	CONFIG_EACH (const struct butane_label, label, &labels->entries)
		if (slice_is(label->name, "machineconfiguration.openshift.io/role") &&
		    label->value.length)
			return true;
	return false;
}

static void check_top(struct butane_lowering *lowering, const struct butane_object *object)
{
	const struct butane_top *top = object->beside;
	const struct slice kernel = top->openshift.kernel_type;
	const struct config_cex *cex = &top->boot_device.luks.cex;

	if (!(lowering->dialect->features & BUTANE_MACHINE_CONFIG))
		return;
	if (top->metadata.name.length == 0)
		butane_error(lowering, lowering->config->origin, ".metadata.name",
			     "metadata.name is required");
	if (!has_role(&top->metadata.labels))
		butane_error(lowering, lowering->config->origin, ".metadata.labels",
			     "machineconfiguration.openshift.io/role label is required");
	if (kernel.length && !slice_is(kernel, "default") && !slice_is(kernel, "realtime"))
		butane_error(lowering, lowering->config->origin, ".openshift.kernel_type",
			     "must be empty, \"default\", or \"realtime\"");
	if (butane_is_true(cex->enabled) &&
	    !has_argument(&top->openshift.kernel_arguments, CEX_KEY_ARGUMENT))
		butane_error(lowering, lowering->config->origin, ".openshift.kernel_arguments",
			     "'" CEX_KEY_ARGUMENT
			     "' must be set as kernel argument when CEX is enabled for the boot "
			     "device");
}

/* By upstream's name of the type. */
static const struct {
	const char *of;
	void (*check)(struct butane_lowering *lowering, const struct butane_object *object);
} rules[] = {
	{ "BootDevice", check_boot_device },
	{ "Config", check_top },
	{ "Directory", check_directory },
	{ "Disk", check_disk },
	{ "Dropin", check_dropin },
	{ "File", check_file },
	{ "FileContents", check_resource },
	{ "Filesystem", check_filesystem },
	{ "GrubUser", check_grub_user },
	{ "Quadlet", check_quadlet },
	{ "QuadletDropin", check_quadlet_dropin },
	{ "Resource", check_resource },
	{ "Tree", check_tree },
	{ "Unit", check_unit },
};

void butane_check_source(struct butane_lowering *lowering)
{
	for (size_t i = 0; i < lowering->object_count; i++) {
		const struct butane_object *object = &lowering->objects[i];

		for (size_t j = 0; j < ARRAY_SIZE(rules); j++)
			if (strcmp(rules[j].of, object->schema->go_name) == 0)
				rules[j].check(lowering, object);
	}
}
