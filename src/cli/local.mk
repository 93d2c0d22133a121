bin_PROGRAMS += butane coreos-cloudinit ct ignition ignition-validate slipway slipway-plan slipway-rehearse slipway-validate
butane_SOURCES = %D%/butane.c %D%/options.c %D%/options.h
coreos_cloudinit_SOURCES = %D%/coreos_cloudinit.c %D%/options.c %D%/options.h
ct_SOURCES = %D%/ct.c %D%/options.c %D%/options.h
ignition_SOURCES = %D%/ignition.c %D%/ignition_apply.c %D%/ignition_rmcfg.c %D%/personality.h \
	%D%/options.c %D%/options.h
ignition_validate_SOURCES = %D%/ignition_validate.c %D%/options.c %D%/options.h
slipway_SOURCES = %D%/slipway.c
slipway_plan_SOURCES = %D%/slipway_plan.c %D%/options.c %D%/options.h \
	%D%/preview_output.c %D%/preview_output.h
slipway_rehearse_SOURCES = %D%/slipway_rehearse.c %D%/options.c %D%/options.h \
	%D%/preview_output.c %D%/preview_output.h
slipway_validate_SOURCES = %D%/slipway_validate.c %D%/options.c %D%/options.h
# What several programs share.
libslipway_a_SOURCES += %D%/dialect_options.c %D%/dialect_options.h \
	%D%/local_supplies.c %D%/local_supplies.h \
	%D%/report_excerpt.c %D%/report_excerpt.h

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
