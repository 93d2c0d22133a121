check_PROGRAMS += %D%/local_supplies
