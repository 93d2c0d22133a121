# unit tests of src/host
check_PROGRAMS += %D%/accounts
check_PROGRAMS += %D%/node %D%/unit
EXTRA_DIST += %D%/target.h
check_PROGRAMS += %D%/passwd %D%/passwd_apply %D%/skeleton
EXTRA_DIST += %D%/passwd_fixture.h
check_PROGRAMS += %D%/kargs
