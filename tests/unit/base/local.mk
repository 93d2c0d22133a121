check_PROGRAMS += \
	%D%/base64 \
	%D%/command \
	%D%/dataurl \
	%D%/expand \
	%D%/file \
	%D%/hash \
	%D%/log \
	%D%/machine \
	%D%/json \
	%D%/json_oracle \
	%D%/node \
	%D%/number \
	%D%/plan \
	%D%/report \
	%D%/report_sarif \
	%D%/ring \
	%D%/root \
	%D%/source \
	%D%/text \
	%D%/url \
	%D%/worker \
	%D%/yaml \
	%D%/yaml_scalar

if HAVE_JANSSON
%C%_json_oracle_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) -DHAVE_JANSSON
%C%_json_oracle_LDADD = $(LDADD) $(JANSSON_LIBS)
endif
%C%_expand_LDADD = $(LDADD) $(EXPAND_LIBS)
