check_PROGRAMS += %D%/number %D%/text
