check_PROGRAMS += \
	%D%/encode \
	%D%/express \
	%D%/guess \
	%D%/json_schema \
	%D%/key_map \
	%D%/lint_model \
	%D%/merge \
	%D%/mode \
	%D%/netconf \
	%D%/parse \
	%D%/path \
	%D%/platform_role \
	%D%/resolve \
	%D%/supplies \
	%D%/rules_disks \
	%D%/rules_filesystems \
	%D%/rules_ignition \
	%D%/rules_nodes \
	%D%/rules_resource \
	%D%/rules_storage \
	%D%/rules_systemd \
	%D%/rules_volumes \
	%D%/schema \
	%D%/sniff \
	%D%/translate \
	%D%/unit_name \
	%D%/unit_text \
	%D%/version
EXTRA_DIST += %D%/config_test.h %D%/dialect_test.h %D%/rules_rows.h
