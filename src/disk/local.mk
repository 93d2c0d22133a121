libslipway_a_SOURCES += \
	%D%/device.h \
	%D%/drive.c %D%/drive.h \
	%D%/filesystem.h \
	%D%/geometry.c %D%/geometry.h \
	%D%/kernel.h \
	%D%/loop.h \
	%D%/probe.h \
	%D%/request.h \
	%D%/table.h
