check_PROGRAMS += %D%/json %D%/json_oracle %D%/node %D%/number %D%/source %D%/text

if HAVE_JANSSON
%C%_json_oracle_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) -DHAVE_JANSSON
%C%_json_oracle_LDADD = $(LDADD) $(JANSSON_LIBS)
endif
check_PROGRAMS += \
	%D%/base64 \
	%D%/dataurl \
	%D%/hash \
	%D%/number \
	%D%/text \
	%D%/url
check_PROGRAMS += %D%/number %D%/root %D%/text
