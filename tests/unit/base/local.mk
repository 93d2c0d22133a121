check_PROGRAMS += %D%/number %D%/source %D%/text
