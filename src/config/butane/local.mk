libslipway_a_SOURCES += \
	%D%/boot.h \
	%D%/boot_device.c \
	%D%/butane.c %D%/butane.h \
	%D%/decode.c \
	%D%/desugar.c \
	%D%/dialect.c %D%/dialect.h \
	%D%/generated.c \
	%D%/grub.c \
	%D%/limits.c \
	%D%/lowering.c %D%/lowering.h \
	%D%/model.h \
	%D%/mounts.c \
	%D%/openshift.c \
	%D%/places.c %D%/places.h \
	%D%/resource.c \
	%D%/rules.c \
	%D%/rules_boot.c \
	%D%/schema.c %D%/schema.h \
	%D%/trees.c \
	%D%/write.c
