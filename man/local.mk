dist_man_MANS += \
	%D%/butane.1 \
	%D%/coreos-cloudinit.1 \
	%D%/ct.1 \
	%D%/growpart.1 \
	%D%/ignition-apply.8 \
	%D%/ignition-rmcfg.8 \
	%D%/ignition-validate.1 \
	%D%/ignition.8 \
	%D%/slipway-convert.1 \
	%D%/slipway-detect.1 \
	%D%/slipway-generator.8 \
	%D%/slipway-install.8 \
	%D%/slipway-metadata.1 \
	%D%/slipway-plan.1 \
	%D%/slipway-rehearse.1 \
	%D%/slipway-resize.8 \
	%D%/slipway-schema.1 \
	%D%/slipway-validate.1 \
	%D%/slipway.1
