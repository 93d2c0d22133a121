check_PROGRAMS += \
	%D%/lower \
	%D%/values
