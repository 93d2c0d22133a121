include tests/unit/base/local.mk
include tests/unit/cli/local.mk
include tests/unit/config/local.mk
include tests/unit/config/butane/local.mk
include tests/unit/config/clc/local.mk
include tests/unit/config/cloud_config/local.mk
include tests/unit/disk/local.mk
include tests/unit/fetch/local.mk
include tests/unit/host/local.mk
include tests/unit/ignition/local.mk
include tests/unit/installer/local.mk
include tests/unit/metadata/local.mk
include tests/unit/providers/local.mk
include tests/unit/resize/local.mk

# What test programs share.
EXTRA_DIST += %D%/node_json.h %D%/tap.h
