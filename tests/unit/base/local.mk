check_PROGRAMS += \
	%D%/base64 \
	%D%/dataurl \
	%D%/hash \
	%D%/number \
	%D%/text \
	%D%/url
