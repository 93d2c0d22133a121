# make lint: format, clang-tidy, includes, scripts; TAP on stdout.
lint: config.h
	$(AM_V_at)cd $(srcdir) && PYTHONDONTWRITEBYTECODE=1 tests/lint/run "$(abs_builddir)" \
		-I. -Isrc -Itests/unit -include config.h $(YAML_CFLAGS) $(ZLIB_CFLAGS) $(NETTLE_CFLAGS) \
		$(BLKID_CFLAGS) $(FDISK_CFLAGS) $(EXPAT_CFLAGS) $(CURL_CFLAGS)
.PHONY: lint

EXTRA_DIST += %D%/run %D%/includes %D%/tracked.py %D%/include_edges.py %D%/outliers.py
