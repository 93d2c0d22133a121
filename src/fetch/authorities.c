#include "fetch/authorities.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/file.h"
#include "fetch/certificate.h"
#include "fetch/limits.h"

#define BEGIN_MARK "-----BEGIN "
#define END_MARK   "-----END "
#define MARK_TAIL  "-----"

/* Where distributions keep one file with all certificates, as Go looks for them. */
static const char *const system_bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem",
};

#define FILE_VARIABLE	   "SSL_CERT_FILE"
#define DIRECTORY_VARIABLE "SSL_CERT_DIR"

static struct slice take_line(struct slice *rest)
{
	const char *end = memchr(rest->data, '\n', rest->length);
	size_t length = end ? (size_t)(end - rest->data) : rest->length;
	struct slice line = { rest->data, length };

	*rest = slice_from(*rest, end ? length + 1 : length);
	return slice_trim(line);
}

static bool is_mark(struct slice line, const char *mark)
{
	return slice_starts(line, mark) && slice_ends(line, MARK_TAIL) &&
	       line.length > strlen(mark) + strlen(MARK_TAIL);
}

/* What two marks say between "BEGIN " or "END " and the dashes. */
static bool same_label(struct slice begin, struct slice end)
{
	return slice_equal(slice_from(begin, strlen(BEGIN_MARK)),
			   slice_from(end, strlen(END_MARK)));
}

/*
 * Pass over what is before the next block, and the block.
 * @ret: what is between its marks
 *
 * Return: whether there was one.
 */
static bool take_block(struct slice *rest, struct slice *ret)
{
	while (rest->length) {
		struct slice begin = take_line(rest);

		if (!is_mark(begin, BEGIN_MARK))
			continue;
		*ret = (struct slice){ rest->data, 0 };
		while (rest->length) {
			struct slice line = take_line(rest);

			if (is_mark(line, END_MARK) && same_label(begin, line))
				return true;
			ret->length = (size_t)(rest->data - ret->data);
		}
	}
	return false;
}

int authorities_check(struct slice bundle, struct error *err)
{
	if (bundle.length == 0)
		return error_set(err, ERROR_INPUT, EINVAL, "unable to decode PEM block");
	struct slice block;

	while (bundle.length)
		if (!take_block(&bundle, &block))
			return error_set(err, ERROR_INPUT, EINVAL, "unable to decode PEM block");
	return 0;
}

static void tell(struct slice block, const struct event_observer *observer)
{
	AUTO_FREE unsigned char *der = xmalloc(BASE64_DECODED_MAX(block.length));
	AUTO(text_done) struct text shown = TEXT_INIT(TEXT_MESSAGE_MAX);
	size_t length = 0;

	if (base64_decode(block, der, &length, /* ret_offset= */ NULL) < 0)
		return;
	text_append_quoted(&shown, certificate_common_name((struct slice){ (char *)der, length }));
	event_message(observer, EVENT_INFO, "Adding %s to list of CAs", text_str(&shown));
}

void authorities_tell(const struct slice *bundles, size_t count,
		      const struct event_observer *observer)
{
	for (size_t i = 0; i < count; i++) {
		struct slice rest = bundles[i];
		struct slice block;

		while (take_block(&rest, &block))
			tell(block, observer);
	}
}

static int append(struct text *out, struct slice bundle, struct error *err)
{
	if (out->length + bundle.length + 1 > FETCH_AUTHORITIES_MAX_BYTES ||
	    text_append_slice(out, bundle) < 0 || text_append_char(out, '\n') < 0)
		return error_set(err, ERROR_INPUT, E2BIG,
				 "certificate authorities are larger than %zu MiB",
				 FETCH_AUTHORITIES_MAX_BYTES >> 20);
	return 0;
}

/* A file that cannot be read is passed over, as Go passes over it.  Return: 1 when it was read. */
static int append_file(const char *path, struct text *out, struct error *err)
{
	AUTO_FREE char *data = NULL;
	size_t length = 0;

	if (file_read(path, FETCH_AUTHORITIES_MAX_BYTES, /* flags= */ 0, &data, &length,
		      /* err= */ NULL) < 0)
		return 0;

	int r = append(out, (struct slice){ data, length }, err);

	return r < 0 ? r : 1;
}

static int append_directory(const char *path, struct text *out, struct error *err)
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, /* filter= */ NULL, alphasort);
	int r = 0;

	for (int i = 0; i < count; i++) {
		AUTO_FREE char *file = xasprintf("%s/%s", path, entries[i]->d_name);

		if (r >= 0 && entries[i]->d_type != DT_DIR)
			r = append_file(file, out, err);
		free(entries[i]);
	}
	free(entries);
	return r < 0 ? r : 0;
}

/* The empty text counts as unset. */
static const char *named_place(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0] ? value : NULL;
}

bool authorities_are_named(void)
{
	return named_place(FILE_VARIABLE) || named_place(DIRECTORY_VARIABLE);
}

static int append_system_file(struct text *out, struct error *err)
{
	const char *named = named_place(FILE_VARIABLE);
	int r = named ? append_file(named, out, err) : 0;

	for (size_t i = 0; !named && r == 0 && i < ARRAY_SIZE(system_bundles); i++)
		r = append_file(system_bundles[i], out, err);
	return r < 0 ? r : 0;
}

static int append_system(struct text *out, struct error *err)
{
	const char *named = named_place(DIRECTORY_VARIABLE);
	AUTO_FREE char *list = named ? xstrdup(named) : NULL;
	char *rest = list;
	int r = append_system_file(out, err);

	/* Nothing where they are said to be means that nobody is trusted, not libcurl's own. */
	if (r == 0 && authorities_are_named())
		r = append(out, SLICE("# " FILE_VARIABLE), err);
	for (char *path; r == 0 && (path = strsep(&rest, ":"));)
		r = path[0] ? append_directory(path, out, err) : 0;
	return r;
}

int authorities_join(const struct slice *bundles, size_t count, struct text *out, struct error *err)
{
	int r = append_system(out, err);

	for (size_t i = 0; i < count && r == 0; i++) {
		r = authorities_check(bundles[i], err);
		if (r < 0)
			return error_wrap(err, r, "certificate authority %zu", i + 1);
		r = append(out, bundles[i], err);
	}
	return r;
}
