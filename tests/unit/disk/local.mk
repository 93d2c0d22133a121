# unit tests of src/disk
check_PROGRAMS += %D%/geometry %D%/kernel
