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

EXTRA_DIST += %D%/run %D%/initramfs
CLEANFILES += tests/bench/spawn

# make bench-initramfs: what the engine adds to an initramfs, as a table; fails above 1 MiB.
bench-initramfs: all
	$(AM_V_at)$(srcdir)/tests/bench/initramfs --engine "$(abs_builddir)/ignition" --oracle \
		"$${SLIPWAY_ORACLE:-$(abs_top_srcdir)/build/oracle}/usr/lib/dracut/modules.d/30ignition/ignition"
.PHONY: bench-initramfs
