# unit tests of src/resize
check_PROGRAMS += %D%/label
