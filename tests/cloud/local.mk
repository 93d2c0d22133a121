# A program that fetches and nothing else, for tests/host/test_fetch.py.
noinst_PROGRAMS += tests/cloud/fetch_check
tests_cloud_fetch_check_SOURCES = %D%/fetch_check.c
