libslipway_a_SOURCES += \
	%D%/crypt_key.c %D%/crypt_key.h \
	%D%/grow_array.c %D%/grow_array.h \
	%D%/grow_crypt.c %D%/grow_crypt.h \
	%D%/grow_filesystem.c %D%/grow_filesystem.h \
	%D%/grow_partition.c %D%/grow_partition.h \
	%D%/growpart.c %D%/growpart.h \
	%D%/label.c %D%/label.h \
	%D%/label_dos.c \
	%D%/label_gpt.c \
	%D%/label_parted.c \
	%D%/mounted.c %D%/mounted.h \
	%D%/parted_library.c %D%/parted_library.h \
	%D%/resize.c %D%/resize.h \
	%D%/resize_text.c \
	%D%/stack.c %D%/stack.h \
	%D%/work.c %D%/work.h
