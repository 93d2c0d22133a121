# files of this directory
libslipway_a_SOURCES += \
	%D%/accounts.c %D%/accounts.h
libslipway_a_SOURCES += \
	%D%/node.h %D%/node_detail.h \
	%D%/node_apply.c %D%/node_file.c %D%/node_plan.c \
	%D%/node_order.c %D%/node_order.h \
	%D%/node_session.c %D%/node_session.h \
	%D%/node_state.c \
	%D%/node_turn.c %D%/node_turn.h \
	%D%/preset.c %D%/preset.h \
	%D%/request.h \
	%D%/unit.c %D%/unit.h
