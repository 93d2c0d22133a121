#include "base/base64.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>

/*
 * Four tables, one for each place in a group of four characters: the six bits, already where they
 * belong in the 24 bits of the group.  Two groups take eight loads and one store.
 */
#define BASE64_BAD UINT32_C(0x80000000)

#define VALUE(c)                                                                                   \
	((c) >= 'A' && (c) <= 'Z'   ? (c) - 'A'                                                    \
	 : (c) >= 'a' && (c) <= 'z' ? (c) - 'a' + 26                                               \
	 : (c) >= '0' && (c) <= '9' ? (c) - '0' + 52                                               \
	 : (c) == '+'		    ? 62                                                           \
	 : (c) == '/'		    ? 63                                                           \
				    : -1)
#define ENTRY(c, shift) (VALUE(c) < 0 ? BASE64_BAD : (uint32_t)(VALUE(c) & 63) << (shift))
#define ENTRIES_4(c, s) ENTRY((c), s), ENTRY((c) + 1, s), ENTRY((c) + 2, s), ENTRY((c) + 3, s)
#define ENTRIES_16(c, s)                                                                           \
	ENTRIES_4((c), s), ENTRIES_4((c) + 4, s), ENTRIES_4((c) + 8, s), ENTRIES_4((c) + 12, s)
#define ENTRIES_64(c, s)                                                                           \
	ENTRIES_16((c), s), ENTRIES_16((c) + 16, s), ENTRIES_16((c) + 32, s),                      \
		ENTRIES_16((c) + 48, s)
#define ENTRIES_256(s)                                                                             \
	{                                                                                          \
		ENTRIES_64(0, s), ENTRIES_64(64, s), ENTRIES_64(128, s), ENTRIES_64(192, s)        \
	}

static const uint32_t place_bits[4][256] = {
	ENTRIES_256(18),
	ENTRIES_256(12),
	ENTRIES_256(6),
	ENTRIES_256(0),
};

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The 24 bits of four characters, or something with BASE64_BAD in it. */
static inline uint32_t group_bits(const unsigned char *in)
{
	return place_bits[0][in[0]] | place_bits[1][in[1]] | place_bits[2][in[2]] |
	       place_bits[3][in[3]];
}

/*
 * Eight characters at a time while all are of the alphabet; returns how many were taken.  A store
 * writes two bytes more than it yields: BASE64_DECODED_MAX has room for them.
 */
static size_t decode_pairs(const unsigned char *in, size_t length, unsigned char *out)
{
	size_t at = 0;

	for (; length - at >= 8; at += 8) {
		uint32_t first = group_bits(in + at);
		uint32_t second = group_bits(in + at + 4);
		uint64_t bytes = htobe64((uint64_t)first << 40 | (uint64_t)second << 16);

		if ((first | second) & BASE64_BAD)
			break;
		memcpy(out, &bytes, sizeof(bytes));
		out += 6;
	}
	return at;
}

/* Block whose characters are looked at together: a constant that compilers turn into vectors. */
#define CHECK_BLOCK 64

static inline unsigned char is_foreign(unsigned char c)
{
	unsigned char letter = (unsigned char)((c | 0x20) - 'a');
	unsigned char digit = (unsigned char)(c - '0');

	return (unsigned char)((letter > 25) & (digit > 9) & (c != '+') & (c != '/'));
}

/* As decode_pairs() without decoding, block by block. */
static size_t check_blocks(const unsigned char *in, size_t length)
{
	size_t at = 0;

	for (; length - at >= CHECK_BLOCK; at += CHECK_BLOCK) {
		unsigned char foreign = 0;

		for (size_t i = 0; i < CHECK_BLOCK; i++)
			foreign |= is_foreign(in[at + i]);
		if (foreign)
			break;
	}
	return at;
}

struct reader {
	const unsigned char *in;
	size_t length;
	size_t at;
};

