libslipway_a_SOURCES += \
	%D%/clc.c %D%/clc.h \
	%D%/disks.c \
	%D%/lowering.h \
	%D%/model.h \
	%D%/nodes.c \
	%D%/options.c %D%/options.h \
	%D%/platform.c %D%/platform.h \
	%D%/schema.c %D%/schema.h \
	%D%/services.c \
	%D%/system.c \
	%D%/update.c
