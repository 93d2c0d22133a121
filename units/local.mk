# Units; a distribution enables them by preset.
systemdsystemunitdir = $(prefix)/lib/systemd/system
systemdsystemunit_DATA = %D%/slipway-resize.service
EXTRA_DIST += %D%/slipway-resize.service.in
CLEANFILES += %D%/slipway-resize.service

%D%/slipway-resize.service: %D%/slipway-resize.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && sed 's|[@]bindir[@]|$(bindir)|' $(srcdir)/%D%/slipway-resize.service.in >$@.tmp && mv $@.tmp $@
