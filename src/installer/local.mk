libslipway_a_SOURCES += %D%/boot_text.c %D%/boot_text.h
libslipway_a_SOURCES += %D%/console.c %D%/console.h
libslipway_a_SOURCES += %D%/release.c %D%/release.h
libslipway_a_SOURCES += %D%/settings.c %D%/settings.h
libslipway_a_SOURCES += %D%/stream_metadata.c %D%/stream_metadata.h
