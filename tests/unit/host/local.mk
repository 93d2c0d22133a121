# unit tests of src/host
check_PROGRAMS += %D%/accounts
check_PROGRAMS += %D%/node
EXTRA_DIST += %D%/target.h
