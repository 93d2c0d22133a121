#include "config/dialect.h"

#include <errno.h>

#include "base/inflate.h"
#include "config/parse.h"

const struct front_end *dialect_front_end(enum dialect dialect)
{
	static const struct front_end *const front_ends[DIALECT_COUNT] = {
		[DIALECT_BUTANE] = &front_end_butane,
		[DIALECT_CLC] = &front_end_clc,
		[DIALECT_CLOUD_CONFIG] = &front_end_cloud_config,
		[DIALECT_SCRIPT] = &front_end_cloud_config,
	};

	return front_ends[dialect];
}

int dialect_unpack(struct config_pool *pool, const struct source **source, struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(CONFIG_SIZE_MAX);
	size_t length;

	if (sniff_dialect(source_text(*source)) != DIALECT_GZIP)
		return 0;

	int r = inflate_gzip(source_text(*source), &out, err);

	if (r < 0)
		return error_wrap(err, r, "unpack %s", source_name(*source));
	length = out.length;
	*source = config_pool_add_source(pool, source_name(*source), text_take(&out), length);
	return 0;
}

int dialect_read(const struct front_end_input *input, enum dialect dialect, unsigned flags,
		 struct lowered *ret, struct error *err)
{
	const struct front_end *front_end = dialect_front_end(dialect);

	if (front_end)
		return front_end->lower(input, ret, err);
	if (dialect == DIALECT_CLOUD_INIT)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "this is %s, which is not understood yet", dialect_title(dialect));
	return config_parse(input->pool, input->source, flags, input->report, &ret->config,
			    &ret->version, err);
}
