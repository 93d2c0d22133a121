#include "fetch/certificate.h"

#include <stdint.h>

/* X.690, 8.1.2: the tags that matter here. */
enum {
	TAG_OBJECT_IDENTIFIER = 0x06,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_VERSION = 0xa0, /* [0], constructed (RFC 5280, 4.1) */
};

/* Where the subject is, after the version, which may be missing: serial, signature, issuer,
 * validity.
 */
#define FIELDS_BEFORE_SUBJECT 4
/* X.690, 8.1.3.5: a length of more bytes follows. */
#define LENGTH_IS_LONG 0x80
/* 4 GiB: more than any certificate. */
#define LENGTH_BYTES_MAX 4

/* id-at-commonName, 2.5.4.3 */
#define COMMON_NAME "\x55\x04\x03"

struct element {
	unsigned tag;
	struct slice value;
};

static unsigned take_byte(struct slice *rest)
{
	unsigned byte = (unsigned char)rest->data[0];

	*rest = slice_from(*rest, 1);
	return byte;
}

static bool take_length(struct slice *rest, uint64_t *ret)
{
	if (rest->length == 0)
		return false;
	*ret = take_byte(rest);
	if (*ret < LENGTH_IS_LONG)
		return true;

	uint64_t count = *ret - LENGTH_IS_LONG;

	if (count == 0 || count > LENGTH_BYTES_MAX || count > rest->length)
		return false;
	for (*ret = 0; count; count--)
		*ret = *ret << 8 | take_byte(rest);
	return true;
}

/* The next element of @rest; whether there is a whole one. */
static bool take(struct slice *rest, struct element *ret)
{
	uint64_t length = 0;

	if (rest->length == 0)
		return false;
	ret->tag = take_byte(rest);
	if (!take_length(rest, &length) || length > rest->length)
		return false;
	ret->value = (struct slice){ rest->data, length };
	*rest = slice_from(*rest, length);
	return true;
}

static bool take_tagged(struct slice *rest, unsigned tag, struct slice *ret)
{
	struct element element;

	if (!take(rest, &element) || element.tag != tag)
		return false;
	*ret = element.value;
	return true;
}

static bool find_subject(struct slice der, struct slice *ret)
{
	struct slice certificate;
	struct slice fields;
	struct element field;

	if (!take_tagged(&der, TAG_SEQUENCE, &certificate) ||
	    !take_tagged(&certificate, TAG_SEQUENCE, &fields))
		return false;
	for (int i = 0; i < FIELDS_BEFORE_SUBJECT;) {
		if (!take(&fields, &field))
			return false;
		if (field.tag != TAG_VERSION)
			i++;
	}
	return take_tagged(&fields, TAG_SEQUENCE, ret);
}

struct slice certificate_common_name(struct slice der)
{
	struct slice name = { "", 0 };
	struct slice subject;
	struct slice set;

	if (!find_subject(der, &subject))
		return name;
	while (take_tagged(&subject, TAG_SET, &set)) {
		struct slice attribute;
		struct slice type;
		struct element value;

		while (take_tagged(&set, TAG_SEQUENCE, &attribute))
			if (take_tagged(&attribute, TAG_OBJECT_IDENTIFIER, &type) &&
			    slice_is(type, COMMON_NAME) && take(&attribute, &value))
				name = value.value;
	}
	return name;
}
