bin_PROGRAMS += ignition ignition-validate slipway slipway-detect slipway-metadata slipway-plan slipway-rehearse slipway-validate
ignition_SOURCES = %D%/ignition.c %D%/options.c %D%/options.h
ignition_validate_SOURCES = %D%/ignition_validate.c %D%/options.c %D%/options.h
slipway_SOURCES = %D%/slipway.c
slipway_plan_SOURCES = %D%/slipway_plan.c %D%/options.c %D%/options.h \
	%D%/preview_output.c %D%/preview_output.h
slipway_rehearse_SOURCES = %D%/slipway_rehearse.c %D%/options.c %D%/options.h \
	%D%/preview_output.c %D%/preview_output.h
slipway_validate_SOURCES = %D%/slipway_validate.c %D%/options.c %D%/options.h
slipway_detect_SOURCES = %D%/slipway_detect.c %D%/options.c %D%/options.h
slipway_metadata_SOURCES = %D%/slipway_metadata.c %D%/options.c %D%/options.h \
	%D%/narrator.c %D%/narrator.h

# Under the peers' names, in a directory of their own: a distribution chooses what is in PATH.
dropindir = $(pkglibexecdir)/drop-in
install-exec-hook:
	$(MKDIR_P) "$(DESTDIR)$(dropindir)"
	for name in afterburn coreos-metadata; do \
		ln -sf "$(bindir)/slipway-metadata" "$(DESTDIR)$(dropindir)/$$name" || exit; \
	done
uninstall-hook:
	rm -f "$(DESTDIR)$(dropindir)/afterburn" "$(DESTDIR)$(dropindir)/coreos-metadata"
