#include "fetch/credential.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/number.h"

static void release_secret(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void credentials_done(struct credentials *credentials)
{
	free(credentials->key_id);
	release_secret(credentials->secret);
	release_secret(credentials->token);
	*credentials = (struct credentials){ 0 };
}

/* The first of the two that is set and not empty; NULL when neither is. */
static const char *get_variable(const char *name, const char *older_name)
{
	const char *value = getenv(name);

	if (value && value[0])
		return value;
	value = older_name ? getenv(older_name) : NULL;
	return value && value[0] ? value : NULL;
}

static int load_environment(const struct inquirer *inquirer, struct credentials *ret,
			    struct error *err)
{
	const char *key_id = get_variable("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY");
	const char *secret = get_variable("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY");
	const char *token = get_variable("AWS_SESSION_TOKEN", /* older_name= */ NULL);

	(void)inquirer;
	if (!key_id || !secret)
		return error_set(err, ERROR_EMPTY, ENODATA,
				 "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
	*ret = (struct credentials){ .key_id = xstrdup(key_id),
				     .secret = xstrdup(secret),
				     .token = token ? xstrdup(token) : NULL };
	return 0;
}

const struct credential_source credential_environment = {
	.name = "the environment",
	.kind = CREDENTIAL_AWS,
	.load = load_environment,
};

int credential_parse_time(struct slice text, int64_t *ret_seconds)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
	/* Where the parts begin, and what they may be. */
	static const struct {
		size_t at, length;
		uint64_t min, max;
	} parts[] = {
		{ 0, 4, 1970, 9999 }, { 5, 2, 1, 12 },	{ 8, 2, 1, 31 },
		{ 11, 2, 0, 23 },     { 14, 2, 0, 59 }, { 17, 2, 0, 60 },
	};
	int values[ARRAY_SIZE(parts)];

	if (text.length != strlen(shape))
		return -EINVAL;
	for (size_t i = 0; i < text.length; i++)
		if (shape[i] != 'd' && text.data[i] != shape[i])
			return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct slice part = { text.data + parts[i].at, parts[i].length };
		uint64_t value = 0;

		if (number_parse_u64(part, parts[i].min, parts[i].max, &value) < 0)
			return -EINVAL;
		values[i] = (int)value;
	}

	struct tm tm = { .tm_year = values[0] - 1900,
			 .tm_mon = values[1] - 1,
			 .tm_mday = values[2],
			 .tm_hour = values[3],
			 .tm_min = values[4],
			 .tm_sec = values[5] };

	*ret_seconds = timegm(&tm);
	return 0;
}
