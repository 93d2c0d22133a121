check_PROGRAMS += \
	%D%/base64 \
	%D%/command \
	%D%/dataurl \
	%D%/hash \
	%D%/log \
	%D%/machine \
	%D%/number \
	%D%/text \
	%D%/url
