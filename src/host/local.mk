# files of this directory
libslipway_a_SOURCES += \
	%D%/accounts.c %D%/accounts.h \
	%D%/passwd.c %D%/passwd.h \
	%D%/passwd_adopt.c %D%/passwd_adopt.h \
	%D%/passwd_call.c %D%/passwd_call.h \
	%D%/passwd_check.c %D%/passwd_check.h \
	%D%/passwd_groups.c %D%/passwd_groups.h \
	%D%/passwd_keys.c %D%/passwd_keys.h \
	%D%/passwd_planner.c %D%/passwd_planner.h \
	%D%/passwd_users.c %D%/passwd_users.h \
	%D%/passwd_words.c %D%/passwd_words.h \
	%D%/skeleton.c %D%/skeleton.h
