# What the host tests call beside the programs.
noinst_PROGRAMS += %D%/disk_tool
