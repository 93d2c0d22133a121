check_PROGRAMS += %D%/local_supplies %D%/report_excerpt
