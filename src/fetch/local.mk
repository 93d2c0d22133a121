libslipway_a_SOURCES += \
	%D%/address.c %D%/address.h \
	%D%/authorities.c %D%/authorities.h \
	%D%/curl_library.c %D%/curl_library.h \
	%D%/exchange.c %D%/exchange.h \
	%D%/failure.c %D%/failure.h \
	%D%/fetch.c %D%/fetch.h \
	%D%/gzip.c %D%/gzip.h \
	%D%/limits.h \
	%D%/proxy.c %D%/proxy.h \
	%D%/redirect.c %D%/redirect.h \
	%D%/request_headers.c %D%/request_headers.h \
	%D%/retry.c %D%/retry.h \
	%D%/settings.h \
	%D%/supply.c %D%/supply.h \
	%D%/tftp.c %D%/tftp.h \
	%D%/transfer.c %D%/transfer.h
