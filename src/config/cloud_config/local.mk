libslipway_a_SOURCES += \
	%D%/check.c \
	%D%/cloud_config.c %D%/cloud_config.h \
	%D%/files.c \
	%D%/live.c %D%/live.h \
	%D%/lowering.h \
	%D%/model.h \
	%D%/options.c %D%/options.h \
	%D%/schema.c %D%/schema.h \
	%D%/script.c \
	%D%/services.c \
	%D%/substitute.c \
	%D%/units.c \
	%D%/users.c \
	%D%/values.c %D%/values.h
