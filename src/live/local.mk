libslipway_a_SOURCES += \
	%D%/hostname.c %D%/hostname.h \
	%D%/key_group.c %D%/key_group.h \
	%D%/live.c %D%/live.h \
	%D%/source.c %D%/source.h \
	%D%/systemd.c %D%/systemd.h
