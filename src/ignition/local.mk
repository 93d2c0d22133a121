libslipway_a_SOURCES += \
	%D%/acquire.c %D%/acquire.h \
	%D%/apply.c %D%/apply.h \
	%D%/cache.c %D%/cache.h \
	%D%/console.c %D%/console.h \
	%D%/container.c %D%/container.h \
	%D%/crypttab_entries.c %D%/crypttab_entries.h \
	%D%/disks.c %D%/disks.h \
	%D%/engine.c %D%/engine.h \
	%D%/files.c %D%/files.h \
	%D%/generator.c %D%/generator.h \
	%D%/image.c %D%/image.h \
	%D%/interpret.c %D%/interpret.h \
	%D%/journal.c %D%/journal.h \
	%D%/journal_history.c %D%/journal_history.h \
	%D%/lower.c %D%/lower.h \
	%D%/lower_disks.c \
	%D%/lower_value.c %D%/lower_value.h \
	%D%/lower_volumes.c %D%/lower_volumes.h \
	%D%/network.c %D%/network.h \
	%D%/oem.c %D%/oem.h \
	%D%/platform_attributes.c %D%/platform_attributes.h \
	%D%/preview.c %D%/preview.h \
	%D%/profile.c %D%/profile.h \
	%D%/removal.c %D%/removal.h \
	%D%/result.c %D%/result.h \
	%D%/stage.c %D%/stage.h \
	%D%/stage_disks.c \
	%D%/stage_fetch.c \
	%D%/stage_files.c \
	%D%/stage_kargs.c \
	%D%/stage_mount.c \
	%D%/state.c %D%/state.h \
	%D%/volume_keys.c %D%/volume_keys.h
