libslipway_a_SOURCES += \
	%D%/clevis.c %D%/clevis.h \
	%D%/btrfs.c %D%/btrfs.h \
	%D%/device.c %D%/device.h \
	%D%/device_name.c %D%/device_name.h \
	%D%/device_use.c %D%/device_use.h \
	%D%/directory.c %D%/directory.h \
	%D%/drive.c %D%/drive.h \
	%D%/fdisk_session.c %D%/fdisk_session.h \
	%D%/filesystem.c %D%/filesystem.h \
	%D%/filesystem_grow.c %D%/filesystem_grow.h \
	%D%/filesystem_grow_btrfs.c \
	%D%/filesystem_grow_ext4.c \
	%D%/filesystem_grow_xfs.c \
	%D%/filesystem_grower.h \
	%D%/filesystem_plan.c %D%/filesystem_plan.h \
	%D%/geometry.c %D%/geometry.h \
	%D%/gpt.c %D%/gpt.h \
	%D%/identity.c %D%/identity.h \
	%D%/grow.c %D%/grow.h \
	%D%/kernel.c %D%/kernel.h \
	%D%/layer.c %D%/layer.h \
	%D%/loop.c %D%/loop.h \
	%D%/mount.c %D%/mount.h \
	%D%/luks.c %D%/luks.h \
	%D%/luks_header.c %D%/luks_header.h \
	%D%/luks_key.c %D%/luks_key.h \
	%D%/luks_plan.c %D%/luks_plan.h \
	%D%/luks_apply.c %D%/luks_apply.h \
	%D%/mount_table.c %D%/mount_table.h \
	%D%/partition.c %D%/partition.h \
	%D%/partition_apply.c %D%/partition_apply.h \
	%D%/partition_plan.c %D%/partition_plan.h \
	%D%/picture.c %D%/picture.h \
	%D%/picture_scale.c %D%/picture_scale.h \
	%D%/picture_survey.c %D%/picture_survey.h \
	%D%/probe.c %D%/probe.h \
	%D%/projection.c %D%/projection.h \
	%D%/raid.c %D%/raid.h \
	%D%/raid_plan.c %D%/raid_plan.h \
	%D%/request.h \
	%D%/stand_in.c %D%/stand_in.h \
	%D%/svg.c %D%/svg.h \
	%D%/table.c %D%/table.h \
	%D%/table_image.c %D%/table_image.h \
	%D%/table_write.c %D%/table_write.h
