libslipway_a_SOURCES += \
	%D%/alloc.c %D%/alloc.h \
	%D%/arena.c %D%/arena.h \
	%D%/banned.h \
	%D%/content.c %D%/content.h \
	%D%/error.c %D%/error.h \
	%D%/event.c %D%/event.h \
	%D%/json.c %D%/json.h \
	%D%/node.c %D%/node.h \
	%D%/number.c %D%/number.h \
	%D%/plan.c %D%/plan.h \
	%D%/scope.h \
	%D%/source.c %D%/source.h \
	%D%/text.c %D%/text.h \
	%D%/utf8.c %D%/utf8.h
