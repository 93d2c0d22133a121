# make bench: our programs beside Debian's ignition and tar, as a table; nothing passes or fails.
# SLIPWAY_ORACLE names the tree that ./check unpacks the package into.
bench: all
	$(AM_V_at)PYTHONDONTWRITEBYTECODE=1 SLIPWAY_BIN="$${SLIPWAY_BIN:-$(abs_builddir)}" \
		SLIPWAY_ORACLE="$${SLIPWAY_ORACLE:-$(abs_top_srcdir)/build/oracle}" \
		$(srcdir)/tests/bench/run --work "$(abs_builddir)/bench"
.PHONY: bench

EXTRA_DIST += %D%/run
