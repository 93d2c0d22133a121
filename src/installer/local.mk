libslipway_a_SOURCES += %D%/boot_text.c %D%/boot_text.h
libslipway_a_SOURCES += %D%/console.c %D%/console.h
libslipway_a_SOURCES += %D%/release.c %D%/release.h
libslipway_a_SOURCES += %D%/settings.c %D%/settings.h
libslipway_a_SOURCES += %D%/stream_metadata.c %D%/stream_metadata.h
libslipway_a_SOURCES += \
	%D%/image_head.c %D%/image_head.h \
	%D%/image_source.c %D%/image_source.h \
	%D%/install.c %D%/install.h \
	%D%/install_apply.c %D%/install_state.h \
	%D%/install_text.c \
	%D%/keyring.c %D%/keyring.h \
	%D%/placement.c %D%/placement.h \
	%D%/progress.c %D%/progress.h \
	%D%/relay.c %D%/relay.h \
	%D%/request.h \
	%D%/saved.c %D%/saved.h \
	%D%/signature.c %D%/signature.h \
	%D%/stream.c %D%/stream.h \
	%D%/target.c %D%/target.h \
	%D%/twins.c %D%/twins.h \
	%D%/writer.c %D%/writer.h
libslipway_a_SOURCES += %D%/boot_settings.c %D%/boot_settings.h
libslipway_a_SOURCES += %D%/coreos.c %D%/coreos.h
