check_PROGRAMS += \
	%D%/base64 \
	%D%/hash \
	%D%/number \
	%D%/text \
	%D%/url
