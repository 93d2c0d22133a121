#include "metadata/attributes.h"

#include <ctype.h>
#include <errno.h>

#include "base/alloc.h"
#include "base/file.h"
#include "providers/attribute_name.h"

#define FILE_MAX       ((size_t)8 << 20)
#define FILE_MODE      0644
#define DIRECTORY_MODE 0755

/* Neither systemd nor a shell sees more in these than they are. */
static bool is_plain(const char *value)
{
	for (; *value; value++)
		if (!isalnum((unsigned char)*value) && !strchr("_.,:/@%+=-", *value))
			return false;
	return true;
}

/* systemd.exec(5), EnvironmentFile=, and POSIX 2.2.3 agree on these four. */
static int append_value(struct text *out, const char *value)
{
	int r = 0;

	if (is_plain(value))
		return text_append_str(out, value);
	r = text_append_char(out, '"');
	for (; *value && r == 0; value++) {
		if (strchr("\\\"$`", *value))
			r = text_append_char(out, '\\');
		if (r == 0)
			r = text_append_char(out, *value);
	}
	return r < 0 ? r : text_append_char(out, '"');
}

static int append_line(struct text *out, const char *name, const char *value)
{
	int r = text_printf(out, "%s=", name);

	if (r == 0)
		r = append_value(out, value);
	return r < 0 ? r : text_append_char(out, '\n');
}

static int append_afterburn_line(struct text *out, const struct metadata_attribute *attribute)
{
	AUTO_FREE char *name = xasprintf(ATTRIBUTE_AFTERBURN "%s", attribute->name);

	return append_line(out, name, attribute->value);
}

static int append_coreos_line(struct text *out, const struct provider *provider,
			      const struct metadata_attribute *attribute)
{
	AUTO_FREE char *name = attribute_name_coreos(provider, attribute->name);

	return append_line(out, name, attribute->value);
}

int attributes_append(struct text *out, const struct provider *provider,
		      const struct metadata *metadata)
{
	int r = 0;

	for (size_t i = 0; i < metadata->attribute_count && r == 0; i++)
		r = append_afterburn_line(out, &metadata->attributes[i]);
	for (size_t i = 0; i < metadata->attribute_count && r == 0; i++)
		r = append_coreos_line(out, provider, &metadata->attributes[i]);
	return r;
}

int attributes_write(const char *path, const struct provider *provider,
		     const struct metadata *metadata, struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(FILE_MAX);

	if (attributes_append(&out, provider, metadata) < 0)
		return error_set(err, ERROR_INPUT, E2BIG, "%s: more than %zu bytes of attributes",
				 path, FILE_MAX);
	return file_replace(path, text_slice(&out), FILE_MODE, DIRECTORY_MODE, FILE_VOLATILE, err);
}
