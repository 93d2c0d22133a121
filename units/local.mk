# Units; a distribution enables them by preset.
systemdsystemunitdir = $(prefix)/lib/systemd/system
units_templates = \
	%D%/afterburn.service.in \
	%D%/afterburn-hostname.service.in \
	%D%/afterburn-sshkeys@.service.in \
	%D%/coreos-metadata.service.in \
	%D%/coreos-metadata-sshkeys@.service.in \
	%D%/ignition-delete-config.service.in \
	%D%/slipway-resize.service.in
dist_systemdsystemunit_DATA = %D%/afterburn-sshkeys.target %D%/metadata.target
nodist_systemdsystemunit_DATA = $(units_templates:.in=)

%D%/%: %D%/%.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && $(SED) -e 's|@bindir[@]|$(bindir)|g' \
		-e 's|@libexecdir[@]|$(libexecdir)|g' $< >$@

EXTRA_DIST += $(units_templates)
CLEANFILES += $(nodist_systemdsystemunit_DATA)
