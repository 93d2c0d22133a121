libslipway_a_SOURCES += \
	%D%/dialect.c %D%/dialect.h \
	%D%/draft.c %D%/draft.h \
	%D%/decode.c %D%/decode.h \
	%D%/encode.c %D%/encode.h \
	%D%/encode_origins.c \
	%D%/express.c %D%/express.h \
	%D%/guess.c %D%/guess.h \
	%D%/json_schema.c %D%/json_schema.h \
	%D%/key_map.c %D%/key_map.h \
	%D%/lint.c %D%/lint.h \
	%D%/lint_model.c %D%/lint_model.h \
	%D%/live_model.h \
	%D%/lint_secrets.c %D%/lint_secrets.h \
	%D%/locate.c %D%/locate.h \
	%D%/merge.c %D%/merge.h \
	%D%/mode.c %D%/mode.h \
	%D%/model.h \
	%D%/parse.c %D%/parse.h \
	%D%/path.c %D%/path.h %D%/platform_role.c %D%/platform_role.h \
	%D%/netconf.c %D%/netconf.h \
	%D%/netconf_debian.c \
	%D%/path.c %D%/path.h \
	%D%/pool.c %D%/pool.h \
	%D%/positions.c %D%/positions.h \
	%D%/resolve.c %D%/resolve.h \
	%D%/rules.h \
	%D%/rules_common.c %D%/rules_common.h \
	%D%/rules_config.c \
	%D%/rules_disks.c \
	%D%/rules_filesystems.c \
	%D%/rules_ignition.c \
	%D%/rules_nodes.c \
	%D%/rules_resource.c \
	%D%/rules_storage.c \
	%D%/rules_systemd.c \
	%D%/rules_url.c \
	%D%/rules_volumes.c \
	%D%/schema.c %D%/schema.h \
	%D%/schema_disk.c \
	%D%/schema_ignition.c \
	%D%/schema_storage.c \
	%D%/schema_system.c \
	%D%/schema_tables.h \
	%D%/sniff.c %D%/sniff.h \
	%D%/supplies.c %D%/supplies.h \
	%D%/front_end.h \
	%D%/translate.c %D%/translate.h \
	%D%/unit_name.c %D%/unit_name.h \
	%D%/unit_text.c %D%/unit_text.h \
	%D%/unused.c %D%/unused.h \
	%D%/yaml_decode.c %D%/yaml_decode.h \
	%D%/yaml_text.c %D%/yaml_text.h \
	%D%/validate.c %D%/validate.h \
	%D%/version.c %D%/version.h
