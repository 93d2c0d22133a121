libslipway_a_SOURCES += \
	%D%/drive.c %D%/drive.h
