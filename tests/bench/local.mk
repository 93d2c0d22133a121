# make bench: our programs beside Debian's ignition and tar, as a table; nothing passes or fails.
# SLIPWAY_ORACLE names the tree that ./check unpacks the package into; BENCH_FLAGS may be --short.
EXTRA_PROGRAMS += tests/bench/spawn
tests_bench_spawn_SOURCES = %D%/spawn.c
tests_bench_spawn_LDADD =

bench: all tests/bench/spawn
	$(AM_V_at)PYTHONDONTWRITEBYTECODE=1 $(srcdir)/tests/bench/run \
		--bin "$${SLIPWAY_BIN:-$(abs_builddir)}" \
		--oracle "$${SLIPWAY_ORACLE:-$(abs_top_srcdir)/build/oracle}" \
		--spawn "$(abs_builddir)/tests/bench/spawn" --work "$(abs_builddir)/bench" $(BENCH_FLAGS)
.PHONY: bench

EXTRA_DIST += %D%/run
CLEANFILES += tests/bench/spawn
