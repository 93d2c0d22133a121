libslipway_a_SOURCES += \
	%D%/fetch.c %D%/fetch.h \
	%D%/gzip.c %D%/gzip.h
