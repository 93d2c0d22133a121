libslipway_a_SOURCES += \
	%D%/attributes.c %D%/attributes.h \
	%D%/hostname.c %D%/hostname.h \
	%D%/keys.c %D%/keys.h
