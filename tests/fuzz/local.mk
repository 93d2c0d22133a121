# A fuzz target NAME is NAME.c, seeds in corpus/NAME/, a dictionary NAME.dict where one helps, and
# two lines here:
#	fuzz_targets += %D%/NAME
#	%C%_NAME_LDADD = $(fuzz_LDADD)
# With --enable-fuzzing it is built as a libFuzzer program; run it as
#	tests/fuzz/NAME -dict=$srcdir/tests/fuzz/NAME.dict DIRECTORY $srcdir/tests/fuzz/corpus/NAME
# Without, make check replays its seeds.
fuzz_targets =

fuzz_targets += %D%/butane
%C%_butane_LDADD = $(fuzz_LDADD)
fuzz_targets += %D%/answer
%C%_answer_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/config
%C%_config_LDADD = $(fuzz_LDADD)
fuzz_targets += %D%/dataurl
%C%_dataurl_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/dialect
%C%_dialect_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/gpt
%C%_gpt_LDADD = $(fuzz_LDADD) $(ZLIB_LIBS)

fuzz_targets += %D%/json
%C%_json_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/kvp
%C%_kvp_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/rpci
%C%_rpci_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/s3
%C%_s3_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/unit_text
%C%_unit_text_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/url
%C%_url_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/xml
%C%_xml_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/yaml
%C%_yaml_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/lease
%C%_lease_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/mime
%C%_mime_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/network_config
%C%_network_config_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/nocloud_argument
%C%_nocloud_argument_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/shell_assignments
%C%_shell_assignments_LDADD = $(fuzz_LDADD)

fuzz_targets += %D%/smbios
%C%_smbios_LDADD = $(fuzz_LDADD)

if FUZZING
fuzz_LDADD = $(LDADD) $(FUZZ_LDFLAGS)
noinst_PROGRAMS += $(fuzz_targets)
noinst_DATA = %D%/config.dict
else
fuzz_LDADD = %D%/libreplay.a $(LDADD)
check_LIBRARIES = %D%/libreplay.a
check_PROGRAMS += $(fuzz_targets)
endif

# Its main is taken from the library when the target has none, which no target has.
%C%_libreplay_a_SOURCES = %D%/replay.c

EXTRA_DIST += %D%/butane.dict %D%/corpus %D%/fuzz.h %D%/json.dict %D%/tree.h %D%/unit_text.dict %D%/yaml.dict
EXTRA_DIST += %D%/corpus %D%/fuzz.h %D%/json.dict %D%/tree.h %D%/unit_text.dict %D%/url.dict %D%/yaml.dict
EXTRA_DIST += %D%/corpus %D%/fuzz.h %D%/json.dict %D%/round_trip.h %D%/tree.h %D%/unit_text.dict %D%/yaml.dict

# The keys of a config are in the schema tables: the dictionary is written from them.
EXTRA_PROGRAMS += %D%/config_dict
%D%/config.dict: %D%/config_dict$(EXEEXT)
	$(AM_V_GEN)$< > $@
CLEANFILES += %D%/config.dict %D%/config_dict$(EXEEXT)
EXTRA_DIST += %D%/corpus %D%/dataurl.dict %D%/fuzz.h %D%/json.dict %D%/round_trip.h %D%/tree.h %D%/unit_text.dict %D%/yaml.dict
EXTRA_DIST += %D%/corpus %D%/dataurl.dict %D%/fuzz.h %D%/json.dict %D%/s3.dict %D%/tree.h %D%/unit_text.dict %D%/yaml.dict
