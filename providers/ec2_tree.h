/*
 * ec2_tree - metadata as EC2 lays it out, which many clouds copy (spec providers 3.2).
 *
 * Owns: leaves as attributes, and the two ways in which SSH keys are listed.
 * Leaves to others: which leaves a cloud has, and under which path.
 */
#ifndef SLIPWAY_PROVIDERS_EC2_TREE_H
#define SLIPWAY_PROVIDERS_EC2_TREE_H

#include "providers/metadata_http.h"

struct ec2_leaf {
	const char *path;      /* below the tree: "local-ipv4" */
	const char *attribute; /* NULL: none, it is wanted for the host name only */
	bool is_hostname;
};

/**
 * ec2_tree_add_leaves - ask for all @leaves at once; one that is absent or empty is left out.
 * @root: "/2021-01-03/meta-data/"
 */
int ec2_tree_add_leaves(struct metadata_client *client, const char *root,
			const struct ec2_leaf *leaves, size_t count, struct metadata *ret,
			struct error *err);

/**
 * ec2_tree_add_keys - the keys below @path ("/2021-01-03/meta-data/public-keys").
 *
 * The list has lines "index=name", each for a key at <path>/<index>/openssh-key, or the keys
 * themselves.  None at all is no error.
 */
int ec2_tree_add_keys(struct metadata_client *client, const char *path, struct metadata *ret,
		      struct error *err);

#endif
