check_PROGRAMS += %D%/fetch %D%/gzip
