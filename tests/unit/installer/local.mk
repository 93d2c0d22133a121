# unit tests of src/installer
check_PROGRAMS += %D%/image_head %D%/progress %D%/saved %D%/signature