static void skip_newlines(struct reader *reader)
{
	while (reader->at < reader->length &&
	       (reader->in[reader->at] == '\n' || reader->in[reader->at] == '\r'))
		reader->at++;
}

/*
 * The rest of a group whose character @place (from 0) is a '=', which was just read: nothing but
 * newlines may follow.  Return: 0; -EINVAL, @ret_offset the byte that Go names.
 */
static int read_padding(struct reader *reader, unsigned place, size_t *ret_offset)
{
	*ret_offset = reader->at - 1;
	if (place < 2)
		return -EINVAL;
	if (place == 2) {
		skip_newlines(reader);
		*ret_offset = reader->at == reader->length ? reader->at : reader->at - 1;
		if (reader->at == reader->length || reader->in[reader->at] != '=')
			return -EINVAL;
		reader->at++;
	}
	skip_newlines(reader);
	*ret_offset = reader->at;
	return reader->at == reader->length ? 0 : -EINVAL;
}

/*
 * One group of four, wherever newlines are in it.
 * @ret_count: bytes in @ret_bits, 3 but at the end
 */
static int read_group(struct reader *reader, uint32_t *ret_bits, unsigned *ret_count,
		      size_t *ret_offset)
{
	unsigned place = 0;

	*ret_bits = 0;
	*ret_count = 0;
	for (skip_newlines(reader); place < 4; skip_newlines(reader)) {
		if (reader->at == reader->length) {
			*ret_offset = reader->at - place;
			return place ? -EINVAL : 0;
		}

		unsigned char c = reader->in[reader->at++];
		uint32_t bits = place_bits[place][c];

		if (c == '=') {
			*ret_count = place ? place - 1 : 0;
			return read_padding(reader, place, ret_offset);
		}
		if (bits & BASE64_BAD) {
			*ret_offset = reader->at - 1;
			return -EINVAL;
		}
		*ret_bits |= bits;
		place++;
	}
	*ret_count = 3;
	return 0;
}

int base64_decode(struct slice in, unsigned char *out, size_t *ret_length, size_t *ret_offset)
{
	struct reader reader = { (const unsigned char *)in.data, in.length, 0 };
	size_t written = 0;

	while (reader.at < reader.length) {
		const unsigned char *from = reader.in + reader.at;
		size_t left = reader.length - reader.at;
		size_t taken =
			out ? decode_pairs(from, left, out + written) : check_blocks(from, left);
		uint32_t bits = 0;
		unsigned count = 0;
		size_t offset = 0;

		reader.at += taken;
		written += taken / 4 * 3;

		int r = read_group(&reader, &bits, &count, &offset);

		if (r < 0) {
			if (ret_offset)
				*ret_offset = offset;
			return r;
		}
		for (unsigned i = 0; i < count && out; i++)
			out[written + i] = (unsigned char)(bits >> (16 - 8 * i));
		written += count;
	}
	if (ret_length)
		*ret_length = written;
	return 0;
}

int base64_append(struct text *out, const void *data, size_t length)
{
	const unsigned char *bytes = data;
	size_t encoded = 0;

	if (__builtin_mul_overflow(length / 3 + (length % 3 != 0), 4, &encoded) ||
	    text_reserve(out, encoded) < 0)
		return -E2BIG;

	char *to = out->data + out->length;

	for (size_t at = 0; at < length; at += 3, to += 4) {
		size_t left = length - at;
		uint32_t bits = (uint32_t)bytes[at] << 16;

		bits |= left > 1 ? (uint32_t)bytes[at + 1] << 8 : 0;
		bits |= left > 2 ? bytes[at + 2] : 0;
		to[0] = alphabet[bits >> 18];
		to[1] = alphabet[bits >> 12 & 63];
		to[2] = (char)(left > 1 ? alphabet[bits >> 6 & 63] : '=');
		to[3] = (char)(left > 2 ? alphabet[bits & 63] : '=');
	}
	out->length += encoded;
	out->data[out->length] = '\0';
	return 0;
}
