# unit tests of src/host
check_PROGRAMS += %D%/accounts
check_PROGRAMS += %D%/lines
check_PROGRAMS += %D%/node %D%/node_apply %D%/unit
EXTRA_DIST += %D%/node_fixture.h %D%/target.h
check_PROGRAMS += %D%/passwd %D%/passwd_apply %D%/skeleton
EXTRA_DIST += %D%/passwd_fixture.h
check_PROGRAMS += %D%/crypttab
check_PROGRAMS += %D%/kargs
check_PROGRAMS += %D%/relabel
