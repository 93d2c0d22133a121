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
	%D%/writer.c %D%/writer.h
