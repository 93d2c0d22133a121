# make check-vm: the programs of this build in Debian guests under QEMU; see tests/vm/run.
check-vm: all $(noinst_PROGRAMS)
	$(AM_V_at)rm -rf tests/vm/install && $(MAKE) -s install DESTDIR='$(abs_builddir)/tests/vm/install'
	$(AM_V_at)SLIPWAY_BIN='$(abs_builddir)/tests/vm/install$(bindir)' SLIPWAY_BUILD='$(abs_builddir)' \
		PYTHONDONTWRITEBYTECODE=1 $(srcdir)/tests/vm/run $(VM_FLAGS)
	$(AM_V_at)SLIPWAY_BIN='$(abs_builddir)/tests/vm/install$(bindir)' SLIPWAY_BUILD='$(abs_builddir)' \
		PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider -rs \
		--basetemp='$(abs_builddir)/tests/vm/pytest' $(srcdir)/tests/vm/outside
.PHONY: check-vm

EXTRA_DIST += %D%/run %D%/image.py %D%/qemu.py %D%/power_cut.py %D%/init %D%/packages %D%/inside %D%/outside
