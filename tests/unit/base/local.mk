check_PROGRAMS += \
	%D%/base64 \
	%D%/command \
	%D%/dataurl \
	%D%/hash \
	%D%/number \
	%D%/text \
	%D%/url
