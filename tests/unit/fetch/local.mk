check_PROGRAMS += %D%/fetch %D%/gzip %D%/rules %D%/supply
