# unit tests of src/ignition
check_PROGRAMS += %D%/journal %D%/profile %D%/result %D%/state
