bin_PROGRAMS += ignition ignition-validate slipway slipway-plan slipway-rehearse slipway-resize \
	slipway-validate
ignition_SOURCES = %D%/ignition.c %D%/ignition_apply.c %D%/ignition_rmcfg.c %D%/personality.h \
	%D%/options.c %D%/options.h
ignition_validate_SOURCES = %D%/ignition_validate.c %D%/options.c %D%/options.h
slipway_SOURCES = %D%/slipway.c
slipway_plan_SOURCES = %D%/slipway_plan.c %D%/options.c %D%/options.h \
	%D%/preview_output.c %D%/preview_output.h
slipway_rehearse_SOURCES = %D%/slipway_rehearse.c %D%/options.c %D%/options.h \
	%D%/preview_output.c %D%/preview_output.h
slipway_validate_SOURCES = %D%/slipway_validate.c %D%/options.c %D%/options.h
slipway_resize_SOURCES = %D%/slipway_resize.c %D%/options.c %D%/options.h

# A drop-in: in PATH there may be the one that it replaces.
libexec_PROGRAMS += growpart
growpart_SOURCES = %D%/growpart.c

# Names of the engine's program, which distributions call by their paths.
personalities = ignition-apply ignition-rmcfg
install-exec-hook: install-personalities
install-personalities:
	$(MKDIR_P) "$(DESTDIR)$(libexecdir)"
	for name in $(personalities); do \
		ln -sfrT "$(DESTDIR)$(bindir)/ignition" "$(DESTDIR)$(libexecdir)/$$name" || exit 1; \
	done
uninstall-hook:
	cd "$(DESTDIR)$(libexecdir)" && rm -f $(personalities)
.PHONY: install-personalities
