check_PROGRAMS += \
	%D%/path \
	%D%/unit_text
