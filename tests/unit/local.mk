include tests/unit/base/local.mk
include tests/unit/config/local.mk
include tests/unit/disk/local.mk
include tests/unit/fetch/local.mk
include tests/unit/host/local.mk
include tests/unit/ignition/local.mk
