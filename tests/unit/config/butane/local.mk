check_PROGRAMS += \
	%D%/dialect \
	%D%/keys \
	%D%/lower \
	%D%/messages \
	%D%/since
EXTRA_DIST += %D%/butane_test.h
