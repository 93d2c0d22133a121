# unit tests of src/metadata
check_PROGRAMS += %D%/files
