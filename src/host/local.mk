# files of this directory
libslipway_a_SOURCES += \
	%D%/accounts.c %D%/accounts.h
