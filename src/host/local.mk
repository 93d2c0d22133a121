libslipway_a_SOURCES += \
	%D%/lines.c %D%/lines.h \
	%D%/accounts.c %D%/accounts.h \
	%D%/crypttab.c %D%/crypttab.h \
	%D%/passwd.c %D%/passwd.h \
	%D%/passwd_adopt.c %D%/passwd_adopt.h \
	%D%/passwd_call.c %D%/passwd_call.h \
	%D%/passwd_database.c %D%/passwd_database.h \
	%D%/passwd_hash.c %D%/passwd_hash.h \
	%D%/passwd_check.c %D%/passwd_check.h \
	%D%/passwd_groups.c %D%/passwd_groups.h \
	%D%/passwd_keys.c %D%/passwd_keys.h \
	%D%/passwd_planner.c %D%/passwd_planner.h \
	%D%/passwd_users.c %D%/passwd_users.h \
	%D%/passwd_words.c %D%/passwd_words.h \
	%D%/skeleton.c %D%/skeleton.h
libslipway_a_SOURCES += \
	%D%/kargs.c %D%/kargs.h \
	%D%/node.h %D%/node_detail.h \
	%D%/node_apply.c %D%/node_file.c %D%/node_plan.c \
	%D%/node_order.c %D%/node_order.h \
	%D%/node_session.c %D%/node_session.h \
	%D%/node_state.c \
	%D%/node_turn.c %D%/node_turn.h \
	%D%/preset.c %D%/preset.h \
	%D%/relabel.c %D%/relabel.h \
	%D%/request.h \
	%D%/unit.c %D%/unit.h
