/* systemd's credentials as a platform: a config in "ignition.config". */
#include "providers/credentials.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "providers/provider.h"
#include "providers/smbios.h"

#define TABLE	  "sys/firmware/dmi/tables/DMI"
#define TABLE_MAX ((size_t)32 << 20)
#define CONFIG	  "ignition.config"

/* A file each; the first that is there. */
static const char *const directories[] = {
	"run/credentials/@system/%s",
	"sys/firmware/qemu_fw_cfg/by_name/opt/io.systemd.credentials/%s/raw",
};

static const struct prefix_row {
	const char *text;
	bool is_base64;
} prefixes[] = {
	{ "io.systemd.credential:", false },
	{ "io.systemd.credential.binary:", true },
};

/* "io.systemd.credential:NAME=VALUE"; what is behind the '='. */
static bool is_credential(struct slice string, const char *prefix, const char *name,
			  struct slice *ret)
{
	struct slice rest = slice_from(string, strlen(prefix));
	size_t length = strlen(name);

	if (!slice_starts(string, prefix) || !slice_starts(rest, name) || rest.length <= length ||
	    rest.data[length] != '=')
		return false;
	*ret = slice_from(rest, length + 1);
	return true;
}

static int take_value(struct slice value, bool is_base64, const char *name, char **ret,
		      size_t *ret_length, struct error *err)
{
	size_t offset = 0;

	if (!is_base64) {
		*ret = slice_dup(value);
		*ret_length = value.length;
		return 0;
	}

	AUTO_FREE char *decoded = xmalloc(BASE64_DECODED_MAX(value.length) + 1);

	if (base64_decode(value, (unsigned char *)decoded, ret_length, &offset) < 0)
		return error_set(err, ERROR_INPUT, EINVAL, "credential %s: no base64 at byte %zu",
				 name, offset);
	decoded[*ret_length] = '\0';
	*ret = take_ptr(&decoded);
	return 0;
}

static int find_string(const struct machine *machine, const char *name, char **ret,
		       size_t *ret_length, struct error *err)
{
	AUTO_FREE char *table = NULL;
	size_t length = 0;

	if (machine_read(machine, TABLE, TABLE_MAX, &table, &length, /* err= */ NULL) == 0) {
		const struct slice all = { table, length };
		struct smbios_reader reader = SMBIOS_READER_INIT(all, SMBIOS_OEM_STRINGS);
		struct slice string;
		struct slice value;

		while (smbios_next_string(&reader, &string))
			for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
				if (is_credential(string, prefixes[i].text, name, &value))
					return take_value(value, prefixes[i].is_base64, name, ret,
							  ret_length, err);
	}
	return error_set(err, ERROR_NOT_FOUND, ENOENT, "there is no credential \"%s\"", name);
}

static int find_file(const struct machine *machine, const char *name, char **ret,
		     size_t *ret_length, char **ret_where)
{
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		AUTO(text_done) struct text path = TEXT_INIT(TEXT_MESSAGE_MAX);
		const char *mark = strchr(directories[i], '%');

		text_append(&path, directories[i], (size_t)(mark - directories[i]));
		text_append_str(&path, name);
		text_append_str(&path, mark + strlen("%s"));
		if (machine_read(machine, text_str(&path), PROVIDER_CONFIG_MAX, ret, ret_length,
				 /* err= */ NULL) < 0)
			continue;
		*ret_where = xasprintf("/%s", text_str(&path));
		return 0;
	}
	return -ENOENT;
}

int credentials_find(const struct machine *machine, const char *name, char **ret,
		     size_t *ret_length, char **ret_where, struct error *err)
{
	AUTO_FREE char *data = NULL;
	AUTO_FREE char *where = NULL;
	size_t length = 0;
	int r = find_file(machine, name, &data, &length, &where);

	if (r == -ENOENT) {
		r = find_string(machine, name, &data, &length, err);
		where = xasprintf("SMBIOS:%s", name);
	}
	if (r < 0)
		return r;
	if (ret)
		*ret = take_ptr(&data);
	if (ret_length)
		*ret_length = length;
	if (ret_where)
		*ret_where = take_ptr(&where);
	return 0;
}

/* --- the provider */

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	return credentials_find(context->machine, CONFIG, &ret->data, &ret->length, &ret->name,
				err);
}

/* systemd's own names (systemd.system-credentials(7)). */
static const char *const host_names[] = { "system.hostname", "firstboot.hostname" };
static const struct key_row {
	const char *name;
	const char *user;
} key_rows[] = {
	{ "ssh.authorized_keys.root", "root" },
	{ "ssh.ephemeral-authorized_keys-all", NULL },
};

/* Return: 0, also when there is none; the text is then NULL. */
static int find_text(const struct machine *machine, const char *name, char **ret, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = credentials_find(machine, name, ret, /* ret_length= */ NULL, /* ret_where= */ NULL,
				 &problem);

	return r == 0 || r == -ENOENT ? 0 : error_move(err, &problem, r);
}

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	int r = 0;

	(void)parts; /* nothing is asked of anybody */
	for (size_t i = 0; i < ARRAY_SIZE(key_rows) && r == 0; i++) {
		AUTO_FREE char *lines = NULL;

		r = find_text(context->machine, key_rows[i].name, &lines, err);
		if (r == 0)
			r = metadata_add_keys(ret, key_rows[i].user, slice_of(lines), err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(host_names) && r == 0 && !ret->hostname; i++) {
		AUTO_FREE char *name = NULL;

		r = find_text(context->machine, host_names[i], &name, err);
		if (r == 0)
			r = metadata_set_hostname(ret, slice_of(name), err);
	}
	return r;
}

static const struct proof proofs[] = { { PROOF_MEDIUM, { { FACT_CREDENTIAL, CONFIG } } } };

const struct provider provider_credentials = {
	.name = "credentials",
	.title = "systemd's credentials",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
