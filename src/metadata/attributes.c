#include "metadata/attributes.h"

#include <ctype.h>
#include <errno.h>

#include "base/file.h"

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

static int append_line(struct text *out, const char *prefix, const char *name, const char *value)
{
	int r = text_printf(out, "%s_%s=", prefix, name);

	if (r == 0)
		r = append_value(out, value);
	return r < 0 ? r : text_append_char(out, '\n');
}

/* "AWS_HOSTNAME" is "EC2_HOSTNAME" where the platform had another word. */
static int append_coreos_line(struct text *out, const char *word,
			      const struct metadata_attribute *attribute)
{
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);
	const char *rest = strchr(attribute->name, '_');
	int r = word && rest ? text_printf(&name, "%s%s", word, rest)
			     : text_append_str(&name, attribute->name);

	return r < 0 ? r : append_line(out, "COREOS", text_str(&name), attribute->value);
}

int attributes_append(struct text *out, const struct provider *provider,
		      const struct metadata *metadata)
{
	int r = 0;

	for (size_t i = 0; i < metadata->attribute_count && r == 0; i++)
		r = append_line(out, "AFTERBURN", metadata->attributes[i].name,
				metadata->attributes[i].value);
	for (size_t i = 0; i < metadata->attribute_count && r == 0; i++)
		r = append_coreos_line(out, provider->coreos_word, &metadata->attributes[i]);
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
