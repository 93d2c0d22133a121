# unit tests of providers
check_PROGRAMS += %D%/detect
check_PROGRAMS += %D%/fields
check_PROGRAMS += %D%/metadata
check_PROGRAMS += %D%/registry
check_PROGRAMS += %D%/xml
