/* NVIDIA BlueField: a FIFO of its boot controller (spec providers 4.17). */
#include <errno.h>

#include "base/alloc.h"
#include "providers/driver.h"

#define DEVICE "sys/bus/platform/devices/MLNXBF04:00"
#define FIFO   DEVICE "/bootfifo"

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	driver_load(context, "mlxbf_bootctl", FIFO);

	int r = machine_read(context->machine, FIFO, PROVIDER_CONFIG_MAX, &ret->data, &ret->length,
			     err);

	if (r < 0)
		return error_wrap(err, r, "the boot controller");
	while (ret->length && ret->data[ret->length - 1] == '\0')
		ret->length--;
	ret->name = xstrdup("/" FIFO);
	return 0;
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_PATH, DEVICE } } },
};

const struct provider provider_nvidiabluefield = {
	.name = "nvidiabluefield",
	.title = "NVIDIA BlueField",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.fetch_config = fetch_config,
};
