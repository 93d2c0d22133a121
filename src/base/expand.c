#include "base/expand.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"

static const struct expand_class *const classes[] = {
	&expand_gzip,
	&expand_xz,
	&expand_zstd,
	&expand_bzip2,
};

struct expand {
	struct expand_limits limits;
	const struct expand_class *class; /* NULL: too few bytes were seen to tell */
	void *state;			  /* the class's own */
	uint8_t head[EXPAND_MAGIC_BYTES]; /* the first bytes, until the decoder has them */
	size_t head_length;
	size_t head_used;
	bool is_over; /* the stream; not the input */
};

const struct expand_class *expand_sniff(const void *head, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (length >= classes[i]->magic_length &&
		    memcmp(head, classes[i]->magic, classes[i]->magic_length) == 0)
			return classes[i];
	return &expand_raw;
}

struct expand *expand_new(const struct expand_limits *limits)
{
	struct expand *expand = xcalloc(1, sizeof(*expand));

	expand->limits = *limits;
	return expand;
}

void expand_free(struct expand *expand)
{
	if (!expand)
		return;
	if (expand->state)
		expand->class->close(expand->state);
	free(expand);
}

const char *expand_format(const struct expand *expand)
{
	return expand->class ? expand->class->name : NULL;
}

/* Collect what tells the format.  Return: 0, class still NULL when there is too little; -errno. */
static int learn(struct expand *expand, struct expand_step *step, struct error *err)
{
	size_t missing = EXPAND_MAGIC_BYTES - expand->head_length;
	size_t length = step->in_left < missing ? step->in_left : missing;

	if (length) {
		memcpy(expand->head + expand->head_length, step->in, length);
		expand->head_length += length;
		step->in += length;
		step->in_left -= length;
	}
	if (expand->head_length < EXPAND_MAGIC_BYTES && !step->is_last)
		return 0;

	const struct expand_class *class = expand_sniff(expand->head, expand->head_length);
	int r = class->open(&expand->limits, &expand->state, err);

	if (r == 0)
		expand->class = class;
	return r;
}

/* One turn of the decoder, from the bytes that told the format as long as there are any. */
static int turn(struct expand *expand, struct expand_step *step, struct error *err)
{
	size_t left = expand->head_length - expand->head_used;

	if (!left)
		return expand->class->step(expand->state, step, err);

	struct expand_step first = { .in = expand->head + expand->head_used,
				     .in_left = left,
				     .is_last = step->is_last && step->in_left == 0,
				     .out = step->out,
				     .out_left = step->out_left };
	int r = expand->class->step(expand->state, &first, err);

	expand->head_used = expand->head_length - first.in_left;
	step->out = first.out;
	step->out_left = first.out_left;
	return r;
}

static size_t left_of(const struct expand *expand, const struct expand_step *step)
{
	return expand->head_length - expand->head_used + step->in_left;
}

/* Turns, until no turn changes anything. */
static int run(struct expand *expand, struct expand_step *step, struct error *err)
{
	while (!expand->is_over) {
		const size_t in = left_of(expand, step);
		const size_t out = step->out_left;
		int r = turn(expand, step, err);

		if (r < 0)
			return error_wrap(err, r, "%s", expand->class->name);
		expand->is_over = r == EXPAND_END;
		if (!expand->is_over && left_of(expand, step) == in && step->out_left == out)
			break;
	}
	return 0;
}

int expand_step(struct expand *expand, struct expand_step *step, struct error *err)
{
	int r = expand->class ? 0 : learn(expand, step, err);

	if (r < 0 || !expand->class)
		return r;
	r = run(expand, step, err);
	if (r < 0)
		return r;
	if (expand->is_over && left_of(expand, step))
		return error_set(err, ERROR_INPUT, EBADMSG,
				 "%s: there is something behind the end of the stream; a file is "
				 "one stream and nothing else",
				 expand->class->name);
	if (!step->is_last)
		return 0;
	if (expand->is_over)
		return EXPAND_END;
	/* Whoever has output to give has no room for it: it is asked again. */
	if (step->out_left == 0)
		return 0;
	return error_set(err, ERROR_INPUT, EBADMSG,
			 "%s: the stream ends early: the file is not all there",
			 expand->class->name);
}
