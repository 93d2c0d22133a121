# unit tests of src/host
check_PROGRAMS += %D%/accounts
