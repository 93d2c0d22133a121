libslipway_a_SOURCES += \
	%D%/alloc.c %D%/alloc.h \
	%D%/arena.c %D%/arena.h \
	%D%/banned.h \
	%D%/base64.c %D%/base64.h \
	%D%/child.c %D%/child.h \
	%D%/command.c %D%/command.h \
	%D%/content.c %D%/content.h \
	%D%/dataurl.c %D%/dataurl.h \
	%D%/deflate.c %D%/deflate.h \
	%D%/error.c %D%/error.h \
	%D%/event.c %D%/event.h \
	%D%/expand.c %D%/expand.h \
	%D%/expand_bzip2.c \
	%D%/expand_gzip.c \
	%D%/expand_raw.c \
	%D%/expand_xz.c \
	%D%/expand_zstd.c \
	%D%/file.c %D%/file.h \
	%D%/hash.c %D%/hash.h \
	%D%/library.c %D%/library.h \
	%D%/log.c %D%/log.h \
	%D%/machine.c %D%/machine.h \
	%D%/journald.c %D%/journald.h \
	%D%/history.c %D%/history.h \
	%D%/inflate.c %D%/inflate.h \
	%D%/json.c %D%/json.h \
	%D%/node.c %D%/node.h \
	%D%/node_builder.c %D%/node_builder.h \
	%D%/number.c %D%/number.h \
	%D%/plan.c %D%/plan.h \
	%D%/report.c %D%/report.h \
	%D%/report_sarif.c %D%/report_sarif.h \
	%D%/ring.c %D%/ring.h \
	%D%/root.c %D%/root.h \
	%D%/scope.h \
	%D%/source.c %D%/source.h \
	%D%/syscall_filter.c %D%/syscall_filter.h \
	%D%/text.c %D%/text.h \
	%D%/url.c %D%/url.h \
	%D%/utf8.c %D%/utf8.h \
	%D%/worker.c %D%/worker.h \
	%D%/yaml.c %D%/yaml.h \
	%D%/yaml_emit.c %D%/yaml_emit.h \
	%D%/yaml_graph.c %D%/yaml_graph.h \
	%D%/yaml_scalar.c %D%/yaml_scalar.h
