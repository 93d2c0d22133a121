check_PROGRAMS += %D%/number %D%/root %D%/text
