# unit tests of providers
check_PROGRAMS += %D%/detect
check_PROGRAMS += %D%/fields
check_PROGRAMS += %D%/kvp
check_PROGRAMS += %D%/metadata
check_PROGRAMS += %D%/metadata_cache
check_PROGRAMS += %D%/registry
check_PROGRAMS += %D%/virtualbox
check_PROGRAMS += %D%/vmware
check_PROGRAMS += %D%/vsock_http
check_PROGRAMS += %D%/xml

EXTRA_DIST += %D%/simulated_host.h
check_PROGRAMS += %D%/lease
check_PROGRAMS += %D%/mime
check_PROGRAMS += %D%/network_config
check_PROGRAMS += %D%/nocloud_argument
check_PROGRAMS += %D%/shell_assignments
check_PROGRAMS += %D%/smbios
