# One line for each, so that what is added beside each other merges.
bin_PROGRAMS += ignition
bin_PROGRAMS += ignition-validate
bin_PROGRAMS += slipway
bin_PROGRAMS += slipway-convert
bin_PROGRAMS += slipway-detect
bin_PROGRAMS += slipway-install
bin_PROGRAMS += slipway-metadata
bin_PROGRAMS += slipway-plan
bin_PROGRAMS += slipway-rehearse
bin_PROGRAMS += slipway-resize
bin_PROGRAMS += slipway-schema
bin_PROGRAMS += slipway-validate
# Where systemd looks for it.
generator_PROGRAMS += slipway-generator
# Under the peers' names: a distribution chooses what is in PATH.
dropin_PROGRAMS += butane
dropin_PROGRAMS += coreos-cloudinit
dropin_PROGRAMS += ct
dropin_PROGRAMS += growpart
butane_SOURCES = %D%/butane.c %D%/options.c %D%/options.h
coreos_cloudinit_SOURCES = %D%/coreos_cloudinit.c %D%/options.c %D%/options.h \
	%D%/narrator.c %D%/narrator.h
ct_SOURCES = %D%/ct.c %D%/options.c %D%/options.h
ignition_SOURCES = %D%/ignition.c %D%/ignition_apply.c %D%/ignition_rmcfg.c %D%/personality.h \
	%D%/options.c %D%/options.h
ignition_validate_SOURCES = %D%/ignition_validate.c %D%/options.c %D%/options.h
slipway_SOURCES = %D%/slipway.c
slipway_convert_SOURCES = %D%/slipway_convert.c %D%/options.c %D%/options.h
slipway_detect_SOURCES = %D%/slipway_detect.c %D%/options.c %D%/options.h
slipway_generator_SOURCES = %D%/slipway_generator.c %D%/options.c %D%/options.h \
	%D%/narrator.c %D%/narrator.h
slipway_install_SOURCES = %D%/slipway_install.c %D%/install_input.c %D%/install_input.h %D%/options.c %D%/options.h
slipway_install_LDADD = $(LDADD) $(EXPAND_LIBS)
slipway_metadata_SOURCES = %D%/slipway_metadata.c %D%/options.c %D%/options.h \
	%D%/narrator.c %D%/narrator.h
slipway_plan_SOURCES = %D%/slipway_plan.c %D%/options.c %D%/options.h \
	%D%/preview_output.c %D%/preview_output.h
slipway_rehearse_SOURCES = %D%/slipway_rehearse.c %D%/options.c %D%/options.h \
	%D%/preview_output.c %D%/preview_output.h
slipway_schema_SOURCES = %D%/slipway_schema.c %D%/options.c %D%/options.h
slipway_validate_SOURCES = %D%/slipway_validate.c %D%/options.c %D%/options.h
slipway_resize_SOURCES = %D%/slipway_resize.c %D%/options.c %D%/options.h
growpart_SOURCES = %D%/growpart.c
# What several programs share.
libslipway_a_SOURCES += %D%/config_input.c %D%/config_input.h \
	%D%/config_output.c %D%/config_output.h \
	%D%/dialect_options.c %D%/dialect_options.h \
	%D%/local_supplies.c %D%/local_supplies.h \
	%D%/report_excerpt.c %D%/report_excerpt.h \
	%D%/report_format.c %D%/report_format.h

# Names of the engine's program, which distributions call by their paths.
program_links += $(libexecdir)/ignition-apply=ignition
program_links += $(libexecdir)/ignition-rmcfg=ignition
program_links += $(dropindir)/afterburn=slipway-metadata
program_links += $(dropindir)/coreos-metadata=slipway-metadata
