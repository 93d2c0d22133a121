/*
 * proof - what a machine looks like on a platform.
 *
 * Owns: the vocabulary of the tables in which providers say it.
 * Leaves to others: looking (providers/detect).
 */
#ifndef SLIPWAY_PROVIDERS_PROOF_H
#define SLIPWAY_PROVIDERS_PROOF_H

#include <stdbool.h>
#include <stddef.h>

/* Where a fact is looked up. */
enum fact_source {
	FACT_NONE,	  /* the end of a proof's facts */
	FACT_VENDOR,	  /* DMI sys_vendor */
	FACT_PRODUCT,	  /* DMI product_name */
	FACT_FAMILY,	  /* DMI product_family */
	FACT_SERIAL,	  /* DMI product_serial */
	FACT_UUID,	  /* DMI product_uuid */
	FACT_ASSET_TAG,	  /* DMI chassis_asset_tag */
	FACT_BOARD,	  /* DMI board_name */
	FACT_HYPERVISOR,  /* /sys/hypervisor/type: "xen" */
	FACT_XEN_UUID,	  /* /sys/hypervisor/uuid */
	FACT_CONTROL,	  /* "Control Program" of /proc/sysinfo, on s390x */
	FACT_VIRTUAL,	  /* "yes" on a virtual machine, else "no" */
	FACT_KERNEL_WORD, /* any word of the kernel command line */
	FACT_LABEL,	  /* a filesystem of that label; no pattern */
	FACT_CREDENTIAL,  /* one of systemd's; no pattern */
	FACT_PATH,	  /* exists below the host's "/"; no pattern */
	FACT_SOURCE_COUNT,
};

struct fact {
	enum fact_source source;
	const char *pattern; /* of fnmatch(3): "ec2*"; an exact text is one too */
	bool is_absent;	     /* it must not be so */
};

/* When several platforms have proof, only those of the highest rank count. */
enum proof_rank {
	PROOF_HYPERVISOR, /* a hypervisor that clouds use too: "QEMU" */
	PROOF_DRIVE,	  /* a labelled drive of a kind that several platforms attach */
	PROOF_PLATFORM,	  /* the cloud names itself */
	PROOF_MEDIUM,	  /* its own config is attached to this machine */
};

#define PROOF_FACTS_MAX 3

/* Facts that together are enough. */
struct proof {
	enum proof_rank rank;
	struct fact facts[PROOF_FACTS_MAX];
};

#endif
