# files of this directory
