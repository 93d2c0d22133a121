check_PROGRAMS += %D%/certificate %D%/fetch %D%/gzip %D%/rules %D%/supply
