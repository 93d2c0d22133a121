# What the host tests call beside the programs.
noinst_PROGRAMS += %D%/disk_tool
noinst_PROGRAMS += %D%/place_tool

# make check-kill: every point at which a stage can be killed; ./check takes a sample of them.
check-kill: all
	SLIPWAY_KILL=all SLIPWAY_BIN="$${SLIPWAY_BIN:-$(abs_builddir)}" PYTHONDONTWRITEBYTECODE=1 \
		/usr/bin/python3 -m pytest -q -p no:cacheprovider $(srcdir)/tests/host/test_kill_points.py
.PHONY: check-kill
