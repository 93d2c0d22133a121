check_PROGRAMS += \
	%D%/base64 \
	%D%/dataurl \
	%D%/hash \
	%D%/json \
	%D%/json_oracle \
	%D%/node \
	%D%/number \
	%D%/report \
	%D%/root \
	%D%/source \
	%D%/text \
	%D%/url \
	%D%/yaml \
	%D%/yaml_scalar

if HAVE_JANSSON
%C%_json_oracle_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) -DHAVE_JANSSON
%C%_json_oracle_LDADD = $(LDADD) $(JANSSON_LIBS)
endif
