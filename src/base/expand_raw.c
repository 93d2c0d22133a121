#include <string.h>

#include "base/expand.h"

/* There is nothing to remember; but a state that is NULL would be none. */
static int raw_open(const struct expand_limits *limits, void **ret, struct error *err)
{
	static const char nothing;

	(void)limits;
	(void)err;
	*ret = (void *)&nothing;
	return 0;
}

static int raw_step(void *state, struct expand_step *step, struct error *err)
{
	size_t length = step->in_left < step->out_left ? step->in_left : step->out_left;

	(void)state;
	(void)err;
	if (length) {
		memcpy(step->out, step->in, length);
		step->in += length;
		step->in_left -= length;
		step->out += length;
		step->out_left -= length;
	}
	return step->is_last && step->in_left == 0 ? EXPAND_END : 0;
}

static void raw_close(void *state)
{
	(void)state;
}

const struct expand_class expand_raw = {
	.name = "uncompressed",
	.open = raw_open,
	.step = raw_step,
	.close = raw_close,
};
