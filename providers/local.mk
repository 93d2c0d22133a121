libslipway_a_SOURCES += \
	%D%/cmdline.c \
	%D%/file.c \
	%D%/metal.c \
	%D%/provider.h \
	%D%/qemu.c \
	%D%/registry.c \
	%D%/system.c
