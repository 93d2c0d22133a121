# unit tests of src/host
check_PROGRAMS += %D%/accounts
check_PROGRAMS += %D%/passwd
EXTRA_DIST += %D%/passwd_fixture.h
