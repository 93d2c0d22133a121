check_PROGRAMS += %D%/json %D%/node %D%/number %D%/source %D%/text
