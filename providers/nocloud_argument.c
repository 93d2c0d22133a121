#include "providers/nocloud_argument.h"

#include <errno.h>
#include <stddef.h>

#include "base/alloc.h"

#define DMI	     "sys/class/dmi/id/"
#define DMI_TEXT_MAX ((size_t)4096)

static const struct member {
	const char *names[2];
	size_t offset;
} members[] = {
	{ { "s", "seedfrom" }, offsetof(struct nocloud_argument, seed) },
	{ { "i", "instance-id" }, offsetof(struct nocloud_argument, instance_id) },
	{ { "h", "local-hostname" }, offsetof(struct nocloud_argument, hostname) },
};

/* @rest without the part up to the next @separator, which is returned. */
static struct slice take_part(struct slice *rest, char separator)
{
	const char *end = rest->length ? memchr(rest->data, separator, rest->length) : NULL;
	struct slice part = *rest;

	if (end)
		part.length = (size_t)(end - rest->data);
	*rest = slice_from(*rest, part.length + (end ? 1 : 0));
	return part;
}

static void read_member(struct slice item, struct nocloud_argument *ret)
{
	struct slice value = item;
	struct slice name = take_part(&value, '=');

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		char **place = (char **)(void *)((char *)ret + members[i].offset);

		if (!slice_is(name, members[i].names[0]) && !slice_is(name, members[i].names[1]))
			continue;
		if (!*place && value.length)
			*place = slice_dup(value);
	}
}

bool nocloud_argument_read(struct slice value, struct nocloud_argument *ret)
{
	struct slice word = take_part(&value, ';');

	if (!slice_is(word, "nocloud") && !slice_is(word, "nocloud-net"))
		return false;
	ret->is_present = true;
	while (value.length)
		read_member(take_part(&value, ';'), ret);
	return true;
}

bool nocloud_argument_read_serial(struct slice serial, struct nocloud_argument *ret)
{
	struct slice last = { NULL, 0 };

	while (serial.length) {
		struct slice word = take_part(&serial, ' ');

		if (slice_starts(word, "ds="))
			last = slice_from(word, strlen("ds="));
	}
	return nocloud_argument_read(last, ret);
}

void nocloud_argument_find(const struct machine *machine, struct nocloud_argument *ret)
{
	AUTO_FREE char *serial = NULL;
	struct machine_karg argument;
	struct slice last = { NULL, 0 };

	if (machine_read(machine, DMI "product_serial", DMI_TEXT_MAX, &serial, NULL, NULL) == 0)
		nocloud_argument_read_serial(slice_trim(slice_of(serial)), ret);
	for (const char *at = NULL; machine_next_karg(machine, &at, &argument);)
		if (slice_is(argument.name, "ds"))
			last = argument.value;
	nocloud_argument_read(last, ret);
}

void nocloud_argument_done(struct nocloud_argument *argument)
{
	free(argument->seed);
	free(argument->instance_id);
	free(argument->hostname);
	*argument = (struct nocloud_argument){ .seed = NULL };
}

/* cloud-init's names, and the kernel's. */
static const struct field {
	const char *name;
	const char *file;
} fields[] = {
	{ "baseboard-asset-tag", "board_asset_tag" },
	{ "baseboard-manufacturer", "board_vendor" },
	{ "baseboard-product-name", "board_name" },
	{ "baseboard-serial-number", "board_serial" },
	{ "baseboard-version", "board_version" },
	{ "bios-release-date", "bios_date" },
	{ "bios-vendor", "bios_vendor" },
	{ "bios-version", "bios_version" },
	{ "chassis-asset-tag", "chassis_asset_tag" },
	{ "chassis-manufacturer", "chassis_vendor" },
	{ "chassis-serial-number", "chassis_serial" },
	{ "chassis-version", "chassis_version" },
	{ "system-manufacturer", "sys_vendor" },
	{ "system-product-name", "product_name" },
	{ "system-serial-number", "product_serial" },
	{ "system-uuid", "product_uuid" },
	{ "system-version", "product_version" },
};

static int append_field(const struct machine *machine, struct slice name, struct text *ret,
			struct error *err)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(fields) && !slice_is(name, fields[i].name))
		i++;
	if (i == ARRAY_SIZE(fields))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the seed's address names \"%.*s\", which is no firmware field",
				 SLICE_ARGS(name));

	AUTO_FREE char *path = xasprintf(DMI "%s", fields[i].file);
	AUTO_FREE char *text = NULL;
	int r = machine_read(machine, path, DMI_TEXT_MAX, &text, /* ret_length= */ NULL, err);

	if (r < 0)
		return error_wrap(err, r, "the seed's address");
	return text_append_slice(ret, slice_trim(slice_of(text))) < 0
		       ? error_set(err, ERROR_INPUT, E2BIG, "the seed's address is too long")
		       : 0;
}

int nocloud_argument_expand(const struct machine *machine, struct slice seed, struct text *ret,
			    struct error *err)
{
	static const char mark[] = "__dmi.";
	static const char end_mark[] = "__";
	int r = 0;

	while (seed.length && r == 0) {
		const char *at = memmem(seed.data, seed.length, mark, strlen(mark));
		struct slice name = at ? slice_from(seed, (size_t)(at - seed.data) + strlen(mark))
				       : (struct slice){ NULL, 0 };
		const char *end =
			name.length ? memmem(name.data, name.length, end_mark, strlen(end_mark))
				    : NULL;
		size_t plain = end ? (size_t)(at - seed.data) : seed.length;

		if (text_append(ret, seed.data, plain) < 0)
			return error_set(err, ERROR_INPUT, E2BIG, "the seed's address is too long");
		if (!end)
			break;
		name.length = (size_t)(end - name.data);
		r = append_field(machine, name, ret, err);
		seed = slice_from(seed, (size_t)(end - seed.data) + strlen(end_mark));
	}
	return r;
}
