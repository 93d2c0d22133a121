check_PROGRAMS += %D%/fetch %D%/gzip %D%/rules %D%/s3_answers %D%/s3_place %D%/sigv4
check_PROGRAMS += %D%/fetch %D%/gzip %D%/rules %D%/prefetch
check_PROGRAMS += %D%/certificate %D%/fetch %D%/gzip %D%/rules %D%/prefetch
