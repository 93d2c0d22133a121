check_PROGRAMS += \
	%D%/lower
