check_PROGRAMS += \
	%D%/path \
	%D%/rules_disks \
	%D%/rules_filesystems \
	%D%/rules_ignition \
	%D%/rules_nodes \
	%D%/rules_resource \
	%D%/rules_storage \
	%D%/rules_systemd \
	%D%/rules_volumes \
	%D%/unit_text
EXTRA_DIST += %D%/rules_rows.h
