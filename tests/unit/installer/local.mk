# unit tests of src/installer
check_PROGRAMS += %D%/boot_text
check_PROGRAMS += %D%/console
check_PROGRAMS += %D%/release
check_PROGRAMS += %D%/settings
check_PROGRAMS += %D%/stream_metadata
check_PROGRAMS += %D%/image_head %D%/progress %D%/saved %D%/signature
check_PROGRAMS += %D%/coreos
check_PROGRAMS += %D%/twins
