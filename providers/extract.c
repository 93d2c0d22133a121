#include "providers/extract.h"

#include "base/alloc.h"
#include "base/worker.h"

#define MEMORY_MAX ((size_t)256 << 20)
#define TIME_MS	   10000

struct job {
	extractor *find;
	struct slice document;
};

static int run(const void *input, struct text *output, struct error *err)
{
	const struct job *job = input;

	return job->find(job->document, output, err);
}

int extract(extractor *find, struct provider_config *config, struct error *err)
{
	const struct job job = { find, { config->data, config->length } };
	const struct worker worker = {
		.what = config->name,
		.work = run,
		.input = &job,
		.output_max = PROVIDER_CONFIG_MAX,
		.memory_max = MEMORY_MAX,
		.timeout_ms = TIME_MS,
	};
	AUTO(text_done) struct text found = TEXT_INIT(PROVIDER_CONFIG_MAX);
	int r = worker_run(&worker, &found, err);

	if (r < 0)
		return r;
	free(config->data);
	config->length = found.length;
	config->data = found.length ? text_take(&found) : xstrdup("");
	return 0;
}
