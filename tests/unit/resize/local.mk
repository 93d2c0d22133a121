# unit tests of src/resize
check_PROGRAMS += %D%/crypt_key %D%/grow_array %D%/grow_crypt %D%/grow_partition %D%/label %D%/mounted \
	%D%/resize %D%/stack
EXTRA_DIST += %D%/fixture.h
