libslipway_a_SOURCES += \
	%D%/attempt.c %D%/attempt.h \
	%D%/verifier.c %D%/verifier.h \
	%D%/address.c %D%/address.h \
	%D%/authorities.c %D%/authorities.h \
	%D%/credential.c %D%/credential.h \
	%D%/credential_ec2.c \
	%D%/credential_gce.c \
	%D%/certificate.c %D%/certificate.h \
	%D%/content_range.c %D%/content_range.h \
	%D%/curl_library.c %D%/curl_library.h \
	%D%/exchange.c %D%/exchange.h \
	%D%/failure.c %D%/failure.h \
	%D%/fetch.c %D%/fetch.h \
	%D%/gs.c %D%/gs.h \
	%D%/gzip.c %D%/gzip.h \
	%D%/inquiry.c %D%/inquiry.h \
	%D%/limits.h \
	%D%/metadata_json.c %D%/metadata_json.h \
	%D%/object_store.c %D%/object_store.h \
	%D%/proxy.c %D%/proxy.h \
	%D%/redirect.c %D%/redirect.h \
	%D%/request_headers.c %D%/request_headers.h \
	%D%/retry.c %D%/retry.h \
	%D%/s3.c %D%/s3.h \
	%D%/s3_error.c %D%/s3_error.h \
	%D%/s3_place.c %D%/s3_place.h \
	%D%/settings.h \
	%D%/signer.h \
	%D%/sigv4.c %D%/sigv4.h \
	%D%/prefetch.c %D%/prefetch.h \
	%D%/tftp.c %D%/tftp.h \
	%D%/transfer.c %D%/transfer.h
