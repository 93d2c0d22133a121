# unit tests of src/disk
check_PROGRAMS += %D%/filesystem %D%/geometry %D%/kernel %D%/partition \
	%D%/picture %D%/picture_survey \
	%D%/filesystem_grow %D%/grow %D%/layer %D%/mount_table \
	%D%/identity %D%/luks %D%/raid
