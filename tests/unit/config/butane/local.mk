check_PROGRAMS += \
	%D%/dialect \
	%D%/keys \
	%D%/lower \
	%D%/messages
EXTRA_DIST += %D%/butane_test.h
