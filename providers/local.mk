# One line for each module: two who add one need not meet (.gitattributes).
libslipway_a_SOURCES += %D%/aws.c
libslipway_a_SOURCES += %D%/cmdline.c
libslipway_a_SOURCES += %D%/config_drive.c %D%/config_drive.h
libslipway_a_SOURCES += %D%/detect.c %D%/detect.h
libslipway_a_SOURCES += %D%/ec2_tree.c %D%/ec2_tree.h
libslipway_a_SOURCES += %D%/fields.c %D%/fields.h
libslipway_a_SOURCES += %D%/file.c
libslipway_a_SOURCES += %D%/metadata.c %D%/metadata.h
libslipway_a_SOURCES += %D%/metadata_http.c %D%/metadata_http.h
libslipway_a_SOURCES += %D%/metal.c
libslipway_a_SOURCES += %D%/platforms.h %D%/proof.h %D%/provider.h %D%/registry.c
libslipway_a_SOURCES += %D%/qemu.c
libslipway_a_SOURCES += %D%/system.c
libslipway_a_SOURCES += %D%/xml.c %D%/xml.h
