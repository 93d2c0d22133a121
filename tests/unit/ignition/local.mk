# unit tests of src/ignition
check_PROGRAMS += %D%/apply %D%/journal %D%/journal_history %D%/profile %D%/result %D%/state %D%/volume_keys
check_PROGRAMS += %D%/apply %D%/interpret %D%/journal %D%/journal_history %D%/profile %D%/result %D%/state
